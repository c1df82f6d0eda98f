"""The backup of each night: verified by opening it, copied to a second place, thinned, and on record."""

import argparse
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from api import bootstrap
from api.cli import backup
from api.cli.installation import Installation
from api.last_backup import LastBackup, Standing, last_backup, note_backup, standing_of
from api.nightly import BACKUP, Nightly
from api.readiness import health
from pipeline.adapters.sqlite.backup_folder import name_at
from pipeline.workflow.erase import Wanted
from pipeline.workflow.occurrences import ENDED, OCCURRENCE, tick
from tests.builders import DAY, HOUR, MONDAY, HeldClock
from tests.end_to_end.kill_harness import finish, install, installed, write_posts

UNIT = "yunxi-mz"
NIGHT = MONDAY // DAY * DAY + 18 * HOUR + 30 * 60_000


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of an installation that has taken in and worked some posts."""
    folder = tmp_path_factory.mktemp("county")
    config = install(folder)
    write_posts(folder / "posts.jsonl", 120, seed=11)
    finish(config, folder / "posts.jsonl")
    return folder


@pytest.fixture
def here(worked: Path, tmp_path: Path) -> Installation:
    """Return a copy of that installation with a folder for second copies, and a clock in hand."""
    root = tmp_path / "county"
    shutil.copytree(worked, root)
    (tmp_path / "stick").mkdir()
    config = root / "huiyin.toml"
    text = config.read_text(encoding="utf-8").replace('folder = "data"', 'folder = "data"\nsecond_backups = "../stick"')
    config.write_text(text, encoding="utf-8")
    opened = installed(config)
    return replace(opened, stores=replace(opened.stores, clock=HeldClock(NIGHT)))


def later(here: Installation, by: int) -> Installation:
    """Return the installation after so many milliseconds."""
    return replace(here, stores=replace(here.stores, clock=HeldClock(here.stores.clock.now() + by)))


def keep(here: Installation) -> LastBackup:
    return bootstrap.keep_backup(here.config, here.stores)


def test_a_backup_is_verified_by_opening_it_and_lies_at_both_places(here: Installation, tmp_path: Path) -> None:
    """The copy at the second place can be restored alone: the list of what was erased lies beside it."""
    found = keep(here)
    copy = tmp_path / "stick" / Path(found.folder).name
    here.stores.close()
    restored = bootstrap.restore_from(copy, here.config, replace_data=True)

    assert (found.problem, found.second_problem) == ("", "")
    assert found.bytes > 100_000
    assert sorted(one.name for one in (tmp_path / "stick").iterdir()) == [copy.name, "erasure-list.jsonl"]
    assert restored.erased == 0


def test_a_store_that_rotted_is_found_the_same_night_and_older_backups_stay(here: Installation) -> None:
    """The copy is opened, and what is derived is compared with the record."""
    good = keep(later(here, -400 * DAY))
    (view, *_) = here.stores.posts.groups(UNIT, todo_only=False, cursor=None, limit=1).rows
    here.stores.posts.rebuild_groups(UNIT, [view.row, replace(view.row, id="ghost")])
    bad = keep(here)

    assert bad.code == "BAK-101"
    assert "PRJ-2" in bad.problem
    assert (bad.good_at, bad.second_at) == (good.good_at, good.second_at)
    assert Path(good.folder).is_dir()


def test_a_stick_that_is_not_there_is_told_and_what_was_erased_reaches_it_later(
    here: Installation, tmp_path: Path
) -> None:
    """An empty mount point is never filled; the first copy counts all the same."""
    keep(here)
    (tmp_path / "stick").rename(tmp_path / "pocket")
    without = keep(later(here, HOUR))
    post = next(iter(here.stores.posts.posts_since(0)))
    bootstrap.open_eraser(here.config, here.stores).erase(Wanted(posts=frozenset({post.id})))
    (tmp_path / "pocket").rename(tmp_path / "stick")
    again = keep(later(here, 2 * HOUR))

    assert (without.problem, without.good_at, without.second_at) == ("", NIGHT + HOUR, NIGHT)
    assert without.second_problem.endswith("[BAK-102]")
    assert (again.second_problem, again.second_at) == ("", NIGHT + 2 * HOUR)
    assert post.id in (tmp_path / "stick" / "erasure-list.jsonl").read_text(encoding="utf-8")


def test_old_backups_go_at_both_places(here: Installation, tmp_path: Path) -> None:
    """Of two of one day the older one, and what is older than a year."""
    for by in (-400 * DAY, -HOUR, 0):
        keep(later(here, by))

    for place in (Path(here.config.data.backups), tmp_path / "stick"):
        assert [one.name for one in sorted(place.glob("2*"))] == [name_at(NIGHT)]


def test_what_the_verb_and_readiness_say_of_a_failed_backup(
    here: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last good one is not forgotten."""
    keep(here)
    shutil.rmtree(here.config.data.backups)
    Path(here.config.data.backups).write_text("in the way", encoding="utf-8")
    code = backup.run(argparse.Namespace(config=str(here.path)))
    found = last_backup(here.stores.records)
    parts = {part.name: part for part in health(here.stores).parts}

    assert (code, found and found.good_at) == (2, NIGHT)
    assert "STO-102" in capsys.readouterr().err
    assert parts["backup"].state == "degraded"


