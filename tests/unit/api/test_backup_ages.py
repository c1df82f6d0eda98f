"""Which backups stay: 7 days, 4 weeks, 12 months, and always the newest."""

from api.backup_ages import worth_keeping
from tests.builders import DAY, HOUR, MONDAY


def test_a_year_of_nights_becomes_seven_days_four_weeks_and_twelve_months() -> None:
    """A backup may count as day, week and month at once."""
    nights = [MONDAY - number * DAY for number in range(400)]
    kept = sorted(worth_keeping(nights, MONDAY), reverse=True)

    assert kept[:7] == nights[:7]
    assert 7 + 2 + 9 <= len(kept) <= 7 + 4 + 12
    assert kept[-1] > MONDAY - 366 * DAY


def test_of_several_backups_of_one_day_the_newest_stays() -> None:
    """The day is that of the unit's zone."""
    noon = MONDAY // DAY * DAY + 4 * HOUR

    assert worth_keeping([noon, noon + HOUR, noon + 2 * HOUR], noon + 3 * HOUR) == {noon + 2 * HOUR}


def test_the_newest_stays_however_old_it_is() -> None:
    """A machine that was off for two years still has its last backup."""
    assert worth_keeping([0, DAY], MONDAY) == {DAY}
    assert worth_keeping([], MONDAY) == frozenset()
