"""A process that dies between any two of its writes to Elasticsearch: the next reads all of the step, or nothing."""

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.log import ElasticIncidentLog
from pipeline.adapters.elastic.outbox import ElasticOutbox
from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.adapters.elastic.records import ElasticRecords
from pipeline.adapters.elastic.sequence import LASTS_SECONDS, Sequences
from pipeline.domain.errors import BadInput, LostRace
from pipeline.domain.event import Batch, Event, Memo
from pipeline.domain.group import incident_id
from pipeline.domain.people import is_todo
from pipeline.domain.unit_state import replay
from pipeline.ports import Record, Send
from tests.contracts.test_outbox import a_send, names
from tests.elastic_faults import dying_everywhere
from tests.elastic_house import ElasticHouse
from tests.stored import MONDAY, a_group, a_mention, a_post, work

DUTY = "account:duty-1"


def the_opening(unit: str, group: str = "g1") -> Event:
    """A group is opened by a rule."""
    seen = {group: {"posts": 1, "posters": 1, "reasons": []}}
    data = {"group": group, "level": 3, "origin": "MONITORED", "reason": "new_matter", "discovered_at": MONDAY}
    return Event("opened", 1, MONDAY, incident_id(unit, group), "rule:new@1", {**data, "seen": seen})  # type: ignore[dict-item]  # JSON


def the_command(log: ElasticIncidentLog, unit: str) -> Batch:
    """One command that takes an incident, opens another, sets g2 aside, splits a post off g3, with words beside it."""
    owner = {"owner": DUTY, "seen": {}, "clocks": []}
    aside = {"group": "g2", "how": "irrelevant", "seen": {"g2": {"posts": 1, "posters": 1, "reasons": []}}}
    split = {"group": "g3", "into": "g4", "posts": ["p3"]}
    events = (
        Event("acknowledged", 1, MONDAY + 1, incident_id(unit, "g1"), DUTY, owner),  # type: ignore[arg-type]  # JSON
        the_opening(unit, "g5"),
        Event("group_set_aside", 1, MONDAY + 1, "", DUTY, aside),  # type: ignore[arg-type]  # JSON
        Event("group_split", 1, MONDAY + 1, "", DUTY, split),  # type: ignore[arg-type]  # JSON
    )
    seq, last = log.head(unit)
    return Batch(unit, seq + 1, last, "key-of-duty-1", events, (), ("m1",))


def the_memo(unit: str) -> Memo:
    """What was typed with the command."""
    return Memo(unit, "m1", incident_id(unit, "g1"), "与我县无关，已转告", "salt")


def a_desk(elastic: Elastic, unit: str) -> None:
    """Three groups with a post each, of which one is an incident."""
    rows = [replace(a_group(group), unit=unit) for group in ("g1", "g2", "g3")]
    posts = [a_post(number) for number in (1, 2, 3)]
    mentions = [replace(a_mention(post, group=f"g{n}", order=n), unit=unit) for n, post in enumerate(posts, start=1)]
    ElasticPostStore(elastic).commit(replace(work(posts, mentions, rows), position=None))
    log = ElasticIncidentLog(elastic)
    seq, last = log.head(unit)
    log.append(Batch(unit, seq + 1, last, "c1", (the_opening(unit),)), [])


def assert_projected(log: ElasticIncidentLog, posts: ElasticPostStore, unit: str) -> None:
    """Incidents, marks and mentions are what the log makes of them."""
    state = replay(unit, log.read(unit, 0))
    assert {one.id: one for one in log.incidents(unit, open_only=False)} == state.incidents
    views = {group: posts.group(unit, group) for group in ("g1", "g2", "g3")}
    assert {group: view and view.mark for group, view in views.items()} == {g: state.mark_of(g) for g in views}
    assert [one.group for one in posts.mentions_of(unit, "p3")] == [state.moved.get("p3", "g3")]
    assert all(view is None or view.is_todo is is_todo(view.mark, view.row) for view in views.values())


