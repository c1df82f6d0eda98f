"""
Indices of an installation: made from templates, in one layout, and refused where they are somebody else's.

An index carries the layout's number in its `_meta`; one without it was not made by Huiyin, and a newer number was made
by a newer Huiyin: neither is touched.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.domain.errors import BadInput

from .client import Elastic
from .families import FAMILIES, Family

LAYOUT = 1
"""Raised with every change of a mapping; a change that old indices cannot take is a new family."""
_MARK = "huiyin_layout"
_EXISTS = frozenset({400})


def install(elastic: Elastic, *, shards: int = 1) -> None:
    """
    The templates are there, and every index that is not kept in parts; doing it twice changes nothing.

    Raises BadInput (STO-310) where an index of these names is not ours, or of a newer layout.
    """
    problems = foreign_indices(elastic)
    if problems:
        raise BadInput("\n".join(problems), code="STO-310")
    there, known = set(_mappings(elastic)), _template_marks(elastic)
    for family in FAMILIES:
        pattern = elastic.name(f"{family.name}-*" if family.in_parts else family.name)
        template = {"index_patterns": [pattern], "priority": 500, "template": _template(elastic, family, shards)}
        mark = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()
        if known.get(elastic.name(family.name)) != mark:  # each write of one holds the whole cluster up for a moment
            marked = {**template, "_meta": {_MARK: mark}}
            elastic.wire.ask("PUT", ["_index_template", elastic.name(family.name)], marked)
        if not family.in_parts and elastic.name(family.name) not in there:
            make(elastic, family.name)


def _template_marks(elastic: Elastic) -> Mapping[str, str]:
    """Return template → the hash of what it was made of, of the installation's templates that there are."""
    answer = elastic.wire.ask("GET", ["_index_template", elastic.name("*")], allow=frozenset({404}))
    found = answer.body.get("index_templates", ())
    return {each["name"]: str(each["index_template"].get("_meta", {}).get(_MARK, "")) for each in found}


def make(elastic: Elastic, index: str) -> None:
    """The index is there, by its template; no error where another process has made it first."""
    elastic.wire.ask("PUT", [elastic.name(index)], allow=_EXISTS)


def foreign_indices(elastic: Elastic) -> Sequence[str]:
    """Return one sentence for each index of our names that is not ours; nothing is changed."""
    problems = []
    names = {elastic.name(family.name): family for family in FAMILIES}
    for name, mapping in _mappings(elastic).items():
        family = names.get(name) or next(
            (each for each in FAMILIES if each.in_parts and name.startswith(f"{elastic.name(each.name)}-")), None
        )
        if family is None:
            continue
        mark = mapping.get("_meta", {}).get(_MARK)
        if mark is None:
            problems.append(
                f"index {name} was not made by Huiyin; choose another [elasticsearch] prefix, or remove the index"
            )
        elif mark > LAYOUT:
            problems.append(f"index {name} was made by a newer Huiyin (layout {mark}, here {LAYOUT}); install that one")
        elif differing := sorted(_differences(mapping.get("properties", {}), family)):
            problems.append(
                f"index {name} has another mapping than Huiyin's ({', '.join(differing)}); restore it from a snapshot "
                "or choose another [elasticsearch] prefix"
            )
    return problems


def missing_indices(elastic: Elastic) -> Sequence[str]:
    """Return the whole names of indices that `install` would make."""
    there = set(_mappings(elastic))
    return [elastic.name(each.name) for each in FAMILIES if not each.in_parts and elastic.name(each.name) not in there]


def _mappings(elastic: Elastic) -> Mapping[str, Mapping[str, Any]]:
    params = {"allow_no_indices": "true", "expand_wildcards": "open"}
    answer = elastic.wire.ask("GET", [elastic.name("*"), "_mapping"], params=params, allow=frozenset({404}))
    return {} if answer.status == 404 else {name: found["mappings"] for name, found in answer.body.items()}


def _differences(there: Mapping[str, Mapping[str, Any]], family: Family) -> list[str]:
    known = {name: field["type"] for name, field in family.fields.items()}
    found = {name: field.get("type", "object") for name, field in there.items()}
    return [name for name in known.keys() | found.keys() if known.get(name) != found.get(name)]


def _template(elastic: Elastic, family: Family, shards: int) -> Mapping[str, Any]:
    mappings: dict[str, Any] = {
        "dynamic": "strict",
        "_meta": {_MARK: LAYOUT},
        "properties": {name: dict(field) for name, field in family.fields.items()},
    }
    if family.unkept:
        mappings["_source"] = {"excludes": list(family.unkept)}
    settings = {
        "number_of_shards": shards if family.in_parts or family.is_large else 1,
        "number_of_replicas": elastic.wire.settings.replicas,
        "refresh_interval": "1s",
    }
    return {"settings": settings, "mappings": mappings}
