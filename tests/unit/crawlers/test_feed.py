"""Feeds: every entry a post with the source's own id, and what is broken is said."""

from pathlib import Path

from crawlers.fetch_record import Outcome
from crawlers.issues import Unexpected
from crawlers.manifest import SourceManifest
from crawlers.read_manifest import manifest_from_dict
from crawlers.spiders.feed import FeedPage, read_feed
from pipeline.domain.post import Kind, Origin
from tests.end_to_end.crawl_job import a_source
from tests.end_to_end.loopback_site import entry, feed

NOW = 1_795_000_000_000
URL = "http://127.0.0.1:8080/feed"
RSS = """<?xml version="1.0" encoding="{charset}"?><rss version="2.0" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"
 xmlns:thr="http://purl.org/syndication/thread/1.0"><channel><title>云汐</title>{items}</channel></rss>"""


def manifest(**changes: object) -> SourceManifest:
    return manifest_from_dict(a_source(URL, **changes))


def read(body: bytes, type_: str = "application/xml", **changes: object) -> FeedPage:
    return read_feed(body, {"content-type": type_, "content-location": URL}, manifest(**changes), NOW)


def rss(items: str, charset: str = "utf-8") -> bytes:
    return RSS.format(items=items, charset=charset).encode("gb18030" if charset != "utf-8" else "utf-8")


def test_an_entry_is_a_post_with_id_time_text_and_whole_address() -> None:
    """Relative links are made whole; HTML becomes text; the author only goes along as the poster."""
    post = read(feed(entry(7, "&lt;p&gt;低保&lt;/p&gt;&lt;p&gt;何时发&lt;/p&gt;")).body).posts[0]

    assert (post.native_id, post.title, post.text) == ("tag:yunxi.example,2026:7", "帖子7", "低保\n何时发")
    assert post.address == "http://127.0.0.1:8080/t/7"
    assert post.published_at == 1_795_136_400_000
    assert post.collected_at == NOW
    assert post.poster == "溪边草"
    assert len(post.body_hash) == 64


def test_entries_come_oldest_first() -> None:
    """The first of a matter is the first on the bus."""
    later, earlier = entry(1, "后", updated="2026-11-20T10:00:00+08:00"), entry(2, "先")

    assert [post.text for post in read(feed(later, earlier).body).posts] == ["先", "后"]


def test_a_time_without_a_zone_is_the_source_s_own() -> None:
    """feedparser would take it for UTC, eight hours off."""
    item = "<item><guid>1</guid><title>低保</title><pubDate>2026-11-20 09:00:00</pubDate></item>"

    assert read(rss(item)).posts[0].published_at == 1_795_136_400_000


def test_the_longest_text_of_an_entry_is_the_text() -> None:
    """Many feeds give a cut summary beside the content."""
    both = '<summary>敬老院…</summary><content type="html">敬老院伙食差，老人吃不饱</content>'
    body = feed(entry(1, "x").replace('<content type="html">x</content>', both)).body

    assert read(body).posts[0].text == "敬老院伙食差，老人吃不饱"


def test_a_feed_in_gb18030_that_says_gb2312_loses_no_character() -> None:
    """Names of villages are often outside of GB2312."""
    body = rss("<item><guid>1</guid><title>塆里镕溪垚村低保</title></item>", "gb2312")

    assert read(body, "application/xml").posts[0].title == "塆里镕溪垚村低保"


def test_an_entry_that_answers_another_is_a_reply_to_it() -> None:
    """RFC 4685; and a feed of comments may be said to hold replies only."""
    item = '<item><guid>2</guid><title>同感</title><thr:in-reply-to ref="1"/></item>'

    assert (read(rss(item)).posts[0].kind, read(rss(item)).posts[0].parent) == (Kind.REPLY, "1")
    assert read(feed(entry(1, "x")).body, entries="reply").posts[0].kind is Kind.REPLY


def test_the_origin_and_the_count_of_comments_go_along() -> None:
    """A message board may be a feed too."""
    item = "<item><guid>1</guid><title>低保</title><slash:comments>12</slash:comments></item>"
    post = read(rss(item), origin="网民留言").posts[0]

    assert post.origin is Origin.MESSAGE
    assert post.counts == {"replies": 12}


def test_a_broken_feed_gives_what_can_be_read_and_says_so() -> None:
    """Cut in the middle: the whole entries are there, and the feed is read again next time."""
    whole = feed(entry(1, "低保"), entry(2, "养老")).body
    page = read(whole[: whole.rindex(b"<content")])

    assert page.outcome is Outcome.OK
    assert not page.is_whole
    assert "低保" in [post.text for post in page.posts]
    assert Unexpected.BROKEN_FEED in dict(page.problems)


def test_a_page_instead_of_a_feed_is_no_empty_feed() -> None:
    """A login page must not look like a quiet day."""
    page = read("<!DOCTYPE html><html><body>请先登录</body></html>".encode(), "text/html")

    assert page.outcome is Outcome.NOT_A_FEED
    assert "HTML page" in dict(page.problems)[Unexpected.NOT_A_FEED]


def test_something_else_instead_of_a_feed_is_said_too() -> None:
    """JSON, nothing at all, or bytes."""
    for body in (b"", b'{"error": 1}', b"\x89PNG\r\n\x1a\n\x00\x00"):
        assert read(body, "application/json").outcome is Outcome.NOT_A_FEED


def test_a_body_that_is_a_file_s_name_opens_no_file(tmp_path: Path) -> None:
    """What a site sends is never taken for a path or an address."""
    secret = tmp_path / "feed.xml"
    secret.write_bytes(feed(entry(1, "低保")).body)

    assert read(str(secret).encode()).outcome is Outcome.NOT_A_FEED


def test_an_empty_feed_is_a_feed() -> None:
    """Whether that is normal, the manifest's counts say."""
    page = read(feed().body)

    assert (page.outcome, page.posts, page.is_whole) == (Outcome.OK, (), True)


def test_an_entry_without_text_and_one_without_time_are_said() -> None:
    """The first is left out, the second kept with its time unknown."""
    page = read(rss("<item><guid>1</guid></item><item><guid>2</guid><title>低保</title></item>"))

    assert [post.published_at for post in page.posts] == [None]
    assert {kind for kind, _ in page.problems} == {Unexpected.WITHOUT_TEXT, Unexpected.WITHOUT_TIME}


def test_a_title_that_names_its_author_is_kept_without_the_name() -> None:
    """Blogs title a comment with the nickname of who wrote it."""
    feed = (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><guid>c1</guid>'
        "<title>花溪居民对《低保公示》的评论</title><dc:creator>花溪居民</dc:creator>"
        "<description>花溪居民：公示看不懂</description></item></channel></rss>"
    )
    (post,) = read(feed.encode()).posts

    assert "花溪居民" not in post.title + post.text
    assert post.title.endswith("对《低保公示》的评论")
