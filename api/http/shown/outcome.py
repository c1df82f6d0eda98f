"""What became of an order, and what may be taken back, as the API shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.order import Outcome
from pipeline.domain.row import iso_of
from pipeline.domain.undoing import Undoable


@dataclass(frozen=True, slots=True)
class OutcomeShown:
    """
    What became of an order: its batch in the log, and what the reader may ask for next.

    `incident` and `revision` are null where no incident is concerned. `memo` is the id of the text, which for
    `record_claim` is the claim's. `repeated`: the key was known, and nothing was done again.
    """

    unit: str
    seq: int
    at: str
    events: Sequence[str]
    incident: str | None
    revision: int | None
    moves: Sequence[str]
    memo: str | None
    repeated: bool


@dataclass(frozen=True, slots=True)
class UndoableShown:
    """
    The reader's last step in the unit, and what undoing it means until `until`.

    `means` are the events that undoing writes; where there are none, `instead` names the command that answers the step.
    """

    seq: int
    at: str
    until: str
    types: Sequence[str]
    incidents: Sequence[str]
    groups: Sequence[str]
    needs: Sequence[str]
    means: Sequence[str]
    instead: str
    notices: int


@dataclass(frozen=True, slots=True)
class LastStepShown:
    """What the reader may take back now; null where there is nothing."""

    undoable: UndoableShown | None


def outcome_shown(outcome: Outcome) -> OutcomeShown:
    """Return what became of an order."""
    return OutcomeShown(
        unit=outcome.unit,
        seq=outcome.seq,
        at=iso_of(outcome.at),
        events=outcome.events,
        incident=outcome.incident,
        revision=outcome.revision,
        moves=outcome.moves,
        memo=outcome.memo,
        repeated=outcome.repeated,
    )


def undoable_shown(step: Undoable) -> UndoableShown:
    """Return what may be taken back."""
    return UndoableShown(
        seq=step.seq,
        at=iso_of(step.at),
        until=iso_of(step.until),
        types=step.types,
        incidents=step.incidents,
        groups=step.groups,
        needs=step.needs,
        means=step.means,
        instead=step.instead,
        notices=step.notices,
    )
