"""
One key file for all machines of a cluster, and how a machine that has another one is found before it does harm.

With another address key the same sealed address would be found twice; with another period key one person would count
as two. What is on record is a fingerprint of keys drawn by chance: it says nothing of them.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.domain.post import Millis
from pipeline.domain.poster_token import PeriodKey
from pipeline.ports import Clock, Record, Records

KEYS = "keys"
"""The kind of the fingerprints: of the file's lasting keys under "file", of a period's key under its name."""
FILE = "file"


@dataclass(frozen=True, slots=True)
class LastingKeys:
    """The two keys of a key file that never change. `repr` shows none of them."""

    sealing: bytes = field(repr=False)
    address: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Sixteen digits by which two files are compared."""
        return hmac.digest(self.sealing, b"huiyin: key file" + self.address, "sha256").hex()[:16]


def prove_key_file(records: Records, clock: Clock, machine: str, read: Callable[[], LastingKeys | None]) -> None:
    """
    This machine's key file is the installation's; where none was on record, it is from now on.

    `read` returns its keys, None where there is no file: none is drawn where another machine has one already.
    Raises BadInput: KEY-101 where the file is missing here, KEY-102 where it is another.
    """
    noted, keys = records.get(KEYS, "", FILE), read()
    if keys is None:
        if noted is not None:
            raise BadInput(_missing(noted), code="KEY-101")
        return
    if noted is None and records.put(_mark(FILE, keys.fingerprint, machine, clock), expect=0):
        return
    noted = noted or records.get(KEYS, "", FILE)
    if noted is not None and json.loads(noted.value)["mark"] != keys.fingerprint:
        raise BadInput(_other(noted), code="KEY-102")


def adopt_key_file(records: Records, clock: Clock, machine: str, keys: LastingKeys) -> None:
    """This machine's file is the installation's from now on: the old one is lost, and what it sealed stays closed."""
    for known in records.list(KEYS, ""):
        records.remove(KEYS, "", known.key)
    records.put(_mark(FILE, keys.fingerprint, machine, clock), expect=None)


@dataclass(frozen=True, slots=True)
class SharedPeriods:
    """The period keys of this machine's file, each compared with what other machines have drawn before it is used."""

    records: Records
    clock: Clock
    machine: str
    draw: Callable[[Millis], tuple[PeriodKey, ...]]
    _proven: set[str] = field(default_factory=set)

    def __call__(self, now: Millis) -> tuple[PeriodKey, ...]:
        """
        Return the keys of the two periods of this moment.

        Raises StoreUnavailable (KEY-103) where another machine counts people by another key: nothing comes in then,
        and nothing is lost.
        """
        keys = self.draw(now)
        for key in keys:
            if key.period not in self._proven:
                self._prove(key)
        return keys

    def _prove(self, key: PeriodKey) -> None:
        mark = hashlib.sha256(b"huiyin: period key" + key.key).hexdigest()[:16]
        if not self.records.put(_mark(key.period, mark, self.machine, self.clock), expect=0):
            noted = self.records.get(KEYS, "", key.period)
            if noted is not None and json.loads(noted.value)["mark"] != mark:
                raise StoreUnavailable(_drawn_twice(noted), code="KEY-103")
        self._proven.add(key.period)


def _mark(key: str, mark: str, machine: str, clock: Clock) -> Record:
    value = json.dumps({"mark": mark, "machine": machine}, sort_keys=True)
    return Record(KEYS, "", key, 0, value, clock.now(), machine, "")


def _machine(noted: Record) -> str:
    return str(json.loads(noted.value)["machine"])


_STEP = "let all machines use one folder for [data] secrets, or copy keys.json from there (0600), then start again"


def _missing(noted: Record) -> str:
    return f"this machine has no keys.json, and {_machine(noted)} has the installation's: none is drawn here; {_STEP}"


def _other(noted: Record) -> str:
    says = f"keys.json of this machine is not the installation's, which {_machine(noted)} has"
    return f"{says}; nothing was started; {_STEP}"


def _drawn_twice(noted: Record) -> str:
    says = f"this machine has drawn another key for the period {noted.key} than {_machine(noted)}"
    return f"{says}, so one person would count as two; nothing is taken in here; {_STEP}"
