"""Verification beside a worker and people who write: what comes in between is no problem of the installation."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.moment import Moment
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.adapters.sqlite.writer import Reader, Writer
from pipeline.domain.event import Batch, Event
from pipeline.domain.member import member_of, row_of
from pipeline.domain.mention import Mention
from pipeline.domain.post import Post
from pipeline.ports import IncidentLog, PostStore
from pipeline.workflow.verify import verify, verify_at_moments
from tests.stored import UNIT, a_mention, a_post, work


class Worked:
    """A store into which a worker goes on writing, a person deciding beside it."""

    def __init__(self, writer: Writer, count: int = 0) -> None:
        self.posts, self.log = SqlitePostStore(writer), SqliteIncidentLog(writer)
        self.writer, self.count = writer, count

    def step(self) -> None:
        """One more post has joined the group, and somebody has looked at a plea for help."""
        post = a_post(number := self.count)
        mention = a_mention(post, order=number, posters=1)
        members = [member_of([one], post) for one in (*self.posts.members(UNIT, "g1"), mention)]
        self.posts.commit(work([post], [mention], [row_of(UNIT, "g1", members)], to=number + 1))
        seq, previous = self.log.head(UNIT)
        event = Event("need_outcome", 1, 1_000 + seq, "", "account:a", {"post": "p1", "outcome": f"o{seq}"})
        self.log.append(Batch(UNIT, seq + 1, previous, f"c{seq}", (event,)), [])
        self.count += 1

    def close(self) -> None:
        self.posts.close()
        self.log.close()


class Interrupted(SqlitePostStore):
    """A store of which the mentions have been read when somebody writes."""

    def __init__(self, writer: Writer, reader: Reader | None, meanwhile: Callable[[], None]) -> None:
        super().__init__(writer, reader)
        self._meanwhile = meanwhile

    def mentions(self, unit: str, since: int, after_order: int = -1) -> Iterator[tuple[Mention, Post]]:
        yield from super().mentions(unit, since, after_order)
        self._meanwhile()


@pytest.fixture
def worked(tmp_path: Path) -> Iterator[Worked]:
    with closing(open_huiyin(tmp_path / "huiyin.db")) as writer, closing(Worked(writer)) as living:
        for _ in range(3):
            living.step()
        yield living


@contextmanager
def now(worked: Worked, meanwhile: Callable[[], None]) -> Iterator[tuple[IncidentLog, PostStore]]:
    """Give log and posts of one moment, of which the posts are interrupted."""
    with closing(Moment(worked.writer.path)) as moment:
        yield SqliteIncidentLog(worked.writer, moment), Interrupted(worked.writer, moment, meanwhile)


def test_what_is_written_between_two_reads_is_no_problem(worked: Worked) -> None:
    """Two reads at two moments see a row that is newer than its mentions; reads of one moment never do."""
    with closing(Interrupted(worked.writer, None, worked.step)) as torn:
        assert any("PRJ-202" in problem for problem in verify(worked.log, torn, [UNIT]).problems)

    found = verify_at_moments(lambda: now(worked, worked.step), [UNIT])

    assert (found.problems, found.groups) == ((), 1)
    assert found.batches < worked.log.head(UNIT)[0]


def test_a_moment_hides_no_problem_that_there_is(worked: Worked) -> None:
    """A row that is wrong is named as before."""
    view = worked.posts.group(UNIT, "g1")
    assert view is not None
    worked.posts.rebuild_groups(UNIT, [replace(view.row, posts=99)])

    (problem,) = verify_at_moments(lambda: now(worked, lambda: None), [UNIT]).problems
    assert "PRJ-202" in problem


def test_a_worker_at_full_speed_disturbs_no_verification(worked: Worked, tmp_path: Path) -> None:
    """Another thread writes all the while, through a connection of its own."""
    stop = threading.Event()

    def write() -> None:
        with ExitStack() as held:
            writer = held.enter_context(closing(open_huiyin(tmp_path / "huiyin.db")))
            living = held.enter_context(closing(Worked(writer, worked.count)))
            while not stop.is_set():
                living.step()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        found = [verify_at_moments(lambda: now(worked, lambda: None), [UNIT]) for _ in range(40)]
        deadline = time.monotonic() + 30
        while found[-1].batches == found[0].batches and time.monotonic() < deadline:  # a busy machine starts it late
            found.append(verify_at_moments(lambda: now(worked, lambda: None), [UNIT]))
    finally:
        stop.set()
        thread.join()

    assert {one.problems for one in found} == {()}
    assert found[-1].batches > found[0].batches
