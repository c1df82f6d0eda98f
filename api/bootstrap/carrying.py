"""Two machines: the keys of both, what packs here and what takes in there."""

import os
from pathlib import Path

from api.carry.pack import Gathered, pack
from api.carry.pairing import OwnKey, Pairing, carriers, draw_machine, keep_carriers, keep_own_key, own_key
from api.carry.unpack import Taken, read_carried, take, verified
from api.stores import Stores
from pipeline.adapters.key_file import KeyFile
from pipeline.adapters.sealing import AddressSealer
from pipeline.adapters.signing import draw_private_key, is_signed, public_key_of, sign
from pipeline.domain.carried import Carried
from pipeline.domain.errors import BadInput
from pipeline.workflow.settings import Settings

from .folder import Folder
from .intake import open_intake

_KEY_BYTES = 32


def carry_key(folder: Folder, *, renew: bool = False) -> OwnKey:
    """Return this machine's key, made at first use; renewed it is another machine to whoever knew the old one."""
    known = None if renew else own_key(folder.secrets)
    if known is not None:
        return known
    private = draw_private_key()
    return keep_own_key(folder.secrets, draw_machine(), private, public_key_of(private), os.urandom(_KEY_BYTES))


def known_carry_key(folder: Folder) -> OwnKey:
    """Return this machine's key; raises BadInput (CAR-110) where it has none, for nobody would take its files."""
    key = own_key(folder.secrets)
    if key is None:
        raise BadInput("本机还没有配对；先运行 huiyin carry key --to 配对文件，拿到另一台机器上配对", code="CAR-110")
    return key


def trust_carrier(folder: Folder, pairing: Pairing) -> None:
    """Files of this machine are taken in here from now on."""
    keep_carriers(folder.secrets, {**carriers(folder.secrets), pairing.machine: pairing})


def pack_carried(folder: Folder, stores: Stores, target: Path) -> tuple[Path, Carried, Gathered]:
    """A signed file of everything since the last one lies at the target; raises BadInput where it cannot be made."""
    key = known_carry_key(folder)
    kept, there = AddressSealer(KeyFile(folder.keys).sealing_key), AddressSealer(key.pairing.seal_key)
    return pack(stores, key, target, reseal=lambda sealed: there.seal(kept.unseal(sealed)), sign=sign)


def take_carried(folder: Folder, stores: Stores, settings: Settings, path: Path) -> Taken:
    """The file is verified whole and taken in; raises BadInput, with nothing taken, where it may not be."""
    trusted, file = carriers(folder.secrets), read_carried(path)
    contents = verified(file, trusted, is_signed, stores.clock.now())
    there = AddressSealer(trusted[contents.says.machine].seal_key)
    kept = AddressSealer(KeyFile(folder.keys).sealing_key)
    door = open_intake(folder, stores, settings)
    return take(stores, contents, door.readmit, lambda sealed: kept.seal(there.unseal(sealed)))
