"""The key file of an installation, and on the cluster the proof that all machines have the same."""

import socket
from collections.abc import Callable

from api.shared_keys import LastingKeys, SharedPeriods, adopt_key_file, prove_key_file
from api.stores import Stores
from pipeline.adapters.key_file import KeyFile
from pipeline.domain.post import Millis
from pipeline.domain.poster_token import PeriodKey

from .folder import Folder


def this_machine() -> str:
    """Return by what name other machines of the cluster know this one."""
    return socket.gethostname()


def prove_keys(folder: Folder, stores: Stores) -> None:
    """
    This machine's key file is the installation's; on the embedded profile there is no other machine.

    Raises BadInput (KEY-101, KEY-102) where it is missing here or another.
    """
    if folder.cluster is None:
        return
    prove_key_file(stores.records, stores.machine_clock, this_machine(), lambda: _keys_there(folder))
    if _keys_there(folder) is None:
        lasting_keys(folder)  # the first machine of all draws them; whoever was faster is known by the proof
        prove_key_file(stores.records, stores.machine_clock, this_machine(), lambda: lasting_keys(folder))


def adopt_keys(folder: Folder, stores: Stores) -> str:
    """This machine's key file, drawn where there is none, is the installation's; returns its fingerprint."""
    keys = lasting_keys(folder)
    adopt_key_file(stores.records, stores.machine_clock, this_machine(), keys)
    return keys.fingerprint


def lasting_keys(folder: Folder) -> LastingKeys:
    """Return the keys of the file that never change; the file is made at first use."""
    keys = KeyFile(folder.keys)
    return LastingKeys(keys.sealing_key, keys.address_key)


def periods_of(folder: Folder, stores: Stores, keys: KeyFile) -> Callable[[Millis], tuple[PeriodKey, ...]]:
    """Return what gives the living period keys; on the cluster none that another machine has drawn otherwise."""
    if folder.cluster is None:
        return keys.periods
    return SharedPeriods(stores.records, stores.machine_clock, this_machine(), keys.periods)


def _keys_there(folder: Folder) -> LastingKeys | None:
    return lasting_keys(folder) if folder.keys.exists() else None
