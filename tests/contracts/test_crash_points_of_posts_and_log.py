"""A worker or a person's command that dies at a named point leaves all of its write behind, or nothing of it."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.domain.event import GENESIS
from pipeline.domain.local_day import day_of
from pipeline.ports import Position
from tests.stored import EVER, MONDAY, UNIT, a_group, a_mention, a_post, work

ROOT = Path(__file__).parents[2]
COMMIT = """
from pipeline.adapters.sqlite.posts import SqlitePostStore
from tests.stored import a_group, a_mention, a_post, work
SqlitePostStore(open_huiyin(path)).commit(work([a_post()], [a_mention(a_post())], [a_group()], to=500))
"""
APPEND = """
from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.domain.event import GENESIS, Batch, Event, Memo
from tests.stored import MONDAY, UNIT
data = {"group": "g1", "how": "irrelevant", "seen": {"g1": {"posts": 1, "posters": 1, "reasons": []}}}
event = Event("group_set_aside", 1, MONDAY, "", "account:duty-1", data)
batch = Batch(UNIT, 1, GENESIS, "c1", (event,), (), ("m1",))
SqliteIncidentLog(open_huiyin(path)).append(batch, [Memo(UNIT, "m1", "", "与我县无关", "salt")])
"""


def die_at(point: str, program: str, path: Path) -> None:
    """The program ran in a process of its own and ended at the point."""
    imports = "import pathlib\nfrom pipeline.adapters.sqlite.migrations import open_huiyin\n"
    start = f"{imports}path = pathlib.Path({str(path)!r})\n"
    done = subprocess.run(
        [sys.executable, "-c", start + program],
        cwd=ROOT,
        env={**os.environ, "HUIYIN_CRASH_AT": point},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (137, b"")


def test_a_worker_that_dies_before_the_position_has_stored_nothing(tmp_path: Path) -> None:
    """The next worker reads the same posts again, and stores each once."""
    path = tmp_path / "huiyin.db"
    die_at("store.commit.before_position", COMMIT, path)
    with closing(open_huiyin(path)) as writer, closing(SqlitePostStore(writer)) as posts:
        assert posts.position("bus-1", 0) is None
        assert (posts.post("p1"), posts.group(UNIT, "g1"), posts.count("*", "低保", **EVER)) == (None, None, 0)
        assert posts.commit(work([a_post()], [a_mention(a_post())], [a_group()], to=500)) == 1
        assert posts.position("bus-1", 0) == Position("bus-1", 0, 500)
        assert (posts.count(UNIT, "低保", **EVER), posts.daily("*", 0, 1 << 30)) == (1, [(day_of(MONDAY), "", 1)])


@pytest.mark.parametrize(("point", "appended"), [("before_commit", 0), ("after_commit", 1)])
def test_a_command_that_dies_has_its_batch_with_memo_and_mark_or_nothing(
    tmp_path: Path, point: str, appended: int
) -> None:
    """A person who asks again is answered with the batch that his first try has caused, if it has."""
    path = tmp_path / "huiyin.db"
    die_at(f"log.append.{point}", APPEND, path)
    with (
        closing(open_huiyin(path)) as writer,
        closing(SqlitePostStore(writer)) as posts,
        closing(SqliteIncidentLog(writer)) as log,
    ):
        posts.commit(work(groups=[a_group()]))
        view = posts.group(UNIT, "g1")
        assert view is not None
        assert log.head(UNIT)[0] == appended
        assert (log.head(UNIT)[1] == GENESIS) is (appended == 0)
        assert [log.memo(UNIT, "m1") is None, log.batch_of_command(UNIT, "c1") is None] == [appended == 0] * 2
        assert [view.is_todo, view.mark is None] == [appended == 0] * 2
