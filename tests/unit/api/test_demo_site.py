"""The demo site shows over HTTP what the county has published by the clock's now, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from api.bootstrap import memory_stores
from api.demo.county import county
from api.demo.hand_clock import HandClock
from api.demo.post import NOTICE
from api.demo.season import DAY, HOUR, SECOND
from api.demo.settings import source_texts, write_settings
from api.demo.site import DemoSite
from api.demo.venues import ALIVE, FORUM, MESSAGES, NEWS, OLD_STREET
from api.settings import apply_folder
from crawlers.read_manifest import manifest_from_toml

NOW = 1_793_500_000_000


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def site(clock: HandClock) -> Iterator[DemoSite]:
    posts = county(7, days=30, posts_per_day=150, start=NOW - 3 * DAY, opening=NOW)
    with DemoSite(posts, clock, posts_per_second=1.0) as opened:
        yield opened


def fetch(site: DemoSite, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes, httpx.Headers]:
    answer = httpx.get(site.url + path, headers=headers or {}, trust_env=False, timeout=10)
    return answer.status_code, answer.content, answer.headers


PAGES = ("/", "/feed/news.xml", "/feed/blogs.xml", "/forum/board-2-1.html", "/forum/thread-20001-1-1.html")


@pytest.mark.parametrize("path", [*PAGES, "/messages/list-1.html", "/private/letters.html", "/nowhere", "/robots.txt"])
def test_every_page_says_that_it_is_fiction(site: DemoSite, path: str) -> None:
    """Nobody may take the county for a real one."""
    body = fetch(site, path)[1]
    assert NOTICE.encode() in body or NOTICE.encode("gb18030") in body


def test_history_keeps_its_time_and_life_appears_one_post_a_second(site: DemoSite, clock: HandClock) -> None:
    """The demo has something at once, and something new all the time."""
    before = len(site.served())
    assert before > 100
    clock.push(20 * SECOND)
    assert len(site.served()) == before + 20


def test_nothing_is_dated_in_the_future(site: DemoSite, clock: HandClock) -> None:
    """A post is published when it appears, however fast the story runs."""
    clock.push(90 * SECOND)
    served = site.served()
    assert len(served) > 100
    assert all(post.published_at <= post.appears_at <= clock.now() for post in served)


def test_a_feed_that_did_not_change_answers_304(site: DemoSite) -> None:
    """Reading politely costs the site nothing."""
    _, _, headers = fetch(site, "/feed/news.xml")
    assert fetch(site, "/feed/news.xml", {"If-None-Match": headers["ETag"]})[0] == 304
    assert fetch(site, "/feed/news.xml", {"If-Modified-Since": headers["Last-Modified"]})[0] == 304
    assert fetch(site, "/feed/news.xml", {"If-None-Match": '"another"'})[0] == 200


def test_the_old_board_is_gb18030_that_calls_itself_gb2312(site: DemoSite) -> None:
    """Real forums of that age are written so, and lose characters when they are believed."""
    _, body, headers = fetch(site, "/forum/board-5-1.html")
    assert headers["Content-Type"] == "text/html"
    assert b'charset="gb2312"' in body
    assert "老街坊" in body.decode("gb18030")


def test_every_living_floor_of_a_thread_stands_on_one_of_its_pages(site: DemoSite, clock: HandClock) -> None:
    """Replies on page 2 are as public as those on page 1."""
    clock.push(HOUR)
    replies = [post for post in site.served() if post.source == FORUM and "-2-1.html" in post.path]
    assert replies
    for post in replies[:5]:
        page = fetch(site, post.path.split("#")[0])[1].decode()
        assert f'data-pid="{post.native_id}"' in page


def test_a_message_shows_its_official_answer(site: DemoSite, clock: HandClock) -> None:
    """What the bureau answered is ground truth for how fast it answers."""
    clock.push(HOUR)
    answer = next(p for p in site.served() if p.source == MESSAGES and p.truth.is_official)
    assert answer.text in fetch(site, answer.path.split("#")[0])[1].decode()


def test_a_dead_source_answers_502_and_a_wrong_address_404(site: DemoSite) -> None:
    """Coverage is honest only if a source can really be down."""
    assert fetch(site, "/tv/feed.xml")[0] == 502
    assert fetch(site, "/forum/thread-1-1-1.html")[0] == 404


def test_every_request_is_counted_by_its_path(site: DemoSite) -> None:
    """How politely a crawler reads is proven from the server's side."""
    fetch(site, "/feed/news.xml")
    fetch(site, "/feed/news.xml?again=1", {"User-Agent": "somebody"})
    assert site.hits["/feed/news.xml"] == 2
    assert site.hits["/private/letters.html"] == 0
    assert [request.agent for request in site.requests][1] == "somebody"


def test_the_manifests_are_accepted_and_point_at_the_site(site: DemoSite) -> None:
    """The demo is crawled by real manifests through the real reader."""
    manifests = [manifest_from_toml(text, name) for name, text in source_texts(site.url).items()]
    assert {manifest.id for manifest in manifests} == {*ALIVE, "yunxi-tv"}
    assert all(manifest.url.startswith(site.url) and NOTICE in manifest.name for manifest in manifests)


def test_all_living_sources_have_something_to_read(site: DemoSite) -> None:
    """The first crawl finds posts everywhere that is not down."""
    assert {post.source for post in site.served()} >= {NEWS, FORUM, OLD_STREET, MESSAGES}


def test_a_thread_answers_under_its_other_address_too(site: DemoSite) -> None:
    """Forums of this kind have two addresses for a page, and a monitor may keep the other one."""
    post = next(post for post in site.served() if post.source == FORUM and post.parent is None)
    number = post.path.split("-")[1]
    assert post.title in fetch(site, f"/forum/forum.php?mod=viewthread&tid={number}")[1].decode()


def test_the_demo_units_settings_are_accepted_as_an_operators_would_be(tmp_path: Path, clock: HandClock) -> None:
    """The demo is set up through the door that everybody uses."""
    write_settings(tmp_path, "http://127.0.0.1:1")
    changes = apply_folder(tmp_path, memory_stores(clock).records, clock, author="demo", reason="demo")
    assert {"unit", "places", "source/yunxi-forum"} <= {change.key for change in changes}
