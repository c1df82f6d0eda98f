"""Moments as pages say them: in the zone of the units, with date and hour, and how long something lasts still."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from api.words import Words
from pipeline.domain.post import Millis
from pipeline.domain.working_calendar import CHINA, DAY, MINUTE

ZONE = timezone(timedelta(milliseconds=CHINA))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moments:
    """Says moments as seen from `now`, in the words of one language."""

    now: Millis
    words: Words

    def at(self, moment: Millis) -> str:
        """Return date and hour: 今天 16:30, 明天 09:00, else with the day; the year only where it is another."""
        there, here = local(moment), local(self.now)
        clock = f"{there:%H:%M}"
        days = (there.date() - here.date()).days
        if -1 <= days <= 1:
            return self.words(("moment.yesterday", "moment.today", "moment.tomorrow")[days + 1], clock=clock)
        key = "moment.day" if there.year == here.year else "moment.day_and_year"
        weekday = self.words(f"moment.weekday{there.weekday()}")
        return self.words(key, year=there.year, month=there.month, day=there.day, weekday=weekday, clock=clock)

    def iso(self, moment: Millis) -> str:
        """Return the moment for programs, with its offset."""
        return local(moment).isoformat(timespec="minutes")

    def ago(self, moment: Millis) -> str:
        """Return how long ago it was; what lies ahead counts as now."""
        gone = self.now - moment
        return self.words("moment.just_now") if gone < MINUTE else self.words("moment.ago", length=self.length(gone))

    def left(self, due: Millis) -> str:
        """Return how long there is still, or how long it is overdue."""
        key = "moment.left" if due >= self.now else "moment.overdue"
        return self.words(key, length=self.length(abs(due - self.now)))

    def length(self, length: Millis) -> str:
        """Return a length in its two largest parts."""
        minutes = max(0, length) // MINUTE
        days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
        if days >= 3:
            return self.words("moment.days", days=days)
        if days:
            return self.words("moment.days_hours", days=days, hours=hours)
        if hours:
            return self.words("moment.hours_minutes", hours=hours, minutes=rest)
        return self.words("moment.minutes", minutes=rest)


def local(moment: Millis) -> datetime:
    """Return the moment in the units' zone."""
    return (EPOCH + timedelta(milliseconds=moment)).astimezone(ZONE)


def day_start(moment: Millis) -> Millis:
    """Return when the moment's day began in the units' zone."""
    return (moment + CHINA) // DAY * DAY - CHINA
