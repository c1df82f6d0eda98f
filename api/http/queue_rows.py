"""Lines of the queue as pages show them: every word said, every action that the reader may take."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request

from api.accounts.principal import Principal
from api.words import Words
from pipeline.domain.alert_policy import AlertPolicy
from pipeline.domain.alert_rule import standing_reasons
from pipeline.domain.level import HIGHEST, HIGHEST_TO_SETTLE
from pipeline.domain.next_due import NextDue
from pipeline.domain.post import Millis
from pipeline.domain.seen import data_of_seen, seen_of
from pipeline.workflow.queue import QueueRow
from pipeline.workflow.visibility import Sight

from .called import Called, called
from .moment import Moments
from .service import Service
from .shell import words_for

SHAPES: Mapping[int, str] = {1: "◆", 2: "▲", 3: "■", 4: "●"}
"""A level is told by colour, by its number and by a shape: never by colour alone."""
NUMERALS: Mapping[int, str] = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", 4: "Ⅳ"}


@dataclass(frozen=True, slots=True)
class Act:
    """
    One thing that the reader may do with a row. `key` is pressed for it; `href` where more is asked for first, in a
    dialog, or with `is_page` on a page of its own.
    """

    name: str
    key: str
    href: str = ""
    is_page: bool = False


@dataclass(frozen=True, slots=True)
class DueView:
    """What a matter is due for next. `used` is how much of its time has gone by, 0 to 100."""

    what: str
    at: str
    left: str
    iso: str
    used: int
    is_late: bool
    is_soon: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """A line of the page. `title` "" means that the reader may not have the words, or that they were erased."""

    id: str
    kind: str
    href: str
    level: int
    shape: str
    numeral: str
    reason: str
    title: str
    instead: str
    place: str
    line: str
    posts: int
    posters: int
    reposts: int
    sources: int
    source: str
    origin: str
    ago: str
    iso: str
    last_at: Millis
    state: str
    owner: str
    due: DueView | None
    revision: int
    seen: str
    key: str
    acts: Sequence[Act]


@dataclass(frozen=True, slots=True)
class RowMaker:
    """Makes the lines of one reader's page of one unit."""

    unit: str
    who: Principal
    words: Words
    moments: Moments
    called: Called
    policy: AlertPolicy

    def row(self, row: QueueRow) -> RowView:
        """Return the line as the reader may see it."""
        kind, lead = ("incident" if row.state else "group"), (row.rows[0] if row.rows else None)
        name = row.incident if row.state else row.group
        return RowView(
            id=name,
            kind=kind,
            href=f"/u/{self.unit}/queue/{kind}/{name}",
            level=row.level or 0,
            shape=SHAPES.get(row.level or 0, ""),
            numeral=NUMERALS.get(row.level or 0, ""),
            reason=self.words.named("reason", row.reason) if row.reason else "",
            title=row.headline.text,
            instead=self.words(f"common.{row.headline.withheld or 'erased'}"),
            place=(lead.place if lead else None) or "",
            line=(lead.line if lead else None) or "",
            posts=row.posts,
            posters=row.posters,
            reposts=row.reposts,
            sources=max((each.sources for each in row.rows), default=0),
            source=self.called.source(row.headline.source),
            origin=row.headline.origin.value,
            ago=self.moments.ago(row.last_at),
            iso=self.moments.iso(row.last_at),
            last_at=row.last_at,
            state=self.words.named("state", row.state.value) if row.state else "",
            owner=self.called.who(row.owner),
            due=self._due(row.due, row.opened_at),
            revision=row.revision or 0,
            seen=self._seen(row) if not row.state else "",
            key=secrets.token_urlsafe(12),
            acts=acts_of(row, self.who.may, f"/u/{self.unit}/queue/{kind}/{name}") if row.sight is Sight.FULL else [],
        )

    def _seen(self, row: QueueRow) -> str:
        """Return what the reader sees of the group now, as the command will say that he saw it."""
        lead = row.rows[0]
        return json.dumps(data_of_seen(seen_of(lead, standing_reasons(lead, self.policy))), separators=(",", ":"))

    def _due(self, due: NextDue | None, since: Millis | None) -> DueView | None:
        if due is None:
            return None
        now = self.moments.now
        begun = min(since if since is not None else now, due.at - 1)
        return DueView(
            what=self.words.named("due", due.what),
            at=self.moments.at(due.at),
            left=self.moments.left(due.at),
            iso=self.moments.iso(due.at),
            used=max(0, min(100, (now - begun) * 100 // (due.at - begun))),
            is_late=due.at < now,
            is_soon=due.warn_at is not None and due.warn_at <= now <= due.at,
        )


def rows_for(
    request: Request, service: Service, unit: str, who: Principal, rows: Sequence[QueueRow]
) -> Sequence[RowView]:
    """Return the lines as this reader may see them; whose words he is shown is on record."""
    maker = row_maker(request, service, unit, who)
    views = [maker.row(row) for row in rows]
    service.people.audit.shown(
        who.account, unit, "queue", [row.headline.post for row, view in zip(rows, views, strict=True) if view.title]
    )
    return views


def row_maker(request: Request, service: Service, unit: str, who: Principal) -> RowMaker:
    """Return what makes lines for this reader now."""
    words = words_for(request)
    return RowMaker(
        unit=unit,
        who=who,
        words=words,
        moments=Moments(service.clock.now(), words),
        called=called(service, unit, words),
        policy=service.desk.practice(unit).policy,
    )


def acts_of(row: QueueRow, may: Callable[[str], bool], href: str) -> Sequence[Act]:
    """Return what the reader's roles may do with the row, in the order of the keys; the decider has the last word."""
    wanted = _of_incident(row, href) if row.state else _of_group(may, href)
    return [act for act, permission in wanted if may(permission)]


def _of_group(may: Callable[[str], bool], href: str) -> Sequence[tuple[Act, str]]:
    first = Act("take", "1") if may("acknowledge") else Act("open", "1")
    return [
        (first, "open"),
        (Act("join", "2", f"{href}/join"), "group_joined"),
        (Act("filed", "3"), "group_set_aside"),
        *([(Act("settle", "s", f"{href}/settle", is_page=True), "open")] if may("settle") else []),
        (Act("irrelevant", "x"), "group_set_aside"),
    ]


def _of_incident(row: QueueRow, href: str) -> Sequence[tuple[Act, str]]:
    acts = [(Act("acknowledge", "1"), "acknowledge")] if row.owner is None else []
    if row.level != HIGHEST:
        acts.append((Act("snooze", "h", f"{href}/snooze"), "snooze"))
    if row.level is not None and row.level >= HIGHEST_TO_SETTLE:
        page = href.replace("/queue/incident/", "/incidents/")
        acts.append((Act("settle", "s", f"{page}/settle", is_page=True), "settle"))
        acts.append((Act("dismiss", "x"), "settle"))
    return acts
