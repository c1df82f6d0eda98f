"""
The log of decisions: events, notices, batches, and the one canonical way to write them as bytes (MECHANICS §4).

Bytes are UTF-8 JSON with sorted keys, no spaces, integers and strings only. Events hold no text and no name: ids,
spans, counts and salted commitments. A released event type never changes; `tests/golden/events/` keeps one of each.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .errors import MalformedEvent
from .post import Millis

Value: TypeAlias = "int | str | list[Value] | dict[str, Value] | None"
GENESIS = "0" * 64
"""The hash before a unit's first batch."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact that people, an alert rule or a clock decided. `incident` is "" where the decision opens none."""

    type: str
    v: int
    at: Millis
    incident: str
    actor: str
    data: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody must be told: what, why, and for which role or policy. The dispatcher turns it into sends."""

    what: str
    why: str
    to: str
    incident: str
    level: int
    at: Millis


@dataclass(frozen=True, slots=True)
class Batch:
    """All events of one command and the notices they cause: one record with the key (unit, seq)."""

    unit: str
    seq: int
    previous: str
    command: str
    events: tuple[Event, ...]
    notices: tuple[Notice, ...] = ()
    memos: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """SHA-256 over the canonical bytes; the next batch of the unit carries it as `previous`."""
        return hashlib.sha256(encode(self)).hexdigest()


@dataclass(frozen=True, slots=True)
class Memo:
    """What a person typed or attached: masked text beside its salt, apart from the log so that it can be erased."""

    unit: str
    id: str
    incident: str
    text: str
    salt: str
    public: bool = False
    attachment: str | None = None


def canonical(value: object) -> bytes:
    """Return the canonical bytes of a JSON value; raise MalformedEvent for floats, booleans or other types."""
    _refuse_inexact(value, "$")
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _refuse_inexact(value: object, path: str) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise MalformedEvent(f"{path}: a key must be a string, not {key!r}")
            _refuse_inexact(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            _refuse_inexact(inner, f"{path}[{index}]")
    elif isinstance(value, bool | float) or not isinstance(value, int | str | None):
        raise MalformedEvent(f"{path}: only integers and strings are written to the log, not {type(value).__name__}")


def encode(batch: Batch) -> bytes:
    """Return the bytes under which a batch is stored and hashed."""
    return canonical(
        {
            "unit": batch.unit,
            "seq": batch.seq,
            "previous": batch.previous,
            "command": batch.command,
            "events": [
                {"type": e.type, "v": e.v, "at": e.at, "incident": e.incident, "actor": e.actor, "data": dict(e.data)}
                for e in batch.events
            ],
            "notices": [
                {"what": n.what, "why": n.why, "to": n.to, "incident": n.incident, "level": n.level, "at": n.at}
                for n in batch.notices
            ],
            "memos": list(batch.memos),
        }
    )


def decode(data: bytes) -> Batch:
    """Return the batch that the bytes hold; raise MalformedEvent where they hold none."""
    try:
        raw = json.loads(data)
        return Batch(
            unit=raw["unit"],
            seq=raw["seq"],
            previous=raw["previous"],
            command=raw["command"],
            events=tuple(Event(**event) for event in raw["events"]),
            notices=tuple(Notice(**notice) for notice in raw["notices"]),
            memos=tuple(raw["memos"]),
        )
    except (ValueError, KeyError, TypeError) as cause:
        raise MalformedEvent(f"a stored batch cannot be read ({cause}); run `huiyin verify` to find it") from cause


def commitment(salt: str, text: str) -> str:
    """Return what an event may hold of a text: a salted hash that means nothing once the salt is erased."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()
