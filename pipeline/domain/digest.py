"""
The weekly digest 舆情周报 as a value: a pure function of the log up to its cut and of the texts by id.

Every number carries the ids behind it. A count of nothing is unknown while a source was dead (DESIGN §1.6). Nothing is
worded here: `api/notify` says it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile

from .closed_week import ClosedWeek, NamedMatter
from .event import Batch
from .for_leader import LeaderItem, for_leader
from .incident import Incident
from .next_due import NextDue, dues
from .own_discovery import own_discovery
from .post import Millis
from .unit_state import UnitState
from .week import WEEK, Week
from .week_count import WeekCount, count_week, without_history

FIVE = ("new", "verified", "untrue", "in_time", "overdue")
"""The five numbers, in their order."""
FROM_SOURCES = frozenset({"new", "needs_found", "praise", "own_own", "own_first"})
"""Counts of what was found out there: nothing found with a dead source means nothing."""
MATTERS = 5
LISTED = 20
TREND = 8
"""So many weeks the row of new matters shows."""


@dataclass(frozen=True, slots=True)
class Quote:
    """
    What is stored under a post's id: its words on one line, place and service line. `erased`: it was, and is shown so.

    `words` is "" where none may be quoted.
    """

    post: str
    words: str = ""
    erased: bool = False
    place: str = ""
    line: str = ""


NO_QUOTE = Quote("")


@dataclass(frozen=True, slots=True)
class Number:
    """
    One number: None is unknown. `last` is the week's before; `median` that of the four weeks before, doubled, so that
    it is exact. None there: it was unknown, or no digest was made then. `ids` are the evidence.
    """

    name: str
    value: int | None
    last: int | None
    median_doubled: int | None
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matter:
    """One of the matters: the incident as one as it stood at the cut, its size, and what may be quoted."""

    incident: Incident
    size: NamedMatter
    quote: Quote
    due: NextDue | None


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something that falls due in the week that follows."""

    incident: str
    due: NextDue
    quote: Quote


@dataclass(frozen=True, slots=True)
class Digest:
    """
    All that one digest says.

    `first_seq` is the first batch that it tells, behind `cut.until_seq` where it tells none. `head` is the hash of the
    last: the reader's witness of the log.
    """

    unit: str
    cut: ClosedWeek
    head: str
    first_seq: int
    count: WeekCount
    numbers: tuple[Number, ...]
    found: Mapping[str, Number]
    leader: tuple[tuple[LeaderItem, Quote], ...]
    matters: tuple[Matter, ...]
    due: tuple[DueItem, ...]
    due_in_all: int
    praised: tuple[Quote, ...]
    trend: tuple[tuple[str, int | None], ...]

    @property
    def week(self) -> Week:
        """The week that it tells."""
        return Week(self.cut.week, self.cut.since, self.cut.until)

    @property
    def is_preview(self) -> bool:
        """Whether the week is not closed: then it is sent to nobody, and will say something else later."""
        return self.cut.seq == 0


@dataclass(frozen=True, slots=True)
class Told:
    """
    What a digest is made of, all of it read by id: the log folded up to `cut.until_seq`, the batches that it tells, the
    cuts before it, the stored texts by post id, the hash of the last batch.
    """

    state: UnitState
    batches: Sequence[Batch]
    weeks: Mapping[str, ClosedWeek]
    texts: Mapping[str, Quote]
    head: str


