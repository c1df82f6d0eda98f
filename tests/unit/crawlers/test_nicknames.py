"""Names of those who wrote on a page."""

import pytest
from lxml import html

from crawlers.nicknames import Nicknames, names_in


@pytest.mark.parametrize(
    "shown",
    [
        '<a href="home.php?mod=space&amp;uid=9">溪边柳明</a>',
        '<span class="userName">溪边柳明</span>',
        "<cite>溪边柳明</cite>",
        '<a href="/u/xibian">溪边柳明 （楼主）</a>',
        '<div class="comment-author vcard">溪边柳明：</div>',
    ],
)
def test_a_name_is_found_where_forums_show_it(shown: str) -> None:
    """By the element's name, or by where its link leads."""
    box = html.fromstring(f"<div><p>晚饭只有一碗粥。</p>{shown}</div>")

    assert set(names_in(box)) == {"溪边柳明"}


@pytest.mark.parametrize(
    "shown", ['<a href="/t/7">敬老院</a>', '<div class="user-text">晚饭少</div>', '<b class="user">41</b>']
)
def test_what_somebody_said_is_no_name(shown: str) -> None:
    """Words, links to threads, and counts."""
    assert list(names_in(html.fromstring(f"<div>{shown}</div>"))) == []


def test_a_known_name_is_masked_wherever_it_stands() -> None:
    """Where it is addressed, and within a sentence; its length stays."""
    names = Nicknames(["溪边柳明", "何清"])

    assert names.remove_from("溪边柳明\n同意溪边柳明说的，@何清 也来看看") == "同意＊＊＊＊说的，@＊＊ 也来看看"


def test_a_short_name_is_masked_only_where_it_is_addressed() -> None:
    """Two characters may be a word of the language."""
    assert Nicknames(["阳光"]).remove_from("回复 阳光：阳光食堂很好") == "回复 ＊＊：阳光食堂很好"


def test_an_office_keeps_its_name() -> None:
    """Who answers for the county is no private person."""
    said = "云汐县民政局回复：感谢云汐县民政局关注"

    assert Nicknames(["云汐县民政局"]).remove_from(said) == said
