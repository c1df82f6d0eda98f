"""From what a person types of a source to its table, and from the manifest's problems back to the fields."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from crawlers.read_manifest import manifest_problems
from crawlers.reading import Problem
from pipeline.domain.post import Millis
from pipeline.domain.unit_settings import Table

from .book import FIELDS, Typed, Unfit

LONGEST = 500
_CHINA = timedelta(hours=8)
_FIELD_OF: Mapping[str, str] = {"impact.purpose": "purpose", "impact.reviewed_by": "owner"}
_WORD_OF: Mapping[str, str] = {"SRC-109": "person", "SRC-105": "too_fast", "SRC-102": "missing"}
_NEEDED = ("name", "publisher", "why", "owner", "purpose")


def table_from(base: Table, typed: Typed, now: Millis, *, enabled: bool) -> Table:
    """
    Return the source's table with what was typed in it; the impact note is reviewed today, by the post that is named.

    Raises:
        Unfit: every field that is wrong, with a word for it.
    """
    values = {name: typed.get(name, "").strip()[:LONGEST] for name in FIELDS}
    problems = {name: "missing" for name in _NEEDED if not values[name]}
    table: dict[str, object] = {
        **base,
        **{name: values[name] for name in ("name", "publisher", "why", "owner", "listed_as")},
        "origin": values["origin"] or base.get("origin", ""),
        "local": values["local"] != "wide",
        "every_minutes": _number(values, "every_minutes", int, problems),
        "pace_seconds": _number(values, "pace_seconds", float, problems),
        "enabled": enabled,
        "impact": {"purpose": values["purpose"], "reviewed_on": _today(now), "reviewed_by": values["owner"]},
    }
    if typed.get("confirmed") != "yes":
        problems["confirmed"] = "missing"
    if problems:
        raise Unfit(problems)
    refuse_problems(manifest_problems(table))
    return table


def refuse_problems(found: Iterable[Problem]) -> None:
    """Raise Unfit with the fields that the manifest's problems are about."""
    problems = {_FIELD_OF.get(each.where, each.where): _WORD_OF.get(each.code, "unfit") for each in found}
    if problems:
        raise Unfit(problems)


def typed_from(table: Table) -> dict[str, str]:
    """Return the form of a source that is set, as it would have been typed."""
    impact = table.get("impact")
    typed = {name: str(table.get(name) or "") for name in FIELDS if name not in ("local", "purpose")}
    typed["local"] = "local" if table.get("local", True) else "wide"
    typed["purpose"] = str(impact.get("purpose", "")) if isinstance(impact, Mapping) else ""
    for name in ("every_minutes", "pace_seconds"):
        typed[name] = typed[name].removesuffix(".0")
    return typed


def _number(values: Mapping[str, str], name: str, kind: Callable[[str], float], problems: dict[str, str]) -> float:
    try:
        return kind(values[name])
    except ValueError:
        problems[name] = "missing"
        return 0


def _today(now: Millis) -> str:
    return (datetime.fromtimestamp(now / 1_000, UTC) + _CHINA).date().isoformat()
