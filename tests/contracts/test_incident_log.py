"""What every IncidentLog does, in memory and in SQLite: dense numbers, a chain of hashes, memos, projections."""

import hashlib
from dataclasses import replace

import pytest

from pipeline.domain.errors import LostRace, MalformedEvent
from pipeline.domain.event import GENESIS, Batch, Event, Memo, Notice, encode
from pipeline.domain.group import incident_id
from pipeline.domain.incident import State
from pipeline.domain.incident_json import bytes_of_incident
from pipeline.domain.unit_state import replay
from pipeline.ports import IncidentLog
from tests.contracts.conftest import Pair
from tests.stored import DAY, EVER, MONDAY, OTHER, UNIT, a_group, a_mention, a_post, work


def a_batch(
    log: IncidentLog, *events: Event, unit: str = UNIT, command: str = "", memos: tuple[str, ...] = ()
) -> Batch:
    """Return the next batch of a unit."""
    seq, last = log.head(unit)
    return Batch(unit, seq + 1, last, command or f"c{seq + 1}", events, (), memos)


def an_opening(group: str = "g1", incident: str = "", at: int = MONDAY) -> Event:
    """Return the event that opens a group."""
    data = {
        "group": group,
        "level": 3,
        "origin": "MONITORED",
        "reason": "new_matter",
        "published_at": at - DAY,
        "discovered_at": at,
        "seen": {group: {"posts": 1, "posters": 1, "reasons": []}},
    }
    return Event("opened", 1, at, incident or incident_id(UNIT, group), "rule:new@1", data)  # type: ignore[arg-type]  # JSON


def an_acknowledgement(group: str = "g1") -> Event:
    """Return the event by which a person takes the incident."""
    owner = {"owner": "account:duty-1", "seen": {}, "clocks": []}
    return Event("acknowledged", 1, MONDAY + 1, incident_id(UNIT, group), "account:duty-1", owner)  # type: ignore[arg-type]  # JSON


def a_memo(name: str = "m1", text: str = "电话已接通，本人说还没有收到") -> Memo:
    """Return what a person typed."""
    return Memo(UNIT, name, incident_id(UNIT, "g1"), text, salt="salt-of-memo", attachment="a" * 64)


def test_an_empty_log_begins_at_genesis(log: IncidentLog) -> None:
    """Nothing was decided, nothing is shown."""
    assert log.head(UNIT) == (0, GENESIS)
    assert (list(log.read(UNIT, 0)), list(log.units()), list(log.raw(UNIT))) == ([], [], [])
    assert log.incident(UNIT, "i1") is None
    assert log.incidents(UNIT, open_only=False) == []


def test_batches_come_back_as_they_were_decided(log: IncidentLog) -> None:
    """Events, notices, memo ids and order survive, and reading goes on behind any seq."""
    notice = Notice("opened", "new_matter", "duty", "i1", 3, MONDAY)
    batches = []
    for event in (an_opening(), an_acknowledgement()):
        batches.append(replace(a_batch(log, event), notices=(notice,)))
        log.append(batches[-1], [])
    assert log.read(UNIT, 0) == batches
    assert log.read(UNIT, 1) == batches[1:]
    assert log.read(UNIT, 0, limit=1) == batches[:1]
    assert log.head(UNIT) == (2, batches[1].hash)


def test_each_unit_has_a_log_of_its_own(log: IncidentLog) -> None:
    """Numbers and chains do not touch."""
    log.append(a_batch(log, an_opening()), [])
    log.append(a_batch(log, an_opening(incident="i9"), unit=OTHER), [])
    assert log.head(OTHER)[0] == log.head(UNIT)[0] == 1
    assert list(log.units()) == [OTHER, UNIT]
    assert set(log.heads()) == {OTHER, UNIT}
    assert all(log.heads()[unit] == log.head(unit)[0] for unit in (OTHER, UNIT))
    assert log.incident(UNIT, "i9") is None


