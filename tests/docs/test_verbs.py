"""Every verb is there: a module that runs it, a word about it, and no message sends people to a verb that is not."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli.verbs import VERBS

ROOT = Path(__file__).parents[2]
OF_THIS_HALF = {
    "demo", "run", "serve", "crawl", "work", "schedule", "ingest", "extract", "match", "classify", "dedupe", "group",
    "alerts", "replay", "check", "verify", "erase", "backup", "restore", "apply", "export-settings",
}  # fmt: skip
"""The verbs of DESIGN §4 that the first half promises."""


def told() -> str:
    pages = (ROOT / "README.md", ROOT / "deploy" / "runbook.md")
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def verbs_in_source() -> Iterator[tuple[str, str]]:
    """Yield (file, verb) of every `huiyin verb` that the source names in backquotes."""
    for package in ("api", "classifier", "crawlers", "pipeline"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for verb in re.findall(r"`huiyin ([a-z][a-z-]+)", path.read_text(encoding="utf-8")):
                yield path.relative_to(ROOT).as_posix(), verb


def test_the_verbs_of_this_half_are_there() -> None:
    """DESIGN §4 is a contract that people script against."""
    assert OF_THIS_HALF - set(VERBS) == set()


@pytest.mark.parametrize("name", sorted(VERBS))
def test_a_verb_has_a_module_that_runs_it(name: str) -> None:
    """A verb in the help that cannot run is worse than none."""
    module = importlib.import_module(f"api.cli.{VERBS[name].module}")

    assert callable(module.run)


@pytest.mark.parametrize("name", sorted(VERBS))
def test_a_verb_is_explained_to_people(name: str) -> None:
    """In the README or in the runbook, as a command."""
    assert re.search(rf"huiyin {name}\b", told())


def test_no_message_names_a_verb_that_is_not_there() -> None:
    """The next step of an error must be one that can be taken."""
    assert [(path, verb) for path, verb in verbs_in_source() if verb not in VERBS] == []


def test_every_module_of_the_command_line_serves_a_verb() -> None:
    """No verb that was forgotten in the table."""
    modules = {path.stem for path in (ROOT / "api" / "cli").glob("*.py")} - {"__init__", "verbs"}
    runnable = {name for name in modules if hasattr(importlib.import_module(f"api.cli.{name}"), "run")}

    assert runnable == {verb.module for verb in VERBS.values()}
