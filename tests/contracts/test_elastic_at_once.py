"""Several processes at once on one Elasticsearch, one of them slow, and answers that are lost on their way."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import count

import pytest

from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.log import ElasticIncidentLog
from pipeline.adapters.elastic.outbox import ElasticOutbox
from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.adapters.elastic.records import ElasticRecords
from pipeline.adapters.elastic.sequence import LASTS_SECONDS, Sequences
from pipeline.adapters.elastic.wire import Wire
from pipeline.domain.errors import LostRace, StaleWorker, StoreUnavailable
from pipeline.domain.event import Batch, Event
from pipeline.domain.group import incident_id
from pipeline.domain.group_merge import Found, GroupMerge
from pipeline.ports import Attempt, Work
from tests.contracts.test_crash_points_of_elastic import (
    DUTY,
    a_desk,
    a_record,
    assert_projected,
    the_command,
    the_memo,
    the_opening,
)
from tests.contracts.test_outbox import a_send
from tests.elastic_faults import FaultyWire, losing_answers
from tests.elastic_house import ElasticHouse
from tests.stored import work

UNIT = "yunxi-mz"


def at_once(number: int, do: Callable[[int], None]) -> None:
    """All do it at the same time, and none failed."""
    failed: list[BaseException] = []
    start = threading.Barrier(number)

    def run(n: int) -> None:
        start.wait()
        try:
            do(n)
        except Exception as error:  # noqa: BLE001  # said below, in the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def taken_up(log: ElasticIncidentLog, unit: str, command: str) -> Batch:
    """A command on the incident of g1."""
    seq, last = log.head(unit)
    owner = {"owner": DUTY, "seen": {}, "clocks": []}
    event = Event("acknowledged", 1, 1, incident_id(unit, "g1"), DUTY, owner)  # type: ignore[arg-type]  # JSON
    return Batch(unit, seq + 1, last, command, (event,))


def append_in_the_end(log: ElasticIncidentLog, unit: str, command: str) -> None:
    """The command has its batch, however many others were quicker."""
    while log.batch_of_command(unit, command) is None:
        with suppress(LostRace):
            log.append(taken_up(log, unit, command), [])


def test_eight_that_append_at_once_make_one_dense_log(elastic_house: ElasticHouse) -> None:
    """Every seq once, every command once, every hash that of the batch before, every projection the fold of all."""
    a_desk(elastic_house.open(), UNIT)

    def append(number: int) -> None:
        log = ElasticIncidentLog(elastic_house.open())
        for turn in range(4):
            append_in_the_end(log, UNIT, f"key-{number}-{turn}")

    at_once(8, append)
    elastic = elastic_house.open()
    log = ElasticIncidentLog(elastic)
    batches = log.read(UNIT, 0)
    assert [batch.seq for batch in batches] == list(range(1, 34))
    assert sorted(batch.command for batch in batches[1:]) == sorted(f"key-{n}-{t}" for n in range(8) for t in range(4))
    assert [batch.previous for batch in batches[1:]] == [batch.hash for batch in batches[:-1]]
    assert_projected(log, ElasticPostStore(elastic), UNIT)


def test_of_two_tries_with_one_key_the_words_of_the_one_in_the_log_are_read(elastic_house: ElasticHouse) -> None:
    """The second try comes between any two writes of the first; whoever wins, his words and no others are kept."""
    kept: set[str] = set()
    for number in count(1):
        unit, other = f"unit-{number}", ElasticIncidentLog(elastic_house.open())
        a_desk(elastic_house.open(), unit)

        def second_try(log: ElasticIncidentLog = other, unit: str = unit) -> None:
            with suppress(LostRace):
                log.append(the_command(log, unit), [replace(the_memo(unit), text="第二次", salt="other")])

        wire = FaultyWire(elastic_house.settings, number, second_try)
        log = ElasticIncidentLog(Elastic(wire))
        try:
            log.append(the_command(other, unit), [the_memo(unit)])
            words = the_memo(unit).text
        except LostRace:
            words = "第二次"
        memo = other.memo(unit, "m1")
        assert memo is not None
        assert (memo.text, other.head(unit)[0]) == (words, 2)
        kept.add(words)
        assert_projected(other, ElasticPostStore(elastic_house.open()), unit)
        if not wire.happened:
            break
    assert other.sweep_memos(1 << 60) == 0
    assert len(kept) == 2  # each of the two has won


def test_a_process_that_was_stopped_in_mid_append_changes_nothing_of_what_came_since(
    elastic_house: ElasticHouse,
) -> None:
    """Stopped between any two writes of an append, while others go on: no incident and no mark goes back."""
    for number in count(1):
        unit, other = f"unit-{number}", ElasticIncidentLog(elastic_house.open())
        a_desk(elastic_house.open(), unit)
        aside = {"group": "g2", "seen": {"g2": {"posts": 1, "posters": 1, "reasons": []}}}

        def go_on(log: ElasticIncidentLog = other, unit: str = unit, data: object = aside) -> None:
            for command in ("c7", "c8"):
                append_in_the_end(log, unit, command)
            seq, last = log.head(unit)
            restored = Event("group_restored", 1, 9, "", DUTY, data)  # type: ignore[arg-type]  # JSON
            log.append(Batch(unit, seq + 1, last, "c9", (restored,)), [])

        wire = FaultyWire(elastic_house.settings, number, go_on)
        with suppress(LostRace):
            ElasticIncidentLog(Elastic(wire)).append(the_command(other, unit), [the_memo(unit)])
        assert_projected(other, ElasticPostStore(elastic_house.open()), unit)
        if not wire.happened:
            return


def test_a_merge_that_comes_while_people_decide_does_not_hold(elastic_house: ElasticHouse) -> None:
    """The worker merges a group between any two writes of an append that decides about it: people win."""
    for number in count(1):
        unit, posts = f"unit-{number}", ElasticPostStore(elastic_house.open())
        a_desk(elastic_house.open(), unit)
        merge = GroupMerge(unit, "g2", "g1", order=9, post="p2", similarity=2_500, posters=2, seen_seq=1)
        found = replace(work(), position=None, found=Found((merge,)))

        def commit(posts: ElasticPostStore = posts, step: Work = found) -> None:
            with suppress(StaleWorker):
                posts.commit(step)

        wire = FaultyWire(elastic_house.settings, number, commit)
        log = ElasticIncidentLog(Elastic(wire))
        log.append(the_command(log, unit), [the_memo(unit)])
        assert posts.merges(unit) == []
        view = posts.group(unit, "g2")
        assert view is not None
        assert (view.row.id, view.mark and view.mark.state) == ("g2", "set_aside")
        if not wire.happened:
            return


def lossy(house: ElasticHouse, at: int, meanwhile: Callable[[], object] = lambda: None) -> Elastic:
    """A client that does not hear the answer to the write with this number."""
    return Elastic(Wire(house.settings, node_class=losing_answers(at, meanwhile)))


@pytest.mark.parametrize("at", range(1, 8))
def test_a_lost_answer_is_found_out_though_others_have_written_since(elastic_house: ElasticHouse, at: int) -> None:
    """The put was made, and is said to be; what others made of it since stands."""
    other = ElasticRecords(elastic_house.open())
    records = ElasticRecords(lossy(elastic_house, at, lambda: other.put(a_record("a", "[9]", "audit"), expect=None)))
    puts = [records.put(a_record("a", f"[{n}]", "audit"), expect=expect) for n, expect in ((1, 0), (2, None))]
    puts.append(records.put(a_record("s", "[1]"), expect=0))
    assert puts == [True, True, True]
    stored = other.get("audit", "", "a")
    assert stored is not None
    assert stored.revision == (3 if at <= 5 else 2)
    assert [record.value for record in other.history("setting", "", "s")] == ["[1]"]


@pytest.mark.parametrize("at", range(1, 6))
def test_whoever_lost_an_answer_knows_what_he_won(elastic_house: ElasticHouse, at: int) -> None:
    """A batch, a lease, an attempt at a send: each is won once, and the winner knows it."""
    elastic, others = lossy(elastic_house, at), elastic_house.open()
    assert ElasticRecords(elastic).take("work", "one", now=100, until=200) == 1
    assert ElasticRecords(others).take("work", "two", now=150, until=250) is None
    outbox = ElasticOutbox(elastic)
    assert outbox.create([a_send("a")], {UNIT: 1}) == 1
    assert outbox.begin("a", Attempt(1, 20, "trying"), next_at=20)
    assert not ElasticOutbox(others).begin("a", Attempt(1, 20, "trying"), next_at=20)
    log = ElasticIncidentLog(lossy(elastic_house, at))
    log.append(Batch(UNIT, 1, log.head(UNIT)[1], "c1", (the_opening(UNIT),)), [])
    assert ElasticIncidentLog(others).head(UNIT) == log.head(UNIT)
    assert log.head(UNIT)[0] == 1


def test_a_follower_misses_no_change_of_four_that_write_at_once(elastic_house: ElasticHouse) -> None:
    """His cursor only goes forward, and passes nothing that is still to be written."""
    seen: set[str] = set()
    finished: list[int] = []

    def follow() -> None:
        records, change, is_last = ElasticRecords(elastic_house.open()), 0, False
        while not is_last:
            is_last = len(finished) == 4
            later, changed = records.changed_since("setting", change)
            assert later >= change
            change = later
            seen.update(record.key for record in changed)

    def write(number: int) -> None:
        records = ElasticRecords(elastic_house.open())
        for turn in range(6):
            records.put(a_record(f"{number}-{turn}", "[1]"), expect=0)
        finished.append(number)

    at_once(5, lambda number: follow() if number == 4 else write(number))
    assert seen == {f"{number}-{turn}" for number in range(4) for turn in range(6)}


def test_a_number_that_was_taken_back_is_written_under_a_new_one(elastic_house: ElasticHouse) -> None:
    """A writer was stopped for longer than a number lasts: whoever has read on in between still sees his change."""
    late = Sequences(elastic_house.open(), wall=lambda: time.time() + LASTS_SECONDS + 1)
    follower = ElasticRecords(elastic_house.open(), late)
    passed: list[int] = []
    for number in count(1):
        wire = FaultyWire(
            elastic_house.settings, number, lambda: passed.append(follower.changed_since("setting", 0)[0])
        )
        ElasticRecords(Elastic(wire)).put(a_record(f"k{number}", "[1]"), expect=0)
        behind = passed[-1] if wire.happened else 0
        _, changed = follower.changed_since("setting", behind)
        assert f"k{number}" in [record.key for record in changed]
        if not wire.happened:
            return


def test_a_writer_whose_numbers_are_always_taken_back_says_so(elastic_house: ElasticHouse) -> None:
    """Clocks that disagree by more than a number lasts are named; nothing goes on for ever."""
    late = Sequences(elastic_house.open(), wall=lambda: time.time() + LASTS_SECONDS + 1)
    records = ElasticRecords(elastic_house.open())
    own = Sequences(elastic_house.open())
    with pytest.raises(StoreUnavailable, match="STO-308"):
        own.change(["records:setting"], lambda _numbers: late.settled("records:setting"))
    assert records.changed_since("setting", 0)[1] == []
