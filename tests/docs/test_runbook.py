"""The runbook and the source name the same error codes, each once, with cause and next step."""

import re
from collections.abc import Iterator
from pathlib import Path

from api.supervisor import Supervisor

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "deploy" / "runbook.md"
CODE = re.compile(r"\b(?!SHA-|AES-|RFC-|KIP-)[A-Z]{3}-\d{3}\b")
PACKAGES = ("api", "classifier", "crawlers", "pipeline", "deploy/servers")


def in_source() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {code for text in texts for code in CODE.findall(text)}


def entries() -> Iterator[tuple[str, str]]:
    """Yield (code, its line) of the runbook's list."""
    for line in RUNBOOK.read_text(encoding="utf-8").splitlines():
        found = re.match(r"\* `([A-Z]{3}-\d{3})` (.+)", line)
        if found:
            yield found[1], found[2]


def test_every_code_of_the_source_is_in_the_runbook() -> None:
    """An operator who sees a code finds what to do."""
    assert in_source() - {code for code, _ in entries()} == set()


def test_every_code_of_the_runbook_is_in_the_source() -> None:
    """A code that no longer exists is no longer explained."""
    assert {code for code, _ in entries()} - in_source() == set()


def test_every_code_is_explained_once() -> None:
    """One code, one meaning."""
    codes = [code for code, _ in entries()]

    assert len(codes) > 50
    assert len(codes) == len(set(codes))


def test_every_line_says_what_it_is_and_what_to_do() -> None:
    """At least two sentences, and no more than a line that can be taken in."""
    poor = [code for code, line in entries() if len(re.findall(r"[^.]{3,}[.](?= |$)", line)) < 2 or len(line) > 200]

    assert poor == []


def test_every_process_of_the_supervisor_is_explained() -> None:
    """`huiyin run` starts three children; the table says what each does."""
    source = (ROOT / "api" / "cli" / "run.py").read_text(encoding="utf-8")
    names = re.search(r'for name in \("(\w+)", "(\w+)", "(\w+)"\)', source)

    assert names is not None, f"run.py no longer names the children of {Supervisor.__name__} in one tuple"
    assert all(f"\n| {name} |" in RUNBOOK.read_text(encoding="utf-8") for name in names.groups())
