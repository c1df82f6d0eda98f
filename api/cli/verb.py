"""What a verb of the console script is, and the arguments that several verbs take. It imports nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Argument: TypeAlias = tuple[tuple[str, ...], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of the console script."""

    name: str
    help: str
    module: str
    arguments: Sequence[Argument] = ()


CONFIG: Argument = (("--config",), {"default": "huiyin.toml", "metavar": "FILE", "help": "the operator's file"})
FIRST_CONFIG: Argument = (
    ("--config",),
    {"default": "", "metavar": "FILE", "help": "the operator's file (default: huiyin.toml here, written if missing)"},
)
FILE: Argument = (("file",), {"nargs": "?", "default": "-", "metavar": "FILE", "help": "JSON Lines; - is stdin"})
RULES: Argument = (("--rules",), {"metavar": "FILE", "help": "watch rules (TOML) instead of the bundled ones"})
JSON: Argument = (("--json",), {"action": "store_true", "help": "print JSON for machines"})
CHILD: Argument = (("--follow-parent",), {"action": "store_true", "help": "end when standard input closes"})
WHO: Sequence[Argument] = (
    (("--author",), {"default": "operator", "help": "the account that changes it"}),
    (("--reason",), {"default": "", "help": "why, kept with the change"}),
)
