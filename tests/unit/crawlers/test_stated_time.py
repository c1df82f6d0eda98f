"""Times as pages state them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crawlers.stated_time import stated_time

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-11-22 11:23:04", "2026-11-22T11:23:04+08:00"),
        ("2026年11月22日 11:25", "2026-11-22T11:25:00+08:00"),
        ("2026年11月22日11时25分", "2026-11-22T11:25:00+08:00"),
        ("发表于 2026-1-2 8:05", "2026-01-02T08:05:00+08:00"),
        ("2026/1/2", "2026-01-02T00:00:00+08:00"),
        ("2026-11-22T03:23:04Z", "2026-11-22T11:23:04+08:00"),
        ("2026-11-22T03:23:04.123+00:00", "2026-11-22T11:23:04+08:00"),
        ("Sun, 22 Nov 2026 03:23:04 GMT", "2026-11-22T11:23:04+08:00"),
        ("Sun, 22 Nov 2026 11:23:04 +0800", "2026-11-22T11:23:04+08:00"),
        ("Sun, 22 Nov 2026 11:23:04", "2026-11-22T11:23:04+08:00"),
    ],
)
def test_a_full_date_is_a_moment_in_the_zone_of_the_source(said: str, meant: str) -> None:
    """A zone that is stated holds; without one it is the source's, not UTC."""
    assert stated_time(said, SHANGHAI) == int(datetime.fromisoformat(meant).timestamp()) * 1000


@pytest.mark.parametrize("said", ["", "刚刚", "20 秒前", "2026-13-40 10:00", "二〇二六年", "0001-01-01T00:00:00Z"])
def test_what_is_no_full_date_is_no_moment(said: str) -> None:
    """Nothing is guessed: the post is collected with its time unknown."""
    assert stated_time(said, SHANGHAI) is None
