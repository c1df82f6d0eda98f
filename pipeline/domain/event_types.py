"""
The released event types: which data each must carry, and in which form. A released type never changes (MECHANICS §4).

A change of form is a new `v`, with an upcaster here that reads the old one as the new one. Data hold ids, codes and
numbers: a string is printable ASCII without spaces, so neither text nor a name can stand in it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from .errors import MalformedEvent
from .event import Event, Value

Upcaster: TypeAlias = Callable[[Event], Event]

_ID = re.compile(r"[!-~]{0,200}")


class Form(StrEnum):
    """The form of one value of an event's data."""

    NUMBER = "number"
    ID = "id"
    ID_OR_NONE = "id or none"
    IDS = "ids"
    COUNTS = "counts"
    SEEN = "seen"
    CLOCKS = "clocks"
    NOTE = "note"
    MATTERS = "matters"


@dataclass(frozen=True, slots=True)
class EventType:
    """One released type in its newest version: keys that must be there, and keys that may be."""

    v: int
    needs: Mapping[str, Form]
    may_have: Mapping[str, Form]


_N, _I, _IS = Form.NUMBER, Form.ID, Form.IDS
_MEMBERS: Mapping[str, Form] = {"group": _I, "posts": _N, "members": _IS, "seen": Form.SEEN}
_ANY: Mapping[str, Form] = {"note": Form.NOTE, "holder": _I}
"""What every event may carry: the memo that the person typed, and who holds the fact where incidents were merged."""


def _type(needs: Mapping[str, Form] | None = None, may_have: Mapping[str, Form] | None = None) -> EventType:
    return EventType(1, needs or {}, {**(may_have or {}), **_ANY})


_CLOCKS: Mapping[str, Form] = {"clocks": Form.CLOCKS}
_FOUND: Mapping[str, Form] = {"found_at": _N}
"""When the unit itself, by monitoring or its own people, first had a post of the group; absent where it had none."""
_LEVEL: Mapping[str, Form] = {"level": _N, "from": _N, "seen": Form.SEEN, "clocks": Form.CLOCKS}
_OPENED: Mapping[str, Form] = {
    **_MEMBERS,
    "reason": _I,
    "rule": _I,
    "rule_version": _I,
    "level": _N,
    "origin": _I,
    "published_at": _N,
    "discovered_at": _N,
    "clocks": Form.CLOCKS,
}
_SIGN_OFF: Mapping[str, Form] = {"signed_by": Form.NOTE, "signed_how": _I, "signed_at": _N}
"""An offline sign-off: the memo that names the post, how it was made, and when."""
_LINE: Mapping[str, Form] = {"post": _I, "group": _I, "received_at": _N, "origin": _I}
_NEED_BEFORE: Mapping[str, Form] = {"post": _I, "contacts": _N, "contacted_at": _N, "outcome": _I, "ended_at": _N}
"""What a plea for help was before the step that is undone."""

TYPES: Mapping[str, EventType] = {
    "opened": _type(_OPENED, {"from": _I, "linked": _I, **_FOUND}),
    "acknowledged": _type({"owner": _I, "seen": Form.SEEN, "clocks": Form.CLOCKS}),
    "unacknowledged": _type({"owner": _I, "clocks": Form.CLOCKS}),
    "handover_offered": _type({"to": _I}),
    "handover_declined": _type({"to": _I}),
    "owner_changed": _type({"owner": _I, "from": Form.ID_OR_NONE}),
    "level_changed": _type(_LEVEL),
    "level_raised": _type({**_LEVEL, "reason": _I}),
    "emergency_declared": _type(_CLOCKS),
    "emergency_ended": _type({"stopped": _IS, "clocks": Form.CLOCKS}),
    "claim_recorded": _type({"claim": _I, "offices": _IS}),
    "evidence_recorded": _type({"claim": _I, "evidence": _I, "version": _I}),
    "verdict_given": _type({"claim": _I, "verdict": _I}),
    "verified": _type({"must_clarify": _N, "clocks": Form.CLOCKS}),
    "assessed": _type(),
    "reported": _type({"to": _I}),
    "leader_noted": _type({"permits": _IS}),
    "consulted": _type({"attended": _IS}),
    "office_assigned": _type({"office": _I, "due_at": _N}, {"by_leader": _N}),
    "office_chased": _type({"office": _I}),
    "office_received": _type({"office": _I}, {"how": _I}),
    "office_answered": _type({"office": _I}, {"how": _I}),
    "office_returned": _type({"office": _I}, {"how": _I}),
    "office_recalled": _type({"office": _I}),
    "replied": _type({"kind": _I, "how": _I, "leader": _I, "state": _I, "clocks": Form.CLOCKS}),
    "line_added": _type(_LINE, {"due_at": _N, "whom": _I, **_CLOCKS}),
    "line_answered": _type({"post": _I, "how": _I, "answered_at": _N}, {"to": _I}),
    "line_declined": _type({"post": _I}),
    "closed": _type({"disposition": _I, "offline": _N, "seen": Form.SEEN}, _SIGN_OFF),
    "reopened": _type({"reason": _I, "state": _I, "stopped": _IS, "seen": Form.SEEN, "clocks": Form.CLOCKS}),
    "transferred": _type({"to": _I, "clocks": Form.CLOCKS}),
    "bounced_back": _type(_CLOCKS),
    "absorbed": _type({"incidents": _IS, "groups": _IS}),
    "merged": _type({"into": _I}),
    "merge_declined": _type({"other": _I}),
    "released": _type({"incident": _I, "groups": _IS}),
    "unmerged": _type({"from": _I, "seen": Form.SEEN}),
    "split_off": _type({"incident": _I, "groups": _IS}),
    "snoozed": _type({"until": _N}),
    "unsnoozed": _type(),
    "held": _type({"until": _N}),
    "resumed": _type(),
    "escalated": _type({"kind": _I, "due_at": _N, "step": _N, "subject": _I}),
    "sign_asked": _type({"what": _I, "of": _I}),
    "signed": _type({"what": _I, "of": _I, "offline": _N}, _SIGN_OFF),
    "sign_passed": _type({"what": _I, "of": _I, "to": _I}),
    "commented": _type(),
    "undone": _type({"seq": _N, "types": _IS}, _NEED_BEFORE),
    "group_joined": _type(_MEMBERS, _FOUND),
    "group_restored": _type(_MEMBERS),
    "group_set_aside": _type({**_MEMBERS, "how": _I}),
    "group_split": _type({"group": _I, "into": _I, "posts": _IS}),
    "need_contacted": _type({"post": _I, "how": _I}),
    "need_outcome": _type({"post": _I, "outcome": _I}),
    "rolled_up": _type({"channel": _I, "why": _I, "sends": _IS}),
    "week_closed": _type(
        {
            "week": _I,
            "since": _N,
            "until": _N,
            "until_seq": _N,
            "counts": Form.COUNTS,
            "alive_sources": _N,
            "all_sources": _N,
            "dead": Form.COUNTS,
            "gaps": Form.COUNTS,
            "matters": Form.MATTERS,
            "conduct": _IS,
            "needs": _IS,
            "praise": _IS,
            "quoted": _IS,
        }
    ),
}
"""Every type that was ever released, in its newest version; tests/golden/events/ keeps one of each version."""

