"""Dates as offices write them are moments of China's time."""

import pytest

from api.sheets import read_moment
from pipeline.domain.row import millis_of


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-11-24T09:30:00+08:00", "2026-11-24T09:30:00+08:00"),
        ("2026/11/4 9:05", "2026-11-04T09:05:00+08:00"),
        ("2026.11.4 09:05:07", "2026-11-04T09:05:07+08:00"),
        ("2026年11月4日 下午3时", "2026-11-04T15:00:00+08:00"),
        ("2026年11月4日9时5分", "2026-11-04T09:05:00+08:00"),
        ("2026-11-06 星期五 10:00", "2026-11-06T10:00:00+08:00"),
        ("20261124093000", "2026-11-24T09:30:00+08:00"),
        ("46350.5", "2026-11-24T12:00:00+08:00"),
        ("2026-11-24T01:30:00Z", "2026-11-24T09:30:00+08:00"),
    ],
)
def test_a_time_is_read(text: str, said: str) -> None:
    """With the hour: that moment."""
    found = read_moment(text)

    assert found is not None
    assert (found.at, found.is_day, found.ends_at) == (millis_of(said), False, millis_of(said))


@pytest.mark.parametrize("text", ["2026-11-24", "2026/11/24", "2026年11月24日", "20261124", "46350"])
def test_a_day_begins_at_midnight_and_a_due_time_lasts_to_its_end(text: str) -> None:
    """By 24 November means all of that day."""
    found = read_moment(text)

    assert found is not None
    assert (found.at, found.ends_at) == (millis_of("2026-11-24"), millis_of("2026-11-24T23:59:00"))


@pytest.mark.parametrize("text", ["", "昨天", "2026-02-30", "2026-13-01", "11-24", "123456", "长期", "1/2/3"])
def test_what_names_no_day_is_none(text: str) -> None:
    """Nothing is guessed."""
    assert read_moment(text) is None
