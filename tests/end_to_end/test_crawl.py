"""Real rounds: Scrapy in a process of its own, against a real server on loopback."""

import json
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.crawl_job import Ran, a_forum, a_source, admitted, crawl, floor, records, row, start
from tests.end_to_end.loopback_site import Page, Site, entry, feed

ROBOTS = "/robots.txt"


def html(body: str) -> Page:
    return Page(f'<html><meta charset="utf-8"><body>{body}</body></html>'.encode())


def old_html(body: str) -> Page:
    """Return a page in GB18030 that calls itself gb2312, from a server that names no charset."""
    return Page(f'<html><meta charset="gb2312"><body>{body}</body></html>'.encode("gb18030"), type="text/html")


def texts(folder: Path) -> list[str]:
    return [post["text"] for post in admitted(folder)]


def forum(pages: int = 1, threads: int = 2) -> dict[str, Page]:
    """Return a forum: list pages of threads, each thread with two pages of two floors."""
    site: dict[str, Page] = {}
    for page in range(1, pages + 1):
        numbers = range((page - 1) * threads + 1, page * threads + 1)
        more = f'<a class="next" href="/?p={page + 1}">下一页</a>' if page < pages else ""
        site["/" if page == 1 else f"/?p={page}"] = html("".join(row(n, 3, "/t/{}") for n in numbers) + more)
        for n in numbers:
            more = f'<a class="next" href="/t/{n}?p=2">下一页</a>'
            site[f"/t/{n}"] = html(f"<h1>帖{n}</h1>{floor(n * 10, f'楼主{n}')}{floor(n * 10 + 1, f'二楼{n}')}{more}")
            site[f"/t/{n}?p=2"] = html(floor(n * 10 + 2, f"三楼{n}") + floor(n * 10 + 3, f"四楼{n}"))
    return site


def every_shape() -> Mapping[str, Mapping[str, Page]]:
    """Return one site for each thing that a site may do."""
    whole = feed(entry(1, "低保"), entry(2, "养老"))
    cookie = {"Set-Cookie": "session=1; Path=/"}
    village = old_html(f"<h1>塆里</h1>{floor(1, '镕溪垚村低保')}")
    rule = Page(b"User-agent: huiyin\nDisallow: /", type="text/plain")
    return {
        "forum": {path: Page(page.body, headers=cookie) for path, page in forum().items()},
        "village": {"/": old_html(row(1, 0, "/t/{}")), "/t/1": village},
        "robots-503": {ROBOTS: Page(status=503), "/": whole},
        "robots-429": {ROBOTS: Page(status=429), "/": whole},
        "robots-404": {"/": whole},
        "robots-no": {ROBOTS: rule, "/": whole},
        "robots-moved": {ROBOTS: Page(status=301, headers={"Location": "/rules"}), "/rules": rule, "/": whole},
        "login": {"/": Page(b"<html><body>please log in</body></html>")},
        "broken": {"/": Page(whole.body[:-60], type=whole.type)},
        "picture": {"/": Page(b"\x89PNG\r\n\x1a\n\x00\x01", type="image/png")},
        "changed": {"/": html("<ul class='new-form'></ul>")},
        "huge": {"/": Page(b"x" * 200_000)},
        "slow": {"/": Page(after_seconds=3)},
        "error": {"/": Page(status=500)},
        "detour": {"/": Page(status=302, headers={"Location": "http://localhost:9/feed"})},
        "busy": {"/": Page(status=429, headers={"Retry-After": "1200"})},
        "few": {"/": feed()},
    }


@dataclass(frozen=True)
class Shapes:
    """One round over every shape: the report per site, the sites with what they were asked, and the folder."""

    ran: Ran
    sites: Mapping[str, Site]
    folder: Path

    def of(self, name: str) -> dict[str, Any]:
        return next(each for each in self.ran.report["sources"] if each["source"] == f"s-{name}")

    def issues(self, name: str) -> set[str]:
        return {issue["kind"] for issue in self.of(name)["issues"]}

    def posts(self, name: str) -> list[dict[str, Any]]:
        return [post for post in admitted(self.folder) if post["source"] == f"s-{name}"]

    def fetches(self, name: str) -> list[dict[str, Any]]:
        return [fetch for fetch in records(self.folder, "fetch") if fetch["source"] == f"s-{name}"]


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shapes]:
    """One round over every shape; the tests below look at what it left."""
    folder = tmp_path_factory.mktemp("shapes")
    limits = {"DOWNLOAD_MAXSIZE": 100_000, "DOWNLOAD_TIMEOUT": 1, "RETRY_TIMES": 0}
    with ExitStack() as stack:
        sites = {name: stack.enter_context(Site(pages)) for name, pages in every_shape().items()}
        lists = {"forum", "village", "picture", "changed"}
        made = [
            (a_forum if name in lists else a_source)(site.url + "/", id=f"s-{name}", expected={"min": 1, "max": 9})
            for name, site in sites.items()
        ]
        yield Shapes(crawl(folder, *made, overrides=limits), sites, folder)


