"""What a list would come to, before it is taken: how many letters, answered or waiting, and what is wrong."""

from dataclasses import dataclass, field
from itertools import islice

from api.sheets import Sheet

from .letter import Reading, RowProblem

MOST_ROWS = 5_000
"""So many rows are looked at; of a longer list it is said that only these were."""
LONG: int = 30 * 24 * 3_600_000
NAMED = 5


@dataclass(slots=True)
class Foresight:
    """`waiting` letters have no answer in the list, `long_waiting` of them for over 30 days; `rows` were looked at."""

    rows: int = 0
    answered: int = 0
    waiting: int = 0
    long_waiting: int = 0
    wrong: int = 0
    is_cut: bool = False
    problems: list[RowProblem] = field(default_factory=list)


def foresee(sheet: Sheet, reading: Reading) -> Foresight:
    """Return what the list would come to, read so."""
    found = Foresight()
    rows = iter(sheet.rows)
    for row in islice(rows, MOST_ROWS):
        found.rows += 1
        letter = reading.letter(row)
        if isinstance(letter, RowProblem):
            found.wrong += 1
            found.problems += [letter] if len(found.problems) < NAMED else []
        elif letter.answered_at is not None:
            found.answered += 1
        else:
            found.waiting += 1
            received = letter.raw.published_at
            found.long_waiting += received is not None and reading.now - received > LONG
    found.is_cut = next(rows, None) is not None
    return found