def test_an_append_that_dies_anywhere_is_whole_or_nothing(elastic_house: ElasticHouse) -> None:
    """Batch, memo, incident, mark, moved mention and command: whoever reads next finds all of it, or none."""
    seen: set[int] = set()

    def append(elastic: Elastic, number: int) -> None:
        log, unit = ElasticIncidentLog(elastic), f"unit-{number}"
        a_desk(elastic_house.open(), unit)
        log.append(the_command(log, unit), [the_memo(unit)])

    for number in dying_everywhere(elastic_house.settings, append):
        unit, elastic = f"unit-{number}", elastic_house.open()
        log, posts = ElasticIncidentLog(elastic), ElasticPostStore(elastic)
        seq, _ = log.head(unit)
        seen.add(seq)
        assert_projected(log, posts, unit)
        assert (
            (log.memo(unit, "m1") is not None)
            is (log.batch_of_command(unit, "key-of-duty-1") is not None)
            is (seq == 2)
        )
        assert [batch.seq for batch in log.batches_of(unit, incident_id(unit, "g1"))] == list(range(1, seq + 1))
        append_again(log, unit, seq)
        assert_projected(log, posts, unit)
        assert log.memo(unit, "m1") == the_memo(unit)
    assert seen == {1, 2}


def append_again(log: ElasticIncidentLog, unit: str, seq: int) -> None:
    """The person asks once more with the same key."""
    batch = the_command(log, unit)
    if seq == 1:
        log.append(batch, [the_memo(unit)])
    else:
        with pytest.raises(LostRace, match="key-of-duty-1"):
            log.append(batch, [the_memo(unit)])
    assert log.head(unit)[0] == 2


def test_an_undo_that_dies_anywhere_is_undone_once(elastic_house: ElasticHouse) -> None:
    """What a batch has changed already is known as it was: a step cannot be taken back twice."""

    def undo(elastic: Elastic, number: int) -> None:
        unit, before = f"unit-{number}", ElasticIncidentLog(elastic_house.open())
        a_desk(elastic_house.open(), unit)
        before.append(the_command(before, unit), [the_memo(unit)])
        seq, last = before.head(unit)
        undone = Event("undone", 1, MONDAY + 2, incident_id(unit, "g1"), DUTY, {"seq": seq})
        ElasticIncidentLog(elastic).append(Batch(unit, seq + 1, last, "c3", (undone,)), [])

    for number in dying_everywhere(elastic_house.settings, undo):
        elastic = elastic_house.open()
        assert_projected(ElasticIncidentLog(elastic), ElasticPostStore(elastic), f"unit-{number}")


def test_words_that_no_batch_names_are_swept(elastic_house: ElasticHouse) -> None:
    """A command that died before its batch leaves words that nobody can read, for a day; what is named stays."""

    def append(elastic: Elastic, number: int) -> None:
        log, unit = ElasticIncidentLog(elastic), f"unit-{number}"
        seq, last = log.head(unit)
        log.append(Batch(unit, seq + 1, last, "c1", (the_opening(unit),), (), ("m1",)), [the_memo(unit)])

    units = [f"unit-{number}" for number in dying_everywhere(elastic_house.settings, append)]
    log = ElasticIncidentLog(elastic_house.open())
    named = [unit for unit in units if log.memo(unit, "m1")]
    assert log.sweep_memos(0) == 0
    assert log.sweep_memos(1 << 60) == 1  # only where it died between the words and the batch
    assert log.sweep_memos(1 << 60) == 0
    assert named == [unit for unit in units if log.memo(unit, "m1")] != []


def test_a_roll_up_that_dies_anywhere_is_whole_or_nothing(elastic_house: ElasticHouse) -> None:
    """Never is a send told in no message or in two: the roll-up is there, and what it tells waits no more."""
    seen: set[bool] = set()

    def create(elastic: Elastic, number: int) -> None:
        plain = [replace(each, id=f"{each.id}-{number}") for each in (a_send("a"), a_send("b"))]
        ElasticOutbox(elastic_house.open()).create(plain, {})
        rolled = {send.id: f"r-{number}" for send in plain}
        ElasticOutbox(elastic).create([a_send(f"r-{number}")], {f"unit-{number}": 2}, rolled)

    for number in dying_everywhere(elastic_house.settings, create):
        outbox = ElasticOutbox(elastic_house.open())
        due = [name for name in names(outbox.due(100, 1_000)) if name.endswith(f"-{number}")]
        told = names(outbox.in_roll_up(f"r-{number}"))
        seen.add(bool(told))
        assert (due, told) in (([f"r-{number}"], [f"a-{number}", f"b-{number}"]), ([f"a-{number}", f"b-{number}"], []))
        assert outbox.dispatched(f"unit-{number}") == (2 if told else 0)
    assert seen == {True, False}


