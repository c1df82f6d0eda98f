"""What ARCHITECTURE.md and the acceptance list point at is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACCEPTANCE = ROOT / "docs" / "acceptance"
PATH = re.compile(r"(?<!/)(?:api|bench|classifier|crawlers|deploy|docs|pipeline|tests)/[\w./-]*[\w/]")
STATES = re.compile(r"met|open \(.{8,}\)|not done, because .{8,}|missed: .{8,}")


def lines_of_acceptance() -> Iterator[tuple[str, str, str]]:
    """Yield (list and number, shown by, state) of each demand."""
    for page in sorted(ACCEPTANCE.glob("*.md")):
        for line in page.read_text(encoding="utf-8").splitlines():
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)]
            if re.fullmatch(r"[A-Z]\d*\.\d+", cells[1] if len(cells) > 4 else ""):
                yield f"{page.stem} {cells[1]}", cells[3], cells[4]


def missing(text: str) -> list[str]:
    return [path for path in PATH.findall(text) if not (ROOT / path).exists()]


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "README.md", "README.zh-CN.md", "deploy/runbook.md"])
def test_every_path_that_a_page_names_exists(page: str) -> None:
    """Code map, entry points and guards of invariants."""
    assert missing((ROOT / page).read_text(encoding="utf-8")) == []


def test_every_invariant_names_a_guard_that_exists() -> None:
    """An invariant without a test or a contract is a wish."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("## Invariants", 1)[1].split("\n## ", 1)[0]
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| ")][1:]

    assert len(rows) > 10
    assert [cells[1].strip() for cells in rows if "tests/" not in cells[2] and "contracts" not in cells[2]] == []


def test_what_is_met_is_shown_by_something_that_exists() -> None:
    """A demand is met by a test, a benchmark or a command that anyone can run."""
    met = [(number, shown) for number, shown, state in lines_of_acceptance() if state == "met"]

    assert len(met) > 100
    assert [number for number, shown in met if missing(shown) or not ("`" in shown or PATH.search(shown))] == []


def test_every_test_that_a_met_line_names_is_in_its_file() -> None:
    """`file.py::one, ::two` names functions of the file, or a state machine's `TestName = …`."""
    absent = []
    for number, shown, state in lines_of_acceptance():
        for part in shown.split("; ") if state == "met" else []:
            path, *names = (name.strip(" ,") for name in part.split("::"))
            text = (ROOT / path).read_text(encoding="utf-8") if names else ""
            absent += [(number, path, name) for name in names if not re.search(rf"(?:def )?{name}(?:\(| = )", text)]

    assert absent == []


def test_every_demand_is_met_or_says_why_not() -> None:
    """Nothing is left without a word."""
    assert [number for number, _, state in lines_of_acceptance() if not STATES.fullmatch(state)] == []


def test_no_demand_is_numbered_twice() -> None:
    """So that a note can name it."""
    numbers = [number for number, _, _ in lines_of_acceptance()]

    assert len(numbers) == len(set(numbers))
