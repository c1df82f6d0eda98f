"""
The ledger 台账: one line for each matter, all of it read from the log, its texts and the posts; nothing is typed twice.

A matter that was merged into another stands there. What was erased is said to be erased; what a reader's roles may not
read is not in his ledger. No column says who somebody is: neither who wrote nor who found it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.domain.group import GroupRow
from pipeline.domain.incident import AnswerLine, Assignment, Claim, Disposition, Incident, State
from pipeline.domain.level import Level
from pipeline.domain.post import Millis, Origin, Post
from pipeline.domain.unit_state import UnitState
from pipeline.ports import IncidentLog, PostStore, StoredPost

from .headline import shortened
from .letter_list import RECEIVED
from .memo_texts import MemoText, memo_texts
from .visibility import NOBODY, Roles, Sight, may_read, may_see, rows_of

LONGEST_SUMMARY = 300
KINDS: Mapping[str, frozenset[str]] = {
    "directions": frozenset({"leader_noted"}),
    "verdicts": frozenset({"claim_recorded", "evidence_recorded", "verdict_given"}),
    "measures": frozenset(
        {"assessed", "consulted", "reported", "office_assigned", "office_chased", "office_received", "office_answered"}
        | {"office_returned", "transferred", "bounced_back", "closed", "reopened", "held", "level_changed"}
    ),
    "replies": frozenset({"replied", "line_answered", "line_declined"}),
}
"""Column → the steps whose texts stand in it; a text of several steps stands where it comes first of ORDER."""
ORDER = ("directions", "measures", "replies", "verdicts")
FOLLOWED = "回访"
"""A remark that holds this word tells how the person was asked afterwards."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the log with its moment. `erased`: it was, and only the moment is left."""

    at: Millis
    text: str
    erased: bool = False


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """
    One matter; `came_at` is when it was found, or received. `lead` is the post that names it; None where it is gone:
    `withheld` says why no words are shown, "conduct", "internal" or "erased".

    `refs` are the numbers of its letters, `asks` what superiors want of it; `texts` are what people typed, by column.
    """

    incident: str
    state: State
    level: Level
    reason: str
    origin: Origin
    published_at: Millis
    came_at: Millis
    closed_at: Millis | None
    responded_at: Millis | None
    disposition: Disposition | None
    withheld: str = ""
    lead: Post | None = None
    title: str = ""
    summary: str = ""
    refs: Sequence[str] = ()
    asks: Sequence[str] = ()
    rows: Sequence[GroupRow] = ()
    lines: Sequence[AnswerLine] = ()
    assignments: Sequence[Assignment] = ()
    claims: Sequence[Claim] = ()
    texts: Mapping[str, Sequence[Said]] = field(default_factory=dict)
    outside: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Reads the ledger of one unit as its log stands in `state`, for a reader of these roles (visibility.py)."""

    log: IncidentLog
    posts: PostStore
    state: UnitState
    roles: Roles = NOBODY

    def count(self, since: Millis, until: Millis) -> int:
        """Return how many matters came from `since` on and before `until`."""
        return len(self._within(since, until))

    def rows(self, since: Millis, until: Millis) -> Iterator[LedgerRow]:
        """Yield those matters, the first at the top; what does not exist for these roles is left out."""
        for incident in self._within(since, until):
            row = self._row(self.state.as_one(incident.id))
            if row is not None:
                yield row

    def _within(self, since: Millis, until: Millis) -> Sequence[Incident]:
        found = [one for one in self.state.incidents.values() if one.state is not State.MERGED]
        return sorted((one for one in found if since <= came_at(one) < until), key=lambda one: (came_at(one), one.id))

    def _row(self, one: Incident) -> LedgerRow | None:
        groups = rows_of(self.posts, self.state.unit, one)
        sight = may_see(self.roles, groups, one)
        if sight is Sight.NONE:
            return None
        if sight is Sight.NAMED:
            return _facts(one, withheld="conduct")
        lead = self.posts.post(groups[0].lead) if groups and groups[0].lead else None
        return self._whole(one, groups, lead)

    def _whole(self, one: Incident, groups: Sequence[GroupRow], lead: StoredPost | None) -> LedgerRow:
        letters = [stored for line in one.lines if (stored := self.posts.post(line.post)) and not stored.erased]
        post = lead.post if lead and not lead.erased and may_read(self.roles, lead.post) else None
        withheld = "" if post else "erased" if lead is None or lead.erased else "internal"
        return _facts(
            one,
            withheld=withheld,
            lead=post,
            title=shortened(post.title or post.text) if post else "",
            summary=shortened(post.text, LONGEST_SUMMARY) if post else "",
            refs=[stored.post.ref for stored in letters if stored.post.ref],
            asks=[ask for stored in letters if (ask := _asked(stored.post)) and may_read(self.roles, stored.post)],
            rows=groups,
            texts=self._texts(one, letters),
        )

    def _texts(self, one: Incident, letters: Sequence[StoredPost]) -> Mapping[str, Sequence[Said]]:
        found: dict[str, list[Said]] = {}
        for incident in self.state.family(one.id):
            for memo in memo_texts(self.log, self.state.unit, incident.id):
                if not memo.taken_back and (memo.text or memo.erased):
                    found.setdefault(_column_of(memo), []).append(Said(memo.at, memo.text, memo.erased))
        for stored in letters:  # what another system's list says was answered stands with the letter
            said = stored.post.stated
            if said and said.answer and said.answered_millis is not None and may_read(self.roles, stored.post):
                found.setdefault("replies", []).append(Said(said.answered_millis, said.answer))
        return {column: sorted(texts, key=lambda said: said.at) for column, texts in found.items()}


def came_at(one: Incident) -> Millis:
    """Return when a matter came to the unit: what it received, when that was received; else when it was discovered."""
    return one.times.published_at if one.origin in RECEIVED else one.times.discovered_at


def _facts(one: Incident, **words: object) -> LedgerRow:
    is_named = words.get("withheld") == "conduct"
    return LedgerRow(
        incident=one.id,
        state=one.state,
        level=one.level,
        reason=one.reason,
        origin=one.origin,
        published_at=one.times.published_at,
        came_at=came_at(one),
        closed_at=one.times.closed_at,
        responded_at=one.times.responded_at,
        disposition=one.disposition,
        lines=() if is_named else one.lines,
        assignments=() if is_named else one.assignments,
        claims=() if is_named else one.claims,
        outside=one.outside or "",
        **words,  # type: ignore[arg-type]  # the words of a row, as `_whole` names them
    )


def _column_of(memo: MemoText) -> str:
    """Return in which column a text stands: by the steps that it was typed with, else among remarks."""
    types = set(memo.types)
    column = next((column for column in ORDER if KINDS[column] & types), "remarks")
    return "followed" if column == "remarks" and FOLLOWED in memo.text else column


def _asked(post: Post) -> str:
    """Return what a superior's paper asks for, with the office that it came from; "" where it says neither."""
    said = post.stated
    return "：".join(part for part in (said.office, said.wants) if part) if said else ""


def words_shown(rows: Iterable[LedgerRow]) -> Sequence[str]:
    """Return the posts whose words are shown, for the record of reads."""
    return [row.lead.id for row in rows if row.lead is not None]