def test_the_crawler_says_who_asks_and_keeps_no_cookie(shapes: Shapes) -> None:
    """Every request carries the agent with its contact; a cookie that is set is not sent back; no referrer."""
    assert len(shapes.sites["forum"].asked) == 6
    for asked in shapes.sites["forum"].asked:
        assert asked.headers["user-agent"] == "Huiyin/2026.11 (+https://yunxi.example/about)"
        assert not {"cookie", "referer", "authorization"} & set(asked.headers)


def test_pages_in_gb18030_lose_no_character(shapes: Shapes) -> None:
    """The page says gb2312 and the server nothing; the village's name is in neither."""
    assert [(post["title"], post["text"]) for post in shapes.posts("village")] == [("塆里", "镕溪垚村低保")]


@pytest.mark.parametrize("name", ["robots-503", "robots-429", "robots-no"])
def test_not_one_page_is_fetched_where_robots_forbid_or_fail(shapes: Shapes, name: str) -> None:
    """503 and 429 forbid everything (RFC 9309), as a rule for our name does."""
    assert shapes.sites[name].paths(robots=True) == [ROBOTS]
    assert shapes.posts(name) == []
    assert shapes.issues(name) & {"disallowed", "robots_unreachable"}


def test_robots_are_followed_through_redirects(shapes: Shapes) -> None:
    """And count for the host that was asked (RFC 9309 §2.3.1.2)."""
    assert shapes.sites["robots-moved"].paths(robots=True) == [ROBOTS, "/rules"]
    assert shapes.of("robots-moved")["entrance"] == "disallowed"


def test_the_verdict_of_robots_lies_with_the_fetch(shapes: Shapes) -> None:
    """The line that decided, or why there is none; a host without robots.txt is open."""
    said = {name: shapes.fetches(name)[0]["rule"] for name in ("robots-503", "robots-no", "robots-404")}

    assert said["robots-503"] == "robots.txt answered 503: nothing is fetched"
    assert said["robots-no"] == "Disallow: /"
    assert said["robots-404"] == "no robots.txt (404)"
    assert len(shapes.posts("robots-404")) == 2


@pytest.mark.parametrize(
    ("name", "entrance", "issue"),
    [
        ("login", "not_a_feed", "not_a_feed"),
        ("broken", "ok", "broken_feed"),
        ("picture", "not_html", "not_html"),
        ("changed", "nothing_found", "nothing_found"),
        ("huge", "too_big", "too_big"),
        ("slow", "timeout", "timeout"),
        ("error", "http_error", "http_error"),
        ("detour", "elsewhere", "elsewhere"),
        ("busy", "rate_limited", "rate_limited"),
        ("few", "ok", "fewer_than_expected"),
    ],
)
def test_everything_bad_is_told_apart(shapes: Shapes, name: str, entrance: str, issue: str) -> None:
    """In the report, in the fetch records and in the source's state; nobody takes it for a quiet day."""
    assert shapes.of(name)["entrance"] == entrance
    assert issue in shapes.issues(name)
    assert [fetch["outcome"] for fetch in shapes.fetches(name)] == [entrance]
    (state,) = [each for each in records(shapes.folder, "source_state") if each["source"] == f"s-{name}"]
    assert state["is_alive"] is (entrance == "ok")
    assert bool(state["failing_since"]) is not state["is_alive"]


def test_what_can_be_read_of_a_broken_feed_is_read(shapes: Shapes) -> None:
    """And the rest next time: no validator is kept."""
    assert [post["text"] for post in shapes.posts("broken")][:1] == ["低保"]


