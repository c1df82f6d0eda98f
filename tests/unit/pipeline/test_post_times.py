"""When a post spoke: its own time, unless that is unknown or cannot be (MECHANICS §7, Late)."""

import pytest

from pipeline.domain.post import Millis
from tests.builders import DAY, HOUR, MONDAY, a_post


@pytest.mark.parametrize("published_at", [MONDAY - 400 * DAY, MONDAY, MONDAY + HOUR])
def test_a_post_spoke_when_it_says(published_at: Millis) -> None:
    """Long ago, now, or up to an hour ahead, as clocks of sites may be."""
    post = a_post(1, "低保金没有发", published_at=published_at, collected_at=MONDAY)

    assert post.occurred_at == published_at


def test_a_post_without_a_time_spoke_when_it_was_collected() -> None:
    """Its clocks start there; that the time is unknown stays known."""
    post = a_post(1, "低保金没有发", published_at=None, collected_at=MONDAY)

    assert (post.occurred_at, post.published_at) == (MONDAY, None)


def test_a_post_from_the_future_is_kept_as_stated_and_treated_as_collected() -> None:
    """More than an hour ahead is a mistake of the page, or a trick."""
    post = a_post(1, "低保金没有发", published_at=MONDAY + HOUR + 1, collected_at=MONDAY)

    assert (post.occurred_at, post.published_at) == (MONDAY, MONDAY + HOUR + 1)
