"""The doctor names what needs a person, shows no text of a post, and changes no data."""

import json
import sqlite3
from argparse import Namespace
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from api import bootstrap
from api.cli.doctor import run
from api.config import Config
from api.doctor import examine, examine_stores
from api.finding import Finding
from api.heartbeat import STALE
from api.stores import Stores
from crawlers.manifest import manifest_to_json
from crawlers.read_manifest import manifest_from_dict
from pipeline.domain.event import Notice
from pipeline.domain.post import Millis
from pipeline.ports import DeadLetter, Record, Send
from tests.builders import DAY, HOUR, MONDAY, UNIT, HeldClock, a_post
from tests.end_to_end.crawl_job import a_source
from tests.stored import work


def stores() -> Stores:
    """Return an installation that has nothing yet."""
    return bootstrap.memory_stores(HeldClock(MONDAY))


def looked(house: Stores) -> dict[str, Finding]:
    """Return the findings by their question."""
    return {finding.what: finding for finding in examine_stores(house, Config())}


def set_record(house: Stores, kind: str, key: str, value: object) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    house.records.put(Record(kind, "", key, 0, text, MONDAY, "test", ""), expect=None)


def a_letter(number: int, at: Millis = MONDAY) -> DeadLetter:
    return DeadLetter(f"l{number}", "forum", "match", "ValueError", at, post='{"text":"养老院的饭是凉的"}')


def a_send(number: int, state: str, at: Millis = MONDAY, reason: str = "") -> Send:
    notice = Notice("opened", "grave", "policy:alert", f"i{number}", 2, at)
    return Send(f"s{number}", UNIT, 1, number, notice, "zhiban", "journal", state, reason, at)


def test_an_installation_that_has_nothing_yet_is_well() -> None:
    """Every question is asked, and none needs a person."""
    found = looked(stores())

    assert {what for what, finding in found.items() if not finding.is_well} == set()
    assert {"classifier", "clock", "sources", "processes", "sends", "dead letters"} <= set(found)


def test_a_post_from_the_future_means_that_the_clock_is_wrong() -> None:
    """More than an hour; less is how clocks differ."""
    house = stores()
    house.posts.commit(work([a_post(1, "食堂", at=MONDAY + HOUR - 5_000)]))
    assert looked(house)["clock"].is_well
    house.posts.commit(work([a_post(2, "食堂", at=MONDAY + HOUR)], to=2))

    assert not looked(house)["clock"].is_well


def test_coverage_names_every_source_that_is_not_alive() -> None:
    """With the reason that the crawler wrote down."""
    house = stores()
    for name in ("forum", "board"):
        manifest = manifest_from_dict({**a_source("https://yunxi.example/rss", pace_seconds=5), "id": name})
        set_record(house, "setting", f"source/{name}", manifest_to_json(manifest))
    seen = {"source": "forum", "at": MONDAY, "last_good_at": MONDAY, "is_alive": True, "why": "ok"}
    set_record(house, "source_state", "forum", seen)
    set_record(house, "source_state", "board", {"source": "board", "at": MONDAY, "is_alive": False, "why": "timeout"})
    found = looked(house)["sources"]

    assert (found.is_well, found.says) == (False, "1 of 2 alive")
    assert [line.split()[0] + line.split()[-1] for line in found.details] == ["boardtimeout"]


def test_a_source_that_found_less_than_its_expected_count_needs_a_person() -> None:
    """It answers, and its page may have changed: the numbers are named."""
    house = stores()
    manifest = manifest_from_dict(
        {**a_source("https://y.example/rss", pace_seconds=5), "expected": {"min": 5, "max": 9}}
    )
    set_record(house, "setting", "source/yunxi-feed", manifest_to_json(manifest))
    state = {"source": "yunxi-feed", "at": MONDAY, "last_good_at": MONDAY, "is_alive": True, "why": "ok"}
    set_record(house, "source_state", "yunxi-feed", {**state, "found": 2, "out_of_bounds": True})
    found = looked(house)["sources"]

    assert not found.is_well
    assert "found more or less than is normal" in found.says
    assert found.details == ("yunxi-feed 云汐论坛订阅: the last round found 2, normal is 5 to 9",)


def test_a_part_that_fell_silent_without_ending_needs_a_person() -> None:
    """Also where no supervisor saw it; one that ended in order is no fault."""
    house = stores()
    set_record(house, "heartbeat", "work", {"phase": "working", "where": "at position 7"})
    house.records.put(Record("heartbeat", "", "clock", 0, '{"phase":"ended","where":""}', 0, "t", ""), expect=None)
    assert looked(house)["processes"].is_well
    later = replace(house, clock=HeldClock(MONDAY + STALE + 1))
    found = looked(later)["processes"]

    assert not found.is_well
    assert [line.partition(":")[0] for line in found.details] == ["work"]


