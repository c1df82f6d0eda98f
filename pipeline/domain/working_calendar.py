"""
When a unit works: hours, weekends, public holidays, make-up days and its own exceptions, as a value (DESIGN §3).

All arithmetic is on integers. China has one zone, eight hours ahead of UTC, without summer time since 1991.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from .errors import BadInput
from .holidays import ANNOUNCED, UNSETTLED_FROM, HolidayNotice, is_statutory
from .post import Millis

MINUTE: Millis = 60_000
DAY: Millis = 86_400_000
CHINA: Millis = 8 * 60 * MINUTE
"""How far the zone is ahead of UTC."""

LONGEST_WALK_DAYS = 4_000
"""Nothing is due later than this: a calendar that has not worked enough by then is wrong, not patient."""

_EPOCH = date(1970, 1, 1).toordinal()
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a day in which the unit works: minutes after midnight, the last one excluded."""

    start: int
    end: int


OFFICE_HOURS = (Span(9 * 60, 12 * 60), Span(14 * 60 + 30, 17 * 60 + 30))
"""09:00–12:00 and 14:30–17:30."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """
    When something is due. `provisional` 暂定: a year's holidays were not announced yet, so the time can still move.

    `basis` is the id of the clock rule that sets it, `warn_at` when to remind of it.
    """

    at: Millis
    provisional: bool = False
    basis: str = ""
    warn_at: Millis | None = None


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """
    The unit's working time. Build it with `working_calendar`, which lays notices and exceptions over each other.

    A day is worked if it is in `days_worked`; else it is off if it is in `days_off`, on a weekend, or, in a year that
    is not in `announced`, a holiday by law. `hours_on` are the hours of single days where they differ.
    """

    hours: tuple[Span, ...] = OFFICE_HOURS
    announced: frozenset[int] = frozenset()
    days_off: frozenset[date] = frozenset()
    days_worked: frozenset[date] = frozenset()
    hours_on: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    offset: Millis = CHINA

    def __post_init__(self) -> None:
        """Hours are in order and apart, inside one day, and there are some: else BadInput (CFG-411)."""
        for spans in (self.hours, *self.hours_on.values()):
            _refuse_unordered(spans)

    @property
    def day_length(self) -> Millis:
        """One working day 工作日 as a length: the unit's regular hours of one day."""
        return sum(span.end - span.start for span in self.hours) * MINUTE

    def is_working(self, at: Millis) -> bool:
        """Whether the unit works at this moment."""
        return any(opens <= at < closes for opens, closes in self._open(self._day_of(at)))

    def add(self, start: Millis, working: Millis) -> Deadline:
        """
        Return the first moment at which so much working time has passed since the start.

        A start outside working time waits for the next opening; no working time at all is due at the start itself.
        A year without notice never fails: holidays by law are off, weekends too, and the deadline is provisional.

        Raises:
            BadInput: CFG-412, the unit does not work so long within ten years.
            ValueError: the working time is negative.
        """
        if working < 0:
            raise ValueError(f"a deadline cannot lie before its start: {working} ms of working time")
        if working == 0:
            return Deadline(start)
        provisional, left, first = False, working, self._day_of(start)
        for day in range(first, first + LONGEST_WALK_DAYS):
            provisional = provisional or not self._is_settled(day)
            for opens, closes in self._open(day):
                begins = max(opens, start)
                if closes - begins >= left:
                    return Deadline(begins + left, provisional)
                left -= max(0, closes - begins)
        raise BadInput(
            f"the unit's calendar has no {working // MINUTE} working minutes within {LONGEST_WALK_DAYS} days; "
            "shorten the clock or correct the calendar's exceptions",
            code="CFG-412",
        )

    def between(self, earlier: Millis, later: Millis) -> Millis:
        """Return the working time from one moment to another; negative where `later` lies before `earlier`."""
        if later < earlier:
            return -self.between(later, earlier)
        total = 0
        for day in range(self._day_of(earlier), self._day_of(later) + 1):
            for opens, closes in self._open(day):
                total += max(0, min(closes, later) - max(opens, earlier))
        return total

    def _day_of(self, at: Millis) -> int:
        """Return the number of the local day since 1970."""
        return (at + self.offset) // DAY

    def _open(self, day: int) -> Iterator[tuple[Millis, Millis]]:
        """Yield when the unit opens and closes on a day, in order."""
        on = date.fromordinal(_EPOCH + day)
        if not self._is_worked(on):
            return
        midnight = day * DAY - self.offset
        for span in self.hours_on.get(on, self.hours):
            yield midnight + span.start * MINUTE, midnight + span.end * MINUTE

    def _is_worked(self, on: date) -> bool:
        if on in self.days_worked:
            return True
        if on in self.days_off or on.weekday() >= _SATURDAY:
            return False
        return on.year in self.announced or not is_statutory(on)

    def _is_settled(self, day: int) -> bool:
        """Whether every notice that can say something of the day is out."""
        on = date.fromordinal(_EPOCH + day)
        needed = (on.year, on.year + 1) if (on.month, on.day) >= UNSETTLED_FROM else (on.year,)
        return self.announced.issuperset(needed)


@dataclass(frozen=True, slots=True)
class LocalDays:
    """
    What a unit arranges itself for some days, with the reason: it wins over every notice (地方放假, 夏令作息).

    `worked` True or False makes the days worked or off; None leaves that as it is. `hours` hold where a day is worked.
    """

    reason: str
    days: frozenset[date]
    worked: bool | None = None
    hours: tuple[Span, ...] = ()


def working_calendar(
    hours: tuple[Span, ...] = OFFICE_HOURS,
    *,
    notices: Iterable[HolidayNotice] = ANNOUNCED,
    local: Iterable[LocalDays] = (),
    offset: Millis = CHINA,
) -> WorkingCalendar:
    """Return the calendar of a unit: notices over weekends, local days over notices, later ones over earlier ones."""
    announced: set[int] = set()
    off: set[date] = set()
    worked: set[date] = set()
    hours_on: dict[date, tuple[Span, ...]] = {}
    for notice in notices:
        announced.add(notice.year)
        off |= notice.days_off
        worked |= set(notice.worked)
    for own in local:
        if own.worked is not None:
            (worked if own.worked else off).update(own.days)
            (off if own.worked else worked).difference_update(own.days)
        if own.hours:
            hours_on.update(dict.fromkeys(own.days, own.hours))
    return WorkingCalendar(hours, frozenset(announced), frozenset(off), frozenset(worked), hours_on, offset)


def _refuse_unordered(spans: tuple[Span, ...]) -> None:
    ends = 0
    for span in spans:
        if not ends <= span.start < span.end <= DAY // MINUTE:
            raise BadInput(
                "working hours must be in order, apart from each other and within one day; correct the hours",
                code="CFG-411",
            )
        ends = span.end
    if not spans:
        raise BadInput("a calendar without working hours makes nothing due; give it hours", code="CFG-411")
