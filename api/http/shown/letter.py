"""Letters, visits and 12345 orders as the API tells them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.workflow.letter_list import LetterCounts, LetterRow

from .count import Coverage
from .post import moment


@dataclass(frozen=True, slots=True)
class LetterShown:
    """
    One letter. `outcome` is "" while it waits, else answered or declined, at `ended_at`; `is_done`: its matter ended.

    `withheld` says why there are no words: erased, internal, or conduct, where number and post are not told either.
    """

    ref: str
    post: str
    incident: str
    origin: str
    words: str
    withheld: str
    received_at: str
    due_at: str | None
    outcome: str
    how: str
    ended_at: str | None
    is_done: bool
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class LettersShown:
    """A page of letters. `all` of them are `answered`, `declined` or `waiting`; `overdue` are among the waiting."""

    letters: Sequence[LetterShown]
    cursor: str | None
    all: int
    answered: int
    declined: int
    waiting: int
    overdue: int
    done: int
    coverage: Coverage


def letter_shown(row: LetterRow) -> LetterShown:
    """Return a letter as this reader may see it."""
    is_kept = row.withheld == "conduct"
    return LetterShown(
        ref=row.ref,
        post="" if is_kept else row.post,
        incident=row.incident,
        origin=row.origin.value,
        words=row.words,
        withheld=row.withheld,
        received_at=moment(row.received_at) or "",
        due_at=moment(row.due_at),
        outcome=row.outcome,
        how=row.how,
        ended_at=moment(row.ended_at),
        is_done=row.is_done,
        is_overdue=row.is_overdue,
    )


def letters_shown(
    rows: Sequence[LetterRow], cursor: str | None, counts: LetterCounts, coverage: Coverage
) -> LettersShown:
    """Return a page of letters with the counts of all."""
    return LettersShown(
        letters=[letter_shown(row) for row in rows],
        cursor=cursor,
        all=counts.all,
        answered=counts.answered,
        declined=counts.declined,
        waiting=counts.waiting,
        overdue=counts.overdue,
        done=counts.done,
        coverage=coverage,
    )
