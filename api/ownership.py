"""
Whether the packages that Python would import are those that Huiyin's distribution installed.

Other distributions on the public index install top-level packages of the same names over ours, without a word from the
installer (field study of codebases, §5.2). A double owner and a file whose hash is not that of RECORD show it.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackagePath
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

PACKAGES = ("api", "classifier", "crawlers", "pipeline")
OURS = "huiyin"
NAMED = 5
"""How many damaged files are named; the number is given in any case."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """How Huiyin is installed, and everything that is wrong with its packages."""

    installed: str
    problems: tuple[str, ...] = ()


def places() -> Mapping[str, Path | None]:
    """Return where Python would import each package from; None where it would find none."""
    specs = {package: find_spec(package) for package in PACKAGES}
    return {package: Path(spec.origin).parent if spec and spec.origin else None for package, spec in specs.items()}


def ownership(distributions: Iterable[Distribution], located: Mapping[str, Path | None]) -> Ownership:
    """Return whose the packages are, for the distributions that are installed and the places of the packages."""
    every = list(distributions)
    problems = [problem for one in every if one.name.lower() != OURS for problem in _foreign(one)]
    ours = next((one for one in every if one.name.lower() == OURS), None)
    if ours is None:
        return Ownership("not installed; it runs from its source tree", tuple(problems))
    tree = _editable_tree(ours)
    if tree is not None:
        problems += _misplaced({package: tree / package for package in PACKAGES}, located)
        return Ownership(f"{ours.version}, editable, from {tree}", tuple(problems))
    problems += _misplaced({package: Path(str(ours.locate_file(package))) for package in PACKAGES}, located)
    problems += _damaged(ours)
    return Ownership(ours.version, tuple(problems))


def _foreign(other: Distribution) -> Iterator[str]:
    owned = {file.parts[0] for file in other.files or ()} & set(PACKAGES)
    for package in sorted(owned):
        yield (
            f"the distribution {other.name} {other.version} installs a package {package!r} over Huiyin's; "
            "uninstall it, then install huiyin again"
        )


def _editable_tree(ours: Distribution) -> Path | None:
    said = json.loads(ours.read_text("direct_url.json") or "{}")
    if not said.get("dir_info", {}).get("editable"):
        return None
    return Path(url2pathname(unquote(urlsplit(said["url"]).path)))


def _misplaced(expected: Mapping[str, Path], located: Mapping[str, Path | None]) -> Iterator[str]:
    for package, place in expected.items():
        found = located.get(package)
        if found is None:
            yield f"the package {package!r} is not where it was installed ({place}); install huiyin again"
        elif found.resolve() != place.resolve():
            yield f"Python takes the package {package!r} from {found} and not from {place}; mend the path"


def _damaged(ours: Distribution) -> Iterator[str]:
    damaged = [
        str(file) for file in ours.files or () if file.parts[0] in PACKAGES and file.hash and not _is_whole(file)
    ]
    if damaged:
        named = ", ".join(damaged[:NAMED])
        yield f"{len(damaged)} files are missing or not as they were installed ({named}); install huiyin again"


def _is_whole(file: PackagePath) -> bool:
    path = Path(str(file.locate()))
    if file.hash is None or not path.is_file():
        return False
    digest = hashlib.new(file.hash.mode, path.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == file.hash.value
