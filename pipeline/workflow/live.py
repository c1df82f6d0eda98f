"""
The live feed of one unit: what was decided and which groups changed, behind a cursor (MECHANICS §8).

Tidings hold ids, counts and levels, never a text: a page fetches what it may show. A group that changed twice is told
as it stands last; a decision is told once. Of a complaint about staff that no leader has decided on, only who may read
it hears anything, be it now or told again; the others' place moves on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.domain.errors import BadInput
from pipeline.domain.event import Batch
from pipeline.domain.incident import Incident
from pipeline.domain.recused import is_for_leader
from pipeline.ports import GroupView, IncidentLog, PostStore

REPLAYED = 1_000
"""So many decisions behind a cursor are told again; an older cursor begins anew."""


@dataclass(frozen=True, slots=True, order=True)
class LivePlace:
    """A place in the feed of one unit: the log's seq, and the change of groups. Written "SEQ.CHANGE"."""

    seq: int
    change: int

    def __str__(self) -> str:
        """The cursor that a listener keeps; it means nothing to him."""
        return f"{self.seq}.{self.change}"


@dataclass(frozen=True, slots=True)
class Tiding:
    """
    One thing that happened, with the place behind it. `kind` is "decision" or "groups".

    The groups that changed between two looks are one tiding, so that a cut can neither lose nor double one of them.
    `for_all` is what roles hear that do not read what is kept for the leader: the same as `data`, less, or None.
    """

    place: LivePlace
    kind: str
    data: Mapping[str, object] = field(default_factory=dict)
    for_all: Mapping[str, object] | None = None


def place_from(cursor: str) -> LivePlace:
    """Return the place that a cursor names. Raises BadInput (INP-151) where it names none."""
    seq, _, change = cursor.partition(".")
    if not (seq.isascii() and seq.isdigit() and change.isascii() and change.isdigit() and len(cursor) < 40):
        raise BadInput(f"cursor {cursor[:40]!r} is none of this feed; leave it out to begin now", code="INP-151")
    return LivePlace(int(seq), int(change))


@dataclass(frozen=True, slots=True)
class Live:
    """
    Reads the feed of a unit from log and store. `is_for_leader` says of a unit's incident whether it complains about
    staff and no leader has decided yet.
    """

    log: IncidentLog
    posts: PostStore
    is_for_leader: Callable[[str, str], bool]

    def now(self, unit: str) -> LivePlace:
        """Return the place behind everything that there is."""
        return LivePlace(self.log.head(unit)[0], self.posts.newest_change(unit))

    def behind(self, unit: str, place: LivePlace, until: LivePlace | None = None) -> Sequence[Tiding] | None:
        """
        Return what happened behind a place, up to another: decisions, then groups as they stand.

        None where that is more than is told again, or where the place lies ahead of the log: begin anew.
        """
        head = self.log.head(unit)[0]
        if place.seq > head or head - place.seq > REPLAYED:
            return None
        decisions = [told for told in self._decisions(unit, place) if until is None or told.place.seq <= until.seq]
        newest = decisions[-1].place if decisions else place
        change, views = self.posts.changed_groups(unit, place.change, until.change if until else None)
        if len(views) > REPLAYED:
            return None
        return [*decisions, *([self._groups(unit, LivePlace(newest.seq, change), views)] if views else [])]

    def _groups(self, unit: str, place: LivePlace, views: Sequence[GroupView]) -> Tiding:
        told = {"unit": unit, "groups": [_group(view) for view in views]}
        shown = [view for view in views if not self._is_kept(unit, view)]
        if len(shown) == len(views):
            return Tiding(place, "groups", told, told)
        return Tiding(
            place, "groups", told, {"unit": unit, "groups": [_group(view) for view in shown]} if shown else None
        )

    def _is_kept(self, unit: str, view: GroupView) -> bool:
        """Of an owned group as much is told as of its incident."""
        owner = view.mark.owner if view.mark else None
        return self.is_for_leader(unit, owner) if owner else is_for_leader([view.row])

    def _decisions(self, unit: str, place: LivePlace) -> Iterator[Tiding]:
        for batch in self.log.read(unit, place.seq, REPLAYED + 1):
            incidents = sorted({event.incident for event in batch.events if event.incident})
            known = [found for one in incidents if (found := self.log.incident(unit, one)) is not None]
            is_kept = any(self.is_for_leader(unit, one) for one in incidents)
            told = _decision(batch, known)
            yield Tiding(LivePlace(batch.seq, place.change), "decision", told, None if is_kept else told)


def _decision(batch: Batch, incidents: Sequence[Incident]) -> Mapping[str, object]:
    return {
        "unit": batch.unit,
        "seq": batch.seq,
        "types": [event.type for event in batch.events],
        "incidents": [
            {
                "incident": one.id,
                "state": one.state.value,
                "level": one.level,
                "reason": one.reason,
                "revision": one.revision,
                "is_new": any(event.type == "opened" and event.incident == one.id for event in batch.events),
            }
            for one in incidents
        ],
        "alerts": [
            {"incident": notice.incident, "what": notice.what, "reason": notice.why, "level": notice.level}
            for notice in batch.notices
        ],
        "at": batch.events[0].at if batch.events else 0,
    }


def _group(view: GroupView) -> Mapping[str, object]:
    row = view.row
    return {
        "group": row.id,
        "incident": row.incident,
        "is_todo": view.is_todo,
        "reason": row.todo.value if row.todo else None,
        "posts": row.posts,
        "needs": row.needs,
        "last_at": row.last_at,
    }
