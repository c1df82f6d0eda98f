"""Real rounds: Scrapy in a process of its own, against a real server on loopback."""

import json
import random
import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from tests.end_to_end.crawl_job import a_forum, a_source, admitted, crawl, floor, forum, html, records, row, start
from tests.end_to_end.loopback_site import Page, Site, entry, feed

ROBOTS = "/robots.txt"


def texts(folder: Path) -> list[str]:
    return [post["text"] for post in admitted(folder)]


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


def test_a_source_below_its_expected_count_stays_so_while_its_page_is_unchanged(tmp_path: Path) -> None:
    """An unchanged page is not counted again, so the last count is what people must see."""
    short = feed(entry(1, "低保何时发"))

    def answer(asked: Mapping[str, str]) -> Page:
        return Page(status=304) if "if-none-match" in asked else replace(short, headers={"ETag": '"v1"'})

    with Site({"/feed": answer}) as site:
        source = a_source(f"{site.url}/feed", expected={"min": 5, "max": 20})
        assert [crawl(tmp_path, source).source()["entrance"] for _ in range(2)] == ["ok", "unchanged"]
    (state,) = records(tmp_path, "source_state")

    assert (state["found"], state["out_of_bounds"]) == (1, True)


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
