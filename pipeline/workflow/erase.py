"""
Erasure: the text of posts and memos is gone everywhere, with a receipt, and the log still verifies (MECHANICS §7).

What events hold of a text is a salted commitment; the salt dies with the text. The ids stay on the erasure list, so
that neither a record still on the bus nor a restored backup brings the text back.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from pipeline.domain.errors import BadInput
from pipeline.domain.event import Batch
from pipeline.domain.group_merge import survivors
from pipeline.domain.post import Millis
from pipeline.domain.row import iso_of
from pipeline.domain.unit_state import replay
from pipeline.ports import (
    Blobs,
    Clock,
    ErasureReceipt,
    IncidentLog,
    Outbox,
    PostBus,
    PosterTokens,
    PostStore,
    Record,
    Send,
)

EVERY_BATCH = 1_000_000
EVERY_SEND = 100_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What somebody wants erased: ids of posts, of memos, of incidents with all that belongs to them.

    `spared` are posts of the incidents that stay, because something else still needs them.
    """

    posts: frozenset[str] = frozenset()
    memos: frozenset[str] = frozenset()
    incidents: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is named."""
        return not (self.posts or self.memos or self.incidents)


@dataclass(frozen=True, slots=True)
class Named:
    """One thing to erase: "post", "memo" or "blob", the unit of a memo, the id."""

    kind: str
    unit: str
    id: str


def receipt_record(receipt: ErasureReceipt, author: str, reason: str) -> Record:
    """Return the record in which a receipt is kept."""
    said = asdict(receipt) | {"author": author, "reason": reason}
    value = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return Record("erasure", "", f"{receipt.at:013d}", 0, value, receipt.at, author, reason)


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
    blobs: Blobs

    def erase(self, wanted: Wanted) -> ErasureReceipt:
        """
        Everything wanted is gone; the receipt says what was reached and when the last copy on the bus ends.

        Doing it twice is harmless. Raises BadInput where an id is unknown; then nothing was erased.
        """
        posts, memos, touched = self._everything(wanted)
        self._refuse_unknown(posts)
        ids = frozenset(posts | {memo for _, memo in memos})
        now = self.clock.now()
        attached = self._attachments(memos)
        listed = [Named("post", "", post) for post in sorted(posts)]
        listed += [Named("memo", unit, memo) for unit, memo in sorted(memos)]
        self.note_down([*listed, *(Named("blob", "", blob) for blob in sorted(attached))], now)
        reached = dict(self.posts.erase(frozenset(posts), now))
        reached["tokens"] = self.tokens.erase(frozenset(posts))
        reached["memos"] = sum(
            self.log.erase_memos(unit, frozenset(memo for of, memo in memos if of == unit), now)
            for unit in self.log.units()
        )
        reached["attachments"] = sum(self.blobs.remove(blob) for blob in attached)
        last_copy_ends = self.bus.erase(frozenset(posts))
        return ErasureReceipt(
            ids=tuple(sorted(ids)),
            at=now,
            reached=reached,
            bus_copies_end_at=last_copy_ends,
            mails_already_sent=self._already_sent(touched, sorted(posts)),
        )

    def _everything(self, wanted: Wanted) -> tuple[set[str], set[tuple[str, str]], set[str]]:
        """Return posts, (unit, memo) pairs, and the incidents that are touched by them."""
        posts, memos = set(wanted.posts), set[tuple[str, str]]()
        touched, found = set[str](), set[str]()
        for unit in self.log.units():
            batches = self.log.read(unit, 0, EVERY_BATCH)
            state = replay(unit, batches)
            family = {one.id for wish in wanted.incidents & state.incidents.keys() for one in state.family(wish)}
            groups = {group for incident in family for group in state.incidents[incident].groups}
            posts |= self._members(unit, groups) - wanted.spared
            memos |= {(unit, memo) for memo in self._memos(unit, batches, wanted.memos, family)}
            touched |= family
            found |= family
            for post in wanted.posts:
                of_post = {mention.group for mention in self.posts.mentions_of(unit, post) if mention.group}
                now = survivors(self.posts.merges(unit))
                touched |= {owner.id for group in of_post if (owner := state.incident_of(now.get(group, group)))}
        found = {
            incident for unit in self.log.units() for incident in wanted.incidents if self.log.incident(unit, incident)
        }
        missing = (wanted.incidents - found) | (wanted.memos - {memo for _, memo in memos})
        if missing:
            raise BadInput(f"unknown: {', '.join(sorted(missing))}; nothing was erased", code="ERA-101")
        return posts, memos, touched

    def _members(self, unit: str, groups: set[str]) -> set[str]:
        """Return the groups' posts, those too of which no version matches any more."""
        if not groups:
            return set()
        parts = groups | {part for part, into in survivors(self.posts.merges(unit)).items() if into in groups}
        return {mention.post for mention, _ in self.posts.mentions(unit, 0) if mention.group in parts}

    def _memos(self, unit: str, batches: Sequence[Batch], wanted: frozenset[str], family: set[str]) -> Iterator[str]:
        """Yield the memos that are wanted by id, and those of the incidents."""
        for batch in batches:
            of_family = not family.isdisjoint(event.incident for event in batch.events)
            for memo_id in batch.memos:
                memo = self.log.memo(unit, memo_id)
                if memo_id in wanted or of_family or (memo is not None and memo.incident in family):
                    yield memo_id

    def _attachments(self, memos: set[tuple[str, str]]) -> frozenset[str]:
        """Return the attachments that no other memo names."""
        going, staying = set[str](), set[str]()
        for unit in self.log.units() if memos else ():
            for memo_id in (each for batch in self.log.read(unit, 0, EVERY_BATCH) for each in batch.memos):
                memo = self.log.memo(unit, memo_id)
                if memo is not None and memo.attachment is not None:
                    (going if (unit, memo_id) in memos else staying).add(memo.attachment)
        return frozenset(going - staying)

    def _refuse_unknown(self, posts: Iterable[str]) -> None:
        unknown = [post for post in sorted(posts) if self.posts.post(post) is None]
        if unknown:
            raise BadInput(f"unknown: {', '.join(unknown)}; nothing was erased", code="ERA-101")

    def _already_sent(self, incidents: set[str], posts: Sequence[str]) -> tuple[str, ...]:
        """Name what has left the house, or may have: first what quoted an erased post, then what told of its matter."""
        quoting = {send.id: send for send in self.outbox.quoting(posts)}
        of_matters = (
            send
            for unit in self.log.units()
            for incident in sorted(incidents)
            for send in self.outbox.sends(unit, incident, EVERY_SEND)
        )
        others = {send.id: send for send in of_matters if send.id not in quoting}
        return (
            *(f"{_named(send)}, quoted an erased post" for send in quoting.values() if _has_left(send)),
            *(_named(send) for send in others.values() if _has_left(send)),
        )


def _has_left(send: Send) -> bool:
    """Whether the message arrived, or may have: also what is unclear cannot be called back."""
    return any(attempt.outcome in ("delivered", "unclear", "trying") for attempt in send.attempts)


def _named(send: Send) -> str:
    what = f"incident {send.notice.incident}" if send.notice.incident else "a roll-up"
    return f"{send.channel} to {send.recipient} at {iso_of(send.attempts[-1].at)}, {what}"
