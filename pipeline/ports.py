"""
What the pipeline asks of the world, on one page. Adapters implement these; `api.bootstrap` alone chooses them.

Every write is durable when the call returns, or raises StoreUnavailable and has written nothing. One behaviour suite
per port (tests/contracts/) runs over every adapter.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from .domain.event import Batch, Memo, Notice
from .domain.group import GroupRow
from .domain.incident import Incident
from .domain.mention import Mention, Opinion
from .domain.people import GroupMark
from .domain.post import Millis, Post, RawPost, Token


@dataclass(frozen=True, slots=True)
class Position:
    """How far a reader of posts has come; it names its stream, so that a position of another stream means nothing."""

    stream: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """One record of the bus: a post, or None where its bytes cannot be read, with the position *after* it."""

    post: Post | None
    after: Position
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What could not be worked: intake's output as JSON, or only source, address and hash where intake failed."""

    id: str
    source: str
    stage: str
    error: str
    at: Millis
    address: str = ""
    body_hash: str = ""
    post: str = ""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of raw posts at the door: on the bus, turned away (erased before), or buried as dead letters."""

    published: int = 0
    turned_away: int = 0
    buried: int = 0


class Door(Protocol):
    """The one door in: intake (ids, masking, tokens, salt), then the bus. Spiders, files and people use it alike."""

    def admit(self, raws: Sequence[RawPost]) -> Admitted:
        """Every raw post is on the bus, turned away or buried when the call returns; or StoreUnavailable is raised."""


class PostBus(Protocol):
    """Posts on the way from intake to the worker, kept for at most 7 days, in order per source."""

    @property
    def stream(self) -> str:
        """The id of this stream, made with it and never changed."""

    def publish(self, posts: Sequence[Post]) -> None:
        """All posts are on the bus, in order, or none is."""

    def read(self, after: Position | None, limit: int) -> Sequence[Delivered]:
        """Return what follows the position, oldest first; None or an unknown stream means from the beginning."""

    def bury(self, letters: Sequence[DeadLetter]) -> None:
        """The letters are kept; the same id twice is one letter."""

    def dead_letters(self, limit: int) -> Sequence[DeadLetter]:
        """Return the newest dead letters first."""

    def trim(self, before: Millis, done: Position) -> int:
        """Records collected before the time and already passed by the position are gone; returns how many."""

    def erase(self, post_ids: frozenset[str]) -> Millis | None:
        """Records of the posts hold no text any more where that is possible; else when the last copy will be gone."""


@dataclass(frozen=True, slots=True)
class Head:
    """What `post_heads` answers: the id that a key has had since first sight, and the newest version."""

    id: str
    first_at: Millis
    newest: str


@dataclass(frozen=True, slots=True)
class Work:
    """What one step of the worker writes together, the position last. `lapsed` are keys of mentions that end."""

    posts: Sequence[Post]
    mentions: Sequence[Mention]
    groups: Sequence[GroupRow]
    position: Position
    lapsed: Sequence[tuple[str, str, str, str, str]] = ()
    gone: Sequence[tuple[str, Millis]] = ()


@dataclass(frozen=True, slots=True)
class StoredPost:
    """A version of a post with its place in time. `erased` posts keep their id and times only."""

    post: Post
    is_newest: bool
    erased: bool = False
    gone_at: Millis | None = None


Mark: TypeAlias = GroupMark
"""What people decided about a group, as `people.fold_marks` makes it of the log, kept beside the machine's fields."""


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group as the desk lists it: the machine's row, and the mark that people left on it."""

    row: GroupRow
    mark: Mark | None
    is_todo: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A cursor page of groups, newest first; `cursor` None means that nothing follows."""

    rows: Sequence[GroupView]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """What an erasure reached: which ids, where, when the last copy on the bus ends, which mails were already sent."""

    ids: tuple[str, ...]
    at: Millis
    reached: Mapping[str, int] = field(default_factory=dict)
    bus_copies_end_at: Millis | None = None
    mails_already_sent: tuple[str, ...] = ()


class PostStore(Protocol):
    """Posts, mentions and groups: what the worker commits, and every read of them. The unit is first in every key."""

    def position(self, stream: str, partition: int) -> Position | None:
        """Return how far the commits of this stream have come."""

    def known_streams(self) -> Sequence[str]:
        """Return every stream that ever moved a position here, oldest first."""

    def heads(self, keys: Iterable[str]) -> Mapping[str, Head]:
        """Return the heads that are known of the keys (native ids and addresses, hashed)."""

    def commit(self, work: Work) -> int:
        """
        Everything of the work is stored once, and the position has moved; returns how many mentions were new.

        A post version or mention that exists is a repeat and is skipped. Erased ids are not written.
        Raises StaleWorker where a mention exists with another decision: then nothing of the work is stored.
        """

    def post(self, post_id: str, version: str | None = None) -> StoredPost | None:
        """Return a post by id, its newest version unless one is named."""

    def versions(self, post_id: str) -> Sequence[StoredPost]:
        """Return all versions of a post, oldest first."""

    def mentions(self, unit: str, since: Millis, after_order: int = -1) -> Iterator[tuple[Mention, Post]]:
        """Yield a unit's mentions collected since, with their posts, in the order of the fold, for a reload."""

    def members(self, unit: str, group: str) -> Sequence[Mention]:
        """Return the mentions of a group that have not lapsed, in the order of the fold."""

    def mentions_of(self, unit: str, post_id: str) -> Sequence[Mention]:
        """Return a unit's mentions of one post, all versions, lapsed ones too."""

    def opinions(self, text_hashes: Iterable[str], model: str) -> Mapping[str, Opinion]:
        """Return opinions that this model has already given of the same texts."""

    def group(self, unit: str, group: str) -> GroupView | None:
        """Return one group as the desk lists it."""

    def groups(self, unit: str, *, todo_only: bool, cursor: str | None, limit: int) -> Page:
        """Return a page of groups, newest first; `todo_only` leaves those that ask for a person."""

    def changed_groups(self, unit: str, after_change: int) -> tuple[int, Sequence[GroupView]]:
        """
        Return the unit's groups that changed behind a change, in order, and the change to ask for next; 0 begins.

        Changes are numbers that only grow. A group counts as changed when its row or its mark did.
        """

    def needs(self, unit: str, limit: int) -> Sequence[tuple[Mention, Post]]:
        """Return mentions whose opinion says that help is needed, newest first."""

    def search(self, unit: str, term: str, *, since: Millis, until: Millis, limit: int) -> Sequence[Post]:
        """Return a unit's posts that contain the term exactly, newest first. Any term of at least one character."""

    def count(self, unit: str, term: str, *, since: Millis, until: Millis) -> int:
        """Return how many of a unit's posts contain the term exactly."""

    def daily(self, unit: str, since_day: int, until_day: int) -> Sequence[tuple[int, str, int]]:
        """Return (day, service line or "", posts) from the roll-ups; a day is the number of days since 1970 in UTC."""

    def erase(self, post_ids: frozenset[str], at: Millis) -> Mapping[str, int]:
        """Text, title, address and salt of the posts are gone from every table; the ids are on the erasure list."""

    def erased(self, ids: Iterable[str]) -> frozenset[str]:
        """Return which of the ids are on the erasure list."""

    def drop_parts(self, before_unmentioned: Millis, before_mentioned: Millis, keep: frozenset[tuple[str, str]]) -> int:
        """Posts over age are gone, but not those of the (unit, group) pairs to keep; returns how many went."""

    def rebuild_groups(self, unit: str, rows: Sequence[GroupRow]) -> None:
        """The unit's group rows are exactly these."""


