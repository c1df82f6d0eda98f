"""What a page is taken for, by its own marks: pages of sites that do not exist, one of each kind."""

import pytest

from crawlers.probe.guess import Dead, Guess, NoGuess, Recognised, Sure, Unseen
from crawlers.probe.recognise import recognise
from crawlers.probe.seen_page import SeenPage
from tests.end_to_end.loopback_site import Page, entry, feed
from tests.invented_sites import blog_site, board_site, dead_pages, forum_site, gov_site, html, paper_site

SITE = "https://www.yunxi.example"


def seen(page: Page, path: str = "/gg/") -> SeenPage:
    return SeenPage(SITE + path, page.body, page.type, 1_795_400_000_000)


@pytest.mark.parametrize(
    ("page", "path", "kind"),
    [
        (feed(entry(1, "低保")), "/feed.xml", Recognised.FEED),
        (blog_site()["/"], "/", Recognised.WORDPRESS),
        (forum_site()["/forum-2-1.html"], "/forum-2-1.html", Recognised.DISCUZ),
        (gov_site()["/gg/"], "/gg/", Recognised.GOV_LIST),
        (board_site()["/xzxx/"], "/xzxx/", Recognised.MESSAGE_BOARD),
        (paper_site()["/news/"], "/news/", Recognised.PLAIN_LIST),
    ],
)
def test_each_kind_is_recognised(page: Page, path: str, kind: Recognised) -> None:
    """By its marks, by the words of its rows, or by its dates."""
    found = recognise(seen(page, path))

    assert isinstance(found, Guess)
    assert found.kind is kind


@pytest.mark.parametrize(("path", "page"), dead_pages().items())
def test_a_page_of_which_nothing_can_be_read_says_why(path: str, page: Page) -> None:
    """A person is told what to look for instead."""
    if path == "/empty_feed":
        return
    found = recognise(seen(page, path))

    assert isinstance(found, NoGuess)
    assert found.why.value == path[1:]


def test_the_list_of_a_portal_is_found_beside_its_menus() -> None:
    """The selectors find the six notices, and neither the menu nor the foot; the next page is linked."""
    found = recognise(seen(gov_site()["/gg/"]))

    assert isinstance(found, Guess)
    assert found.list is not None
    assert (found.list.item, found.list.link) == ("ul.list01 > li", "a")
    assert found.list.next == "a:contains('下一页')"
    assert found.unseen == ()
    assert found.thread is None


def test_a_letter_is_read_again_when_its_state_changes() -> None:
    """已回复 in the list is what shows that an answer has come."""
    found = recognise(seen(board_site()["/xzxx/"], "/xzxx/"))

    assert isinstance(found, Guess)
    assert found.list is not None
    assert found.list.replies == "td.zt"
    assert Unseen.FIRST_PAGE_ONLY in found.unseen


def test_the_front_page_of_a_forum_leads_to_its_boards() -> None:
    """A forum is read board by board, and the officer says which."""
    found = recognise(seen(forum_site()["/"], "/"))

    assert isinstance(found, NoGuess)
    assert found.why is Dead.FRONT_PAGE
    assert [(choice.name, choice.address) for choice in found.choices] == [
        ("百姓杂谈", f"{SITE}/forum-2-1.html"),
        ("民生问政", f"{SITE}/forum-3-1.html"),
    ]


def test_one_thread_leads_to_its_board() -> None:
    """Whoever pastes a thread means the place where it stands."""
    page = forum_site()["/thread-1-1-1.html"]

    assert isinstance(found := recognise(seen(page, "/thread-1-1-1.html")), NoGuess)
    assert found.why is Dead.ONE_PAGE


def test_the_nearest_feed_of_a_page_is_read_in_its_place() -> None:
    """A column's own feed, not that of the whole site, and never that of the comments."""
    links = "".join(
        f"<link rel='alternate' type='application/rss+xml' title='{title}' href='{href}'>"
        for title, href in (("评论", "/gg/comments.xml"), ("全站", "/rss.xml"), ("公告", "/gg/rss.xml"))
    )
    found = recognise(seen(html("公告", "<p>云汐</p>", links)))

    assert isinstance(found, Guess)
    assert (found.kind, found.follow, found.sure) == (Recognised.FEED, f"{SITE}/gg/rss.xml", Sure.MIDDLE)


def test_lists_in_groups_of_five_are_one_list() -> None:
    """Many portals begin a new <ul> after every fifth row."""
    row = "<li><a href='/a/{0}.html'>关于第{0}号民政事项的公告</a><span>2026-11-{0:02}</span></li>"
    groups = "".join(f"<ul class='g'>{''.join(row.format(g * 5 + n) for n in range(1, 6))}</ul>" for g in range(3))
    found = recognise(seen(html("公告", f"<div class='box'>{groups}</div>")))

    assert isinstance(found, Guess)
    assert found.list is not None
    assert len(seen(html("公告", groups)).root.css(found.list.item)) == 15
