"""Which backups are worth keeping: the newest of each of 7 days, of 4 weeks and of 12 months. Pure."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from pipeline.domain.post import Millis
from pipeline.domain.working_calendar import CHINA

DAYS, WEEKS, MONTHS = 7, 4, 12
OLDEST_DAYS = 366
"""No backup but the newest is kept for longer: what a backup holds is kept as long as the backup is."""
DAY: Millis = 86_400_000


def worth_keeping(moments: Iterable[Millis], now: Millis) -> frozenset[Millis]:
    """
    Return the moments of the backups that stay.

    The newest one always stays. Days, weeks and months are counted where there is a backup, so a machine that was off
    for a while keeps as many; nothing else is older than a year.
    """
    newest_first = sorted(moments, reverse=True)
    young = [at for at in newest_first if at > now - OLDEST_DAYS * DAY]
    kept = {*newest_first[:1]}
    for name_of, count in ((_day, DAYS), (_week, WEEKS), (_month, MONTHS)):
        kept |= _newest_of_each(young, name_of, count)
    return frozenset(kept)


def _newest_of_each(newest_first: Iterable[Millis], name_of: Callable[[datetime], str], count: int) -> set[Millis]:
    newest: dict[str, Millis] = {}
    for at in newest_first:
        newest.setdefault(name_of(datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at + CHINA)), at)
    return set(list(newest.values())[:count])


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _week(at: datetime) -> str:
    return f"{at:%G-%V}"


def _month(at: datetime) -> str:
    return f"{at:%Y-%m}"
