"""
The dossier of one incident: everything that its page shows, read by id (MECHANICS §4: everyone reads his own write).

Timeline, posts with their hits and why it was raised, running clocks, notices. Only reads; nothing here decides.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.domain.errors import Refused
from pipeline.domain.event import Batch, Event, Memo, Notice
from pipeline.domain.event_data import table, text
from pipeline.domain.event_types import upcast
from pipeline.domain.incident import Incident, RunningClock
from pipeline.domain.mention import Hit, Mention
from pipeline.domain.moves import legal_moves
from pipeline.domain.next_due import NextDue, next_due, running
from pipeline.domain.unit_state import UnitState, empty
from pipeline.ports import IncidentLog, PostStore, StoredPost

from .queue import Queue, QueueRow
from .visibility import NOBODY, Roles, Sight, may_read, may_see, may_see_group, rows_of

POSTS_SHOWN = 200
"""Posts that one page of a dossier shows; the count is exact."""


@dataclass(frozen=True, slots=True)
class Moment:
    """
    One event of the timeline. `memo` is what was typed with it; None where nothing was, or where it was erased.

    `had_memo` tells the two apart: then the page says that the text was erased, not that there was none.
    """

    seq: int
    revision: int
    event: Event
    memo: Memo | None
    had_memo: bool


@dataclass(frozen=True, slots=True)
class SeenPost:
    """A member post as the desk shows it, with where the watch rules hit it and what people must know of it."""

    stored: StoredPost
    group: str
    rules: Sequence[str]
    hits: Sequence[Hit]
    mention: Mention
    versions: int

    @property
    def is_edited(self) -> bool:
        """Whether the source has shown another text of it before."""
        return self.versions > 1


@dataclass(frozen=True, slots=True)
class Dossier:
    """All of one incident. `incident` is as one with what it absorbed, `posts` newest first and at most POSTS_SHOWN."""

    line: QueueRow
    incident: Incident
    timeline: Sequence[Moment]
    notices: Sequence[Notice]
    posts: Sequence[SeenPost]
    all_posts: int
    clocks: Sequence[RunningClock]
    due: NextDue | None
    moves: Sequence[str]


def dossier(log: IncidentLog, posts: PostStore, state: UnitState, incident: str, roles: Roles = NOBODY) -> Dossier:
    """
    Return the dossier as the log stands in `state`, for a reader of these roles (visibility.py).

    Raises Refused: INC-301 where the unit has no such incident, or none for these roles; INC-232 where it complains
    about staff, which only a leader reads before he has decided.
    """
    unknown = f"no incident {incident} exists in unit {state.unit}; list them first"
    if incident not in state.incidents:
        raise Refused(unknown, code="INC-301")
    one = state.as_one(incident)
    refuse_unseen(may_see(roles, rows_of(posts, state.unit, one), one), unknown)
    batches = log.batches_of(state.unit, incident)
    members = _members(posts, state.unit, one.groups)
    return Dossier(
        line=Queue(posts, state, roles).of_incident(one),
        incident=one,
        timeline=tuple(_moments(log, batches, incident)),
        notices=tuple(notice for batch in batches for notice in batch.notices if notice.incident == incident),
        posts=_shown(posts, members, roles),
        all_posts=len(members),
        clocks=running(one.clocks, one.state),
        due=next_due(one),
        moves=legal_moves(one.state),
    )


def members_of(
    posts: PostStore, unit: str, group: str, roles: Roles = NOBODY, state: UnitState | None = None
) -> Sequence[SeenPost]:
    """
    Return the posts of a group as a dossier would show them, newest first. Raises Refused as `dossier` does.

    Without the `state` no leader is known to have decided anything about it.
    """
    unknown = f"no group {group} is known in unit {unit}; reload the list"
    refuse_unseen(may_see_group(posts, state or empty(unit), group, roles), unknown)
    return _shown(posts, _members(posts, unit, [group]), roles)


def refuse_unseen(sight: Sight, unknown: str) -> None:
    """Refuse what is not to be read: as if it did not exist (`unknown` says so), or as what a leader decides first."""
    if sight is Sight.NONE:
        raise Refused(unknown, code="INC-301")
    if sight is Sight.NAMED:
        raise Refused("this matter concerns staff conduct; a leader decides first what becomes of it", code="INC-232")


def _members(posts: PostStore, unit: str, groups: Iterable[str]) -> Sequence[Sequence[Mention]]:
    """Return the mentions of each member post, the newest post first."""
    found: dict[str, list[Mention]] = {}
    for group in groups:
        for mention in posts.members(unit, group):
            found.setdefault(mention.post, []).append(mention)
    return sorted(found.values(), key=lambda mentions: (mentions[0].occurred_at, mentions[0].post), reverse=True)


def _shown(posts: PostStore, members: Sequence[Sequence[Mention]], roles: Roles) -> Sequence[SeenPost]:
    found = (_seen_post(posts, mentions) for mentions in members[:POSTS_SHOWN])
    return [seen for seen in found if seen is not None and may_read(roles, seen.stored.post)]


def _seen_post(posts: PostStore, mentions: Sequence[Mention]) -> SeenPost | None:
    newest = mentions[-1]
    stored = posts.post(newest.post)
    if stored is None or newest.group is None:
        return None
    of_version = [mention for mention in mentions if mention.version == stored.post.version]
    return SeenPost(
        stored=stored,
        group=newest.group,
        rules=tuple(dict.fromkeys(mention.rule for mention in mentions)),
        hits=tuple(dict.fromkeys(hit for mention in of_version for hit in mention.hits)),
        mention=newest,
        versions=len(posts.versions(newest.post)),
    )


def _moments(log: IncidentLog, batches: Sequence[Batch], incident: str) -> Iterator[Moment]:
    revision = 0
    for batch in batches:
        for event in map(upcast, batch.events):
            if event.incident == incident:
                revision += 1
                memo_id = _memo_of(event)
                memo = log.memo(batch.unit, memo_id) if memo_id else None
                yield Moment(batch.seq, revision, event, memo, bool(memo_id))


def _memo_of(event: Event) -> str:
    return text(table(event.data, "note"), "memo") if event.data.get("note") else ""
