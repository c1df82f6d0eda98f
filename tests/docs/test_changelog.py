"""The changelog begins with the version that the project has, and names every verb that there is."""

import re
import tomllib
from pathlib import Path

from api.cli.verbs import VERBS

ROOT = Path(__file__).parents[2]


def top() -> str:
    """Return the newest section."""
    return "\n## " + (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1]


def test_the_newest_section_is_of_the_projects_version() -> None:
    """Released or not, the version stands in its heading."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    assert re.search(rf"^## .*\b{re.escape(version)}\b", top(), re.MULTILINE)


def test_the_newest_section_names_every_verb() -> None:
    """Until the first release everything is new."""
    assert [name for name in VERBS if not re.search(rf"(?<![\w-]){name}(?![\w-])", top())] == []
