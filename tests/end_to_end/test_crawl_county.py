"""The demo county over real HTTP: what the spiders find is what was written there, post by post."""

import dataclasses
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.demo.county import county
from api.demo.hand_clock import HandClock
from api.demo.post import DemoPost
from api.demo.season import DAY
from api.demo.settings import source_texts
from api.demo.site import DemoSite
from api.demo.venues import MESSAGES
from crawlers.manifest import manifest_to_json
from crawlers.read_manifest import manifest_from_toml
from tests.end_to_end.crawl_job import Ran, admitted, crawl

NOW = 1_793_500_000_000


@dataclass(frozen=True)
class Found:
    """What was on the site, and what one round over all its sources found."""

    truth: dict[tuple[str, str], DemoPost]
    posts: dict[tuple[str, str], dict[str, Any]]
    ran: Ran
    paths: set[str]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """One round over three days of the county. The answers on the message board are no posts of the public."""
    folder: Path = tmp_path_factory.mktemp("county")
    posts = county(7, days=30, posts_per_day=60, start=NOW - 3 * DAY, opening=NOW)
    with DemoSite(posts, HandClock(NOW), posts_per_second=1.0) as site:
        manifests = [manifest_from_toml(text) for text in source_texts(site.url).values()]
        quick = [json.loads(manifest_to_json(dataclasses.replace(each, pace_seconds=0.002))) for each in manifests]
        ran = crawl(folder, *quick, shift=NOW - time.time_ns() // 1_000_000)
        shown = {(post.source, post.native_id): post for post in site.served()}
        paths = set(site.hits)
    truth = {key: post for key, post in shown.items() if post.source != MESSAGES or post.parent is None}
    return Found(truth, {(post["source"], post["native_id"]): post for post in admitted(folder)}, ran, paths)


def test_every_post_of_the_county_is_found_and_nothing_else(found: Found) -> None:
    """Threads, replies on later pages, feeds, and a board in GB18030."""
    assert len(found.truth) > 100
    assert set(found.posts) == set(found.truth)


def test_text_time_and_parent_are_those_that_were_written(found: Found) -> None:
    """To the character, the second and the thread's first post."""
    for key, written in found.truth.items():
        post = found.posts[key]
        assert "".join(post["text"].split()) == "".join(written.text.split())
        assert post["published_at"] // 1_000 == written.published_at // 1_000
        assert post["parent"] == written.parent


def test_a_dead_source_is_dead_and_the_others_alive(found: Found) -> None:
    """The county's television always answers 502."""
    dead = {each["source"]: each["entrance"] for each in found.ran.report["sources"] if each["entrance"] != "ok"}

    assert dead == {"yunxi-tv": "http_error"}


def test_what_robots_forbid_was_not_asked_for(found: Found) -> None:
    """/private/ is linked from nowhere and forbidden besides."""
    assert "/robots.txt" in found.paths
    assert not any(path.startswith("/private") for path in found.paths)
