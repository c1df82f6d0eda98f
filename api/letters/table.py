"""The list of letters as a workbook, and how moments are written in tables."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

from api.sheets import Table, write_workbook
from api.words import Words
from pipeline.domain.post import Millis
from pipeline.workflow.letter_list import LetterCounts, LetterRow

_CHINA = timezone(timedelta(hours=8))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COLUMNS = (
    "ref",
    "origin",
    "received_at",
    "content",
    "due_at",
    "standing",
    "ended_at",
    "how",
    "done",
    "done_at",
    "incident",
)
WIDTHS = {0: 22, 1: 12, 2: 17, 3: 60, 4: 17, 5: 12, 6: 17, 7: 12, 8: 10, 9: 17, 10: 28}


def written_moment(at: Millis | None) -> str:
    """Return date and time in China as tables have them; "" for none."""
    return "" if at is None else f"{(_EPOCH + timedelta(milliseconds=at)).astimezone(_CHINA):%Y-%m-%d %H:%M}"


def letters_table(words: Words, rows: Sequence[LetterRow], counts: LetterCounts, now: Millis) -> bytes:
    """Return the workbook of the letters, with the counts and the moment in its head."""
    counted = words(
        "letters.counts_line",
        all=counts.all,
        answered=counts.answered,
        declined=counts.declined,
        waiting=counts.waiting,
        overdue=counts.overdue,
        done=counts.done,
    )
    notes = [words("letters.as_of", when=written_moment(now)), counted]
    headings = [words(f"letters.column_{name}") for name in COLUMNS]
    return write_workbook(Table(words("letters.title"), headings, [_row(words, row) for row in rows], notes, WIDTHS))


def standing_said(words: Words, row: LetterRow) -> str:
    """Return how a letter stands, in words."""
    return words(f"letters.is_{row.outcome or ('overdue' if row.is_overdue else 'waiting')}")


def _row(words: Words, row: LetterRow) -> Sequence[str]:
    return [
        row.ref,
        row.origin.value,
        written_moment(row.received_at),
        row.words or words(f"letters.withheld_{row.withheld}"),
        written_moment(row.due_at),
        standing_said(words, row),
        written_moment(row.ended_at),
        words.named("means", row.how) if row.how else "",
        words("letters.yes") if row.is_done else "",
        written_moment(row.done_at),
        row.incident,
    ]
