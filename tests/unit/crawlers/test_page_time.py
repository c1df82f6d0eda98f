"""When a page was published: the shown time near the headline, else the stated one."""

import datetime as dt

import pytest

from crawlers.extract import CHINA, extract_page

WORDS = (
    "<p>高龄补贴由每月五十元提高到八十元，今年四月起执行，差额将于月底前补发。</p><p>请未到账的老人家属到窗口核对。</p>"
)
FETCHED = int(dt.datetime(2026, 3, 6, 12, 0, tzinfo=CHINA).timestamp()) * 1_000


def published(shown: str, *, head: str = "", below: str = "") -> str:
    html = (
        f"<html><head><title>高龄补贴提高_云汐网</title>{head}</head><body><div class='date'>2026年3月7日 星期六</div>"
        f"<h1>高龄补贴提高</h1>{shown}<div class='text'>{WORDS}</div>{below}</body></html>"
    )
    at = extract_page(html.encode(), "http://news.yunxi.example/1.html", fetched_at=FETCHED).published_at
    return "" if at is None else dt.datetime.fromtimestamp(at / 1_000, CHINA).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    "shown",
    [
        "<p>来源：云汐发布 2026-03-05 08:41</p>",
        "<span>发布时间：2026年03月05日08:41:12</span>",
        "<div class='info'><span>2026-03-05</span> <span>08:41</span> 来源：云汐发布</div>",
        "<div><time datetime='2026-03-05T08:41:00+08:00'>昨天</time></div>",
        "<em><span title='2026-3-5 8:41:12'>1 天前</span></em>",
        "<p>发表于 昨天 08:41</p>",
        "<p>二〇二六年三月五日 上午8点41分</p>",
    ],
)
def test_the_time_shown_below_the_headline_counts_to_the_minute(shown: str) -> None:
    """Not the calendar in the page's head, not the times of comments."""
    below = "<div class='comment'><span>2026-03-06 09:00</span><p>谢谢，收到了，老人很高兴。</p></div>"

    assert published(shown, below=below) == "2026-03-05 08:41"


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2026-03-05T08:41:00+08:00">',
        '<script type="application/ld+json">{"datePublished": "2026-03-05T00:41:00.000Z"}</script>',
        '<script>var ct = "1772671260";</script>',
        '<script>window.d = {pubtime: "2026-03-05 08:41:00"}</script>',
    ],
)
def test_the_time_stated_for_machines_counts_where_none_is_shown(head: str) -> None:
    """Also where the shown date has no clock: the same day's stated time completes it."""
    assert published("", head=head) == "2026-03-05 08:41"
    assert published("<p>日期：2026-03-05</p>", head=head) == "2026-03-05 08:41"


def test_what_is_shown_wins_over_what_the_head_states() -> None:
    """Sites write the time of the last change into their head."""
    head = '<meta property="article:published_time" content="2026-03-06T06:52:00+08:00">'

    assert published("<p>2026-03-05 04:04 云汐发布</p>", head=head) == "2026-03-05 04:04"


def test_the_time_of_an_update_is_not_that_of_the_publication() -> None:
    """最后更新 says when it was changed."""
    shown = "<p>最后更新：2026-03-06 10:00</p><p>发布：2026-03-05 08:41</p>"

    assert published(shown) == "2026-03-05 08:41"


def test_dates_that_the_article_speaks_of_are_not_its_own() -> None:
    """Without any other time the page has none that can be told."""
    text = "<p>据悉，2019年2月27日下午三点，县里召开了会议，研究了高龄补贴的发放办法，各乡镇分管领导参加。</p>"

    assert published(text) == ""


def test_a_day_without_a_clock_is_its_midnight() -> None:
    """Nothing is invented beyond the day."""
    assert published("<p>发布日期：2026-03-05</p>") == "2026-03-05 00:00"
