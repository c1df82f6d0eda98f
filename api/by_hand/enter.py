"""
An entry goes through the door like every post. One key is one entry, however often it is sent and from wherever.

The key is on record only when the post is on the bus, so a crash between the two loses nothing: the same entry again is
the same post. What the officer decided (line, place, of which incident it is part) travels with the post, so nothing is
lost while the worker is slow or dead.
"""

import hashlib
import json
from dataclasses import dataclass

from api.stores import Stores
from pipeline.domain.bad_order import BadOrder, Problem
from pipeline.domain.identity import key_of_native_id
from pipeline.domain.incident import Incident
from pipeline.domain.post import Origin, RawPost, Visibility
from pipeline.domain.stated import Stated
from pipeline.domain.unit_state import UnitState
from pipeline.ports import Door, Record
from pipeline.workflow.desk import Desk
from pipeline.workflow.queue import Queue
from pipeline.workflow.settings import Settings
from pipeline.workflow.visibility import Sight

from .entry import RECEIVED, Entry, Wrong, wrongs_of

BY_HAND = "by-hand"
"""The source of what people enter."""
ENTERED = "entry"
"""The kind of the records that say which keys were used, for an entry of which shape."""
OTHER_CONTENT = "this key was used for an entry with another content; give a new key (Idempotency-Key) for a new entry"
UNUSABLE = "it cannot be used, or was erased before; write it differently"


@dataclass(frozen=True, slots=True)
class Entered:
    """An entry that is on its way. `post` is its id; `repeated`: the key was known and nothing was done again."""

    post: str
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Counter:
    """Where entries are handed in."""

    stores: Stores
    desk: Desk
    door: Door
    settings: Settings

    def wrongs(self, entry: Entry, roles: frozenset[str]) -> list[Wrong]:
        """Return everything that is wrong with the entry; nothing is stored."""
        found = list(wrongs_of(entry, self.settings.units.get(entry.unit), self.stores.clock.now()))
        if entry.same_as and self._post_of(entry, roles) is None:
            found.append(Wrong("same_as", "same_as_bad"))
        return found

    def enter(self, entry: Entry, roles: frozenset[str]) -> Entered:
        """
        The entry is on its way to an incident when this returns.

        Raises BadOrder with every problem (ORD-101), where the key was used for another content (ORD-103), or where the
        door did not take it.
        """
        wrongs = self.wrongs(entry, roles)
        if wrongs:
            raise BadOrder("entry", [wrong.problem() for wrong in wrongs])
        native = _native_id(entry)
        post = key_of_native_id(BY_HAND, native)
        known = self.stores.records.get(ENTERED, entry.unit, post)
        if known is not None:
            self._refuse_other_content(entry, known, post)
            return Entered(post, repeated=True)
        if not self.door.admit([self._raw(entry, native, roles)]).published:
            raise BadOrder("entry", [Problem("text", UNUSABLE)])
        self._note_key(entry, post)
        return Entered(post)

    def incident_of(self, unit: str, post: str) -> Incident | None:
        """Return the incident that the entry belongs to, None until the worker has come to it."""
        state = self.desk.state(unit)
        groups = [one.group for one in self.stores.posts.mentions_of(unit, self.stored_id(post)) if one.group]
        return next((owner for group in groups if (owner := state.incident_of(group)) is not None), None)

    def is_known(self, unit: str, post: str) -> bool:
        """Whether the unit has an entry of this id, be the worker ever so late."""
        return self.stores.records.get(ENTERED, unit, post) is not None

    def stored_id(self, post: str) -> str:
        """Return the id under which the post is kept: that of its first sight."""
        heads = self.stores.posts.heads([post])
        return heads[post].id if post in heads else post

    def _raw(self, entry: Entry, native: str, roles: frozenset[str]) -> RawPost:
        """Where only a link was given, the link is all that is said."""
        origin, link = Origin(entry.origin), entry.shared.link
        stated = Stated(
            line=entry.line,
            place=entry.place.strip(),
            same_as=self._post_of(entry, roles) or "" if entry.same_as else "",
            whom=entry.whom if entry.is_from_above else "",
            office=" ".join(entry.office.split()),
            wants=entry.wants.strip(),
            to_unit=entry.unit,
        )
        return RawPost(
            source=BY_HAND,
            text=entry.words or link,
            native_id=native,
            address=link or None,
            ref=entry.ref.strip() or None,
            origin=origin,
            visibility=Visibility.INTERNAL if origin in RECEIVED else Visibility.PUBLIC,
            published_at=entry.published_at,
            due_at=entry.due_at,
            stated=stated if stated.data() else None,
            tells_of_address=True,
        )

    def _post_of(self, entry: Entry, roles: frozenset[str]) -> str | None:
        """Return a post of the named incident, None where there is no such open one that this person may see."""
        state = self.desk.state(entry.unit)
        if entry.same_as not in state.incidents:
            return None
        incident = state.as_one(entry.same_as)
        if not incident.is_open or not self._is_seen(state, incident, roles):
            return None
        view = self.stores.posts.group(entry.unit, incident.group)
        return view.row.lead if view is not None else None

    def _is_seen(self, state: UnitState, incident: Incident, roles: frozenset[str]) -> bool:
        return Queue(self.stores.posts, state, roles).of_incident(incident).sight is Sight.FULL

    def _note_key(self, entry: Entry, post: str) -> None:
        now = self.stores.clock.now()
        record = Record(ENTERED, entry.unit, post, 0, _shape(entry), now, f"account:{entry.account}", entry.origin)
        self.stores.records.put(record, expect=0)

    def _refuse_other_content(self, entry: Entry, known: Record, post: str) -> None:
        """What is known of the first entry is its shape, and its masked text where that is stored."""
        stored = self.stores.posts.post(self.stored_id(post))
        text = entry.words or entry.shared.link
        is_other = stored is not None and not stored.erased and not _may_be_same(stored.post.text, text)
        if known.value != _shape(entry) or is_other:
            raise BadOrder("entry", [Problem("key", OTHER_CONTENT)], code="ORD-103")


def _native_id(entry: Entry) -> str:
    """Return the post's own id: the key of this account in this unit, so that nobody meets another's."""
    return hashlib.sha256(f"{entry.unit}\n{entry.account}\n{entry.key}".encode()).hexdigest()[:32]


def _shape(entry: Entry) -> str:
    """Return what may be kept of an entry beside its post: codes, times and lengths, no word that was typed."""
    shape = {
        "chars": len(entry.words or entry.shared.link),
        "wants": len(entry.wants.strip()),
        "origin": entry.origin,
        "published_at": entry.published_at,
        "due_at": entry.due_at,
        "same_as": entry.same_as,
        "whom": entry.whom,
    }
    return json.dumps(shape, ensure_ascii=False, sort_keys=True)


def _may_be_same(stored: str, typed: str) -> bool:
    """Whether the stored text may be the masked form of what was typed: masking keeps every place."""
    return len(stored) == len(typed) and all(kept in (said, "＊") for kept, said in zip(stored, typed, strict=True))