@pytest.mark.parametrize(
    ("last", "standing"),
    [
        (None, Standing.NONE_YET),
        (LastBackup(MONDAY, good_at=MONDAY), Standing.WELL),
        (LastBackup(MONDAY, good_at=MONDAY - 37 * HOUR), Standing.OLD),
        (LastBackup(MONDAY, problem="the disk is full", good_at=MONDAY - HOUR), Standing.FAILED),
        (LastBackup(MONDAY, good_at=MONDAY, second_problem="away"), Standing.SECOND_MISSING),
    ],
)
def test_the_standing_says_whether_a_person_must_look(last: LastBackup | None, standing: Standing) -> None:
    """Before the first night there is none, and that is no fault."""
    house = bootstrap.memory_stores(HeldClock(MONDAY))
    if last is not None:
        note_backup(house.records, last)

    assert standing_of(house.records, MONDAY) == standing


def test_a_machine_that_never_made_a_backup_is_told_after_a_day_and_a_half() -> None:
    """The clock ran, and no night's backup is on record."""
    house = bootstrap.memory_stores(HeldClock(MONDAY))
    tick(house.records, [BACKUP], MONDAY)

    assert standing_of(house.records, MONDAY + 36 * HOUR) is Standing.NONE_YET
    assert standing_of(house.records, MONDAY + 37 * HOUR) is Standing.NONE


def nightly(here: Installation, program: str, stop: threading.Event) -> Nightly:
    """Return the clock's part, with a program of the test's in the place of the verb."""

    def start(_arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)

    return Nightly(here.stores.records, here.stores.clock, "test", (), stop, start=start)


def test_a_night_that_was_missed_is_made_good_once_and_one_that_was_cut_off_stays_owed(here: Installation) -> None:
    """A machine that is off at night backs up when it is switched on in the morning."""
    records, stop = here.stores.records, threading.Event()
    nightly(here, "", stop).beat()
    assert records.list(OCCURRENCE, "", "backup") == []
    morning = later(here, 3 * DAY + 6 * HOUR)
    stop.set()
    nightly(morning, "import time; time.sleep(60)", stop).beat()
    assert [one.key for one in records.list(OCCURRENCE, "", "backup")] == [f"backup/{NIGHT + 3 * DAY:013d}"]
    nightly(morning, "", threading.Event()).beat()
    ended = {one.key: json.loads(one.value)["state"] for one in records.list(ENDED, "", "backup")}

    assert records.list(OCCURRENCE, "", "backup") == []
    assert sorted(ended.values()) == ["done", "skipped", "skipped"]


def test_the_clock_s_child_makes_the_backup(here: Installation) -> None:
    """The real verb, as the ticker starts it."""
    tick(here.stores.records, [BACKUP], NIGHT - DAY)
    owed = Nightly(
        here.stores.records, here.stores.clock, "t", ("backup", "--config", str(here.path)), threading.Event()
    )
    owed.beat()
    found = last_backup(here.stores.records)

    assert found is not None
    assert (found.problem, found.second_problem) == ("", "")
    assert Path(found.folder).is_dir()
