"""The unit's working hours: when it works on a working day; holidays and its own days stay as they are."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.words import Words
from pipeline.domain.calendar_setting import read_calendar
from pipeline.domain.unit_settings import strings
from pipeline.domain.working_calendar import OFFICE_HOURS, Span

from .form import Held, Reading, Typed, one

HALVES = ("morning", "afternoon")


@dataclass(frozen=True, slots=True)
class HoursView:
    """What the template shows: each half of the day with its two times, and what is wrong."""

    halves: tuple[tuple[str, str, str], ...]
    problem: str
    usual: str


@dataclass(frozen=True, slots=True)
class HoursForm:
    """The form of the working hours, which stand in the calendar."""

    key: str = "calendar"
    is_tried: bool = False
    template: str = "setting/hours.html"

    def typed_of(self, held: Held, words: Words) -> Typed:
        """Return the hours as they hold."""
        del words
        spans = (*hours_of(held)[:2], None, None)[:2]
        typed: dict[str, list[str]] = {}
        for half, span in zip(HALVES, spans, strict=True):
            typed[f"{half}_from"] = [_clock(span.start) if span else ""]
            typed[f"{half}_to"] = [_clock(span.end) if span else ""]
        return typed

    def read(self, typed: Typed, held: Held, words: Words) -> Reading:
        """Return the calendar with these hours; the usual ones are what ships, so nothing is set for them."""
        own = dict(held.table("calendar") or {})
        spans = [
            _span(one(typed, f"{half}_from"), one(typed, f"{half}_to")) for half in HALVES if _is_filled(typed, half)
        ]
        sound = [span for span in spans if span is not None]
        if len(sound) < len(spans) or (len(sound) == 2 and sound[0].end > sound[1].start):
            return Reading(own or None, {"hours": words("setting_hours.bad")})
        if not sound:
            return Reading(own or None, {"hours": words("setting_hours.none")})
        own.pop("hours", None)
        if tuple(sound) != OFFICE_HOURS:
            own["hours"] = [_said(span) for span in sound]
        return Reading(own or None)

    def view(self, typed: Typed, held: Held, problems: Mapping[str, str], words: Words) -> HoursView:
        """Return the two halves of the day."""
        del held
        halves = tuple((half, one(typed, f"{half}_from"), one(typed, f"{half}_to")) for half in HALVES)
        return HoursView(halves, problems.get("hours", ""), words("common.and").join(map(_said, OFFICE_HOURS)))

    def said(self, held: Held, words: Words) -> str:
        """Return the hours in one line."""
        return words("common.and").join(map(_said, hours_of(held)))


def hours_of(held: Held) -> tuple[Span, ...]:
    """Return the hours of a usual working day."""
    table = held.table("calendar") or {}
    return read_calendar({"hours": list(strings(table, "hours"))}).hours if strings(table, "hours") else OFFICE_HOURS


def _is_filled(typed: Typed, half: str) -> bool:
    return bool(one(typed, f"{half}_from") or one(typed, f"{half}_to"))


def _span(begin: str, end: str) -> Span | None:
    first, last = _minute(begin), _minute(end)
    return Span(first, last) if first is not None and last is not None and first < last else None


def _minute(text: str) -> int | None:
    hour, _, minute = text.replace("：", ":").partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and len(hour) < 3 and len(minute) == 2):
        return None
    return int(hour) * 60 + int(minute) if int(hour) < 24 and int(minute) < 60 else None


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _said(span: Span) -> str:
    return f"{_clock(span.start)}-{_clock(span.end)}"


HOURS = HoursForm()
