"""The tree's own modules, for tests of its shape."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("api", "classifier", "crawlers", "pipeline")


def python_files(*folders: str) -> Iterator[Path]:
    """Yield the Python files below the folders, in order; what npm installed for a build is not ours."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path
