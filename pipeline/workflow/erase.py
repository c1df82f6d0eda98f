"""
Erasure: the text of posts and memos is gone everywhere, with a receipt, and the log still verifies (MECHANICS §7).

What events hold of a text is a salted commitment; the salt dies with the text. The ids stay on the erasure list, so
that neither a record still on the bus nor a restored backup brings the text back.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis
from pipeline.domain.unit_state import replay
from pipeline.ports import (
    Clock,
    ErasureReceipt,
    IncidentLog,
    Outbox,
    PostBus,
    PosterTokens,
    PostStore,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants erased: ids of posts, of memos, of incidents with all that belongs to them."""

    posts: frozenset[str] = frozenset()
    memos: frozenset[str] = frozenset()
    incidents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Named:
    """One thing to erase: "post" or "memo", the unit of a memo, the id."""

    kind: str
    unit: str
    id: str


@dataclass(frozen=True, slots=True)
class Eraser:
    """Erases in every store. `note_down` writes the erasure list that lies beside the backups; it comes first."""

    posts: PostStore
    log: IncidentLog
    bus: PostBus
    tokens: PosterTokens
    outbox: Outbox
    clock: Clock
    note_down: Callable[[Sequence[Named], Millis], None]

    def erase(self, wanted: Wanted) -> ErasureReceipt:
        """
        Everything wanted is gone; the receipt says what was reached and when the last copy on the bus ends.

        Doing it twice is harmless. Raises BadInput where an id is unknown; then nothing was erased.
        """
        posts, memos, touched = self._everything(wanted)
        self._refuse_unknown(posts)
        ids = frozenset(posts | {memo for _, memo in memos})
        now = self.clock.now()
        listed = [Named("post", "", post) for post in sorted(posts)]
        self.note_down([*listed, *(Named("memo", unit, memo) for unit, memo in sorted(memos))], now)
        reached = dict(self.posts.erase(frozenset(posts), now))
        reached["tokens"] = self.tokens.erase(frozenset(posts))
        reached["memos"] = sum(
            self.log.erase_memos(unit, frozenset(memo for of, memo in memos if of == unit), now)
            for unit in self.log.units()
        )
        last_copy_ends = self.bus.erase(frozenset(posts))
        return ErasureReceipt(
            ids=tuple(sorted(ids)),
            at=now,
            reached=reached,
            bus_copies_end_at=last_copy_ends,
            mails_already_sent=self._already_sent(touched),
        )

    def _everything(self, wanted: Wanted) -> tuple[set[str], set[tuple[str, str]], set[str]]:
        """Return posts, (unit, memo) pairs, and the incidents that are touched by them."""
        posts, memos, touched = set(wanted.posts), set[tuple[str, str]](), set(wanted.incidents)
        found: set[str] = set()
        for unit in self.log.units():
            batches = self.log.read(unit, 0, 1_000_000)
            state = replay(unit, batches)
            for batch in batches:
                of_incident = {event.incident for event in batch.events} & wanted.incidents
                memos |= {(unit, memo) for memo in batch.memos if memo in wanted.memos or of_incident}
            for incident in wanted.incidents & state.incidents.keys():
                found.add(incident)
                for group in state.as_one(incident).groups:
                    posts |= {mention.post for mention in self.posts.members(unit, group)}
            for post in wanted.posts:
                groups = {mention.group for mention in self.posts.mentions_of(unit, post) if mention.group}
                owners = {owner.id for group in groups if (owner := state.incident_of(group))}
                touched |= owners
        missing = (wanted.incidents - found) | (wanted.memos - {memo for _, memo in memos})
        if missing:
            raise BadInput(f"unknown: {', '.join(sorted(missing))}; nothing was erased", code="ERA-101")
        return posts, memos, touched

    def _refuse_unknown(self, posts: Iterable[str]) -> None:
        unknown = [post for post in sorted(posts) if self.posts.post(post) is None]
        if unknown:
            raise BadInput(f"unknown: {', '.join(unknown)}; nothing was erased", code="ERA-101")

    def _already_sent(self, incidents: set[str]) -> tuple[str, ...]:
        return tuple(
            f"{send.channel} to {send.recipient}, incident {incident}"
            for unit in self.log.units()
            for incident in sorted(incidents)
            for send in self.outbox.sends(unit, incident, 1_000)
            if send.state == "delivered"
        )
