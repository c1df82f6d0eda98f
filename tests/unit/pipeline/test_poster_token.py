"""How many different people spoke: tokens that can be counted for a while and mean nothing afterwards."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.poster_token import (
    LENGTH,
    STEP,
    PeriodKey,
    derive_keys,
    ends_at,
    period_at,
    period_covering,
    periods_at,
    tokens_of,
)

DAY = 86_400_000
NOW = 1_790_000_000_000
moments = st.integers(min_value=STEP, max_value=4_000_000_000_000)


@given(moments)
def test_each_moment_lies_in_two_periods_of_thirty_days(at: int) -> None:
    """One starts every 15 days, and neither has ended."""
    for name in periods_at(at):
        assert ends_at(name) - LENGTH <= at < ends_at(name)
    older, newer = periods_at(at)
    assert ends_at(newer) - ends_at(older) == STEP


@given(moments, st.integers(min_value=0, max_value=14 * DAY))
def test_a_window_of_fourteen_days_counts_in_one_period(start: int, length: int) -> None:
    """Every post in the window carries a token of the period that covers it."""
    period = period_covering(start, start + length)
    assert period in periods_at(start)
    assert period in periods_at(start + length)


def test_a_window_of_forty_days_has_no_period() -> None:
    """Two people of different periods cannot be told apart, so nothing is claimed."""
    assert period_covering(NOW, NOW + 40 * DAY) is None


@given(moments, moments)
def test_names_of_periods_sort_in_the_order_of_time(first: int, second: int) -> None:
    """So that tokens older than a period can be forgotten by name."""
    assert (periods_at(first) <= periods_at(second)) == (first // STEP <= second // STEP)


def test_the_same_person_is_one_number_within_a_period_and_another_in_the_next() -> None:
    """Counting works inside a period; following a person across periods does not."""
    keys = derive_keys(b"secret", NOW)
    first = tokens_of("yunxi-forum", "zhangwei88", NOW, keys)
    assert first == tokens_of("yunxi-forum", "zhangwei88", NOW, keys)
    assert first[0].value != first[1].value
    assert all(0 <= token.value < 2**32 for token in first)


def test_tokens_of_two_sources_and_people_differ() -> None:
    """The source is part of what is hashed: the same name elsewhere is another person."""
    keys = derive_keys(b"secret", NOW)
    given_names = [("a", "li"), ("b", "li"), ("a", "wang"), ("al", "i")]
    assert len({tokens_of(source, author, NOW, keys) for source, author in given_names}) == 4


def test_without_the_key_of_its_period_a_post_gets_no_token() -> None:
    """Keys of old periods are destroyed: an old post counts as a poster of its own."""
    assert tokens_of("a", "li", NOW - 60 * DAY, derive_keys(b"secret", NOW)) == ()


def test_a_key_is_never_shown() -> None:
    """Not in a log line either."""
    assert repr(PeriodKey(period_at(7), b"very secret")) == "PeriodKey('p000007')"