class IncidentLog(Protocol):
    """The log of decisions, one per unit, and its projections: marks on groups, incidents."""

    def append(self, batch: Batch, memos: Sequence[Memo]) -> None:
        """
        The batch is the record (unit, seq), with its memos and projections, all at once.

        Raises LostRace where the seq is taken or not the next; MalformedEvent where `previous` is not the head's hash.
        """

    def head(self, unit: str) -> tuple[int, str]:
        """Return the last seq and its hash; (0, GENESIS) for an empty log. Always the true head, never a hint."""

    def read(self, unit: str, after: int, limit: int = 1000) -> Sequence[Batch]:
        """Return the batches behind a seq, in order."""

    def batch_of_command(self, unit: str, command: str) -> Batch | None:
        """Return the batch that a command (an Idempotency-Key or an id from content) has caused already."""

    def units(self) -> Sequence[str]:
        """Return every unit that has a log."""

    def memo(self, unit: str, memo_id: str) -> Memo | None:
        """Return a memo by id; None where it was erased or never was."""

    def erase_memos(self, unit: str, memo_ids: frozenset[str], at: Millis) -> int:
        """Text and salt of the memos are gone; the log still verifies."""

    def incident(self, unit: str, incident_id: str) -> Incident | None:
        """Return an incident as the log's head makes it, without what it absorbed; None where none was opened."""

    def incidents(self, unit: str, *, open_only: bool, limit: int = 1000) -> Sequence[Incident]:
        """Return a unit's incidents, opened last first; `open_only` leaves those in which somebody still owes."""

    def raw(self, unit: str) -> Iterator[tuple[int, bytes]]:
        """Yield (seq, stored bytes) of a unit's whole log, for verification."""

    def reproject(self, unit: str) -> None:
        """Every projection of the unit is deleted and rebuilt from its log; nothing is sent again."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver a send: written with outcome "trying" before the I/O, judged after it."""

    number: int
    at: Millis
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Send:
    """A notice to one recipient over one channel. `state`: waiting, delivered, held, failed or unclear."""

    id: str
    unit: str
    seq: int
    number: int
    notice: Notice
    recipient: str
    channel: str
    state: str
    reason: str
    next_at: Millis
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a channel judged its own answer: "delivered", "retry" or "permanent", with what the other side said."""

    outcome: str
    detail: str = ""


class Channel(Protocol):
    """One way to reach a recipient. A channel never counts a failure as success (DESIGN §1.6)."""

    @property
    def name(self) -> str:
        """The name that recipients' settings use."""

    def deliver(self, send: "Send", *, repeated: bool) -> Delivery:
        """Try once, within a timeout; `repeated` marks what may have been delivered already (可能重复)."""