def test_a_dispatcher_that_dies_anywhere_makes_each_send_once(elastic_house: ElasticHouse) -> None:
    """Whoever starts next finds the sends or makes them; both together exactly once."""

    def sends(number: int) -> Sequence[Send]:
        return [replace(each, id=f"{each.id}-{number}") for each in (a_send("a"), a_send("b"))]

    def create(elastic: Elastic, number: int) -> None:
        ElasticOutbox(elastic).create(sends(number), {f"unit-{number}": 2})

    for number in dying_everywhere(elastic_house.settings, create):
        outbox = ElasticOutbox(elastic_house.open())
        there = [name for name in names(outbox.due(100, 1_000)) if name.endswith(f"-{number}")]
        assert outbox.create(sends(number), {f"unit-{number}": 2}) == 2 - len(there)
        assert outbox.dispatched(f"unit-{number}") == 2
        now = [name for name in names(outbox.due(100, 1_000)) if name.endswith(f"-{number}")]
        assert sorted(now) == [f"a-{number}", f"b-{number}"]


def a_record(key: str, value: str, kind: str = "setting") -> Record:
    """A setting of all units."""
    return Record(kind, "", key, 0, value, 1_000, "周审核", "试一试")


@pytest.mark.parametrize("kind", ["setting", "audit"])
def test_many_records_that_die_anywhere_are_all_there_or_none(elastic_house: ElasticHouse, kind: str) -> None:
    """Also with what is kept of their past; the first who reads any of them sees the others as new."""
    seen: set[str] = set()

    def put(elastic: Elastic, number: int) -> None:
        ElasticRecords(elastic_house.open()).put(a_record(f"a{number}", "[1]", kind), expect=0)
        many = [a_record(f"a{number}", "[2]", kind), a_record(f"b{number}", "[2]", kind)]
        ElasticRecords(elastic).put_many(many)

    for number in dying_everywhere(elastic_house.settings, put):
        first, second = ElasticRecords(elastic_house.open()), ElasticRecords(elastic_house.open())
        one, other = first.get(kind, "", f"a{number}"), second.get(kind, "", f"b{number}")
        assert one is not None
        assert (one.value, one.revision, other and other.value) in (("[1]", 1, None), ("[2]", 2, "[2]"))
        seen.add(one.value)
        if kind == "setting":
            kept = [record.value for record in first.history(kind, "", f"a{number}")]
            assert kept == (["[2]", "[1]"] if other else ["[1]"])
    assert seen == {"[1]", "[2]"}


def test_what_elasticsearch_would_never_take_is_refused_before_it_is_decided(elastic_house: ElasticHouse) -> None:
    """A step that could not be carried out would stand in everybody's way."""
    records = ElasticRecords(elastic_house.open())
    with pytest.raises(BadInput, match="hash long keys"):
        records.put_many([a_record("a", "[1]"), a_record("长" * 20_000, "[1]")])
    assert records.list("setting") == []


def test_a_change_that_dies_anywhere_is_followed_once_its_number_is_taken_back(elastic_house: ElasticHouse) -> None:
    """What is stored is seen by everyone who follows; a number that nobody wrote under holds nobody up for long."""
    for number in dying_everywhere(elastic_house.settings, lambda elastic, n: _put_setting(ElasticRecords(elastic), n)):
        elastic = elastic_house.open()
        records = ElasticRecords(elastic, Sequences(elastic, wall=lambda: time.time() + LASTS_SECONDS + 1))
        stored = [record.key for record in records.list("setting", "", f"k{number}-")]
        _, changed = records.changed_since("setting", 0)
        assert [record.key for record in changed if record.key.startswith(f"k{number}-")] == stored


def _put_setting(records: ElasticRecords, number: int) -> None:
    records.put(a_record(f"k{number}-hours", "[1]"), expect=0)
