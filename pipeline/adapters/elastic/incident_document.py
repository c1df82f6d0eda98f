"""
An incident as one document: as the log's head makes it, and as it was before the last batch that told of it.

With both, a batch can be projected again after a crash in the middle: what it has changed already is known as it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.domain.incident import Incident
from pipeline.domain.incident_json import bytes_of_incident, incident_from_bytes

from .client import Change, Doc, Elastic
from .keys import doc_id
from .rewrite import turns
from .wire import Json

INDEX = "incidents"


@dataclass(frozen=True, slots=True)
class Told:
    """An incident after the batch `seq`, the last that told of it; `before` is None where that batch opened it."""

    incident: Incident
    before: Incident | None
    seq: int
    timeline: tuple[int, ...]

    def followed_by(self, after: Incident, seq: int) -> "Told":
        """Return the incident after a batch; the same batch twice is one."""
        if seq == self.seq:
            return Told(after, self.before, seq, self.timeline)
        return Told(after, self.incident, seq, (*self.timeline, seq))


def first_told(incident: Incident, seq: int) -> Told:
    """Return an incident that the batch opened."""
    return Told(incident, None, seq, (seq,))


def incident_docs(elastic: Elastic, unit: str, incidents: Iterable[str]) -> Mapping[str, Doc]:
    """Return incident → its document, of those that there are."""
    found = elastic.mget((INDEX, doc_id(unit, incident)) for incident in incidents)
    return {doc.source["incident"]: doc for doc in found.values()}


def told(doc: Doc) -> Told:
    """Return what a document holds."""
    before = doc.source.get("before")
    return Told(
        incident_from_bytes(doc.source["body"].encode()),
        None if before is None else incident_from_bytes(before.encode()),
        doc.source["seq"],
        tuple(doc.source["timeline"]),
    )


def write_incidents(elastic: Elastic, unit: str, wanted: Mapping[str, Told], *, anew: bool = False) -> None:
    """The documents hold these, unless one tells of the same batch already, or `anew` of a later one."""
    left = dict(wanted)
    for _ in turns(elastic, f"incidents of {unit}"):
        seen = incident_docs(elastic, unit, left)
        left = {name: one for name, one in left.items() if name not in seen or _is_behind(seen[name], one, anew=anew)}
        changes = [_change(unit, name, one, seen.get(name)) for name, one in left.items()]
        made = elastic.bulk(changes)
        left = {name: one for (name, one), was_made in zip(left.items(), made, strict=True) if not was_made}
        if not left:
            return


def _is_behind(doc: Doc, one: Told, *, anew: bool) -> bool:
    stands = doc.source["seq"]
    return bool(stands <= one.seq if anew else stands < one.seq)


def _change(unit: str, name: str, one: Told, seen: Doc | None) -> Change:
    source = _source(unit, name, one)
    return Change("create" if seen is None else "index", INDEX, doc_id(unit, name), source, seen)


def _source(unit: str, name: str, one: Told) -> Json:
    source: dict[str, Any] = {
        "unit": unit,
        "incident": name,
        "is_open": one.incident.is_open,
        "opened_at": one.incident.times.opened_at,
        "seq": one.seq,
        "timeline": list(one.timeline),
        "body": bytes_of_incident(one.incident).decode(),
    }
    if one.before is not None:
        source["before"] = bytes_of_incident(one.before).decode()
    return source