def test_an_incidents_timeline_is_its_batches_and_no_others(log: IncidentLog) -> None:
    """Also after its projections were rebuilt; another unit's incident of the same id is another one."""
    opening, other = an_opening(), an_opening(group="g2")
    log.append(a_batch(log, opening), [])
    log.append(a_batch(log, other), [])
    log.append(a_batch(log, an_acknowledgement()), [])
    told = [log.read(UNIT, 0)[0], log.read(UNIT, 0)[2]]

    assert log.batches_of(UNIT, opening.incident) == told
    log.reproject(UNIT)
    assert log.batches_of(UNIT, opening.incident) == told
    assert log.batches_of(OTHER, opening.incident) == log.batches_of(UNIT, "unknown") == []


@pytest.mark.parametrize("seq", [1, 3, 0])
def test_a_seq_that_is_taken_or_not_the_next_lost_the_race(log: IncidentLog, seq: int) -> None:
    """Whoever decided on an older log reads again; nothing of his batch is stored."""
    log.append(a_batch(log, an_opening()), [])
    late = replace(a_batch(log, an_acknowledgement(), memos=("m1",)), seq=seq)
    with pytest.raises(LostRace):
        log.append(late, [a_memo()])
    assert log.head(UNIT)[0] == 1
    assert log.memo(UNIT, "m1") is None
    incident = log.incident(UNIT, incident_id(UNIT, "g1"))
    assert incident is not None
    assert incident.state is State.DISCOVERED


def test_a_command_causes_one_batch(log: IncidentLog) -> None:
    """A second try with the same key is told so, and can be answered with the first batch."""
    first = a_batch(log, an_opening(), command="key-1")
    log.append(first, [])
    with pytest.raises(LostRace, match="key-1"):
        log.append(a_batch(log, an_acknowledgement(), command="key-1"), [])
    assert log.batch_of_command(UNIT, "key-1") == first
    assert log.batch_of_command(UNIT, "key-2") is log.batch_of_command(OTHER, "key-1") is None


def test_a_batch_that_does_not_follow_the_head_is_refused(log: IncidentLog) -> None:
    """The chain of hashes cannot be broken by writing."""
    log.append(a_batch(log, an_opening()), [])
    with pytest.raises(MalformedEvent, match="head"):
        log.append(replace(a_batch(log, an_acknowledgement()), previous="0" * 64), [])


def test_a_batch_that_cannot_be_folded_is_not_stored(log: IncidentLog) -> None:
    """An event of an incident that was never opened would spoil every later read."""
    with pytest.raises(MalformedEvent, match="comes before"):
        log.append(a_batch(log, an_acknowledgement()), [])
    assert log.head(UNIT) == (0, GENESIS)


def test_the_stored_bytes_are_canonical_and_chained(log: IncidentLog) -> None:
    """Whoever has the bytes can verify the log without Huiyin."""
    for event in (an_opening(), an_acknowledgement()):
        log.append(a_batch(log, event), [])
    (one, first), (two, second) = log.raw(UNIT)
    assert (one, two) == (1, 2)
    assert [encode(batch) for batch in log.read(UNIT, 0)] == [first, second]
    assert f'"previous":"{hashlib.sha256(first).hexdigest()}"'.encode() in second
    assert log.head(UNIT)[1] == hashlib.sha256(second).hexdigest()


def test_a_memo_is_kept_with_its_batch(log: IncidentLog) -> None:
    """Batch and memos name each other, or neither is stored."""
    log.append(a_batch(log, an_opening(), memos=("m1",)), [a_memo()])
    assert log.memo(UNIT, "m1") == a_memo()
    assert log.memo(OTHER, "m1") is None
    for memos in ([], [a_memo("m3")], [replace(a_memo("m2"), unit=OTHER)]):
        with pytest.raises(MalformedEvent, match="memos"):
            log.append(a_batch(log, an_acknowledgement(), memos=("m2",)), memos)
    assert log.head(UNIT)[0] == 1