class Outbox(Protocol):
    """Sends: facts that no rebuild makes again."""

    def create(self, sends: Sequence[Send], dispatched: Mapping[str, int]) -> int:
        """Sends that are new exist, and the seq up to which each unit was dispatched is kept; returns new ones."""

    def dispatched(self, unit: str) -> int:
        """Return the seq up to which notices have become sends."""

    def due(self, now: Millis, limit: int) -> Sequence[Send]:
        """Return waiting sends whose time has come, highest level first, then oldest."""

    def record(self, send_id: str, attempt: Attempt, *, state: str, reason: str, next_at: Millis) -> None:
        """The attempt is kept under its number (a second write of the number judges it) and the send has this state."""

    def sends(self, unit: str, incident: str | None = None, limit: int = 100) -> Sequence[Send]:
        """Return a unit's sends, newest first."""

    def hold_unsent(self, reason: str) -> int:
        """Every waiting send is held until a person releases it; returns how many."""

    def release(self, send_ids: Sequence[str], now: Millis) -> int:
        """The held sends wait again."""


@dataclass(frozen=True, slots=True)
class Record:
    """A versioned value under (kind, unit, key); the value is canonical JSON text."""

    kind: str
    unit: str
    key: str
    revision: int
    value: str
    at: Millis
    author: str
    reason: str


class Records(Protocol):
    """Settings, accounts, limits, source state, fetches, occurrences, leases: small values by id."""

    def get(self, kind: str, unit: str, key: str) -> Record | None:
        """Return the newest revision; None where there is none."""

    def put(self, record: Record, *, expect: int | None) -> bool:
        """
        The record is stored as revision `expect` + 1 and True returned; False where the stored revision is another.

        `expect` 0 means that it must not exist; None means whatever is there. The record's own revision is ignored.
        """

    def put_many(self, records: Sequence[Record]) -> None:
        """All records are stored, whatever was there, in one step."""

    def list(self, kind: str, unit: str | None = None, prefix: str = "", limit: int = 10_000) -> Sequence[Record]:
        """Return records by unit and key in order; `unit` None means all units."""

    def remove(self, kind: str, unit: str, key: str) -> None:
        """The record is gone; no error where it never was."""

    def history(self, kind: str, unit: str, key: str) -> Sequence[Record]:
        """Return all revisions that are kept, newest first (only kinds that keep history: settings)."""

    def take(self, name: str, holder: str, *, now: Millis, until: Millis) -> int | None:
        """Lease: return a fence higher than every one before, or None while another holder's lease runs."""

    def release(self, name: str, holder: str) -> None:
        """The holder's lease has ended; no error where it holds none."""

    def changed_since(self, kind: str, change: int) -> tuple[int, Sequence[Record]]:
        """Return a change counter and the records of the kind that changed behind the given one."""


class PosterTokens(Protocol):
    """Poster tokens, counted and never shown; kept apart from everything that is backed up."""

    def add(self, tokens: Mapping[str, tuple[Token, ...]]) -> None:
        """The tokens of the posts are known."""

    def of(self, post_ids: Iterable[str]) -> Mapping[str, tuple[Token, ...]]:
        """Return the tokens that are known of the posts."""

    def forget(self, before_period: str) -> int:
        """Tokens of periods that sort before the given one are gone."""

    def erase(self, post_ids: frozenset[str]) -> int:
        """Tokens of the posts are gone."""


class Blobs(Protocol):
    """Attachments by the hash of their content, at most 10 MB each."""

    def put(self, data: bytes) -> str:
        """The data are stored; returns their SHA-256, hexadecimal."""

    def get(self, blob_id: str) -> bytes | None:
        """Return the data; None where they were erased or never were. Raises StoreUnavailable where damaged."""

    def remove(self, blob_id: str) -> bool:
        """The data are gone."""


class Classifier(Protocol):
    """Gives an opinion of a text, or abstains head by head; a failure is an abstention, never a label."""

    @property
    def model(self) -> str:
        """Name and version of the model that speaks."""

    def opinions(self, texts: Sequence[tuple[str, str]]) -> Sequence[Opinion]:
        """Return one opinion per (title, text), in order."""


class Clock(Protocol):
    """The only way to know what time it is."""

    def now(self) -> Millis:
        """Return the present moment."""
