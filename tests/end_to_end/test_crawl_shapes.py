"""One real round over every kind of site: each is told apart, and nothing is taken for a quiet day."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.crawl_job import Ran, a_forum, a_source, admitted, crawl, floor, forum, html, records, row
from tests.end_to_end.loopback_site import Page, Site, entry, feed

ROBOTS = "/robots.txt"


def old_html(body: str) -> Page:
    """Return a page in GB18030 that calls itself gb2312, from a server that names no charset."""
    return Page(f'<html><meta charset="gb2312"><body>{body}</body></html>'.encode("gb18030"), type="text/html")


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