def test_a_feed_is_read_then_unchanged_then_edited(tmp_path: Path) -> None:
    """Only what is new or edited goes through the door; an unchanged feed costs one short answer."""
    first = feed(entry(1, "低保何时发"), entry(2, "敬老院伙食差"))
    version = {"ETag": '"v1"', "Last-Modified": "Fri, 20 Nov 2026 01:00:00 GMT"}

    def answer(asked: Mapping[str, str]) -> Page:
        is_known = asked.get("if-none-match") == version["ETag"]
        return Page(status=304) if is_known else Page(first.body, type=first.type, headers=version)

    with Site({"/feed": answer}) as site:
        source = a_source(f"{site.url}/feed")
        ran = [crawl(tmp_path, source), crawl(tmp_path, source)]
        assert texts(tmp_path) == ["低保何时发", "敬老院伙食差"]
        assert [each.source()["entrance"] for each in ran] == ["ok", "unchanged"]
        site.pages["/feed"] = feed(entry(1, "低保何时发（已答复）"), entry(2, "敬老院伙食差"))
        assert crawl(tmp_path, source).source()["posts"] == 1
        assert texts(tmp_path)[2:] == ["低保何时发（已答复）"]
        assert crawl(tmp_path, source, epoch="stream-2").source()["posts"] == 2


def test_the_server_sees_the_pace_and_one_request_at_a_time(tmp_path: Path) -> None:
    """Two sources on one host share its pace, and a Crawl-delay is longer than the pace."""
    robots = Page(b"User-agent: *\nCrawl-delay: 0.5", type="text/plain")
    with Site({**forum(threads=1), "/feed": feed(entry(1, "x")), ROBOTS: robots}) as site:
        crawl(tmp_path, a_forum(f"{site.url}/", pace_seconds=0.2), a_source(f"{site.url}/feed"))

    times = [asked.at for asked in site.asked if asked.path != ROBOTS]
    assert len(times) == 4
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.49


def test_a_forum_is_walked_to_its_last_floor_and_grown_threads_from_their_last_page(tmp_path: Path) -> None:
    """List pages and thread pages both, each once; then only what the list shows as grown."""
    pages = forum(pages=2)
    with Site(pages) as site:
        source = a_forum(f"{site.url}/")
        first = crawl(tmp_path, source)
        assert sorted(site.paths()) == sorted(pages)
        assert first.source()["posts"] == 16
        site.asked.clear()
        site.pages["/"] = html(row(2, 4, "/t/{}") + row(1, 3, "/t/{}"))
        site.pages["/t/2?p=2"] = html(floor(22, "三楼2") + floor(23, "四楼2") + floor(24, "新回复"))
        crawl(tmp_path, source)

    assert site.paths() == ["/", "/t/2?p=2"]
    newest = admitted(tmp_path)[-1]
    assert (newest["text"], newest["kind"], newest["parent"]) == ("新回复", "reply", "20")
    assert {post["parent"] for post in admitted(tmp_path) if post["native_id"] in {"31", "32", "33"}} == {"30"}


def test_addresses_that_name_their_author_lie_nowhere_in_the_open(tmp_path: Path) -> None:
    """Neither in the frontier, nor in a record, nor in a log, whatever its level; without a seal nothing is fetched."""
    pages = {"/": html('<li class="t"><a href="/@ouyangming/1">帖</a></li>')}
    pages["/@ouyangming/1"] = html(f"{floor(1, '低保')}<a class='next' href='/@ouyangming/1?p=2'>n</a>")
    with Site(pages) as site:
        bare = crawl(tmp_path, a_forum(f"{site.url}/"))
        assert site.paths() == ["/"]
        assert "no_seal" in bare.issues()
        sealed = crawl(tmp_path, a_forum(f"{site.url}/"), seal=True, log_level="DEBUG")

    assert texts(tmp_path) == ["低保"]
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name != "door.jsonl")
    assert b"ouyangming" not in kept
    assert "ouyangming" not in sealed.log + json.dumps(sealed.report)
    assert "DEBUG" in sealed.log
    assert "低保" not in sealed.log


@pytest.mark.parametrize("point", ["frontier.after_fetch_before_done", "crawl.after_publish_before_done"])
def test_a_kill_at_a_named_point_loses_nothing_and_repeats_one_page_at_most(tmp_path: Path, point: str) -> None:
    """Killed at the first page each time: the next round goes on, and ids make a repeat harmless."""
    with Site(forum(pages=2)) as site:
        source = a_forum(f"{site.url}/")
        killed = crawl(tmp_path, source, environment={"HUIYIN_CRASH_AT": point})
        assert killed.status == 137
        assert crawl(tmp_path, source).status == 0

    ids = [post["native_id"] for post in admitted(tmp_path)]
    assert len(set(ids)) == 16
    assert len(ids) - 16 == (2 if point.startswith("crawl") else 0)


