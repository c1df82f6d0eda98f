"""
The ten places where a Chinese county speaks in public, and how a unit stands to each (deploy/sources).

A place is connected where an enabled source is tied to it. Else a person may say that there is none here, or that it
cannot be read; what nobody said is missing.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from pipeline.domain.errors import BadInput
from pipeline.domain.unit_settings import Table

KEY = "checklist"
"""The key of the unit's setting: place → what a person said of it."""


class Standing(StrEnum):
    """How a unit stands to a place."""

    CONNECTED = "connected"
    MISSING = "missing"
    ABSENT = "absent"
    CLOSED = "closed"


SAID = (Standing.MISSING, Standing.ABSENT, Standing.CLOSED)
"""What a person may say of a place; that it is connected shows itself."""


@dataclass(frozen=True, slots=True)
class Template:
    """What the probe's form is filled with for a place: kind that is usual there, origin, reach, reason and purpose."""

    kind: str
    origin: str
    local: bool
    why: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Place:
    """One of the ten places: what it brings, how its address is found, and what cannot be had there."""

    id: str
    order: int
    name: str
    brings: str
    cannot: str
    usual: Standing
    find: tuple[str, ...]
    search: tuple[str, ...]
    template: Template


@dataclass(frozen=True, slots=True)
class Tied:
    """A source that is tied to a place."""

    source: str
    name: str
    place: str
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place as a unit stands to it; `words` are what to search for, with the unit's county in them."""

    place: Place
    standing: Standing
    sources: tuple[Tied, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """All places with their standings; 10 类已接入 4 类."""

    lines: tuple[PlaceLine, ...]

    @property
    def connected(self) -> int:
        """How many places are connected."""
        return sum(line.standing is Standing.CONNECTED for line in self.lines)


@cache
def places() -> tuple[Place, ...]:
    """Return the ten places in their order, as they ship."""
    texts = [entry.read_text(encoding="utf-8") for entry in _folder().iterdir() if entry.name.endswith(".toml")]
    return tuple(sorted((_place(tomllib.loads(text)) for text in texts), key=lambda place: place.order))


def place_named(name: str) -> Place | None:
    """Return the place of that id; None for another."""
    return next((place for place in places() if place.id == name), None)


def read_choices(table: Table) -> Mapping[str, Standing]:
    """Return what people said of the places; raises BadInput with every problem."""
    known = {place.id for place in places()}
    problems = [f"{key}: no such place; known: {', '.join(sorted(known))}" for key in table if key not in known]
    words = [each.value for each in SAID]
    problems += [f"{key}: expected one of {', '.join(words)}" for key, said in table.items() if said not in words]
    if problems:
        raise BadInput("\n".join(["the checklist of sources was not taken", *problems]), code="SRC-510")
    return {key: Standing(str(said)) for key, said in table.items()}


def checklist(choices: Mapping[str, Standing], tied: Iterable[Tied], county: str) -> Checklist:
    """Return how a unit stands to each place, given what people said and its sources."""
    by_place: dict[str, list[Tied]] = {}
    for each in tied:
        by_place.setdefault(each.place, []).append(each)
    return Checklist(tuple(_line(place, choices, by_place.get(place.id, ()), county) for place in places()))


def _line(place: Place, choices: Mapping[str, Standing], tied: Sequence[Tied], county: str) -> PlaceLine:
    standing = choices.get(place.id, place.usual)
    if any(each.is_enabled for each in tied):
        standing = Standing.CONNECTED
    words = {"county": county or "本县", "city": "本市", "province": "本省"}
    return PlaceLine(place, standing, tuple(tied), tuple(each.format(**words) for each in place.search))


def _place(table: Mapping[str, object]) -> Place:
    values = dict(table)
    template = values.pop("template")
    usual, find, search = (values.pop(key) for key in ("usual", "find", "search"))
    if not isinstance(template, dict) or not isinstance(find, list) or not isinstance(search, list):
        raise TypeError(f"deploy/sources: {values.get('id')} is not whole")
    return Place(
        **values,  # type: ignore[arg-type]  # our own files, of which a test reads every one
        usual=Standing(str(usual)),
        find=tuple(find),
        search=tuple(search),
        template=Template(**template),
    )


def _folder() -> Traversable:
    """Return the folder of the places: inside the package where it was installed, else deploy/sources beside it."""
    packaged = resources.files(__package__) / "source_checklist_data"
    return packaged if packaged.is_dir() else Path(__file__).parents[1] / "deploy" / "sources"
