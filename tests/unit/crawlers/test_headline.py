"""Headlines of pages, without the names of sites."""

import pytest

from crawlers.headline import find_headline, without_site
from crawlers.page_tree import read_page


def headline(head: str, body: str) -> str:
    page = read_page(f"<html><head>{head}</head><body>{body}</body></html>".encode())
    return find_headline(page.root, page.body).words


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("敬老院伙食引热议_云汐新闻网", "敬老院伙食引热议"),
        ("敬老院伙食引热议 - 百姓杂谈 - 云汐论坛 - Powered by Discuz!", "敬老院伙食引热议"),
        ("敬老院伙食引热议--时政--云汐在线", "敬老院伙食引热议"),
        ("敬老院伙食引热议|养老|云汐_云汐频道", "敬老院伙食引热议"),
        ("关于2026-2027年度低保标准的通知-云汐县人民政府", "关于2026-2027年度低保标准的通知"),
        ("关于2026-2027年度低保标准的通知", "关于2026-2027年度低保标准的通知"),
        ("云汐县民政局", "云汐县民政局"),
    ],
)
def test_the_names_behind_a_title_go(title: str, headline: str) -> None:
    """Columns and sites stand behind a mark; a hyphen within the headline is none."""
    assert without_site(title) == headline


def test_the_heading_that_the_title_holds_is_the_headline() -> None:
    """Not the logo, and not the heading of a list."""
    body = '<h1>云汐论坛</h1><h2 class="t">敬老院伙食引热议</h2><h2>大家都在看</h2>'

    assert headline("<title>敬老院伙食引热议_百姓杂谈_云汐论坛</title>", body) == "敬老院伙食引热议"


def test_a_title_cut_at_an_inner_quotation_mark_is_made_whole() -> None:
    """og:title ends where somebody wrote a quotation mark; the heading goes on."""
    head = '<meta property="og:title" content="老人写"><title>老人写"救命"纸条引来民警_云汐网</title>'

    assert headline(head, '<h1>老人写"救命"纸条引来民警</h1>') == '老人写"救命"纸条引来民警'


def test_a_site_that_stands_before_the_headline_is_left_out() -> None:
    """Some forums put their own name first."""
    assert headline("<title>Machina &mdash; 敬老院伙食问题</title>", "<h1>敬老院伙食问题</h1>") == "敬老院伙食问题"


def test_where_the_title_names_only_a_column_the_page_s_heading_is_the_headline() -> None:
    """Small county sites give every article the title 新闻动态."""
    body = "<h3>首页 - 新闻动态</h3><h5>全县高龄补贴今日起发放到户</h5>"

    assert headline("<title>新闻动态--云汐县民政局</title>", body) == "全县高龄补贴今日起发放到户"


def test_what_editors_hang_behind_a_heading_is_no_part_of_it() -> None:
    """[编辑] and ¶ are buttons."""
    assert headline("<title>云汐县社会福利院 - 百科</title>", "<h1>云汐县社会福利院[编辑]</h1>") == "云汐县社会福利院"
