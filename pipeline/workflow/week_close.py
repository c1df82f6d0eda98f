"""
The week is closed: what the log does not know is found once, and recorded with the cut (MECHANICS §6).

Closing is idempotent: the log holds each week once. A week that ended while nothing ran is closed when the clock runs
again; the log is cut where the week ended, not where it was looked at.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.domain.closed_week import MOST_NAMED, ClosedWeek, NamedMatter
from pipeline.domain.command import WeekClosed
from pipeline.domain.digest import LISTED, MATTERS, matters_of
from pipeline.domain.errors import Refused
from pipeline.domain.event import Batch
from pipeline.domain.for_leader import LeaderItem, for_leader
from pipeline.domain.group import GroupRow
from pipeline.domain.incident import Incident
from pipeline.domain.mention import Mention
from pipeline.domain.own_discovery import own_discovery
from pipeline.domain.post import Kind, Millis, Post
from pipeline.domain.quoting import SENSITIVE_LINES, may_quote
from pipeline.domain.recused import is_for_leader
from pipeline.domain.unit_state import UnitState
from pipeline.domain.week import Week
from pipeline.domain.week_count import batches_told, count_week, without_history
from pipeline.ports import PostStore

from .desk import Desk
from .past_states import PastStates, read_all
from .visibility import rows_of

log = logging.getLogger(__name__)

PRAISE = "表扬"
"""The label of the head `act` for praise (data/classify/GUIDELINE.md)."""
MOST_PRAISE_QUOTED = 2


@dataclass(frozen=True, slots=True)
class WeekCoverage:
    """What could be seen in a week: sources by its end, and the gaps in which nothing ran, oldest first."""

    alive: int = 0
    all: int = 0
    dead: Mapping[str, Millis] = field(default_factory=dict)
    gaps: Sequence[tuple[Millis, Millis]] = ()


@dataclass(frozen=True, slots=True)
class WeekCloser:
    """Closes weeks of units. `covers` says what could be seen; `quotes` whether a unit lets posts be quoted."""

    desk: Desk
    posts: PostStore
    covers: Callable[[Week], WeekCoverage]
    quotes: Callable[[str], bool]
    past: PastStates = field(default_factory=PastStates)

    def close(self, unit: str, week: Week) -> Batch | None:
        """The week is closed in the unit's log; returns the batch, None where it had been closed before."""
        if week.name in self.desk.state(unit).weeks:
            return None
        command = WeekClosed(
            command_id=f"week:{week.name}", actor="clock:close_week", cut=self.cut(unit, week, self.desk.clock.now())
        )
        try:
            return self.desk.execute(unit, command, roles=frozenset())
        except Refused as refusal:
            log.debug("week_close.refused %s of %s: %s", week.name, unit, refusal)
            return None

    def cut(self, unit: str, week: Week, now: Millis) -> ClosedWeek:
        """Return the week's cut as it would be recorded now; of a week that runs still, as far as it has come."""
        whole = replace(week, until=min(week.until, now + 1))
        now_known = self.desk.state(unit)
        begins = max((one.until_seq for one in now_known.weeks.values()), default=0)
        batches = list(self._until(unit, begins, whole.until))
        until_seq = batches[-1].seq if batches else begins
        state = self.past.at(self.desk, unit, until_seq)
        empty = _cut_of(week, until_seq, now, self.covers(whole))
        told = batches_told(batches, empty, now_known.weeks)
        conduct = self._conduct(state)
        fresh = without_history(state, told, whole.until)
        named, quoted = self._named(state, fresh, for_leader(state, whole.until, conduct), conduct)
        needs, praise, praise_quoted = self._mentioned(unit, whole)
        counts = {
            **count_week(state, told, whole.until).sizes(),
            **own_discovery(state, fresh).sizes(),
            "decide": len(for_leader(state, whole.until, conduct)),
            "needs_found": len(needs),
            "praise": len(praise),
        }
        return replace(
            empty,
            until=whole.until,
            counts=counts,
            matters=tuple(named),
            conduct=conduct,
            needs=tuple(needs[:MOST_NAMED]),
            praise=tuple(praise[:MOST_NAMED]),
            quoted=tuple(dict.fromkeys([*quoted, *praise_quoted])),
        )

    def _until(self, unit: str, after: int, until: Millis) -> Iterator[Batch]:
        """Yield the batches behind a seq up to the first that was made at the moment or later."""
        for batch in read_all(self.desk, unit, after):
            if batch.events and max(event.at for event in batch.events) >= until:
                return
            yield batch

    def _conduct(self, state: UnitState) -> tuple[str, ...]:
        """Return the open incidents that complain about staff, of which no leader has decided."""
        standing = [state.as_one(one.id) for one in state.incidents.values() if one.is_open]
        return tuple(
            one.id for one in standing if one.avoided or is_for_leader(rows_of(self.posts, state.unit, one), one)
        )

    def _named(
        self, state: UnitState, batches: Sequence[Batch], leader: Sequence[LeaderItem], conduct: Sequence[str]
    ) -> tuple[Sequence[NamedMatter], Sequence[str]]:
        """Return the incidents that the digest names with their sizes, and the posts of which it may carry words."""
        sized = [self._sized(state.unit, one) for one in matters_of(state, batches) if one.id not in conduct]
        ranked = sorted(sized, key=lambda each: (state.as_one(each.incident).level, -each.posts, each.incident))
        named = {one.incident: replace(one, rank=rank) for rank, one in enumerate(ranked[:MATTERS], start=1)}
        for item in leader[:LISTED]:
            if item.incident not in named and item.incident not in conduct:
                named[item.incident] = self._sized(state.unit, state.as_one(item.incident))
        return list(named.values()), [f"{one.post}@{one.version}" for one in named.values() if one.version]

    def _sized(self, unit: str, incident: Incident) -> NamedMatter:
        rows = tuple({row.id: row for row in rows_of(self.posts, unit, incident)}.values())
        lead = rows[0].lead if rows else ""
        return NamedMatter(
            incident=incident.id,
            rank=0,
            post=lead,
            version=self._quotable(unit, lead, rows),
            posts=sum(row.posts for row in rows),
            posters=max((row.posters for row in rows), default=0),
            sources=max((row.sources for row in rows), default=0),
        )

    def _quotable(self, unit: str, post_id: str, rows: Iterable[GroupRow]) -> str:
        """Return the version of the post whose words may be quoted; "" where they may not."""
        if not self.quotes(unit) or any(row.needs or row.conduct or row.line in SENSITIVE_LINES for row in rows):
            return ""
        stored = self.posts.post(post_id)
        if stored is None or stored.erased:
            return ""
        needs = [one.opinion.need.label for one in self.posts.mentions_of(unit, post_id)]
        return stored.post.version if may_quote(stored.post, needs) else ""

    def _mentioned(self, unit: str, week: Week) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
        """Return the posts found in the week that ask for help, those that praise, and words of praise to quote."""
        needs: dict[str, None] = {}
        praise: dict[str, None] = {}
        quoted: list[str] = []
        for mention, post in self.posts.mentions(unit, week.since):
            if mention.collected_at >= week.until or mention.lapsed or mention.backfilled or post.kind is Kind.ANSWER:
                continue
            if mention.opinion.need.label is True:
                needs[post.id] = None
            elif mention.opinion.act.label == PRAISE and post.id not in praise:
                praise[post.id] = None
                if len(quoted) < MOST_PRAISE_QUOTED and self._is_quotable_praise(unit, mention, post):
                    quoted.append(f"{post.id}@{post.version}")
        return list(needs), list(praise), quoted

    def _is_quotable_praise(self, unit: str, mention: Mention, post: Post) -> bool:
        is_sensitive = mention.conduct or mention.service_line in SENSITIVE_LINES
        return self.quotes(unit) and not is_sensitive and may_quote(post, [mention.opinion.need.label])


def _cut_of(week: Week, until_seq: int, now: Millis, seen: WeekCoverage) -> ClosedWeek:
    return ClosedWeek(
        week=week.name,
        seq=0,
        since=week.since,
        until=week.until,
        until_seq=until_seq,
        counts={},
        alive_sources=seen.alive,
        all_sources=seen.all,
        dead=seen.dead,
        gaps=tuple(seen.gaps),
        matters=(),
        conduct=(),
        needs=(),
        praise=(),
        quoted=(),
        at=now,
    )
