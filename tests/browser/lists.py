"""Lists of letters in the browser's county: one that waits for its columns, and one that was taken."""

from collections.abc import Mapping, Sequence

from api.letters.imports import Imports
from api.letters.letter import RowProblem
from api.letters.taking import Taken
from tests.letter_house import HEADINGS, row

from .county import HOSTILE, UNIT, County


def lists_of(county: County, account: str) -> Mapping[str, Sequence[str]]:
    """Return `token` of a list that the account handed in, and `ident` of one that was taken."""
    imports: Imports = county.app.state.imports
    lines = [(*HEADINGS, "办结时间"), (*row(1, f"低保金 {HOSTILE}"), ""), (*row(""), "")]
    data = "\n".join("\t".join(line) for line in lines).encode()
    waiting, taken = (imports.hold(UNIT, account, "12345.tsv", data) for _ in range(2))
    problems = [RowProblem(3, "LTR-201", "ref"), RowProblem(9, "LTR-207", "3"), RowProblem(10, "LTR-301", "INC-232")]
    was, imports.begin = imports.begin, lambda work: work()
    imports.start(taken, lambda _sheet, _told: Taken(12, 1, 2, 3, 3, 20, problems))
    imports.begin = was
    return {"token": [waiting.token], "ident": [taken.token]}
