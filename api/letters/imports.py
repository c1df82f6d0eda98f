"""
Imports of lists in the web service: a list waits for its columns to be confirmed, then it is taken in the background.

What was handed in is held in memory alone: at most MOST_HELD lists, for HELD_FOR, and never on disk, for it names
people. Where the process ends, the record of the import says how far it had come; the list is handed in again, and
what was taken is not taken twice.
"""

import json
import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from api.sheets import Sheet, SheetRow, read_sheet
from pipeline.domain.errors import BadInput, HuiyinError
from pipeline.domain.masking import mask
from pipeline.domain.post import Millis
from pipeline.ports import Clock, Record, Records

from .letter import RowProblem
from .taking import Taken

log = logging.getLogger(__name__)

KIND = "letter_import"
"""The kind of the records that say how an import fares."""
MOST_HELD = 4
HELD_FOR: Millis = 30 * 60_000
SILENT_FOR: Millis = 60_000
"""An import of which nothing was heard for so long was cut off."""
FIRST_ROWS = 5
LONGEST_NAME = 80
RUNNING, DONE, FAILED = "running", "done", "failed"
Take = Callable[[Sheet, Callable[[Taken], None]], Taken]
"""Takes a sheet, and tells how far it has come."""


@dataclass(frozen=True, slots=True)
class Held:
    """A list that waits for its columns. `first` are its first rows as they are; nobody else may look at them."""

    token: str
    unit: str
    account: str
    name: str
    sheet: Sheet
    first: Sequence[SheetRow]
    at: Millis


@dataclass(frozen=True, slots=True)
class Progress:
    """
    How an import fares: `state` is running, done, failed or cut_off; `rows_in_all` the number of the list's last row.

    `why` is the code of what made it fail. Nothing of a row's content is kept, only numbers of rows and codes.
    """

    id: str
    unit: str
    account: str
    name: str
    state: str
    at: Millis
    told_at: Millis
    rows_in_all: int
    taken: Taken
    why: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self.state == RUNNING


@dataclass(slots=True)
class Imports:
    """The imports of this process. `begin` lets work go on beside the answer; tests let it be done at once."""

    records: Records
    clock: Clock
    begin: Callable[[Callable[[], None]], None] = field(default_factory=lambda: _in_background)
    _held: dict[str, Held] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, unit: str, account: str, name: str, data: bytes) -> Held:
        """The list waits for its columns; raises BadInput (SHT-1nn) where it is none. The oldest gives way."""
        sheet = read_sheet(data, name[-LONGEST_NAME:])
        first = list(islice(sheet.rows, FIRST_ROWS))
        now = self.clock.now()
        held = Held(secrets.token_urlsafe(16), unit, account, mask(name[-LONGEST_NAME:]), sheet, first, now)
        with self._guard:
            self._forget_old(now)
            while len(self._held) >= MOST_HELD:
                del self._held[min(self._held, key=lambda token: self._held[token].at)]
            self._held[held.token] = held
        return held

    def held(self, token: str, unit: str, account: str) -> Held | None:
        """Return a list of this account that waits; None where there is none any more."""
        with self._guard:
            self._forget_old(self.clock.now())
            found = self._held.get(token)
        return found if found is not None and (found.unit, found.account) == (unit, account) else None

    def drop(self, token: str) -> None:
        """The list is forgotten."""
        with self._guard:
            self._held.pop(token, None)

    def start(self, held: Held, take: Take) -> str:
        """The list is being taken; returns the id of the import. The same list is started once."""
        known = self.records.get(KIND, held.unit, held.token)
        if known is None:
            now = self.clock.now()
            begun = Progress(
                held.token, held.unit, held.account, held.name, RUNNING, now, now, held.sheet.last_number, Taken()
            )
            self._write(begun)
            self.begin(lambda: self._run(begun, held, take))
        return held.token

    def progress(self, unit: str, ident: str) -> Progress | None:
        """Return how an import fares; None where there is none of this id."""
        record = self.records.get(KIND, unit, ident)
        return None if record is None else self._read(record)

    def last(self, unit: str, most: int = 5) -> Sequence[Progress]:
        """Return the newest imports of the unit."""
        found = [self._read(record) for record in self.records.list(KIND, unit)]
        return sorted(found, key=lambda one: one.at, reverse=True)[:most]

    def _run(self, begun: Progress, held: Held, take: Take) -> None:
        """The list was taken, or the record says why not; it is forgotten in either case."""
        known, state, why = [begun.taken], FAILED, "HUI-000"

        def told(taken: Taken) -> None:
            known[0] = taken
            self._write(_later(begun, RUNNING, taken, self.clock.now()))

        try:
            known[0], state, why = take(held.sheet, told), DONE, ""
        except HuiyinError as refusal:
            why = refusal.code
            log.warning("letters.import_failed %s behind row %d: %s", begun.id, known[0].last, refusal.code)
        finally:
            self.drop(held.token)
            self._write(_later(begun, state, known[0], self.clock.now(), why))

    def _forget_old(self, now: Millis) -> None:
        for token in [token for token, held in self._held.items() if now - held.at > HELD_FOR]:
            del self._held[token]

    def _write(self, one: Progress) -> None:
        taken = one.taken
        value = {
            "name": one.name,
            "state": one.state,
            "at": one.at,
            "rows_in_all": one.rows_in_all,
            "why": one.why,
            "counts": [taken.taken, taken.updated, taken.answered, taken.unchanged, taken.refused, taken.last],
            "problems": [[each.number, each.code, each.about] for each in taken.problems],
        }
        text = json.dumps(value, ensure_ascii=False, sort_keys=True)
        self.records.put(
            Record(KIND, one.unit, one.id, 0, text, one.told_at, one.account, "import of a list"), expect=None
        )

    def _read(self, record: Record) -> Progress:
        said = json.loads(record.value)
        new, updated, answered, unchanged, refused, last = said["counts"]
        problems = [RowProblem(*each) for each in said["problems"]]
        is_silent = said["state"] == RUNNING and self.clock.now() - record.at > SILENT_FOR
        return Progress(
            id=record.key,
            unit=record.unit,
            account=record.author,
            name=said["name"],
            state="cut_off" if is_silent else said["state"],
            at=said["at"],
            told_at=record.at,
            rows_in_all=said["rows_in_all"],
            taken=Taken(new, updated, answered, unchanged, refused, last, problems),
            why=said["why"],
        )


def gone() -> BadInput:
    """Return the answer to whoever confirms the columns of a list that is no longer held."""
    return BadInput("the list was held for 30 minutes and is forgotten; hand it in again", code="LTR-107")


def _later(begun: Progress, state: str, taken: Taken, now: Millis, why: str = "") -> Progress:
    return Progress(
        begun.id, begun.unit, begun.account, begun.name, state, begun.at, now, begun.rows_in_all, taken, why
    )


def _in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="letters", daemon=True).start()