def test_no_search_finds_the_words_of_a_memo(stores: Pair) -> None:
    """Neither among a unit's posts nor among all, whether it may be quoted or not; the post beside it is found."""
    post = a_post(1, "低保金还没有发")
    stores.posts.commit(work([post], [a_mention(post)], [a_group("g1")]))
    memos = [a_memo("m1"), replace(a_memo("m2", "镇里答复：周五前发放到户"), public=True)]
    stores.log.append(a_batch(stores.log, an_opening(), memos=("m1", "m2")), memos)
    words = [m.text[at : at + size] for m in memos for size in (1, 2, 4, 8) for at in range(len(m.text) - size + 1)]
    searched = [word for word in words if word not in post.text]

    assert len(searched) > 60
    for unit in (UNIT, "*"):
        assert [word for word in searched if stores.posts.search(unit, word, **EVER, limit=9)] == []
        assert [word for word in searched if stores.posts.count(unit, word, **EVER)] == []
        assert [each.id for each in stores.posts.search(unit, "低保金", **EVER, limit=9)] == [post.id]


def test_an_erased_memo_is_gone_and_the_log_still_verifies(log: IncidentLog) -> None:
    """The record holds only the memo's id; erasing it twice reaches nothing the second time."""
    log.append(a_batch(log, an_opening(), memos=("m1", "m2")), [a_memo("m1"), a_memo("m2", "别的话")])
    before = list(log.raw(UNIT))
    assert log.erase_memos(UNIT, frozenset({"m1", "m-unknown"}), MONDAY) == 1
    assert log.erase_memos(UNIT, frozenset({"m1"}), MONDAY) == 0
    assert log.memo(UNIT, "m1") is None
    assert log.memo(UNIT, "m2") == a_memo("m2", "别的话")
    assert list(log.raw(UNIT)) == before


def test_incidents_are_listed_as_the_log_makes_them(log: IncidentLog) -> None:
    """Opened last first; what is closed is left out of the open ones."""
    for number in (1, 2, 3):
        log.append(a_batch(log, an_opening(f"g{number}", at=MONDAY + number)), [])
    closing = Event("closed", 1, MONDAY + 9, incident_id(UNIT, "g2"), "account:duty-1", {"disposition": "filed"})
    log.append(a_batch(log, closing), [])
    assert [one.group for one in log.incidents(UNIT, open_only=False)] == ["g3", "g2", "g1"]
    assert [one.group for one in log.incidents(UNIT, open_only=True)] == ["g3", "g1"]
    assert [one.group for one in log.incidents(UNIT, open_only=True, limit=1)] == ["g3"]
    closed = log.incident(UNIT, incident_id(UNIT, "g2"))
    assert closed is not None
    assert (closed.state, closed.revision) == (State.CLOSED, 2)


def test_the_projections_are_the_fold_and_can_be_rebuilt(stores: Pair) -> None:
    """After each batch they equal a replay of the whole log; rebuilt, they are equal byte for byte."""
    log, posts = stores.log, stores.posts
    posts.commit(work(groups=[a_group("g1"), a_group("g2")]))
    log.append(a_batch(log, an_opening("g1"), an_opening("g2")), [])
    log.append(a_batch(log, an_acknowledgement("g2")), [])
    state = replay(UNIT, log.read(UNIT, 0))
    views = [posts.group(UNIT, group) for group in ("g1", "g2")]
    before = [bytes_of_incident(one) for one in log.incidents(UNIT, open_only=False)]
    assert {one.id: one for one in log.incidents(UNIT, open_only=False)} == state.incidents
    assert [view.mark for view in views if view] == [state.mark_of("g1"), state.mark_of("g2")]
    log.reproject(UNIT)
    assert [bytes_of_incident(one) for one in log.incidents(UNIT, open_only=False)] == before
    assert [posts.group(UNIT, group) for group in ("g1", "g2")] == views
