"""Small modules, short functions, few parameters, no blind except: measured, with one list of exceptions."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture import budgets
from tests.tree import python_files

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "classifier", "crawlers", "pipeline")


def modules() -> Iterator[tuple[str, str]]:
    for path in python_files(*PACKAGES):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for name, text in modules():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}:{node.name}", node


def assert_exceptions_are_exact(over: dict[str, int], allowed: dict[str, str]) -> None:
    assert {name: size for name, size in over.items() if name not in allowed} == {}
    assert [name for name in allowed if name not in over] == [], "no longer needed: take it from the list"
    assert all(allowed.values()), "an exception needs its reason"


def test_no_module_is_longer_than_its_budget() -> None:
    """A module that grows beyond 300 lines holds two things."""
    over = {name: lines for name, text in modules() if (lines := len(text.splitlines())) > budgets.MODULE_LINES}

    assert_exceptions_are_exact(over, budgets.LONGER_MODULES)


def test_no_function_is_longer_than_its_budget() -> None:
    """A function of more than 50 lines is read twice."""
    sizes = {name: (node.end_lineno or 0) - node.lineno + 1 for name, node in functions()}
    over = {name: size for name, size in sizes.items() if size > budgets.FUNCTION_LINES}

    assert_exceptions_are_exact(over, budgets.LONGER_FUNCTIONS)


def test_no_function_takes_more_parameters_than_its_budget() -> None:
    """Five positional parameters are the most; `self` and keyword-only ones are not counted."""
    over = {}
    for name, node in functions():
        positional = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        count = len([argument for argument in positional if argument not in ("self", "cls")])
        if count > budgets.PARAMETERS:
            over[name] = count

    assert_exceptions_are_exact(over, budgets.MORE_PARAMETERS)


def test_blind_excepts_stand_only_at_the_named_boundaries() -> None:
    """What catches everything must log, count and keep; nobody else may."""
    over: dict[str, int] = {}
    for name, text in modules():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None
                or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException"))
            ):
                reraised = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
                if not reraised:
                    over[name] = over.get(name, 0) + 1

    assert_exceptions_are_exact(over, budgets.BLIND_EXCEPTS)


def test_nothing_prints_but_the_command_line() -> None:
    """Printing is for people at a terminal; the rest logs."""
    printing = [
        name
        for name, text in modules()
        if not name.startswith("api/cli/")
        and any(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
            for node in ast.walk(ast.parse(text))
        )
    ]

    assert printing == []


def test_no_test_lacks_its_sentence() -> None:
    """Each test says in one sentence what it is about."""
    silent = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node):
                silent.append(f"{path.name}:{node.name}")

    assert silent == []
