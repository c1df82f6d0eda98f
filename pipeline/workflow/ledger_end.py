"""
The end of the ledger: what was kept with it is erased three years after its end, with a receipt (MECHANICS §7).

An incident ends when it is closed, a need with its outcome, a group that a person set aside then. What another matter
still holds stays, and so does what is younger than any retention period; it goes with the other, or with its part.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pipeline.domain.group_merge import survivors
from pipeline.domain.incident import State
from pipeline.domain.people import MarkState
from pipeline.domain.post import Millis
from pipeline.domain.unit_state import UnitState
from pipeline.domain.working_calendar import CHINA
from pipeline.ports import Clock, ErasureReceipt, IncidentLog, PostStore, Record, Records

from .erase import Wanted, receipt_record

YEARS = 3
ENDED = "ledger_end"
"""The kind of the records that say of which end the erasure is done; a matter that ends again is due again."""
HOUSEKEEPER = "housekeeper"
REASON = f"kept with the ledger for {YEARS} years"
EVERY_BATCH = 1_000_000


@dataclass(frozen=True, slots=True)
class Due:
    """What ended over three years ago and is not erased yet: the key of each end with its time, by unit."""

    ends: Mapping[tuple[str, str], Millis] = field(default_factory=dict)
    incidents: frozenset[str] = frozenset()
    groups: frozenset[tuple[str, str]] = frozenset()
    needs: frozenset[tuple[str, str]] = frozenset()


def ended_before(now: Millis) -> Millis:
    """Return the moment before which an end is over age: the day three years ago began, in the unit's zone."""
    today = (datetime.fromtimestamp(now / 1_000, UTC) + timedelta(milliseconds=CHINA)).date()
    try:
        then = today.replace(year=today.year - YEARS)
    except ValueError:  # 29 February: three years ago that day was 1 March
        then = today.replace(year=today.year - YEARS, month=3, day=1)
    return int(datetime(then.year, then.month, then.day, tzinfo=UTC).timestamp() * 1_000) - CHINA


@dataclass(frozen=True, slots=True)
class LedgerEnd:
    """Erases what the ledger has kept for long enough. `erase` is the eraser's."""

    posts: PostStore
    log: IncidentLog
    records: Records
    clock: Clock
    erase: Callable[[Wanted], ErasureReceipt]

    def due(self, states: Iterable[UnitState]) -> Due:
        """Return what is due by now."""
        before = ended_before(self.clock.now())
        ends: dict[tuple[str, str], Millis] = {}
        incidents, groups, needs = set[str](), set[tuple[str, str]](), set[tuple[str, str]]()
        for state in states:
            for key, at in self._ends(state):
                if at >= before or self._is_done(state.unit, key, at):
                    continue
                ends[state.unit, key] = at
                kind, _, name = key.partition(":")
                if kind == "incident":
                    incidents.add(name)
                else:
                    (groups if kind == "group" else needs).add((state.unit, name))
        return Due(ends, frozenset(incidents), frozenset(groups), frozenset(needs))

    def over(self, states: Iterable[UnitState]) -> frozenset[tuple[str, str]]:
        """Return the groups of incidents whose time with the ledger is over: they hold no post any more."""
        before = ended_before(self.clock.now())
        return frozenset(
            (state.unit, group)
            for state in states
            for incident in state.incidents.values()
            if incident.state is State.CLOSED and (incident.times.closed_at or before) < before
            for one in state.family(incident.id)
            for group in one.groups
        )

    def clear(
        self, due: Due, held_groups: frozenset[tuple[str, str]], held_posts: frozenset[str], young: Millis
    ) -> int:
        """
        What is due is erased, but no post that is held or was collected since `young`; returns how many ends that were.

        The receipt and the ends are kept in one step. Where that was cut off, all is done again, which is harmless.
        """
        if not due.ends:
            return 0
        wanted, spared = {post for _, post in due.needs}, set(held_posts)
        for unit in {unit for unit, _ in due.ends} | {unit for unit, _ in held_groups}:
            now_part_of = survivors(self.posts.merges(unit))
            for mention, _ in self.posts.mentions(unit, 0):
                group = now_part_of.get(mention.group or "", mention.group)
                if (unit, group) in held_groups or mention.collected_at > young:
                    spared.add(mention.post)
                if (unit, group) in due.groups:
                    wanted.add(mention.post)
        stored = frozenset(post for post in wanted - spared if self.posts.post(post) is not None)
        wanted_now = Wanted(stored, self._memos(due), due.incidents, frozenset(spared))
        kept = [] if wanted_now.is_empty else [receipt_record(self.erase(wanted_now), HOUSEKEEPER, REASON)]
        now = self.clock.now()
        ends = [Record(ENDED, unit, key, 0, str(at), now, HOUSEKEEPER, REASON) for (unit, key), at in due.ends.items()]
        self.records.put_many([*kept, *ends])
        return len(due.ends)

    def _ends(self, state: UnitState) -> Iterator[tuple[str, Millis]]:
        for incident in state.incidents.values():
            if incident.state is State.CLOSED and incident.times.closed_at is not None:
                yield f"incident:{incident.id}", incident.times.closed_at
        for need in state.needs.values():
            if need.ended_at is not None:
                yield f"need:{need.post}", need.ended_at
        for mark in state.marks.values():
            if mark.state == MarkState.SET_ASIDE:
                yield f"group:{mark.group}", mark.at

    def _is_done(self, unit: str, key: str, at: Millis) -> bool:
        done = self.records.get(ENDED, unit, key)
        return done is not None and done.value == str(at)

    def _memos(self, due: Due) -> frozenset[str]:
        """Return what was typed about groups and needs that are due; an incident's memos go with the incident."""
        memos = set[str]()
        for unit in {unit for unit, _ in due.groups | due.needs}:
            for batch in self.log.read(unit, 0, EVERY_BATCH):
                told = [event for event in batch.events if not event.incident]
                if any(
                    (unit, event.data.get("group")) in due.groups or (unit, event.data.get("post")) in due.needs
                    for event in told
                ):
                    memos.update(memo for memo in batch.memos if self.log.memo(unit, memo) is not None)
        return frozenset(memos)
