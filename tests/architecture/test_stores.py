"""What structure can hold of the stores: the unit first in every key, one write helper, no shared memory."""

import ast
import re
from importlib import resources
from pathlib import Path

from tests.tree import PACKAGES, python_files

ROOT = Path(__file__).parents[2]


def schemas() -> str:
    folder = resources.files("pipeline.adapters.sqlite") / "schema"
    files = [file for part in folder.iterdir() for file in part.iterdir()]
    return "\n".join(re.sub(r"--[^\n]*", "", file.read_text(encoding="utf-8")) for file in files)


def test_the_unit_is_first_in_every_key_that_holds_it() -> None:
    """Primary keys, unique constraints and indices; `record` begins with its kind, which is no tenant's data."""
    keys = re.findall(r"(?:PRIMARY KEY|UNIQUE|ON \w+)\s*\(([^)]*)\)", schemas())
    with_unit = [[column.split()[0] for column in key.split(",")] for key in keys if re.search(r"\bunit\b", key)]

    assert len(with_unit) > 4
    assert [key for key in with_unit if key[0] != "unit" and key[0] != "kind"] == []


def test_only_the_write_helper_begins_transactions() -> None:
    """Writers pass one helper; the crawler's frontier is a file of its own process."""
    beginners = set()
    for path in python_files(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("BEGIN"):
                beginners.add(str(path.relative_to(ROOT)))

    assert beginners <= {"pipeline/adapters/sqlite/writer.py", "crawlers/frontier.py"}


def test_processes_share_no_queue_pipe_or_memory() -> None:
    """They speak only through the stores; the one pipe between parent and child carries nothing but its end."""
    strange = []
    for path in python_files(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            strange += [f"{path.name}: {name}" for name in names if name.startswith(("multiprocessing", "mmap"))]

    assert strange == []
