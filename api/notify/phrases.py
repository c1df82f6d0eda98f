"""How a digest says things: moments in the unit's zone, levels, due times, what a matter is about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.words import Words
from pipeline.domain.digest import Number, Quote
from pipeline.domain.next_due import NextDue
from pipeline.domain.post import Millis
from pipeline.domain.working_calendar import CHINA

SHORT = 8
"""So many characters of an id tell it from all others of a unit."""


@dataclass(frozen=True, slots=True)
class Namer:
    """What the installation calls things: the unit, and its sources by id."""

    unit: str
    source: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence or a number, with the ids of what it rests on."""

    text: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases of one language. What is due before `until` is overdue."""

    t: Words
    until: Millis

    def listed(self, *parts: str) -> str:
        """Return the parts that there are, one behind the other."""
        return self.t("digest.and").join(filter(None, parts))

    def count(self, number: Number) -> str:
        """Return a count; one that is not known is said to be unknown."""
        return self.t("common.unknown") if number.value is None else str(number.value)

    def level(self, level: int) -> str:
        """Return how a level is called."""
        return self.t.named("level", level)

    def day(self, at: Millis) -> str:
        """Return a day without its year."""
        there = _local(at)
        return self.t("digest.day", month=there.month, day=there.day)

    def moment(self, at: Millis) -> str:
        """Return day and hour."""
        there = _local(at)
        return self.t("digest.moment", month=there.month, day=there.day, clock=f"{there:%H:%M}")

    def quoted(self, quote: Quote) -> str:
        """Return a post's words as a quote, or why there are none."""
        if quote.erased:
            return self.t("digest.erased")
        return self.t("digest.quoted", words=quote.words) if quote.words else self.t("digest.not_quoted")

    def matter(self, incident: str, quote: Quote) -> str:
        """Return what a matter is about: place, service line, words; its id where nothing of that is known."""
        about = " · ".join(filter(None, (quote.place, quote.line)))
        words = self.t("digest.quoted", words=quote.words) if quote.words else ""
        return " ".join(filter(None, (about, words))) or self.number(incident)

    def number(self, incident: str) -> str:
        """Return how an incident is named in a line; its whole id stands in the evidence."""
        return self.t("digest.incident", id=incident[:SHORT])

    def due(self, due: NextDue) -> str:
        """Return what is due when, or that it is overdue."""
        key = "digest.next_late" if due.at < self.until else "digest.next"
        return self.t(key, what=self.t.named("due", due.what), moment=self.moment(due.at))


def week_name(words: Words, name: str) -> str:
    """Return how people call the week 2026-W47."""
    year, _, week = name.partition("-W")
    return words("digest.week", year=year, week=int(week))


def _local(at: Millis) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at + CHINA)
