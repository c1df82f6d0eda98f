"""The lexicon: words, what covers them, and files that cannot be read."""

from dataclasses import replace

import pytest

from classifier.lexicon import VOID, Group, Words, bundled_groups, groups_of, normal_form, read_lexicon
from pipeline.domain.errors import BadInput


def group(label: str, *words: str, weight: int = 3) -> Group:
    """Return a group of the head `topic`."""
    return Group("topic", f"group-{label}", label, weight, "a test", words)


def found(words: Words, text: str) -> list[tuple[str, str]]:
    """Return (word, label) as they stand in the text."""
    return [(hit.word, hit.label) for hit in words.find(normal_form(text))]


def test_a_longer_word_hides_the_one_inside_it() -> None:
    """养老保险 is never 养老."""
    words = Words([group("养老服务", "养老"), group("社保", "养老保险")])
    assert found(words, "养老保险断缴，养老怎么办") == [("养老保险", "社保"), ("养老", "养老服务")]


def test_a_void_word_covers_and_means_nothing() -> None:
    """人民政府 holds no 民政."""
    words = Words([group("其他", "民政"), group(VOID, "人民政府")])
    assert found(words, "县人民政府转民政") == [("民政", "其他")]


def test_words_are_found_where_they_stand() -> None:
    """Positions are those of the normal form."""
    (hit,) = Words([group("其他", "民政局")]).find("请民政局回复")
    assert (hit.start, hit.end, hit.weight) == (1, 4, 3)


@pytest.mark.parametrize("spelling", ["低 保", "低\u200b保", "低\u3000保"])
def test_blanks_inside_a_word_are_no_disguise(spelling: str) -> None:
    """Spaces and zero-width characters do not hide a word."""
    assert found(Words([group("社会救助", "低保")]), f"申请{spelling}") == [("低保", "社会救助")]


def test_full_width_letters_are_plain() -> None:
    """ＫＴＶ is ktv."""
    assert normal_form("ＫＴＶ？") == "ktv?"


def test_a_word_in_two_groups_is_refused() -> None:
    """A word has one meaning per head; the error names the word and both groups."""
    with pytest.raises(BadInput, match="低保 stands in group-a and in group-b"):
        Words([group("a", "低保"), group("b", "低保")])


def test_a_lexicon_without_words_is_refused() -> None:
    """An empty lexicon would abstain in silence."""
    with pytest.raises(BadInput, match="no words"):
        Words([])


def test_every_bundled_group_says_why_it_is_there() -> None:
    """A word list without a reason cannot be reviewed."""
    groups = bundled_groups()
    assert {entry.head for entry in groups} == {"topic", "act", "need", "urgency"}
    assert all(len(entry.reason) > 10 and entry.words for entry in groups)


def test_no_bundled_word_stands_twice_in_a_head() -> None:
    """Reading the lexicon refuses a word with two meanings, so reading it is the proof."""
    assert len(read_lexicon().version) == 8


def test_another_word_is_another_version() -> None:
    """Opinions are kept under the model's name, so a changed lexicon must not answer under the old one."""
    groups = bundled_groups()
    changed = [*groups[:-1], replace(groups[-1], words=(*groups[-1].words, "一个新词"))]
    assert read_lexicon(groups).version == read_lexicon().version != read_lexicon(changed).version


def test_a_damaged_file_is_named() -> None:
    """The error names the file and the next step."""
    with pytest.raises(BadInput, match=r"lexicon broken\.toml is damaged .* install Huiyin again"):
        list(groups_of("broken.toml", 'head = "act"\n[[group]]\nid = "x"\n'))
