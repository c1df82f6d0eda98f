"""What was not taken of a list, as a workbook: row numbers and reasons, and not a word of the rows themselves."""

from collections.abc import Sequence

from api.sheets import Table, write_workbook
from api.words import Words

from .imports import Progress
from .letter import RowProblem
from .taking import MOST_PROBLEMS

KNOWN_ABOUT = ("LTR-207", "LTR-301")


def problem_said(words: Words, problem: RowProblem) -> str:
    """Return in words why a row was not taken."""
    about = problem.about
    if problem.code == "LTR-301":
        about = words.texts.get(f"refusal.{about}", about)
    elif problem.code not in KNOWN_ABOUT and about:
        about = words.named("letters", f"field_{about}")
    return words(f"letters.{problem.code}", about=about)


def report_of(words: Words, progress: Progress) -> bytes:
    """Return the workbook of an import: its counts above, a line for each row that was not taken."""
    taken = progress.taken
    notes = [
        progress.name,
        words(
            "letters.result_line",
            taken=taken.taken,
            updated=taken.updated,
            answered=taken.answered,
            unchanged=taken.unchanged,
            refused=taken.refused,
        ),
    ]
    if taken.refused > len(taken.problems):
        notes.append(words("letters.problems_cut", most=MOST_PROBLEMS))
    headings = [words("letters.row_number"), words("letters.why_refused"), words("letters.code")]
    rows: Sequence[Sequence[str | int]] = [
        [each.number, problem_said(words, each), each.code] for each in taken.problems
    ]
    return write_workbook(Table(words("letters.refused_title"), headings, rows, notes, {0: 10, 1: 80, 2: 12}))
