"""What every Records does, in every store: revisions, order, history, leases, the change counter."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.adapters.elastic.records import ElasticRecords
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.records import SqliteRecords
from pipeline.adapters.sqlite.writer import Reader
from pipeline.ports import Record, Records
from tests.elastic_house import ElasticHouse

OpenRecords = Callable[[], Records]


def a_record(key: str, value: str = "{}", *, kind: str = "source", unit: str = "yunxi-mz") -> Record:
    """A record whose own revision is nonsense, as the port ignores it."""
    return Record(kind, unit, key, 77, value, 1_000, "周审核", "试一试")


@pytest.fixture(params=["memory", "sqlite", "elastic"])
def open_the_records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenRecords]:
    """A function that opens the same records again and again, each time as another process would."""
    if request.param == "elastic":
        house: ElasticHouse = request.getfixturevalue("elastic_house")
        yield lambda: ElasticRecords(house.open())
        return
    with ExitStack() as stack:

        def open_again() -> Records:
            writer = stack.enter_context(closing(open_huiyin(tmp_path / "huiyin.db")))
            return SqliteRecords(writer, stack.enter_context(closing(Reader(tmp_path / "huiyin.db"))))

        memory = MemoryRecords()
        yield open_again if request.param == "sqlite" else lambda: memory


@pytest.fixture
def records(open_the_records: OpenRecords) -> Records:
    """One opened store of records."""
    return open_the_records()


def keys(found: object) -> list[str]:
    """The keys of listed records."""
    assert isinstance(found, list)
    return [record.key for record in found]


def test_a_record_is_stored_as_the_next_revision(records: Records) -> None:
    """The store counts revisions; what the caller wrote in the record is ignored."""
    assert records.get("source", "yunxi-mz", "a") is None
    assert records.put(a_record("a"), expect=0)
    assert records.get("source", "yunxi-mz", "a") == replace(a_record("a"), revision=1)
    assert records.put(a_record("a", "[1]"), expect=1)
    assert records.get("source", "yunxi-mz", "a") == replace(a_record("a", "[1]"), revision=2)


def test_a_put_that_expects_another_revision_changes_nothing(records: Records) -> None:
    """Two people who edit one setting do not overwrite each other unseen."""
    assert not records.put(a_record("a"), expect=1)
    assert records.put(a_record("a"), expect=0)
    assert not records.put(a_record("a", "[2]"), expect=0)
    assert not records.put(a_record("a", "[2]"), expect=2)
    assert records.get("source", "yunxi-mz", "a") == replace(a_record("a"), revision=1)


def test_a_put_without_expectation_always_stores(records: Records) -> None:
    """State that only one writer owns needs no reading first."""
    assert records.put(a_record("a"), expect=None)
    assert records.put(a_record("a", "[2]"), expect=None)
    assert records.get("source", "yunxi-mz", "a") == replace(a_record("a", "[2]"), revision=2)


def test_of_two_processes_that_saw_the_same_revision_one_wins(open_the_records: OpenRecords) -> None:
    """Compare and set holds across processes."""
    one, other = open_the_records(), open_the_records()
    one.put(a_record("a"), expect=0)
    assert other.get("source", "yunxi-mz", "a") is not None
    assert one.put(a_record("a", '"one"'), expect=1)
    assert not other.put(a_record("a", '"other"'), expect=1)
    assert other.get("source", "yunxi-mz", "a") == replace(a_record("a", '"one"'), revision=2)


def test_many_records_are_stored_in_one_step(records: Records) -> None:
    """A fetched page and its state are written together; a key given twice ends as the last."""
    records.put(a_record("b"), expect=0)
    records.put_many([a_record("a"), a_record("b", "[2]"), a_record("b", "[3]")])
    records.put_many([])
    assert records.list("source") == [
        replace(a_record("a"), revision=1),
        replace(a_record("b", "[3]"), revision=3),
    ]


def test_records_are_listed_by_unit_and_key(records: Records) -> None:
    """A list is the same on every machine."""
    for unit, key in (("yunxi-mz", "b"), ("yunxi-mz", "a"), ("baihe-mz", "c"), ("yunxi-mz", "B")):
        records.put(a_record(key, unit=unit), expect=0)
    records.put(a_record("a", kind="lease"), expect=0)
    assert [(record.unit, record.key) for record in records.list("source")] == [
        ("baihe-mz", "c"),
        ("yunxi-mz", "B"),
        ("yunxi-mz", "a"),
        ("yunxi-mz", "b"),
    ]
    assert keys(records.list("source", "yunxi-mz")) == ["B", "a", "b"]
    assert records.list("source", "another-mz") == []


def test_a_prefix_is_taken_literally(records: Records) -> None:
    """A key may hold any character; % and _ and case mean themselves."""
    for key in ("a%1", "a%2", "ab1", "A%1", "低保/1", "低保/2", "低收入"):
        records.put(a_record(key), expect=0)
    assert keys(records.list("source", "yunxi-mz", "a%")) == ["a%1", "a%2"]
    assert keys(records.list("source", None, "a%")) == ["a%1", "a%2"]
    assert keys(records.list("source", "yunxi-mz", "低保/")) == ["低保/1", "低保/2"]
    assert keys(records.list("source", "yunxi-mz", "", 2)) == ["A%1", "a%1"]


def test_a_removed_record_is_gone_and_may_come_again(records: Records) -> None:
    """Removing what never was is no error; a new record begins at revision 1."""
    records.put(a_record("a"), expect=0)
    records.put(a_record("a"), expect=1)
    records.remove("source", "yunxi-mz", "a")
    records.remove("source", "yunxi-mz", "never")
    assert records.get("source", "yunxi-mz", "a") is None
    assert records.list("source") == []
    assert records.put(a_record("a", "[3]"), expect=0)
    assert records.get("source", "yunxi-mz", "a") == replace(a_record("a", "[3]"), revision=1)


@pytest.mark.parametrize("kind", ["setting", "setting-rule"])
def test_settings_keep_every_revision(records: Records, kind: str) -> None:
    """Who changed what, when and why is answered for years, even of a setting that was removed and made again."""
    for value in ("[1]", "[2]"):
        records.put(a_record("hours", value, kind=kind), expect=None)
    records.put_many([a_record("hours", "[3]", kind=kind), a_record("other", "[9]", kind=kind)])
    records.remove(kind, "yunxi-mz", "hours")
    records.put(a_record("hours", "[4]", kind=kind), expect=0)
    found = records.history(kind, "yunxi-mz", "hours")
    assert [(record.revision, record.value) for record in found] == [(1, "[4]"), (3, "[3]"), (2, "[2]"), (1, "[1]")]


def test_other_kinds_keep_no_history(records: Records) -> None:
    """Source state and fetches change all day; their past is not kept."""
    records.put(a_record("a"), expect=0)
    assert records.history("source", "yunxi-mz", "a") == []
    assert records.history("setting", "yunxi-mz", "never") == []


def test_changes_are_seen_behind_a_counter(open_the_records: OpenRecords) -> None:
    """A process asks what changed since it last looked, and gets each changed record once, as it is now."""
    here, there = open_the_records(), open_the_records()
    assert there.changed_since("setting", 0) == (0, [])
    for key, value in (("a", "[1]"), ("b", "[1]"), ("a", "[2]")):
        here.put(a_record(key, value, kind="setting"), expect=None)
    counter, changed = there.changed_since("setting", 0)
    assert [(record.key, record.value) for record in changed] == [("b", "[1]"), ("a", "[2]")]
    assert there.changed_since("setting", counter) == (counter, [])
    here.put(a_record("b", "[3]", kind="setting"), expect=None)
    later, changed = there.changed_since("setting", counter)
    assert later > counter
    assert [record.key for record in changed] == ["b"]


def test_a_change_of_one_kind_moves_no_other_counter(records: Records) -> None:
    """Fetches that are written all day wake nobody who waits for settings."""
    records.put(a_record("a", kind="setting"), expect=0)
    before = records.changed_since("setting", 0)
    records.put(a_record("a", kind="fetch"), expect=0)
    assert records.changed_since("setting", 0) == before


def test_a_removal_moves_the_counter(records: Records) -> None:
    """A counter that moved without a record behind it says that something was removed."""
    records.put(a_record("a", kind="setting"), expect=0)
    counter, _ = records.changed_since("setting", 0)
    records.remove("setting", "yunxi-mz", "a")
    later, changed = records.changed_since("setting", counter)
    assert (later > counter, changed) == (True, [])
    records.remove("setting", "yunxi-mz", "a")
    assert records.changed_since("setting", later) == (later, [])


def test_a_lease_is_held_by_one(open_the_records: OpenRecords) -> None:
    """While a lease runs nobody else gets it; at its end the next one does, with a higher fence."""
    one, other = open_the_records(), open_the_records()
    first = one.take("work", "one", now=100, until=200)
    assert first is not None
    assert other.take("work", "other", now=199, until=300) is None
    second = other.take("work", "other", now=200, until=300)
    assert second is not None
    assert second > first
    assert one.take("work", "one", now=201, until=400) is None


def test_a_holder_renews_its_lease_with_a_higher_fence(records: Records) -> None:
    """A fence is never given twice, so that an old one is told from a new one."""
    first = records.take("work", "one", now=100, until=200)
    again = records.take("work", "one", now=150, until=250)
    assert first is not None
    assert again is not None
    assert again > first
    assert records.take("work", "other", now=210, until=300) is None


def test_a_released_lease_is_free_at_once_and_its_fence_is_kept(records: Records) -> None:
    """Only the holder releases, and whoever comes next has a higher fence still."""
    first = records.take("work", "one", now=100, until=200)
    records.release("work", "other")
    assert records.take("work", "other", now=110, until=200) is None
    records.release("work", "one")
    records.release("never", "one")
    second = records.take("work", "other", now=110, until=200)
    assert first is not None
    assert second is not None
    assert second > first


def test_a_lease_that_ends_too_far_ahead_holds_nobody_off(records: Records) -> None:
    """The clock was set back by an hour since: no lease of this length can end then, so nobody waits for it."""
    hour, length = 3_600_000, 6_000
    first = records.take("work", "dead", now=2 * hour, until=2 * hour + length)
    assert records.take("work", "next", now=2 * hour - length, until=2 * hour) is None
    second = records.take("work", "next", now=hour, until=hour + length)
    assert first is not None
    assert second is not None
    assert second > first
    assert records.take("work", "dead", now=hour, until=hour + length) is None


def test_leases_of_different_names_do_not_meet(records: Records) -> None:
    """The worker's lease and a clock's lease are two."""
    assert records.take("work", "one", now=100, until=200) is not None
    assert records.take("clock", "other", now=100, until=200) is not None


def test_of_many_that_race_for_a_lease_one_gets_it(open_the_records: OpenRecords) -> None:
    """Eight threads, each with connections of its own, ask in the same moment."""
    stores = [open_the_records() for _ in range(8)]
    start, fences = threading.Barrier(8), list[int | None]()

    def ask(number: int) -> None:
        start.wait()
        fences.append(stores[number].take("work", f"holder-{number}", now=100, until=200))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [fence is not None for fence in fences].count(True) == 1


def test_of_many_that_race_for_a_record_each_step_has_one_winner(open_the_records: OpenRecords) -> None:
    """Four threads count one number up 25 times each by compare and set; nothing is counted twice or lost."""
    stores = [open_the_records() for _ in range(4)]

    def count_up(store: Records) -> None:
        done = 0
        while done < 25:
            known = store.get("source", "yunxi-mz", "n")
            value, revision = (int(known.value), known.revision) if known else (0, 0)
            done += store.put(a_record("n", str(value + 1)), expect=revision)

    threads = [threading.Thread(target=count_up, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    last = stores[0].get("source", "yunxi-mz", "n")
    assert last is not None
    assert (last.value, last.revision) == ("100", 100)


def test_records_outlive_their_process(tmp_path: Path) -> None:
    """Records, history, counters and leases are there after a restart."""
    seen: list[Any] = []
    for _ in range(2):
        with closing(open_huiyin(tmp_path / "huiyin.db")) as writer, closing(Reader(tmp_path / "huiyin.db")) as reader:
            records = SqliteRecords(writer, reader)
            if not seen:
                records.put(a_record("hours", kind="setting"), expect=0)
                records.take("work", "one", now=100, until=200)
            found = (records.list("setting"), records.history("setting", "yunxi-mz", "hours"))
            seen.append((found, records.changed_since("setting", 0), records.take("work", "two", now=150, until=200)))
    assert seen[0] == seen[1]
    assert seen[1][2] is None
