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


def impure_calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, name) of every call that a pure module does not make."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            target = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if target in IMPURE_CALLS:
                yield node.lineno, target


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
    called = [f"{name}:{line} {target}" for name, tree in domain() for line, target in impure_calls(tree)]

    assert called == []


def test_the_look_would_see_a_clock_a_file_and_a_library() -> None:
    """Otherwise the tests above would pass over anything; and there is a domain to look at."""
    impure = ast.parse("import random, httpx2\nfrom datetime import datetime\ndatetime.now()\nopen('x')\n")

    assert [target for _, target in impure_calls(impure)] == ["now", "open"]
    assert {"random", "httpx2"} == set(imported(impure)) - PURE
    assert len(list(domain())) > 40
    assert {module for _, tree in domain() for module in imported(tree)} > {"dataclasses", "hashlib"}


def test_stages_know_no_clock_and_no_chance() -> None:
    """Stages are functions over batches: their only time is that of their input."""
    strange = []
    for path in sorted((ROOT / "pipeline" / "stages").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for module in imported(tree):
            if module.partition(".")[0] in {"time", "random", "secrets", "os", "socket", "threading", "pathlib"}:
                strange.append(f"{path.name}: {module}")

    assert strange == []
