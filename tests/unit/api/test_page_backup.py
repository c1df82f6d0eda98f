"""The overview says when the last backup was made, and what is wrong with it."""

import pytest

from api.last_backup import LastBackup, note_backup
from tests.builders import HOUR, MONDAY
from tests.http_house import UNIT
from tests.page_house import PageHouse

NOW = MONDAY + HOUR


def overview(last: LastBackup | None) -> str:
    house = PageHouse()
    if last is not None:
        note_backup(house.stores.records, last)
    page: str = house.browser("duty-1").get(f"/u/{UNIT}/overview").text
    return page[page.index('class="backup"') :]


def test_before_the_first_night_the_overview_says_when_it_will_be() -> None:
    """Nothing is wrong yet."""
    assert "还没有备份。每天凌晨 2:30 自动备份" in overview(None)


def test_a_good_backup_is_shown_with_its_time_and_places() -> None:
    """Both places are named."""
    page = overview(LastBackup(NOW, "/data/b/1", 3 << 20, good_at=NOW, second="E:/b", second_at=NOW))

    assert "最近备份 今天" in page
    assert "已打开核对，可以恢复" in page
    assert "3.0 MB" in page
    assert "第二份在 E:/b" in page
    assert "▲" not in page


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (LastBackup(NOW, problem="huiyin.db: the disk is full [STO-101]", code="STO-101"), "磁盘满了"),
        (LastBackup(NOW - 40 * HOUR, good_at=NOW - 40 * HOUR), "备份已经超过 36 小时"),
        (LastBackup(NOW, good_at=NOW, second="E:/b", second_problem="U 盘没有插上 [BAK-102]"), "U 盘没有插上"),
        (LastBackup(NOW, good_at=NOW), "还没有第二备份位置"),
    ],
)
def test_what_a_person_must_do_is_said_in_words(last: LastBackup, said: str) -> None:
    """Failed, old, not at the second place, no second place."""
    assert said in overview(last)
