"""Pages that real servers wrote (Discuz! X3.5, django-machina, WordPress, Isso), served on loopback and crawled."""

import json
import os
import re
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bench.recorded_site import SERVERS, Recorded, RecordedSite, manifest_of
from tests.end_to_end.crawl_job import a_source, admitted, crawl
from tests.end_to_end.loopback_site import Page, Site

DATA = Path(os.environ.get("HUIYIN_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "crawl"
DISCUZ, MACHINA, WORDPRESS, ISSO = (DATA / f"{name}-live" for name in ("discuz-x35", "machina", "wordpress", "isso"))

DISCUZ_LIST = {
    "item": "tbody[id^=normalthread_]",
    "link": "a.xst",
    "id": "::attr(id)",
    "replies": "td.num a::text",
    "last_reply": "td.by:last-child em span::attr(title)",
    "next": ".pg a.nxt",
}
DISCUZ_THREAD = {
    "post": "#postlist > div[id^=post_]",
    "title": "#thread_subject",
    "id": "::attr(id)",
    "time": "em[id^=authorposton] span::attr(title), em[id^=authorposton]",
    "poster": ".authi .xw1::text",
    "text": "td.t_f",
    "skip": ".pstatus, .quote",
    "next": ".pg a.nxt",
}
MACHINA_LIST = {"item": "div.topic-row, tr.topic-row", "link": "a.topic-name-link", "replies": ".topic-count"}
MACHINA_THREAD = {
    "post": "div.post",
    "title": "h1",
    "id": "::attr(id)",
    "time": "small",
    "poster": ".username",
    "text": ".post-content",
}
POST_OF = {"discuz-x35-live": rb'<div id="post_(\d+)"', "machina-live": rb'<div id="(\d+)"[^>]*\bpost"'}
"""What opens a post in the page of a recorded forum, for counting without the spider's selectors."""

THREADS_OF = {
    "discuz-x35-live": ("thread1_after_edit.html", "thread2_p1.html", "thread2_p2.html"),
    "machina-live": ("topic.html",),
}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data folder is not beside this checkout")


def recorded(path: Path, type_: str, site: Site, port: int) -> Page:
    """Return a recorded answer, with the address of the server that wrote it turned into the site's."""
    here = site.url.removeprefix("http://").encode()
    return Page(path.read_bytes().replace(f"127.0.0.1:{port}".encode(), here), type=type_)


def test_a_discuz_forum_is_read_floor_by_floor(tmp_path: Path) -> None:
    """Three threads on the list: one of two pages, one short, one deleted meanwhile; exact times, no names."""
    html = "text/html; charset=utf-8"
    with Site({}) as site:
        thread = "/forum.php?mod=viewthread&tid={}&extra=page%3D1"
        answers = {
            "/forum.php?mod=forumdisplay&fid=2": "forumdisplay.html",
            thread.format(1): "thread1_after_edit.html",
            thread.format(2): "thread2_p1.html",
            "/forum.php?mod=viewthread&tid=2&extra=&page=2": "thread2_p2.html",
            "/robots.txt": "robots.txt",
        }
        site.pages = {path: recorded(DISCUZ / name, html, site, 18081) for path, name in answers.items()}
        gone = recorded(DISCUZ / "thread3_deleted.html", html, site, 18081)
        site.pages[thread.format(3)] = Page(gone.body, 404)
        table: dict[str, Any] = {"kind": "listing", "list": DISCUZ_LIST, "thread": DISCUZ_THREAD}
        ran = crawl(tmp_path, a_source(f"{site.url}/forum.php?mod=forumdisplay&fid=2", **table))
    posts = admitted(tmp_path)

    assert ran.issues() == {}
    assert len(posts) == 17
    assert all(post["published_at"] for post in posts)
    assert {post["parent"] for post in posts} == {None, "post_1", "post_2"}
    assert [post["title"] for post in posts if not post["parent"]]
    assert not any("admin" in post["text"] for post in posts)


def test_a_machina_topic_is_read_with_its_reply(tmp_path: Path) -> None:
    """Its list page was not recorded: a bare list leads to the topic."""
    told = (MACHINA / "forum_feeds_topics_.out").read_text(encoding="utf-8")
    topic = told.split("<guid>http://127.0.0.1:18082")[1].split("</guid>")[0]
    rows = f'<div class="topic-row"><a class="topic-name-link" href="{topic}">帖</a></div>'
    with Site({"/": Page(rows.encode())}) as site:
        site.pages[topic] = recorded(MACHINA / "topic.html", "text/html; charset=utf-8", site, 18082)
        table: dict[str, Any] = {"kind": "listing", "list": MACHINA_LIST, "thread": MACHINA_THREAD}
        ran = crawl(tmp_path, a_source(f"{site.url}/", **table))
    posts = admitted(tmp_path)

    assert ran.issues() == {}
    assert [(post["native_id"], post["parent"], post["kind"]) for post in posts] == [
        ("1", None, "post"),
        ("2", "1", "reply"),
    ]
    assert all(post["text"] and post["published_at"] for post in posts)
    assert posts[0]["title"]


def test_feeds_of_four_servers_are_read_and_name_nobody(tmp_path: Path) -> None:
    """Discuz, machina, WordPress (posts and comments, RSS and Atom) and Isso in one round."""
    feeds = {
        "discuz": (DISCUZ / "rss.xml", 18081),
        "machina": (MACHINA / "forum_feeds_topics_.out", 18082),
        "wordpress": (WORDPRESS / "rss.xml", 18080),
        "wordpress-atom": (WORDPRESS / "atom.xml", 18080),
        "wordpress-comments": (WORDPRESS / "comments-rss.xml", 18080),
        "isso": (ISSO / "feed.xml", 18083),
    }
    with Site({}) as site:
        site.pages = {f"/{name}": recorded(path, "application/xml", site, port) for name, (path, port) in feeds.items()}
        ran = crawl(tmp_path, *(a_source(f"{site.url}/{name}", id=name) for name in feeds))
    posts = admitted(tmp_path)

    assert {each["entrance"] for each in ran.report["sources"]} == {"ok"}
    assert {post["source"] for post in posts} == set(feeds)
    assert all(post["published_at"] and (post["text"] or post["title"]) for post in posts)
    assert not any("Posted by" in post["text"] for post in posts)


def standing_there(recorded: Recorded, source: str) -> int:
    """Count the posts of a source on its recorded pages, by their raw bytes."""
    folder = DATA / recorded.folder
    if source.endswith("-forum"):
        pages = [(folder / name).read_bytes() for name in THREADS_OF[recorded.folder]]
        return len({number for page in pages for number in re.findall(POST_OF[recorded.folder], page)})
    start = next(one.start for one in recorded.sources if one.id == source)
    return len(re.findall(rb"<(?:item|entry)[ >]", (folder / recorded.answers[start][0]).read_bytes()))


@pytest.mark.parametrize("recorded", SERVERS, ids=lambda recorded: recorded.folder)
def test_every_post_of_a_recorded_server_is_found(tmp_path: Path, recorded: Recorded) -> None:
    """Each kind of server, each of its sources: as many posts as stand on its pages, and each of them once."""
    with ExitStack() as stack:
        site = stack.enter_context(RecordedSite(recorded, DATA))
        ran = crawl(tmp_path, *(manifest_of(source, site.url) for source in recorded.sources))
    posts = admitted(tmp_path)
    there = {source.id: standing_there(recorded, source.id) for source in recorded.sources}

    assert ran.status == 0, ran.log
    assert min(there.values()) > 0
    assert Counter(post["source"] for post in posts) == there
    assert len({(post["source"], post["native_id"], post["address"]) for post in posts}) == len(posts)
    assert all(post["text"] for post in posts)
    assert there == {source.id: source.posts for source in recorded.sources}


def test_what_the_servers_say_of_themselves_agrees() -> None:
    """The JSON that WordPress and Isso gave for the same posts counts as many as their feeds."""
    blog, comments, isso = (
        json.loads(path.read_text(encoding="utf-8"))
        for path in (WORDPRESS / "posts.json", WORDPRESS / "comments.json", ISSO / "thread.json")
    )
    told = {"wordpress-posts": len(blog), "wordpress-comments": len(comments), "isso-comments": isso["total_replies"]}
    there = {source.id: source.posts for recorded in SERVERS for source in recorded.sources}

    assert told == {name: there[name] for name in told}
