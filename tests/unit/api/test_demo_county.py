"""The demo county's stream is deterministic, ordered, and true to what it says of itself."""

from itertools import islice

import pytest

from api.demo.county import county
from api.demo.post import DemoPost
from api.demo.season import DAY
from pipeline.domain.errors import BadInput

START = 1_793_000_000_000


def a_stream(seed: int = 7, days: float = 3, posts_per_day: float = 2000) -> list[DemoPost]:
    return list(county(seed, days=days, posts_per_day=posts_per_day, start=START))


def test_the_same_seed_tells_the_same_story() -> None:
    """Demo, test and benchmark see the same county."""
    assert a_stream(seed=3) == a_stream(seed=3)


def test_another_seed_tells_another_story() -> None:
    """A seed is what makes counties differ."""
    assert [p.text for p in a_stream(seed=3)] != [p.text for p in a_stream(seed=4)]


def test_posts_appear_in_order_of_time_within_the_days_asked_for() -> None:
    """The stream can be served and replayed without sorting."""
    times = [post.appears_at for post in a_stream()]
    assert times == sorted(times)
    assert times[0] >= START
    assert times[-1] < START + 3 * DAY


def test_a_key_is_used_again_only_by_an_edit() -> None:
    """A native id is one post; a second sight of it is a new version of it."""
    seen: dict[str, int] = {}
    for post in a_stream():
        assert post.truth.version == seen.get(post.key, -1) + 1
        seen[post.key] = post.truth.version


def test_planted_private_data_stand_where_the_truth_says() -> None:
    """Masking can be proven only if every planted span is exact."""
    planted = [(post, private) for post in a_stream() for private in post.truth.private]
    assert len(planted) > 50
    for post, private in planted:
        content = post.title if private.field == "title" else post.text
        assert content[private.start : private.end] == private.value


def test_the_stream_is_lazy() -> None:
    """A million posts are asked for without being made."""
    stream = county(1, days=10_000, posts_per_day=100_000, start=START)
    assert len(list(islice(stream, 10))) == 10


def test_a_county_without_posts_is_refused() -> None:
    """A wrong figure is named, not served as an empty county."""
    with pytest.raises(BadInput, match="above 0"):
        county(1, days=1, posts_per_day=0, start=START)
