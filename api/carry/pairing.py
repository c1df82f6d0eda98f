"""
How two machines come to know each other: the crawling one signs, the other has pinned its public key.

The pairing file is carried once. It holds the public key and the key under which addresses that name their authors
travel; both machines keep theirs in a 0600 file in the data folder, which no backup holds.
"""

import base64
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from api.secret_files import write_secret
from pipeline.domain.errors import BadInput

OWN, KNOWN = "carry-key.json", "carriers.json"
FORMAT = "huiyin-pairing/1"
_MACHINE = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Pairing:
    """A crawling machine as the other knows it: its id, its public key, the key of sealed addresses (both Base64)."""

    machine: str
    public: str
    seal: str = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """What two people compare on the two screens."""
        digest = hashlib.sha256(self.public.encode()).hexdigest()[:16]
        return " ".join(digest[at : at + 4] for at in range(0, 16, 4))

    @property
    def seal_key(self) -> bytes:
        """The key of sealed addresses on the way."""
        return base64.b64decode(self.seal)


@dataclass(frozen=True, slots=True)
class OwnKey:
    """What the crawling machine keeps: its pairing, and the private key that signs."""

    pairing: Pairing
    private: str = field(repr=False)


def own_key(folder: Path) -> OwnKey | None:
    """Return this machine's key; None where it has none. Raises BadInput (CAR-108) where its file cannot be read."""
    said = _read(folder / OWN)
    return OwnKey(_pairing(said, folder / OWN), str(said.get("private", ""))) if said is not None else None


def keep_own_key(folder: Path, machine: str, private: str, public: str, seal: bytes) -> OwnKey:
    """The key is this machine's own; returns it."""
    made = OwnKey(Pairing(machine, public, base64.b64encode(seal).decode()), private)
    write_secret(folder / OWN, json.dumps({**asdict(made.pairing), "private": private}))
    return made


def write_pairing(path: Path, pairing: Pairing) -> None:
    """The pairing file lies there, for one journey; a file that is there already is not overwritten (CAR-109)."""
    if path.exists():
        raise BadInput(f"{path}：已经有这个文件；请换一个文件名", code="CAR-109")
    try:
        write_secret(path, json.dumps({"format": FORMAT, **asdict(pairing)}))
    except OSError as cause:
        sentence = f"{path}：写不了（{cause.strerror}）；检查 U 盘有没有插好、有没有写保护"
        raise BadInput(sentence, code="CAR-109") from cause


def read_pairing(path: Path) -> Pairing:
    """Return what a pairing file says; raises BadInput (CAR-108) where it is none."""
    said = _read(path)
    if said is None or said.get("format") != FORMAT:
        raise BadInput(f"{path}：这不是配对文件；请用采集机上 huiyin carry key 写出的那个文件", code="CAR-108")
    return _pairing(said, path)


def carriers(folder: Path) -> Mapping[str, Pairing]:
    """Return the machines whose files are taken in here, by id."""
    path = folder / KNOWN
    said = _read(path) or {}
    return {name: _pairing(one, path) for name, one in said.items() if isinstance(one, dict)}


def keep_carriers(folder: Path, known: Mapping[str, Pairing]) -> None:
    """These machines are trusted, and no others."""
    write_secret(folder / KNOWN, json.dumps({name: asdict(one) for name, one in known.items()}))


def draw_machine() -> str:
    """Return a new id of a machine."""
    return os.urandom(6).hex()


def _read(path: Path) -> Mapping[str, object] | None:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as cause:
        sentence = f"{path}：读不了（{type(cause).__name__}）；请重新配对：huiyin carry key"
        raise BadInput(sentence, code="CAR-108") from None
    return said if isinstance(said, dict) else {}


def _pairing(said: Mapping[str, object], path: Path) -> Pairing:
    found = Pairing(str(said.get("machine", "")), str(said.get("public", "")), str(said.get("seal", "")))
    try:
        is_whole = len(base64.b64decode(found.public, validate=True)) == len(found.seal_key) == 32
    except ValueError:
        is_whole = False
    if not is_whole or not _MACHINE.fullmatch(found.machine):
        raise BadInput(f"{path}：内容不完整；请重新配对：huiyin carry key", code="CAR-108")
    return found
