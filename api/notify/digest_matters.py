"""The matters of a digest in words: what waits for the leader, the week's matters in four lines, what falls due."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.domain.digest import DueItem, Matter, Quote
from pipeline.domain.for_leader import Asked, LeaderItem
from pipeline.domain.incident import Incident, State, Verdict
from pipeline.domain.next_due import NextDue

from .phrases import Phrases, Said


@dataclass(frozen=True, slots=True)
class DecideRow:
    """One incident that waits for the leader: level, what it is about, why, and its id."""

    level: int
    level_name: str
    matter: str
    why: str
    number: str
    incident: str


@dataclass(frozen=True, slots=True)
class MatterRow:
    """One matter in four lines, with its level and the ids that it rests on."""

    level: int
    level_name: str
    lines: tuple[str, str, str, str]
    incident: str
    ids: tuple[str, ...]


def decide_row(say: Phrases, item: LeaderItem, quote: Quote) -> DecideRow:
    """Return what waits for the leader; a complaint about conduct is named by its id alone."""
    reasons = [_asked(say, kind, item.due) for kind in item.asked]
    matter = say.matter(item.incident, quote)
    return DecideRow(
        item.level, say.level(item.level), matter, say.listed(*reasons), say.number(item.incident), item.incident
    )


def _asked(say: Phrases, kind: Asked, due: NextDue | None) -> str:
    """Return one reason; what is overdue is said once, by the due time that went by."""
    return say.due(due) if kind is Asked.OVERDUE and due is not None else say.t(f"digest.asked_{kind}")


def matter_row(say: Phrases, matter: Matter) -> MatterRow:
    """Return the matter in four lines: its words, how large it is, how it stands, what comes next."""
    t, one, size = say.t, matter.incident, matter.size
    seen = t("digest.seen_since", moment=say.moment(one.times.discovered_at))
    counts = t("digest.size", posts=size.posts, posters=size.posters, sources=size.sources)
    lines = (
        say.quoted(matter.quote),
        say.listed(matter.quote.place, matter.quote.line, seen, counts),
        t("digest.stands", state=say.listed(*_standing(say, one))),
        say.listed(_next(say, one, matter.due), say.number(one.id)),
    )
    ids = (one.id, *((size.post,) if size.post else ()), *(claim.id for claim in one.claims))
    return MatterRow(one.level, say.level(one.level), lines, one.id, ids)


def due_line(say: Phrases, item: DueItem) -> Said:
    """Return what falls due, when, and of which matter."""
    what, matter = say.t.named("due", item.due.what), say.matter(item.incident, item.quote)
    if not item.quote.words:  # several matters of one line would read alike
        matter = " ".join(dict.fromkeys((matter, say.number(item.incident))))
    line = say.t("digest.due_line", moment=say.moment(item.due.at), what=what, matter=matter)
    return Said(line, (item.incident,))


def _standing(say: Phrases, one: Incident) -> Iterator[str]:
    t = say.t
    yield t(f"state.{one.state.value}")
    for verdict in Verdict:
        count = sum(claim.verdict is verdict for claim in one.claims)
        if count:
            yield t("digest.found", verdict=t(f"verdict.{verdict.value}"), count=count)
    unjudged = sum(claim.verdict is None for claim in one.claims)
    if unjudged:
        yield t("digest.no_verdict", count=unjudged)
    if one.assignments:
        answered = sum(task.answered_at is not None for task in one.assignments)
        yield t("digest.offices", all=len(one.assignments), answered=answered)
    if one.waiting_lines:
        yield t("digest.waiting_lines", count=len(one.waiting_lines))


def _next(say: Phrases, one: Incident, due: NextDue | None) -> str:
    if one.state is State.CLOSED and one.disposition is not None:
        return say.t("digest.ended", how=say.t(f"disposition.{one.disposition.value}"))
    return say.t("digest.no_due") if due is None else say.due(due)