def test_children_that_ended_because_their_parent_was_killed_need_a_person() -> None:
    """The parent could not say so: its record still calls them alive, and nothing runs."""
    house = stores()
    set_record(house, "process", "work", {"state": "alive", "restarts": 0})
    set_record(house, "heartbeat", "work", {"phase": "ended", "where": ""})
    found = looked(house)["processes"]

    assert not found.is_well
    assert "work: ended in order" in found.details[-1]


def test_a_dead_process_and_what_the_worker_said_are_told() -> None:
    """A stopped one is no fault."""
    house = stores()
    set_record(house, "process", "serve", {"state": "stopped", "restarts": 0})
    assert looked(house)["processes"].is_well
    set_record(house, "process", "work", {"state": "dead", "restarts": 3})
    set_record(house, "progress", "work", {"problem": "101 records could not be worked", "model": "m"})
    found = looked(house)["processes"]

    assert (found.is_well, found.says) == (False, "serve stopped, work dead")
    assert "101 records could not be worked" in found.details[-1]


def test_sends_that_wait_for_a_person_are_counted_with_their_reasons() -> None:
    """Held, unclear, and what failed this week; what waits its turn or failed long ago is only counted."""
    house = stores()
    unit = json.dumps({"id": UNIT, "name": "云汐县民政局"})
    house.records.put(Record("setting", UNIT, "unit", 0, unit, MONDAY, "test", ""), expect=None)
    house.outbox.create([a_send(1, "waiting"), a_send(2, "failed", MONDAY - 8 * DAY)], {UNIT: 1})
    assert looked(house)["sends"] == Finding("sends", True, "1 failed, 1 waiting")
    house.outbox.create([a_send(3, "held", reason="nobody is named for duty"), a_send(4, "failed")], {UNIT: 1})
    found = looked(house)["sends"]

    assert (found.is_well, found.says) == (False, "2 failed, 1 held, 1 waiting")
    assert "1 held: nobody is named for duty" in found.details


def test_dead_letters_are_counted_and_the_newest_five_named_without_their_text() -> None:
    """Source, stage, error and time, as the worker's sentence promises when it stops."""
    house = stores()
    house.bus.bury([a_letter(number, MONDAY - number * HOUR) for number in range(7)])
    found = looked(house)["dead letters"]

    assert (found.is_well, found.says, len(found.details)) == (False, "7, 7 of the last 7 days", 5)
    assert found.details[0].endswith("forum, match: ValueError")
    assert "养老院" not in repr(found)


def test_old_dead_letters_are_counted_and_need_nobody() -> None:
    """A person looked, or the cause has gone."""
    house = stores()
    house.bus.bury([a_letter(1, MONDAY - 8 * DAY)])

    assert looked(house)["dead letters"].is_well


def an_installation(folder: Path) -> Path:
    """Return the operator's file of an installation whose stores are there."""
    path = folder / "huiyin.toml"
    path.write_text('[data]\nfolder = "data"\n', encoding="utf-8")
    (folder / "data").mkdir()
    bootstrap.open_stores(bootstrap.Folder(folder / "data")).close()
    return path


def test_a_real_installation_is_examined_without_changing_a_file(tmp_path: Path) -> None:
    """Schema versions and disk are told; the version of each file stays."""
    path = an_installation(tmp_path)
    found = {finding.what: finding for finding in examine(path)}

    assert found["stores"].is_well
    assert "huiyin.db version" in found["stores"].says
    assert {"python", "packages", "config", "disk", "stores", "sends"} <= set(found)


@pytest.mark.parametrize(("version", "sentence"), [(999, "of a newer Huiyin"), (1, "of an older one")])
def test_a_store_of_another_version_is_told_and_left_alone(version: int, sentence: str, tmp_path: Path) -> None:
    """A doctor migrates nothing."""
    path = an_installation(tmp_path)
    with closing(sqlite3.connect(tmp_path / "data" / "huiyin.db")) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    found = {finding.what: finding for finding in examine(path)}

    assert (found["stores"].is_well, sentence in found["stores"].says) == (False, True)
    assert "sends" not in found
    with closing(sqlite3.connect(tmp_path / "data" / "huiyin.db")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (version,)


def test_the_verb_ends_with_1_where_something_needs_a_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In words, and as JSON for machines."""
    path = tmp_path / "huiyin.toml"
    path.write_text("nonsense = 1\n", encoding="utf-8")
    assert run(Namespace(config=str(path), json=False, offline=True)) == 1
    assert "LOOK  config" in capsys.readouterr().out
    assert run(Namespace(config=str(path), json=True, offline=True)) == 1
    assert json.loads(capsys.readouterr().out)["well"] is False
