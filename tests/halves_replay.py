"""A story of the worker's halves, and the embedded profile fed with it: what was stored, told and decided, in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.adapters.memory.bus import MemoryPostBus
from pipeline.adapters.memory.mentions import MemoryMentionBus
from pipeline.adapters.memory.tokens import MemoryPosterTokens
from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.command import GroupCommand
from pipeline.domain.event import encode
from pipeline.domain.facts import CLOCKS_FROM, no_deadline
from pipeline.domain.group import GroupRow
from pipeline.domain.post import Millis
from pipeline.domain.watch import Watch
from pipeline.grouper import Grouper
from pipeline.means import Asking, Stores
from pipeline.ports import Clock, IncidentLog, PostStore, Work
from pipeline.workflow.burial import Burial
from pipeline.workflow.desk import Desk, Practice
from tests.builders import HeldClock
from tests.halves_house import Worked

DUTY = frozenset({"duty", "monitor", "leader"})


@dataclass(frozen=True)
class Decided:
    """What a person decided, behind how many commits of the halves, and when."""

    behind: int
    at: Millis
    unit: str
    command: GroupCommand


@dataclass
class Story:
    """Commits in the order in which they were made, people's decisions among them, and when it ended."""

    worked: Sequence[Worked]
    people: list[Decided] = field(default_factory=list)
    ended_at: Millis = 0


def a_desk(log: IncidentLog, posts: PostStore, clock: Clock) -> Desk:
    """Return a desk with the shipped policy and without deadlines."""
    return Desk(log, posts, clock, lambda _: Practice(DEFAULT_POLICY, no_deadline, CLOCKS_FROM))


def feed(story: Story, watch: Watch, posts: PostStore, log: IncidentLog) -> None:
    """The stores hold what the embedded profile makes of the story."""
    clock, mentions, bus = HeldClock(), MemoryMentionBus(), MemoryPostBus()
    desk = a_desk(log, posts, clock)
    asking = Asking(desk.ask, desk.head, desk.standing, desk.splits)
    stores = Stores(bus, posts, MemoryPosterTokens())
    grouper = Grouper(stores, mentions, clock, asking, watch, Burial(bus, clock))
    for number, worked in enumerate(story.worked):
        _decide(story, number, desk, clock)
        clock.at = worked.at
        if worked.posts:
            posts.commit(Work(worked.posts, (), (), None))
        else:
            mentions.publish(worked.found)
            grouper.step()
    _decide(story, len(story.worked), desk, clock)
    clock.at = story.ended_at
    grouper.step()


def _decide(story: Story, number: int, desk: Desk, clock: HeldClock) -> None:
    """What people had decided behind so many commits is decided, at the time at which they did."""
    for each in story.people:
        if each.behind == number:
            clock.at = each.at
            desk.execute(each.unit, each.command, roles=DUTY)


def rows_of(posts: PostStore, unit: str) -> Mapping[str, GroupRow]:
    """Return the unit's rows."""
    return {view.row.id: view.row for view in posts.groups(unit, todo_only=False, cursor=None, limit=9_999).rows}


def batches_of(log: IncidentLog, unit: str) -> Sequence[bytes]:
    """Return the bytes of the unit's batches."""
    return [encode(batch) for batch in log.read(unit, 0, 100_000)]
