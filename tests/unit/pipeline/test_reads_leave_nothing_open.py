"""A reader who stops in the middle keeps no transaction open: the write-ahead log can be emptied at any time."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.adapters.sqlite.writer import Writer
from pipeline.domain.event import GENESIS, Batch, Event
from tests.stored import EVER, MONDAY, UNIT, a_group, a_mention, a_post, work


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    """The writer of a store with more posts and batches than one page of a long read."""
    with closing(open_huiyin(tmp_path / "huiyin.db")) as writer:
        with closing(SqlitePostStore(writer)) as posts, closing(SqliteIncidentLog(writer)) as log:
            several = [a_post(number) for number in range(1_200)]
            posts.commit(work(several, [a_mention(post, order=n) for n, post in enumerate(several)], [a_group()]))
            previous = GENESIS
            for seq in range(1, 602):
                batch = Batch(UNIT, seq, previous, "", (Event("commented", 1, MONDAY, "", "account:a", {}),))
                log.append(batch, [])
                previous = batch.hash
        yield writer


def test_a_generator_that_is_not_read_to_its_end_blocks_nothing(writer: Writer) -> None:
    """Mentions and raw batches are read in pages of their own."""
    with closing(SqlitePostStore(writer)) as posts, closing(SqliteIncidentLog(writer)) as log:
        mentions, batches = posts.mentions(UNIT, 0), log.raw(UNIT)
        for _ in range(501):
            next(mentions)
            next(batches)
        posts.commit(work([a_post(9_999)], to=2))
        assert writer.checkpoint()
        assert len(list(mentions)) == 1_200 - 501
        assert len(list(batches)) == 601 - 501


def test_ordinary_reads_block_nothing(writer: Writer) -> None:
    """After each answer the log can be emptied."""
    with closing(SqlitePostStore(writer)) as posts, closing(SqliteIncidentLog(writer)) as log:
        posts.search("*", "低保", **EVER, limit=3)
        posts.groups(UNIT, todo_only=True, cursor=None, limit=3)
        posts.needs(UNIT, 3)
        log.read(UNIT, 0, limit=3)
        log.incidents(UNIT, open_only=True, limit=3)
        posts.commit(work([a_post(9_999)], to=2))
        assert writer.checkpoint()
