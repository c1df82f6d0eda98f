"""`huiyin check`: the operator's file, the settings folder that it names, and rules; nothing is changed."""

import argparse
from collections.abc import Callable
from pathlib import Path

from api.cli.posts import rules_of
from api.config import read_config
from api.settings import read_folder
from pipeline.domain.errors import BadInput


def run(arguments: argparse.Namespace) -> int:
    """Print what is well and every problem of what is not; 0 where all is well, else 2."""
    problems = []
    if arguments.rules:
        problems += _problems("rules", arguments.rules, lambda: f"{len(rules_of(arguments.rules))} rules")
    else:
        path = Path(arguments.config)
        problems += _problems("config", str(path), lambda: _check_config(path))
    for problem in problems:
        print(problem)
    return 2 if problems else 0


def _check_config(path: Path) -> str:
    config = read_config(path)
    if not config.settings:
        return "no settings folder is named"
    return f"{len(read_folder(Path(config.settings)))} settings in {config.settings}"


def _problems(what: str, name: str, look: Callable[[], str]) -> list[str]:
    try:
        print(f"{what} {name}: good, {look()}")
    except BadInput as refusal:
        return [str(refusal)]
    return []
