"""
How many posts a day had: counted from the posts that there are, and from the roll-ups of parts that were dropped.

A roll-up is made before its part goes and counts from the moment in which it is gone; `part` in it is the dropped
index's own id, since a late post begins a part of the same name anew.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from typing import Any, TypeAlias

from pipeline.domain.errors import StoreUnavailable

from .client import Change, Elastic
from .post_document import reach_of
from .search import ALL_UNITS, POSTS
from .wire import Json

ROLLUPS = "rollups"
_PAGE = 1_000
_TRIES = 20
_WHOLE_SCAN: Sequence[Json] = ({"unit": "asc"}, {"day": "asc"}, {"line": "asc"}, {"part": "asc"})

Counts: TypeAlias = Counter[tuple[int, str]]
"""(day, service line or "") → posts."""


def counts_by_day(elastic: Elastic, unit: str, since_day: int, until_day: int) -> Sequence[tuple[int, str, int]]:
    """Return (day, line, posts) in order; the last day is left out."""
    counts = _while_no_part_goes(elastic, lambda parts: _counted(elastic, unit, (since_day, until_day), parts))
    return [(day, line, posts) for (day, line), posts in sorted(counts.items())]


def roll_up(elastic: Elastic, index: str) -> None:
    """The posts of a part are counted in roll-ups, exactly, whatever an earlier attempt had left there."""
    part = part_ids(elastic)[index]
    elastic.fresh(index, ROLLUPS)
    wanted = {
        f"{part}|{unit}|{day}|{line}": (unit, day, line, posts) for unit, day, line, posts in _all_of(elastic, index)
    }
    there = {doc.id for doc in elastic.scan(ROLLUPS, {"term": {"part": part}}, _WHOLE_SCAN, ids_only=True)}
    changes = [Change("delete", ROLLUPS, doc_id) for doc_id in sorted(there - wanted.keys())]
    changes += [
        Change("index", ROLLUPS, doc_id, {"part": part, "unit": unit, "day": day, "line": line, "posts": posts})
        for doc_id, (unit, day, line, posts) in wanted.items()
    ]
    if changes:
        elastic.bulk(changes)
        elastic.refresh(ROLLUPS)


def part_ids(elastic: Elastic) -> Mapping[str, str]:
    """Return index → the id that it has as long as it is there, for every part of the posts."""
    params = {"allow_no_indices": "true", "expand_wildcards": "open"}
    found = elastic.wire.ask("GET", [elastic.name(POSTS), "_settings"], params=params).body
    return {
        name.removeprefix(f"{elastic.prefix}-"): settings["settings"]["index"]["uuid"]
        for name, settings in found.items()
    }


def _while_no_part_goes(elastic: Elastic, count: Callable[[frozenset[str]], Counts]) -> Counts:
    """Return what is counted while all parts stayed: one that goes meanwhile would be told twice, or never."""
    parts = frozenset(part_ids(elastic).values())
    for _ in range(_TRIES):
        counts, before = count(parts), parts
        parts = frozenset(part_ids(elastic).values())
        if before <= parts:
            return counts
    raise StoreUnavailable(
        f"parts of the posts were dropped at every one of {_TRIES} tries to count; try again when retention is done",
        code="STO-321",
    )


def _counted(elastic: Elastic, unit: str, days: tuple[int, int], parts: frozenset[str]) -> Counts:
    elastic.fresh(POSTS, ROLLUPS, within=inf)
    counts: Counts = Counter()
    in_days: Json = {"range": {"day": {"gte": days[0], "lt": days[1]}}}
    if unit == ALL_UNITS:
        for key, posts in buckets(elastic, POSTS, in_days, ["day"]):
            counts[key["day"], ""] += posts
    else:
        for of, day, line, posts in _reached(elastic, POSTS, {"term": {"units": unit}}):
            if of == unit and days[0] <= day < days[1]:
                counts[day, line] += posts
    rolled_up = {
        "bool": {"filter": [{"term": {"unit": unit}}, in_days], "must_not": [{"terms": {"part": sorted(parts)}}]}
    }
    for doc in elastic.scan(ROLLUPS, rolled_up, _WHOLE_SCAN):
        counts[doc.source["day"], doc.source["line"]] += doc.source["posts"]
    return counts


def _all_of(elastic: Elastic, index: str) -> Iterator[tuple[str, int, str, int]]:
    """Yield (unit, day, line, posts) for what a part holds."""
    for key, posts in buckets(elastic, index, {"match_all": {}}, ["day"]):
        yield ALL_UNITS, key["day"], "", posts
    yield from _reached(elastic, index, {"exists": {"field": "units"}})


def _reached(elastic: Elastic, index: str, query: Json) -> Iterator[tuple[str, int, str, int]]:
    for key, posts in buckets(elastic, index, query, ["reach"]):
        unit, day, line = reach_of(key["reach"])
        yield unit, day, line, posts


def buckets(
    elastic: Elastic, index: str, query: Json, fields: Sequence[str]
) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Yield (values of the fields, documents), page by page."""
    composite: dict[str, Any] = {"size": _PAGE, "sources": [{name: {"terms": {"field": name}}} for name in fields]}
    while True:
        body = {"size": 0, "track_total_hits": False, "query": query, "aggs": {"counts": {"composite": composite}}}
        found = elastic.search(index, body).get("aggregations", {}).get("counts", {})
        page = found.get("buckets", [])
        yield from ((bucket["key"], int(bucket["doc_count"])) for bucket in page)
        if len(page) < _PAGE:
            return
        composite["after"] = found["after_key"]
