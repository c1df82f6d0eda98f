"""Delete every projection: a replay rebuilds them equal, byte for byte, and sends nothing."""

import json
import shutil
import sqlite3
import subprocess
import sys
from argparse import Namespace
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from api import bootstrap
from api.cli.installation import open_installation
from api.lease import Lease
from pipeline.domain.command import GroupSetAside
from pipeline.domain.row import iso_of
from tests.end_to_end.desk_day import TYPED, journal_of, spend_a_day, tell_everything
from tests.end_to_end.kill_harness import RECENT, finish, install, write_posts

UNIT = "yunxi-mz"
ENTRY = "from api.cli import main; raise SystemExit(main())"
PROJECTIONS = {
    "group_rows": "SELECT unit, id, last_at, is_todo, body FROM group_rows ORDER BY unit, id",
    "group_marks": "SELECT * FROM group_marks ORDER BY unit, id",
    "incidents": "SELECT * FROM incidents ORDER BY unit, id",
    "incident_batches": "SELECT * FROM incident_batches ORDER BY unit, incident, seq",
}
"""Whole tables, but for `group_rows.change`: the live view's cursor, which must grow when a row is written."""
KEPT = ("send", "attempt", "dispatched", "log", "memos", "mentions", "posts", "group_merges", "merge_proposals")
FACTS = {table: f"SELECT * FROM {table} ORDER BY 1, 2" for table in KEPT}
ONE_MATTER = (
    "柳林社区的老年食堂停业了，三十几位老人没有地方吃午饭",
    "老年食堂停业之后，母亲每天只好自己走很远的路去菜场",
    "老年食堂停了两个月，几十位老人中午没有饭吃，我母亲只好每天走很远的路去买菜，有没有人管一管",
)
"""Two groups, until the third post shows that they are one."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that has lived half a day: one group set aside, one remark typed, one week closed, all told."""
    folder = tmp_path_factory.mktemp("lived")
    config = install(folder)
    write_posts(folder / "posts.jsonl", 300, seed=5)
    life = (folder / "posts.jsonl").read_text(encoding="utf-8")
    with (folder / "posts.jsonl").open("w", encoding="utf-8") as file:
        for number, text in enumerate(ONE_MATTER):  # first, so that no chance of the county's day changes what they are
            at = iso_of(RECENT + number * 60_000)
            row = {"id": f"canteen-{number}", "source": "forum", "text": text, "published_at": at, "collected_at": at}
            file.write(json.dumps({**row, "poster": str(number)}, ensure_ascii=False) + "\n")
        file.write(life)
    finish(config, folder / "posts.jsonl")
    here = open_installation(Namespace(config=str(config)))
    todo = here.stores.posts.groups(UNIT, todo_only=True, cursor=None, limit=1).rows[0].row.id
    command = GroupSetAside(command_id="aside", actor="account:duty", group=todo)
    bootstrap.open_desk(here.stores, here.settings).execute(UNIT, command, roles=frozenset({"duty", "monitor"}))
    here.stores.close()
    spend_a_day(config)
    return folder


@pytest.fixture
def copy(lived: Path, tmp_path: Path) -> Path:
    """The same installation once more."""
    return Path(shutil.copytree(lived, tmp_path / "copy"))


def dump(folder: Path, queries: Mapping[str, str]) -> Mapping[str, list[tuple[object, ...]]]:
    """Return what the tables hold."""
    with closing(sqlite3.connect(folder / "data" / "huiyin.db")) as connection:
        return {table: connection.execute(query).fetchall() for table, query in queries.items()}


def delete(folder: Path) -> None:
    """Every projection is gone."""
    with closing(sqlite3.connect(folder / "data" / "huiyin.db")) as connection, connection:
        for table in PROJECTIONS:
            connection.execute(f"DELETE FROM {table}")


