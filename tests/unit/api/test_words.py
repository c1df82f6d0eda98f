"""Every word is there in both languages, with the same values to put in."""

import string

import pytest

from api.words import LANGUAGES, all_texts, words_of


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_there_in_every_language() -> None:
    """A page never speaks half a language."""
    assert {key: set(texts) for key, texts in all_texts().items() if set(texts) != set(LANGUAGES)} == {}
    assert [key for key, texts in all_texts().items() if not all(text.strip() for text in texts.values())] == []


def test_a_text_takes_the_same_values_in_every_language() -> None:
    """Else a count is lost in one of them."""
    assert [
        key for key, texts in all_texts().items() if len({frozenset(fields_of(t)) for t in texts.values()}) > 1
    ] == []


def test_chinese_is_spoken_where_nobody_asks_for_another() -> None:
    """The first user's language."""
    assert words_of("fr").language == words_of("").language == "zh"
    assert words_of("zh")("common.posts", count=3) == "3条"
    assert words_of("en")("common.posts", count=3) == "3 posts"


def test_a_word_that_nobody_wrote_is_an_error_and_a_name_that_a_unit_set_is_itself() -> None:
    """So that a page with a missing word fails its test."""
    with pytest.raises(KeyError, match="no such word"):
        words_of("zh")("no such word")
    assert words_of("en").named("level", 1) == "Level I"
    assert words_of("en").named("line", "社会救助") == "社会救助"
