"""Times as Chinese pages say them. The page was fetched on Monday, 2 February 2026, at noon in Shanghai."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.spoken_time import spoken_time

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(local: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=SHANGHAI).timestamp()) * 1_000


FETCHED = at("2026-02-02 12:00:00")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-01-22 11:23:04", "2026-01-22 11:23:04"),
        ("2020年01月12日18:32", "2020-01-12 18:32:00"),
        ("2024年5月15日星期三 20点20分", "2024-05-15 20:20:00"),
        ("2024年5月20日週一 下午2:05", "2024-05-20 14:05:00"),
        ("2021年3月5日 上午9时05分", "2021-03-05 09:05:00"),
        ("2024-05-09T14:30:07.000Z", "2024-05-09 22:30:07"),
        ("Mon May 13 17:07:36 +0800 2024", "2024-05-13 17:07:36"),
        ("Mar 5, 2024 5:07 PM", "2024-03-05 17:07:00"),
        ("Sun, 22 Nov 2026 03:23:06 +0000", "2026-11-22 11:23:06"),
        ("1715564856", "2024-05-13 09:47:36"),
        ("１９９９年１２月３１日 ２３：５９", "1999-12-31 23:59:00"),
        ("发布于 2025-12-31 凌晨12:05", "2025-12-31 00:05:00"),
        ("2025年12月31日 中午1点半", "2025-12-31 13:30:00"),
    ],
)
def test_a_time_with_its_year_needs_no_other_moment(said: str, meant: str) -> None:
    """A clock in any form gives the minute."""
    found = spoken_time(said, SHANGHAI)

    assert found is not None
    assert (found.at, found.has_clock, found.is_relative) == (at(meant), True, False)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("刚刚", "2026-02-02 12:00:00"),
        ("20 秒前", "2026-02-02 11:59:40"),
        ("十五分钟前", "2026-02-02 11:45:00"),
        ("半小时前", "2026-02-02 11:30:00"),
        ("1个半小时前", "2026-02-02 10:30:00"),
        ("5個小時前", "2026-02-02 07:00:00"),
        ("3 hours ago", "2026-02-02 09:00:00"),
        ("今天 08:05", "2026-02-02 08:05:00"),
        ("今早7点半", "2026-02-02 07:30:00"),
        ("昨日 08:05", "2026-02-01 08:05:00"),
        ("昨晚8点", "2026-02-01 20:00:00"),
        ("前天 23:59", "2026-01-31 23:59:00"),
        ("周五下午3点", "2026-01-30 15:00:00"),
        ("上周五 10:00", "2026-01-30 10:00:00"),
        ("星期一 13:00", "2026-01-26 13:00:00"),
        ("5月13日 17:07", "2025-05-13 17:07:00"),
        ("01-13 17:07", "2026-01-13 17:07:00"),
    ],
)
def test_a_relative_time_is_counted_from_the_fetch(said: str, meant: str) -> None:
    """Not from the moment of reading: a saved page says the same for ever."""
    found = spoken_time(said, SHANGHAI, FETCHED)

    assert found is not None
    assert (found.at, found.has_clock, found.is_relative) == (at(meant), True, True)
    assert spoken_time(said, SHANGHAI) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("发布时间：2019-05-18", "2019-05-18 00:00:00"),
        ("二〇二四年三月五日", "2024-03-05 00:00:00"),
        ("12月31日", "2025-12-31 00:00:00"),
        ("昨天", "2026-02-01 00:00:00"),
        ("3 天前", "2026-01-30 00:00:00"),
    ],
)
def test_a_day_without_a_clock_is_said_to_have_none(said: str, meant: str) -> None:
    """It is the day's midnight, and whoever needs the minute can look elsewhere."""
    found = spoken_time(said, SHANGHAI, FETCHED)

    assert found is not None
    assert (found.at, found.has_clock) == (at(meant), False)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "10:30",
        "2024-02-30",
        "2024-13-01",
        "12345工单",
        "几天后",
        "第 3 楼",
        "8.5分",
        "3/4",
        "2500年前的石刻",
        "99999999天前",
    ],
)
def test_what_says_no_day_is_no_time(said: str) -> None:
    """Nothing is guessed."""
    assert spoken_time(said, SHANGHAI, FETCHED) is None


def test_the_29_february_without_a_year_is_that_of_the_last_leap_year() -> None:
    """A day that the running year does not have was another year's."""
    found = spoken_time("2月29日 08:00", SHANGHAI, FETCHED)

    assert found is not None
    assert found.at == at("2024-02-29 08:00:00")


@given(st.text(alphabet="0123456789年月日时分秒:-/ 前昨今天周五下午点半〇二十ZT+", max_size=40))
def test_no_text_makes_it_fail(said: str) -> None:
    """Whatever a page holds, it is a moment or none."""
    spoken_time(said, SHANGHAI, FETCHED)