def test_a_round_ends_in_time(tmp_path: Path) -> None:
    """The rest of a slow forum waits for the next round."""
    pages = {path: Page(page.body, after_seconds=0.4) for path, page in forum(pages=3).items()}
    with Site(pages) as site:
        began = time.monotonic()
        ran = crawl(tmp_path, a_forum(f"{site.url}/"), max_seconds=1)

    assert time.monotonic() - began < 10
    assert 0 < ran.source()["pages"] < 8
    assert "left_for_next_round" in ran.issues()


def test_a_round_ends_within_its_pages_and_the_next_one_goes_on(tmp_path: Path) -> None:
    """What is left waits in the frontier, and the report says so."""
    with Site(forum(pages=2)) as site:
        source = a_forum(f"{site.url}/", max_pages=6)
        ran = [crawl(tmp_path, source), crawl(tmp_path, source)]

    assert "left_for_next_round" in ran[0].issues()
    assert ran[0].source()["pages"] == 6
    assert len(set(texts(tmp_path))) == len(texts(tmp_path)) == 16


def test_a_pause_longer_than_the_round_is_kept_over_rounds(tmp_path: Path) -> None:
    """Crawl-delay of an hour: robots.txt in one round, the feed in a later one with the kept rules, then rest."""
    robots = Page(b"User-agent: *\nCrawl-delay: 3600", type="text/plain")
    with Site({ROBOTS: robots, "/feed": feed(entry(1, "x"))}) as site:
        source = a_source(f"{site.url}/feed")
        first = crawl(tmp_path, source)
        assert (first.source()["entrance"], site.paths()) == (None, [])
        assert "left_for_next_round" in first.issues()
        assert crawl(tmp_path, source, shift=3_700_000).source()["posts"] == 1
        assert crawl(tmp_path, source, shift=7_000_000).source()["entrance"] is None

    assert site.paths(robots=True) == [ROBOTS, "/feed"]


def test_a_host_that_asked_for_rest_is_left_alone(tmp_path: Path) -> None:
    """Retry-After holds over rounds, for every source on the host."""
    busy = Page(status=429, headers={"Retry-After": "1200"})
    with Site({"/feed": busy, "/other": feed(entry(1, "x"))}) as site:
        crawl(tmp_path, a_source(f"{site.url}/feed"))
        site.asked.clear()
        early = crawl(
            tmp_path, a_source(f"{site.url}/feed"), a_source(f"{site.url}/other", id="other"), shift=1_000_000
        )

    assert site.asked == []
    assert {each["entrance"] for each in early.report["sources"]} == {None}
    assert "rate_limited" in early.issues(1)


def test_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    """SIGKILL whenever it comes: list pages, thread pages and posts are all there in the end, repeats are few."""
    chance = random.Random(20261123)
    with Site(forum(pages=3)) as site:
        source = a_forum(f"{site.url}/", pace_seconds=0.03)
        for _ in range(3):
            site.asked.clear()
            requests, child = chance.randint(2, 6), start(tmp_path, source)
            while len(site.asked) < requests and child.poll() is None:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.03))
            assert child.poll() is None, "the round ended before it could be killed"
            child.kill()
            child.communicate()
        assert crawl(tmp_path, source).status == 0

    ids = [post["native_id"] for post in admitted(tmp_path)]
    assert len(set(ids)) == 24
    assert len(ids) <= 24 + 2 * 3


def test_a_store_that_refuses_ends_the_round_loudly(tmp_path: Path) -> None:
    """Nothing is marked as done that was not taken in; with room on the disk everything comes."""
    with Site(forum()) as site:
        ran = crawl(tmp_path, a_forum(f"{site.url}/"), refuse_after=3)
        assert (ran.status, ran.report["kind"]) == (1, "StoreUnavailable")
        assert "the disk is full" in ran.report["error"]
        crawl(tmp_path, a_forum(f"{site.url}/"))

    assert sorted(post["native_id"] for post in admitted(tmp_path)) == ["10", "11", "12", "13", "20", "21", "22", "23"]
