"""Released event types: what they carry, what they may not, and that every one ever written is still read."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.domain.errors import MalformedEvent
from pipeline.domain.event import GENESIS, Event, decode, encode
from pipeline.domain.event_types import FITS, TYPES, UPCASTERS, Form, refuse_malformed, upcast
from pipeline.domain.evolve_incident import APPLY
from pipeline.domain.unit_state import replay
from tests.golden_events import FOLDER, golden, logs, path_of, projection_of
from tests.matters import DUTY, NOON, UNIT

GOLDEN = sorted(FOLDER.glob("*.json"))
OF_NO_INCIDENT = {"group_set_aside", "need_contacted", "need_outcome", "week_closed", "rolled_up"}


def test_every_released_type_has_its_golden_event() -> None:
    """And every golden event is of a type that was released: none was renamed or taken back."""
    assert {path_of(kind, released.v).name for kind, released in TYPES.items()} <= {path.name for path in GOLDEN}
    for path in GOLDEN:
        content = json.loads(path.read_text(encoding="utf-8"))
        assert path == path_of(content["type"], content["v"])
        assert content["v"] <= TYPES[content["type"]].v


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_todays_code_reads_a_golden_event_and_writes_it_back_byte_for_byte(path: Path) -> None:
    """Bytes, hash and chain of whatever was once written stay what they were."""
    content = json.loads(path.read_text(encoding="utf-8"))
    batches = [decode(text.encode()) for text in content["batches"]]
    assert [encode(batch).decode() for batch in batches] == content["batches"]
    assert [batch.hash for batch in batches] == content["hashes"]
    assert batches[0].previous == GENESIS
    assert all(later.previous == earlier.hash for earlier, later in pairwise(batches))
    assert content["type"] in {event.type for event in batches[-1].events}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_todays_code_makes_of_a_golden_log_what_was_made_of_it_then(path: Path) -> None:
    """Replaying an old log gives the same projection, byte for byte."""
    content = json.loads(path.read_text(encoding="utf-8"))
    assert projection_of(replay(UNIT, [decode(text.encode()) for text in content["batches"]])) == content["projection"]


@pytest.mark.parametrize("kind", TYPES)
def test_a_golden_event_is_written_today_as_it_was_then(kind: str) -> None:
    """A type whose data changed without a new version shows here."""
    assert path_of(kind, TYPES[kind].v).read_text(encoding="utf-8") == golden(kind)


def test_every_event_that_is_written_is_of_a_released_type_and_well_formed() -> None:
    """Over one log for each legal cell of the table."""
    written = {event.type for log in logs() for batch in log for event in batch.events}
    for event in (event for log in logs() for batch in log for event in batch.events):
        refuse_malformed(event)
    assert written == TYPES.keys()


def test_every_released_type_of_an_incident_is_folded() -> None:
    """No event is written that the fold would not know."""
    assert TYPES.keys() - OF_NO_INCIDENT == APPLY.keys() | {"opened"}


def an_event(**data: object) -> Event:
    """Return a well-formed event, its data changed as given."""
    return Event("snoozed", 1, NOON, "i1", DUTY, {"until": NOON, **data})  # type: ignore[dict-item]  # also wrong ones


@pytest.mark.parametrize(
    "event",
    [
        replace(an_event(), type="forgotten"),
        replace(an_event(), v=2),
        replace(an_event(), data={}),
        an_event(why="because"),
        an_event(until="tomorrow"),
        an_event(until=True),
        an_event(note={"memo": "m"}),
        an_event(note={"memo": "m", "commitment": "养老院 有问题"}),
        replace(an_event(), actor="王 某"),
        replace(an_event(), incident="某小区"),
    ],
)
def test_what_is_not_of_the_released_form_is_never_written(event: Event) -> None:
    """Unknown types, missing or strange keys, other forms, and anything that could be a text or a name."""
    refuse_malformed(an_event())
    with pytest.raises(MalformedEvent):
        refuse_malformed(event)


CLOCK = {"kind": "reply", "start_at": 1, "due_at": 2, "provisional": 0, "ordered": 0, "basis": "b"}


MATTER = {"incident": "i1", "rank": 1, "post": "p1", "version": "v1", "posts": 1, "posters": 1, "sources": 1}


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        (Form.NUMBER, 3, "3"),
        (Form.ID, "a-b:c/1", "two words"),
        (Form.ID_OR_NONE, None, 3),
        (Form.IDS, ["a", "b"], ["a", "两个"]),
        (Form.IDS, [], "a"),
        (Form.COUNTS, {"new": 3}, {"new": "3"}),
        (Form.SEEN, {"g1": {"posts": 1, "reasons": ["grave"]}}, {"g1": {"posts": "一"}}),
        (Form.SEEN, {}, {"g1": 3}),
        (Form.CLOCKS, [CLOCK], [{**CLOCK, "basis": "四十八 小时"}]),
        (Form.CLOCKS, [{**CLOCK, "warn_at": 1}], [{"kind": "reply"}]),
        (Form.CLOCKS, [], ["reply"]),
        (Form.NOTE, {"memo": "m", "commitment": "c"}, {"memo": "m", "commitment": 3}),
        (Form.MATTERS, [MATTER], [{**MATTER, "post": "两个"}]),
        (Form.MATTERS, [], [{"incident": "i1"}]),
    ],
)
def test_each_form_takes_what_it_says(form: Form, good: object, bad: object) -> None:
    """Ids, numbers, and structures of both; never a sentence."""
    assert FITS[form](good)  # type: ignore[arg-type]  # JSON values
    assert not FITS[form](bad)  # type: ignore[arg-type]  # JSON values


def test_an_old_version_is_read_as_the_new_one() -> None:
    """Upcasters run one after the other, until the event is of the newest version."""
    upcasters = {
        ("snoozed", 1): lambda event: replace(event, v=2, data={"until": event.data["until"], "why": "unknown"}),
        ("snoozed", 2): lambda event: replace(event, v=3),
    }
    read = upcast(an_event(), upcasters)
    assert (read.v, read.data["why"]) == (3, "unknown")
    assert upcast(read, upcasters) == read
    assert upcast(an_event()) == an_event()
    assert all(old < TYPES[kind].v for kind, old in UPCASTERS)
