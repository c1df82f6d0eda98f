"""The domain is pure: relative imports and the standard library without sockets, files, clocks, chance."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PURE = {
    "bisect", "collections", "dataclasses", "datetime", "difflib", "enum", "functools", "hashlib", "hmac", "itertools",
    "ipaddress", "json", "math", "operator", "re", "string", "tomllib", "typing", "unicodedata", "urllib", "zoneinfo",
    "heapq", "base64", "calendar", "types", "abc", "copy", "contextlib", "graphlib", "struct", "zlib",
}  # fmt: skip
IMPURE_CALLS = {"now", "utcnow", "today", "open", "urlopen", "input", "print", "eval", "exec"}


def domain() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "pipeline" / "domain").rglob("*.py")):
        yield path.name, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""


def test_the_domain_imports_itself_and_pure_parts_of_the_standard_library() -> None:
    """No library, no file, no socket, no clock, no chance; urllib only for parsing addresses."""
    strange = [
        f"{name}: {module}"
        for name, tree in domain()
        for module in imported(tree)
        if module.partition(".")[0] not in PURE or (module.startswith("urllib") and module != "urllib.parse")
    ]

    assert strange == []


def test_the_domain_asks_no_clock_and_opens_nothing() -> None:
    """`datetime.now`, `date.today`, `open` and their like are not called."""
    called = []
    for name, tree in domain():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                target = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if target in IMPURE_CALLS:
                    called.append(f"{name}:{node.lineno} {target}")

    assert called == []


def test_stages_know_no_clock_and_no_chance() -> None:
    """Stages are functions over batches: their only time is that of their input."""
    strange = []
    for path in sorted((ROOT / "pipeline" / "stages").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for module in imported(tree):
            if module.partition(".")[0] in {"time", "random", "secrets", "os", "socket", "threading", "pathlib"}:
                strange.append(f"{path.name}: {module}")

    assert strange == []