def called(folder: Path, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Return how the verb ended, in a process of its own."""
    command = [sys.executable, "-P", "-c", ENTRY, verb, "--config", str(folder / "huiyin.toml"), *arguments]
    return subprocess.run(command, check=False, capture_output=True, encoding="utf-8", timeout=100)


def huiyin(folder: Path, verb: str, *arguments: str) -> str:
    """The verb has succeeded; returns what it printed."""
    done = called(folder, verb, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_projection_is_rebuilt_equal_and_nothing_is_sent(copy: Path) -> None:
    """Rows, marks and incidents come back as they were; what is no projection is not touched."""
    before, facts = dump(copy, PROJECTIONS), dump(copy, FACTS)
    assert all(len(rows) > 5 for rows in before.values())
    assert {"digest", "opened"} <= {value for row in facts["send"] for value in row}
    assert TYPED in {value for row in facts["memos"] for value in row}
    assert len(facts["group_merges"]) > 0
    delete(copy)
    assert not any(dump(copy, PROJECTIONS).values())
    said = huiyin(copy, "replay")

    assert dump(copy, PROJECTIONS) == before
    assert dump(copy, FACTS) == facts
    assert "rows changed; nothing was sent" in said
    assert "all is well" in huiyin(copy, "verify")


def test_a_clock_that_goes_on_after_a_rebuild_sends_nothing_again(copy: Path) -> None:
    """Not the digest, not an alert, not a reminder: what was told is a fact, and no projection."""
    sends, journal = dump(copy, {"send": FACTS["send"], "attempt": FACTS["attempt"]}), journal_of(copy)
    delete(copy)
    huiyin(copy, "replay")
    here = open_installation(Namespace(config=str(copy / "huiyin.toml")))
    tell_everything(here)
    here.stores.close()

    assert journal_of(copy) == journal
    assert dump(copy, {"send": FACTS["send"], "attempt": FACTS["attempt"]}) == sends


def test_a_replay_of_what_is_right_changes_nothing(copy: Path) -> None:
    """It says so; and the next run of the thread sends nothing again."""
    before, journal = dump(copy, PROJECTIONS | FACTS), (copy / "journal.jsonl").read_bytes()
    assert "everything was right; nothing was sent" in huiyin(copy, "replay")
    assert dump(copy, PROJECTIONS | FACTS) == before
    finish(copy / "huiyin.toml", copy / "posts.jsonl")

    assert (copy / "journal.jsonl").read_bytes() == journal


@pytest.mark.parametrize("arguments", [(), ("--apply", "--since", "2026-01-01T00:00:00Z")], ids=["rebuild", "apply"])
def test_a_replay_that_writes_is_refused_while_a_worker_runs(copy: Path, arguments: tuple[str, ...]) -> None:
    """Two that write one unit's groups would write over each other; a dry run writes nothing and may go on."""
    here = open_installation(Namespace(config=str(copy / "huiyin.toml")))
    before = dump(copy, PROJECTIONS | FACTS)
    with Lease(here.stores.records, here.stores.clock, "work", "the-worker"):
        done = called(copy, "replay", *arguments)
    here.stores.close()

    assert (done.returncode, "PRC-101" in done.stderr) == (2, True)
    assert dump(copy, PROJECTIONS | FACTS) == before


def test_a_look_back_groups_what_changed_rules_meet_and_tells_nobody(copy: Path) -> None:
    """Rules changed, every mention of the old ones kept: new mentions are silent, before and after the next run."""
    with (copy / "settings" / "rules.toml").open("w", encoding="utf-8") as file:
        file.write('[[rule]]\nid = "roads"\nany = ["的"]\n')
    huiyin(copy, "apply", str(copy / "settings"))
    facts, journal = dump(copy, FACTS), (copy / "journal.jsonl").read_bytes()
    said = huiyin(copy, "replay", "--apply", "--since", iso_of(RECENT - 86_400_000))
    finish(copy / "huiyin.toml", copy / "posts.jsonl")
    after = dump(copy, FACTS)

    assert len(after["mentions"]) > len(facts["mentions"]) + 20, said
    assert {name: after[name] for name in ("send", "attempt", "log")} == {
        name: facts[name] for name in ("send", "attempt", "log")
    }
    assert (copy / "journal.jsonl").read_bytes() == journal
    assert "all is well" in huiyin(copy, "verify")
