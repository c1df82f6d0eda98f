"""The form of bus and stores: what is written is read back, and tokens only where they are asked for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import BadInput
from pipeline.domain.mention import Answer, Hit, Mention, Opinion
from pipeline.domain.post import Kind, Origin, Post, Token, Visibility
from pipeline.domain.stated import stated_from
from pipeline.domain.wire import (
    hits_from_json,
    hits_to_json,
    mention_from_json,
    mention_to_json,
    opinion_from_json,
    opinion_to_json,
    post_from_json,
    post_to_json,
    tokens_from_json,
    tokens_to_json,
)

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
maybe = st.none() | words.filter(bool)
moments = st.integers(min_value=0, max_value=4_000_000_000_000)
tokens = st.lists(st.builds(Token, words, st.integers(0, 2**32 - 1)), max_size=2).map(tuple)
posts = st.builds(
    Post,
    id=words,
    version=words,
    heads=st.lists(words, max_size=3).map(tuple),
    source=words,
    text=words,
    title=words,
    collected_at=moments,
    salt=words,
    given_id=maybe,
    address=maybe,
    sealed_address=maybe,
    ref=maybe,
    origin=st.sampled_from(Origin),
    visibility=st.sampled_from(Visibility),
    kind=st.sampled_from(Kind),
    published_at=st.none() | moments,
    due_at=st.none() | moments,
    thread=maybe,
    counts=st.dictionaries(words, st.integers(), max_size=2),
    tokens=tokens,
    body_hash=words,
    stated=st.dictionaries(st.sampled_from(["line", "place", "whom", "wants"]), words).map(stated_from),
)
answers = st.builds(Answer, st.none() | st.booleans() | words, st.integers(0, 10_000))
opinions = st.builds(Opinion, words, answers, answers, answers, answers, answers, answers, answers)
hits = st.lists(st.builds(Hit, words, words, st.integers(0, 99), st.integers(0, 99)), max_size=3).map(tuple)


@given(posts)
def test_a_post_comes_back_as_it_was_sent(post: Post) -> None:
    """With its tokens over the bus; without them everywhere else."""
    assert post_from_json(post_to_json(post, with_tokens=True)) == post
    assert post_from_json(post_to_json(post).encode()) == replace(post, tokens=())


@given(opinions, hits, tokens)
def test_opinions_hits_and_tokens_come_back(opinion: Opinion, some: tuple[Hit, ...], few: tuple[Token, ...]) -> None:
    """Abstentions included: they are answers."""
    assert opinion_from_json(opinion_to_json(opinion)) == opinion
    assert hits_from_json(hits_to_json(some)) == some
    assert tokens_from_json(tokens_to_json(few)) == few


@given(opinions, hits, maybe, st.booleans())
def test_a_mention_comes_back(opinion: Opinion, some: tuple[Hit, ...], group: str | None, grave: bool) -> None:
    """With every field of the fold's decision."""
    mention = Mention(
        *("yunxi-mz", "post", "v", "rule", "rv"), some, opinion, group, None, 9000, 3, 12, 1000, 900, grave=grave
    )
    assert mention_from_json(mention_to_json(mention)) == mention


READERS = (post_from_json, opinion_from_json, hits_from_json, tokens_from_json, mention_from_json)


@pytest.mark.parametrize("broken", ["", "{", "null", "[1]", '"x"', '{"id": 3}', "7", '[["a"]]'])
@pytest.mark.parametrize("read", READERS)
def test_bytes_that_hold_nothing_readable_are_refused_without_quoting_them(read: object, broken: str) -> None:
    """The message names the thing and the next step; the content may be private."""
    assert callable(read)
    with pytest.raises(BadInput, match="cannot be read") as refusal:
        read(broken)
    assert '{"id"' not in str(refusal.value)
