"""The stores of posts and decisions, in memory, in SQLite and on Elasticsearch, as one pair over one desk."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.log import ElasticIncidentLog
from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.ports import IncidentLog, PostStore


@dataclass(frozen=True, slots=True)
class Pair:
    """Posts and the log beside them."""

    posts: PostStore
    log: IncidentLog


@pytest.fixture(params=["memory", "sqlite", "elastic"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """A post store and a log whose marks stand on the store's groups."""
    if request.param == "memory":
        posts = MemoryPostStore()
        yield Pair(posts, MemoryIncidentLog(posts))
        return
    if request.param == "elastic":
        elastic = request.getfixturevalue("elastic_house").open()
        yield Pair(
            ElasticPostStore(elastic, expunging=_leave_bytes), ElasticIncidentLog(elastic, expunging=_leave_bytes)
        )
        return
    with (
        closing(open_huiyin(tmp_path / "huiyin.db")) as writer,
        closing(SqlitePostStore(writer)) as stored,
        closing(SqliteIncidentLog(writer)) as log,
    ):
        yield Pair(stored, log)


@pytest.fixture
def another(stores: Pair, request: pytest.FixtureRequest) -> Iterator[Callable[[], PostStore]]:
    """A function that opens the same post store once more, as another process does."""
    with ExitStack() as stack:

        def opened() -> PostStore:
            if isinstance(stores.posts, MemoryPostStore):
                return stores.posts.beside()
            if isinstance(stores.posts, ElasticPostStore):
                return ElasticPostStore(request.getfixturevalue("elastic_house").open())
            assert isinstance(stores.posts, SqlitePostStore)
            writer = stack.enter_context(closing(open_huiyin(stores.posts.path)))
            return stack.enter_context(closing(SqlitePostStore(writer)))

        yield opened


@pytest.fixture
def posts(stores: Pair) -> PostStore:
    """One post store."""
    return stores.posts


@pytest.fixture
def log(stores: Pair) -> IncidentLog:
    """One log."""
    return stores.log


def _leave_bytes(_elastic: Elastic, _indices: Sequence[str]) -> None:
    """That no byte is left takes half a minute each time; test_elastic_leaves_no_byte.py proves it."""