UPCASTERS: Mapping[tuple[str, int], Upcaster] = {}
"""(type, old v) → what reads it as the next v. None is needed yet: every type is in its first version."""


def upcast(event: Event, upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS) -> Event:
    """Return the event in its type's newest version."""
    while (event.type, event.v) in upcasters:
        event = upcasters[event.type, event.v](event)
    return event


def refuse_malformed(event: Event) -> None:
    """Raise MalformedEvent where the event is of no released type, or its data are not what the type carries."""
    kind = TYPES.get(event.type)
    if kind is None or kind.v != event.v:
        raise MalformedEvent(f"{event.type} v{event.v} is no released event type; add it to event_types first")
    allowed = {**kind.needs, **kind.may_have}
    missing, strange = kind.needs.keys() - event.data.keys(), event.data.keys() - allowed.keys()
    if missing or strange:
        raise MalformedEvent(f"{event.type}: missing {sorted(missing)}, not of this type {sorted(strange)}")
    for key, value in event.data.items():
        if not FITS[allowed[key]](value):
            raise MalformedEvent(f"{event.type}: `{key}` must be {allowed[key].value}, not {value!r}")
    if not _is_id(event.actor) or not _is_id(event.incident):
        raise MalformedEvent(f"{event.type}: actor and incident are ids, never names")


def _is_number(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_id(value: Value) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _is_id_or_none(value: Value) -> bool:
    return value is None or _is_id(value)


def _are_ids(value: Value) -> bool:
    return isinstance(value, list) and all(_is_id(one) for one in value)


def _are_counts(value: Value) -> bool:
    return isinstance(value, dict) and all(_is_id(key) and _is_number(count) for key, count in value.items())


def _is_seen(value: Value) -> bool:
    """Counts and reasons by group."""
    return isinstance(value, dict) and all(
        _is_id(group)
        and isinstance(seen, dict)
        and all(_are_ids(one) if key == "reasons" else _is_number(one) for key, one in seen.items())
        for group, seen in value.items()
    )


def _are_clocks(value: Value) -> bool:
    numbers = {"start_at", "due_at", "provisional", "ordered"}
    return isinstance(value, list) and all(
        isinstance(clock, dict)
        and clock.keys() - {"warn_at"} == numbers | {"kind", "basis"}
        and all(_is_id(one) if key in ("kind", "basis") else _is_number(one) for key, one in clock.items())
        for clock in value
    )


def _is_note(value: Value) -> bool:
    return isinstance(value, dict) and value.keys() == {"memo", "commitment"} and all(map(_is_id, value.values()))


def _are_matters(value: Value) -> bool:
    """Sizes of incidents that a digest names."""
    ids, sizes = {"incident", "post", "version"}, {"rank", "posts", "posters", "sources"}
    return isinstance(value, list) and all(
        isinstance(matter, dict)
        and matter.keys() == ids | sizes
        and all(_is_id(one) if key in ids else _is_number(one) for key, one in matter.items())
        for matter in value
    )


FITS: Mapping[Form, Callable[[Value], bool]] = {
    Form.NUMBER: _is_number,
    Form.ID: _is_id,
    Form.ID_OR_NONE: _is_id_or_none,
    Form.IDS: _are_ids,
    Form.COUNTS: _are_counts,
    Form.SEEN: _is_seen,
    Form.CLOCKS: _are_clocks,
    Form.NOTE: _is_note,
    Form.MATTERS: _are_matters,
}
