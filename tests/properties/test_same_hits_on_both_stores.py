"""Random posts and terms of 1 to 8 characters: SQLite and Elasticsearch find the same posts, in the same order."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.ports import PostStore
from tests.any_text import AnyText, Question, answers, fill
from tests.elastic_house import ElasticHouse
from tests.stored import EVER, a_post, work

Both = tuple[PostStore, PostStore]


@pytest.fixture
def both(elastic_house: ElasticHouse, tmp_path: Path) -> Iterator[Both]:
    """A store of each kind, empty."""
    with closing(open_huiyin(tmp_path / "huiyin.db")) as writer, closing(SqlitePostStore(writer)) as sqlite:
        yield sqlite, ElasticPostStore(elastic_house.open())


def test_any_term_gives_the_same_hits_in_the_same_order(both: Both) -> None:
    """Every kind of character; `python bench/same_hits.py` asks for 1,000 terms."""
    texts = AnyText(seed=20_261)
    fill(both, texts, 300)
    asked = list(texts.questions(150))
    differing = [one for one in asked if answers(both[0], one, 20) != answers(both[1], one, 20)]
    assert not differing
    assert sum(answers(both[0], one, 1)[1] > 0 for one in asked) > 50


@pytest.mark.parametrize("length", [255, 256, 257, 1_100, 9_000])
def test_a_long_term_gives_the_same_hits(both: Both, length: int) -> None:
    """Longer than what Elasticsearch takes as one question, in a text of 60,000 characters."""
    text = AnyText(seed=length).text(60_000)
    for store in both:
        store.commit(work([a_post(1, text, version="v1"), a_post(2, text[:-1], version="v2")]))
    for start in (0, 31_000, 60_000 - length):
        asked = Question("*", text[start : start + length], EVER["since"], EVER["until"])
        assert answers(both[0], asked, 9) == answers(both[1], asked, 9)
    assert answers(both[1], Question("*", text[-length:], 0, 1 << 50), 9) == (["p1"], 1)
