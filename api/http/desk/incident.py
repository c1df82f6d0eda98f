"""The page of one incident, put together from its dossier for one reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.http.draft import Draft
from api.http.form import Forms, FormView
from pipeline.domain.event_data import number, table, text
from pipeline.domain.incident import Incident
from pipeline.domain.order_form import FieldKind
from pipeline.domain.pace import timed
from pipeline.workflow.dossier import Dossier, dossier
from pipeline.workflow.memo_texts import memo_texts

from .board import SHOWN_FROM, Asked, claim_texts, claims_view, lines_view
from .clocks import clock_view, due_view
from .groups import escalation, groups_view
from .lists import headline_said, lists_of_incident
from .moves import move_bar, moves_of
from .notices import notices_view
from .offices import assign_forms, assignments_view
from .papers import papers_view
from .posts import post_view
from .reader import Reader
from .timeline import Entry, timeline_of

FACTS = frozenset({"assessed", "reported", "leader_noted", "consulted"})
ENDS = frozenset({"replied", "line_answered", "line_declined"})


@dataclass(frozen=True, slots=True)
class Why:
    """Why the incident was opened: the reason, what met it, and what was seen then."""

    reason: str
    level: str
    rule: str
    version: str
    by: str
    terms: Sequence[str]
    seen: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ProposalView:
    """Another incident that the machine holds to be the same matter, with the post that shows it."""

    incident: str
    headline: str
    evidence: str
    forms: Sequence[FormView]


def incident_values(
    reader: Reader, incident: str, draft: Draft | None = None, *, wants_board: bool = False
) -> dict[str, Any]:
    """Return what the incident's template shows; it will be on record that its posts were read."""
    whole = dossier(reader.service.stores.log, reader.service.stores.posts, reader.state, incident, reader.who.roles)
    notes = memo_texts(reader.service.stores.log, reader.unit, incident)
    one, posts = whole.incident, [post_view(reader, seen) for seen in whole.posts]
    read = [post.id for post in posts if not post.withheld]
    reader.service.people.audit.shown(reader.who.account, reader.unit, "incident", read)
    said = claim_texts(reader, one)
    forms = Forms(reader.unit, reader.words, _back(reader, incident), lists_of_incident(reader, whole, posts, said))
    asked = Asked(reader, forms, one, moves_of(one, reader.who.actor, reader.who.roles), draft)
    timeline = timeline_of(reader, whole.timeline, notes)
    return {
        **reader.values(),
        "dossier": whole,
        "lists": forms.lists,
        "incident": one,
        "headline": headline_said(reader, whole.line),
        "due": due_view(reader, whole.due, whole.clocks) if whole.due else None,
        "bar": move_bar(forms, one, asked.may, draft),
        "why": _why(reader, whole),
        "posts": posts,
        "has_board": wants_board or one.level <= SHOWN_FROM or bool(one.claims),
        "claims": claims_view(asked, whole.timeline, said),
        "new_claim": asked.form("record_claim"),
        "assignments": assignments_view(asked),
        "assign": assign_forms(asked, whole),
        "lines": lines_view(asked),
        "papers": papers_view(asked),
        "ends_shown": _of_types(timeline, ENDS),
        "facts": _of_types(timeline, FACTS),
        "clocks": [clock_view(reader, clock) for clock in whole.clocks],
        "gaps": [(gap, asked.form("sign", what=gap.what)) for gap in one.gaps],
        "merge": asked.form("merge") if forms.lists[FieldKind.INCIDENT] else [],
        "split": asked.form("split") if forms.lists[FieldKind.GROUP] else [],
        "groups": groups_view(asked, whole),
        "escalate": escalation(asked),
        "merged_in": _merged_in(asked),
        "proposals": _proposals(asked, whole),
        "notices": notices_view(reader, incident, whole.notices),
        "timeline": timeline,
        "took": _took(reader, one),
        "counts": _counts(whole),
    }


def _back(reader: Reader, incident: str) -> str:
    return f"/u/{reader.unit}/incidents/{incident}"


def _why(reader: Reader, whole: Dossier) -> Why:
    """The first event opened it: its rule, level and counts are what was seen then."""
    first = next((one for one in whole.timeline if one.event.type == "opened"), None)
    data = first.event.data if first else {}
    seen = table(table(data, "seen"), text(data, "group"))
    terms = dict.fromkeys(hit.term for post in whole.posts for hit in post.hits)
    return Why(
        reason=_reason(reader, whole.incident),
        level=reader.words.named("level", number(data, "level", whole.incident.level)),
        rule=reader.words.named("reason", whole.incident.rule) if whole.incident.rule else "",
        version=whole.incident.rule_version,
        by=reader.called.who(whole.incident.opened_by),
        terms=list(terms)[:20],
        seen={name: number(seen, name) for name in ("posts", "posters", "sources", "grave_posts")},
    )


def _reason(reader: Reader, incident: Incident) -> str:
    """What reached the unit by itself is named by its way: a letter, an order of the hotline, an own find."""
    said = reader.words.named("reason", incident.reason)
    return f"{said}（{incident.origin.value}）" if incident.reason == "addressed" else said


def _of_types(timeline: Sequence[Entry], types: frozenset[str]) -> Sequence[Entry]:
    return [entry for entry in timeline if types & set(entry.types)]


def _merged_in(asked: Asked) -> Sequence[tuple[str, str, list[FormView]]]:
    reader = asked.reader
    own = asked.reader.state.incidents[asked.incident.id].absorbed
    return [
        (one, _line_of(reader, reader.state.incidents[one]), asked.form("unmerge", released=one) if one in own else [])
        for one in asked.incident.absorbed
    ]


def _line_of(reader: Reader, incident: Incident) -> str:
    return headline_said(reader, reader.queue.of_incident(incident))


def _proposals(asked: Asked, whole: Dossier) -> Sequence[ProposalView]:
    reader = asked.reader
    found = []
    for each in reader.service.desk.proposals(reader.unit):
        pair = {each.one, each.other}
        if whole.incident.id not in pair:
            continue
        (other,) = pair - {whole.incident.id}
        stored = reader.service.stores.posts.post(each.why.post)
        is_read = stored is not None and not stored.erased and reader.reads(stored.post)
        evidence = " ".join((stored.post.title or stored.post.text).split()) if stored and is_read else ""
        found.append(
            ProposalView(
                incident=other,
                headline=_line_of(reader, reader.state.as_one(other)),
                evidence=evidence[:60],
                forms=[
                    *asked.form("merge", others=f"{other}@{reader.state.as_one(other).revision}"),
                    *asked.form("decline_merge", other=other),
                ],
            )
        )
    return found


def _took(reader: Reader, incident: Incident) -> Sequence[tuple[str, str]]:
    took = timed(incident)["took_ms"]
    if not isinstance(took, Mapping):
        return []
    return [
        (reader.words.named("incident", f"took_{step.partition('→')[2]}"), reader.moments.length(length))
        for step, length in took.items()
    ]


def _counts(whole: Dossier) -> Mapping[str, int]:
    rows = whole.line.rows
    return {
        "posts": whole.line.posts,
        "posters": whole.line.posters,
        "sources": max((row.sources for row in rows), default=0),
        "reposts": whole.line.reposts,
    }
