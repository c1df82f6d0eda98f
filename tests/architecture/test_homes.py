"""What has one home only: processes and signals, the workflow's write, the console script; and who never searches."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from pipeline.domain.group import GroupRow
from pipeline.domain.people import GroupMark
from tests.tree import python_files

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "classifier", "crawlers", "pipeline")
WORKING = [
    f"pipeline/{name}.py"
    for name in (
        "runner",
        "finder",
        "grouper",
        "reading",
        "memories",
        "holding",
        "ahead",
        "redelivery",
        "recall",
        "backfill",
    )
]
POSIX = {"signal", "fcntl", "pty", "resource", "grp", "pwd", "termios"}


def trees(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        path = ROOT / folder
        for file in [path] if path.is_file() else python_files(folder):
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def calls(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield (what the method is called on, method) of every method call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            on = node.func.value
            yield (on.attr if isinstance(on, ast.Attribute) else getattr(on, "id", "")), node.func.attr


def test_signals_have_one_home_and_nobody_forks() -> None:
    """
    Huiyin runs on Windows too; what is POSIX only is one module's business, and that one works on both.

    Beside it stands what a test asks for by a name in the environment: a process that stands still at a named point.
    """
    found = set()
    for name, tree in trees(*PACKAGES):
        for node in ast.walk(tree):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
            found |= {name for module in modules if module.partition(".")[0] in POSIX}
        assert not [method for on, method in calls(tree) if (on, method) in {("os", "fork"), ("os", "killpg")}], name

    assert found == {"api/lifeline.py", "pipeline/crash_point.py"}


def test_what_does_not_crawl_loads_no_crawler() -> None:
    """Scrapy and Twisted took a quarter of every start; only a round's own process needs them."""
    verbs = ", ".join(f"api.cli.{verb}" for verb in ("work", "serve", "run", "schedule", "ingest", "backup"))
    code = f"import sys, {verbs}; print({{'scrapy', 'twisted'}} & {{*sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    assert run.stdout.strip() == "set()"


def test_the_workflow_writes_by_one_append() -> None:
    """What people, rules and clocks decide becomes a batch in one place."""
    writers = [
        name for name, tree in trees(*PACKAGES) for on, method in calls(tree) if (on, method) == ("log", "append")
    ]

    assert writers == ["pipeline/workflow/desk.py"]


def test_the_write_path_never_searches() -> None:
    """Stages, workflow and runner read by id; full text is for people."""
    asked = [
        (name, method)
        for name, tree in trees("pipeline/stages", "pipeline/workflow", *WORKING)
        for on, method in calls(tree)
        if on in ("posts", "store", "log")
    ]
    searching = [name for name, method in asked if method.startswith(("search", "count"))]

    assert {"commit", "append"} <= {method for _, method in asked}
    assert searching == []


def test_a_group_has_no_clock() -> None:
    """Clocks begin with an incident: neither the machine's row nor people's mark can say when something is due."""
    names = {field.name for kind in (GroupRow, GroupMark) for field in fields(kind)}

    assert "group" in names
    assert not {name for name in names if any(word in name for word in ("due", "deadline", "clock", "owner_since"))}


def test_there_is_one_distribution_with_one_console_script() -> None:
    """And its licence is the one that lies beside it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["scripts"] == {"huiyin": "api.cli:main"}
    assert project["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")[:200]
    assert list(ROOT.glob("*/pyproject.toml")) == []
