"""The door and its keys."""

import hashlib
import hmac
import os
from dataclasses import dataclass

from api.kept_terms import kept_terms
from api.stores import Stores
from pipeline.adapters.key_file import KeyFile
from pipeline.adapters.sealing import AddressSealer
from pipeline.ports import Door
from pipeline.workflow.door import DoorKeys, IntakeDoor
from pipeline.workflow.settings import Settings

from .folder import Folder
from .keys import periods_of


def open_door(folder: Folder, stores: Stores, settings: Settings) -> Door:
    """Return the one door of the installation, with its keys."""
    return open_intake(folder, stores, settings)


def open_intake(folder: Folder, stores: Stores, settings: Settings) -> IntakeDoor:
    """Return the door, which takes in what another machine's door made, too."""
    keys = KeyFile(folder.keys)
    return IntakeDoor(
        stores.bus,
        erased=stores.posts.erased,
        keys=DoorKeys(
            periods=periods_of(folder, stores, keys),
            seal=AddressSealer(keys.sealing_key).seal,
            address_key=keys.address_key,
            draw=os.urandom,
            keep=lambda: kept_terms(settings),
        ),
        clock=stores.clock,
    )


@dataclass(frozen=True, slots=True)
class PrivateAddresses:
    """How the crawler keeps addresses that name their authors: encrypted, and findable under a keyed hash."""

    sealer: AddressSealer
    key: bytes

    def close(self, address: str) -> str:
        """Return the address encrypted."""
        return self.sealer.seal(address)

    def reveal(self, sealed: str) -> str:
        """Return the address that `close` encrypted."""
        return self.sealer.unseal(sealed)

    def mark(self, address: str) -> str:
        """Return the keyed hash of the address."""
        return hmac.new(self.key, address.encode(), hashlib.sha256).hexdigest()


def private_addresses(folder: Folder) -> PrivateAddresses:
    """Return the installation's way to keep addresses that name their authors."""
    keys = KeyFile(folder.keys)
    return PrivateAddresses(AddressSealer(keys.sealing_key), keys.address_key)