def digest_of(cut: ClosedWeek, told: Told) -> Digest:
    """Return the digest of a cut: the same from the same, at any time."""
    state, texts = told.state, told.texts
    count = count_week(state, told.batches, cut.until)
    weeks = {**told.weeks, cut.week: cut}
    named = {one.incident: one for one in cut.matters}
    quotes = {incident: texts.get(one.post, NO_QUOTE) for incident, one in named.items()}
    ids = {**{name: getattr(count, name) for name in FIVE}, "contacted": count.contacted, "ended": count.ended}
    own = own_discovery(state, without_history(state, told.batches, cut.until))
    ids |= {"own_own": own.own, "own_brought": own.brought, "own_first": own.first}
    ids |= {"needs_found": cut.needs, "praise": cut.praise, "answered": count.answered, "open": count.open}
    due = _due_next(state, cut)
    leads = {one.post for one in cut.matters}
    return Digest(
        unit=state.unit,
        cut=cut,
        head=told.head,
        first_seq=told.batches[0].seq if told.batches else cut.until_seq + 1,
        count=count,
        numbers=tuple(_number(name, weeks, cut, ids[name]) for name in FIVE),
        found={name: _number(name, weeks, cut, ids[name]) for name in ids if name not in FIVE},
        leader=tuple((item, quotes.get(item.incident, NO_QUOTE)) for item in for_leader(state, cut.until, cut.conduct)),
        matters=tuple(
            _matter(state, one, texts) for one in sorted(cut.matters, key=lambda each: each.rank) if one.rank
        ),
        due=tuple(DueItem(incident, one, quotes.get(incident, NO_QUOTE)) for incident, one in due[:LISTED]),
        due_in_all=len(due),
        praised=tuple(
            texts[post] for name in cut.quoted if (post := name.partition("@")[0]) not in leads and post in texts
        ),
        trend=_trend(weeks, cut),
    )


def matters_of(state: UnitState, batches: Sequence[Batch]) -> tuple[Incident, ...]:
    """Return the incidents of which one may be a matter of the week: something was decided about them, or Ⅰ–Ⅱ open."""
    touched = {event.incident for batch in batches for event in batch.events if event.incident}
    roots = [one for one in state.incidents.values() if one.into is None]
    families = {one.id: {each.id for each in state.family(one.id)} for one in roots}
    return tuple(
        state.as_one(one.id)
        for one in roots
        if families[one.id] & touched or (one.is_open and state.as_one(one.id).level <= 2)
    )


def _trend(weeks: Mapping[str, ClosedWeek], cut: ClosedWeek) -> tuple[tuple[str, int | None], ...]:
    """Return the new matters of the last weeks, beginning with the first week that was closed."""
    trend = [_of_week(weeks, _back(cut, index), "new") for index in reversed(range(TREND))]
    return tuple(dropwhile(lambda one: one[0] not in weeks, trend))


def _matter(state: UnitState, size: NamedMatter, texts: Mapping[str, Quote]) -> Matter:
    incident = state.as_one(size.incident)
    due = min(dues(incident), key=lambda each: (each.at, each.what, each.subject), default=None)
    return Matter(incident, size, texts.get(size.post, NO_QUOTE), due)


def _due_next(state: UnitState, cut: ClosedWeek) -> list[tuple[str, NextDue]]:
    found = [
        (one.id, due)
        for one in state.incidents.values()
        if one.is_open
        for due in dues(state.as_one(one.id))
        if cut.until <= due.at < cut.until + WEEK
    ]
    return sorted(found, key=lambda each: (each[1].at, each[0], each[1].what, each[1].subject))


def _number(name: str, weeks: Mapping[str, ClosedWeek], cut: ClosedWeek, ids: tuple[str, ...]) -> Number:
    before = [value for index in range(1, 5) if (value := _of_week(weeks, _back(cut, index), name)[1]) is not None]
    return Number(
        name=name,
        value=_known(cut, name),
        last=_of_week(weeks, _back(cut, 1), name)[1],
        median_doubled=_median_doubled(sorted(before)),
        ids=ids,
    )


def _back(cut: ClosedWeek, weeks: int) -> str:
    return Week(cut.week, cut.since, cut.until).back(weeks).name


def _of_week(weeks: Mapping[str, ClosedWeek], week: str, name: str) -> tuple[str, int | None]:
    return week, _known(weeks[week], name) if week in weeks else None


def _known(cut: ClosedWeek, name: str) -> int | None:
    value = cut.counts.get(name)
    return None if value == 0 and name in FROM_SOURCES and not cut.sees_all else value


def _median_doubled(values: Sequence[Millis]) -> int | None:
    if not values:
        return None
    middle = len(values) // 2
    return 2 * values[middle] if len(values) % 2 else values[middle - 1] + values[middle]
