"""Search finds exactly the posts that contain a term, as Python's `in` says, for any characters."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.domain.searchable import BLANK, searchable
from tests.stored import EVER, UNIT, a_mention, a_post, work

CASELESS = "低保金养老院，。！？“”（）＊…—0123456789'\"*^:()-+{}[]~|&\\/#@$%;<>=_`𠮷𪚥㐂龘😀👍🏽🇨🇳ー々"
"""Characters that lower case leaves alone, with every sign that FTS5's own query language knows; no blanks."""
ANY_TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_characters=BLANK), max_size=40)
COMMON_TEXT = st.text(alphabet=CASELESS, max_size=60)
LATIN_TEXT = st.text(alphabet="aAbBςσΣİıßé低 \n\u3000", max_size=30)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Numbered:
    """A store in which each example has a unit of its own, so that one file serves them all."""

    def __init__(self, posts: SqlitePostStore) -> None:
        self.posts = posts
        self.examples = 0

    def stored(self, texts: list[tuple[str, str]]) -> str:
        """The (title, text) pairs are stored; returns the unit that mentions them."""
        self.examples += 1
        unit = f"{UNIT}-{self.examples}"
        several = [
            a_post(self.examples * 1_000 + number, text, title=title) for number, (title, text) in enumerate(texts)
        ]
        mentions = [a_mention(post, unit=unit, group=None, order=number) for number, post in enumerate(several)]
        self.posts.commit(work(several, mentions, to=self.examples))
        return unit

    def found(self, unit: str, term: str) -> set[int]:
        """Return the numbers of the unit's posts with the term; the count agrees."""
        ids = [post.id for post in self.posts.search(unit, term, **EVER, limit=1_000)]
        assert self.posts.count(unit, term, **EVER) == len(ids) == len(set(ids))
        return {int(post_id[1:]) % 1_000 for post_id in ids}


@pytest.fixture
def numbered(tmp_path: Path) -> Iterator[Numbered]:
    """One file for all examples."""
    with closing(open_huiyin(tmp_path / "huiyin.db")) as writer, closing(SqlitePostStore(writer)) as posts:
        yield Numbered(posts)


def pieces(draw: st.DrawFn, texts: list[str]) -> list[str]:
    """Return terms of 1 to 8 characters: pieces of the texts, and one that is made up."""
    terms = [draw(st.text(alphabet=CASELESS, min_size=1, max_size=8))]
    for text in texts:
        if text:
            start = draw(st.integers(0, len(text) - 1))
            terms.append(text[start : start + draw(st.integers(1, 8))])
    return terms


@st.composite
def texts_and_terms(draw: st.DrawFn, text: st.SearchStrategy[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return some (title, text) pairs and terms to look for."""
    pairs = draw(st.lists(st.tuples(text, text), min_size=1, max_size=5))
    return pairs, pieces(draw, [part for pair in pairs for part in pair])


@FEW
@given(case=texts_and_terms(COMMON_TEXT))
def test_search_and_count_are_the_in_of_python(
    numbered: Numbered, case: tuple[list[tuple[str, str]], list[str]]
) -> None:
    """Han, rare Han, digits, punctuation, masked signs, emoji: found where they stand, and only there."""
    texts, terms = case
    unit = numbered.stored(texts)
    for term in terms:
        expected = {number for number, (title, text) in enumerate(texts) if term in title or term in text}
        assert numbered.found(unit, term) == expected


@FEW
@given(case=texts_and_terms(st.one_of(ANY_TEXT, LATIN_TEXT)))
def test_any_character_is_found_in_its_folded_form(
    numbered: Numbered, case: tuple[list[tuple[str, str]], list[str]]
) -> None:
    """Letters of any case, blanks of any kind and control characters: by the one folding that all stores share."""
    texts, terms = case
    unit = numbered.stored(texts)
    for term in terms:
        wanted = searchable(term)
        expected = {n for n, pair in enumerate(texts) if any(wanted in searchable(part) for part in pair)}
        assert numbered.found(unit, term) == expected


@given(text=st.one_of(ANY_TEXT, LATIN_TEXT), cut=st.integers(0, 40))
def test_a_piece_of_a_text_folds_to_a_piece_of_the_folded_text(text: str, cut: int) -> None:
    """No character is folded by its neighbours; folding twice changes nothing."""
    assert searchable(text[:cut]) + searchable(text[cut:]) == searchable(text)
    assert searchable(searchable(text)) == searchable(text)
