"""Kills: at every named point and at random, nothing is lost, and a kill makes at most one marked repeat."""

import random
from pathlib import Path

import pytest

from pipeline.crash_point import CRASH_POINTS
from tests.end_to_end.kill_harness import Outcome, finish, install, kill_at_random, outcome, start, write_posts

POSTS = 600
THREAD_POINTS = [point for point in CRASH_POINTS if not point.startswith(("frontier.", "crawl.", "roll_up."))]
"""The crawler's own points are swept by its own test, over a real site; that of a roll-up in test_dispatch_roll_up."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What a run that nobody kills leaves behind."""
    folder = tmp_path_factory.mktemp("undisturbed")
    config = install(folder)
    write_posts(folder / "posts.jsonl", POSTS, seed=3)
    finish(config, folder / "posts.jsonl")
    return outcome(config)


def assert_nothing_is_lost(found: Outcome, undisturbed: Outcome, kills: int) -> None:
    assert found.posts == undisturbed.posts
    assert found.mentions == undisturbed.mentions
    assert found.rows == undisturbed.rows
    assert found.events == undisturbed.events
    assert found.delivered == undisturbed.delivered
    assert found.lines - len(found.delivered) <= kills
    assert found.repeats >= found.lines - len(found.delivered)


def test_the_undisturbed_run_is_worth_comparing(undisturbed: Outcome) -> None:
    """It stores posts, opens incidents and delivers notices: the comparison below is not of nothing."""
    assert len(undisturbed.posts) > POSTS / 3
    assert len(undisturbed.mentions) > 50
    assert sum(event == "opened" for event, _, _ in undisturbed.events) > 5
    assert undisturbed.delivered
    assert undisturbed.repeats == 0


@pytest.mark.parametrize("point", THREAD_POINTS)
def test_a_kill_at_a_named_point_loses_nothing(point: str, tmp_path: Path, undisturbed: Outcome) -> None:
    """The process ends at the point; the next one finishes, and all is as if nothing had happened."""
    config = install(tmp_path)
    write_posts(tmp_path / "posts.jsonl", POSTS, seed=3)

    assert start(config, tmp_path / "posts.jsonl", crash_at=point).wait(timeout=120) == 137
    finish(config, tmp_path / "posts.jsonl")
    assert_nothing_is_lost(outcome(config), undisturbed, kills=1)


def test_twenty_random_kills_lose_nothing(tmp_path: Path, undisturbed: Outcome) -> None:
    """Killed at moments that nobody chose, again and again."""
    config = install(tmp_path)
    write_posts(tmp_path / "posts.jsonl", POSTS, seed=3)
    kills = kill_at_random(config, tmp_path / "posts.jsonl", 20, random.Random(20))
    finish(config, tmp_path / "posts.jsonl")

    assert kills > 0
    assert_nothing_is_lost(outcome(config), undisturbed, kills)
