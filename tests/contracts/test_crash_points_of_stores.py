"""A process that dies at a named point of a store leaves all of a write behind, or nothing of it."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.adapters.sqlite.bus import SqlitePostBus
from pipeline.adapters.sqlite.migrations import open_bus, open_huiyin
from pipeline.adapters.sqlite.outbox import SqliteOutbox
from pipeline.adapters.sqlite.writer import Reader

PUBLISH = """
from pipeline.adapters.sqlite.bus import SqlitePostBus
from pipeline.adapters.sqlite.migrations import open_bus
from pipeline.adapters.sqlite.writer import Reader
from pipeline.domain.post import Post
bus = SqlitePostBus(open_bus(path), Reader(path))
bus.publish([Post(f"p{n}", "v", (), "yunxi-forum", "低保没有发", "", 1, "s") for n in range(50)])
"""
CREATE = """
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.outbox import SqliteOutbox
from pipeline.adapters.sqlite.writer import Reader
from pipeline.domain.event import Notice
from pipeline.ports import Send
notice = Notice("opened", "new_matter", "duty", "i1", 2, 1)
outbox = SqliteOutbox(open_huiyin(path), Reader(path))
outbox.create([Send("s1", "yunxi-mz", 1, 0, notice, "值班", "terminal", "waiting", "", 0)], {"yunxi-mz": 1})
"""


def die_at(point: str, program: str, path: Path) -> None:
    """The program ran in a process of its own and ended at the point."""
    start = f"import pathlib\npath = pathlib.Path({str(path)!r})\n"
    done = subprocess.run(
        [sys.executable, "-c", start + program],
        env={**os.environ, "HUIYIN_CRASH_AT": point},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (137, b"")


@pytest.mark.parametrize(("point", "published"), [("before_commit", 0), ("after_commit", 50)])
def test_a_crawler_that_dies_while_publishing_publishes_all_or_nothing(
    tmp_path: Path, point: str, published: int
) -> None:
    """Before the commit nothing is on the bus, behind it everything; the bus goes on as if nothing had been."""
    path = tmp_path / "bus.db"
    die_at(f"bus.publish.{point}", PUBLISH, path)
    with closing(open_bus(path)) as writer, closing(Reader(path)) as reader:
        bus = SqlitePostBus(writer, reader)
        assert len(bus.read(None, 100)) == published
        assert [item.after.offset for item in bus.read(None, 100)] == list(range(1, published + 1))


def test_sends_that_were_created_outlive_the_dispatcher(tmp_path: Path) -> None:
    """Whoever starts next finds the send and where dispatching stood, and makes nothing twice."""
    path = tmp_path / "huiyin.db"
    die_at("outbox.create.after_commit", CREATE, path)
    with closing(open_huiyin(path)) as writer, closing(Reader(path)) as reader:
        outbox = SqliteOutbox(writer, reader)
        (send,) = outbox.due(10, 10)
        assert (send.id, outbox.dispatched("yunxi-mz")) == ("s1", 1)
        assert outbox.create([send], {"yunxi-mz": 1}) == 0
