"""How far a unit has come in its first run: each step done, skipped or open, as records that everybody sees."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.unit_settings import Table
from pipeline.ports import Clock, Record, Records
from pipeline.workflow.settings import SOURCE, in_force, table_of

SETUP = "setup"
"""The kind of the records: the key is the step, or DISMISSED."""
DISMISSED = "dismissed"
STEPS = ("unit", "places", "words", "sources", "telling")
_SETTING_OF: Mapping[str, str] = {"unit": "unit", "places": "places", "words": "rules", "telling": "recipients"}
"""Step → the setting that shows by itself that the step is done, also where it came with `huiyin apply`."""


class State(StrEnum):
    """How a step stands."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Progress:
    """The steps in order with their states; `is_dismissed` where somebody wants to hear no more of it."""

    states: Mapping[str, State]
    is_dismissed: bool = False

    @property
    def left(self) -> int:
        """How many steps are not done; a skipped one is still to do."""
        return sum(state is not State.DONE for state in self.states.values())

    @property
    def first_left(self) -> str:
        """The first step that is not done, skipped ones too; "" where all are."""
        return next((step for step, state in self.states.items() if state is not State.DONE), "")

    @property
    def first_open(self) -> str:
        """The step where somebody goes on who comes back; "" where none is open."""
        return next((step for step, state in self.states.items() if state is State.OPEN), "")


def progress_of(records: Records, unit: str) -> Progress:
    """Return how far the unit has come."""
    said = {record.key: json.loads(record.value) for record in records.list(SETUP, unit)}
    tables = {record.key: table_of(record) for record in in_force(records, unit)}
    sources = [table for record in in_force(records, "", SOURCE) if (table := table_of(record)) is not None]
    states = {step: _state(step, said.get(step, ""), tables, sources) for step in STEPS}
    return Progress(states, DISMISSED in said)


def _state(step: str, said: str, tables: Mapping[str, Table | None], sources: list[Table]) -> State:
    is_set = tables.get(_SETTING_OF.get(step, "")) is not None
    if step == "sources":
        is_set = any(table.get("enabled") for table in sources)
    return State.DONE if is_set else State(said or State.OPEN)


@dataclass(frozen=True, slots=True)
class Course:
    """Writes down how far a unit comes, by the account that goes through its steps."""

    records: Records
    clock: Clock
    unit: str
    author: str

    def note(self, step: str, state: State) -> None:
        """The step is on record as done, skipped or open again."""
        self._put(step, state.value)

    def dismiss(self) -> None:
        """Nobody is reminded of what is left any more; the steps stay where they are."""
        self._put(DISMISSED, DISMISSED)

    def _put(self, key: str, said: str) -> None:
        record = Record(SETUP, self.unit, key, 0, json.dumps(said), self.clock.now(), self.author, "")
        self.records.put(record, expect=None)


def next_after(step: str) -> str:
    """Return the step behind this one; "" behind the last."""
    place = STEPS.index(step) + 1
    return STEPS[place] if place < len(STEPS) else ""


def before(step: str) -> str:
    """Return the step before this one; "" before the first."""
    place = STEPS.index(step)
    return STEPS[place - 1] if place else ""
