"""The form of a source: what a person says of it, filled in from the try, the checklist and what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.source_checklist import place_named, places
from api.sources.book import MINUTES, PACES, Typed
from api.sources.tried import Tried
from api.words import Words
from pipeline.domain.post import Origin

ORIGINS = (Origin.MONITORED, Origin.MESSAGE, Origin.MEDIA, Origin.HOTLINE)
"""What a public source may be; letters and orders from above come in by other doors."""
LONG = frozenset({"why", "purpose"})


@dataclass(frozen=True, slots=True)
class SourceOption:
    """A choice of a field."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class SourceField:
    """A field as the page shows it; without options it is typed."""

    name: str
    label: str
    value: str
    options: Sequence[SourceOption] = ()
    problem: str = ""
    is_long: bool = False


async def sent_fields(request: Request) -> Typed:
    """Return the fields of a form that are text, each once."""
    return {name: value[:4_000] for name, value in (await request.form()).items() if isinstance(value, str)}


TheTyped = Annotated[Typed, Depends(sent_fields)]
"""Type of a handler's parameter that receives what was typed."""


def first_typed(tried: Tried, place: str, owner: str, words: Words) -> Typed:
    """Return the form as it is filled in before anybody typed: by the try, and by the place that was clicked."""
    table, known = tried.manifest, place_named(place)
    template = known.template if known else None
    return {
        "name": str(table["name"]),
        "publisher": str(table.get("publisher", "")),
        "why": template.why if template else words(f"source_impact.why_{tried.kind}"),
        "owner": owner,
        "origin": template.origin if template else str(table["origin"]),
        "local": "local" if template is None or template.local else "wide",
        "every_minutes": _plain(table["every_minutes"]),
        "pace_seconds": _plain(table["pace_seconds"]),
        "listed_as": place,
        "purpose": template.purpose if template else words(f"source_impact.purpose_{tried.kind}"),
    }


def form_view(typed: Typed, problems: Mapping[str, str], words: Words) -> Mapping[str, SourceField]:
    """Return the fields of the form by name, with what was typed and what is wrong."""
    options = {
        "origin": [SourceOption(each.value, words(f"source_form.origin_{each.name.lower()}")) for each in ORIGINS],
        "local": [SourceOption(each, words(f"source_form.local_{each}")) for each in ("local", "wide")],
        "every_minutes": _numbers(MINUTES, typed.get("every_minutes", ""), "every_value", words),
        "pace_seconds": _numbers(PACES, typed.get("pace_seconds", ""), "pace_value", words),
        "listed_as": [
            SourceOption("", words("source_form.listed_none")),
            *(SourceOption(place.id, place.name) for place in places()),
        ],
    }
    names = (
        "name",
        "publisher",
        "why",
        "listed_as",
        "origin",
        "local",
        "every_minutes",
        "pace_seconds",
        "purpose",
        "owner",
    )
    return {
        name: SourceField(
            name,
            words(f"source_form.{name}"),
            typed.get(name, ""),
            options.get(name, ()),
            _problem(name, problems, words),
            name in LONG,
        )
        for name in (*names, "confirmed")
    }


def _problem(name: str, problems: Mapping[str, str], words: Words) -> str:
    return words(f"source_form.problem_{problems[name]}") if name in problems else ""


def _numbers(usual: Sequence[int], chosen: str, key: str, words: Words) -> Sequence[SourceOption]:
    """Return the usual numbers, with the one that holds where it is another."""
    values = [str(each) for each in usual]
    if chosen and chosen not in values:
        values.append(chosen)
    return [SourceOption(value, words(f"source_form.{key}", count=value)) for value in sorted(values, key=_size)]


def _size(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return 0.0


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)
