"""
The worker's two halves as several processes over stores in memory, with everything that can happen between two writes.

`Fate` is asked before and after every write of a process: it lets it go on, kills it, or stops it while another process
takes its partitions and works; then the stopped one goes on as if nothing had been.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from pipeline.adapters.memory.bus import MemoryPostBus
from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.adapters.memory.mentions import MemoryMentionBus
from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.adapters.memory.tokens import MemoryPosterTokens
from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.event import Batch, Memo
from pipeline.domain.facts import CLOCKS_FROM, no_deadline
from pipeline.domain.found import Found
from pipeline.domain.group import GroupRow
from pipeline.domain.partition import partition_of
from pipeline.domain.post import Millis, Post, Token
from pipeline.domain.watch import Watch
from pipeline.finder import Finder
from pipeline.grouper import Grouper
from pipeline.means import Asking, Stores
from pipeline.ports import Classifier, Delivered, Position, Work
from pipeline.workflow.burial import Burial
from pipeline.workflow.desk import Desk, Practice
from tests.builders import HOUR, MONDAY, FixedClassifier, HeldClock


class Fate(Enum):
    """What happens to a process at a write."""

    GO_ON = "go on"
    DIE = "die"
    STAND_STILL = "stand still"


class Killed(BaseException):
    """The process is gone in the middle of what it did; nothing may catch it, as nothing catches a kill."""


class Topic(MemoryPostBus):
    """Posts in several partitions by source; `hold` says which of them this reader has."""

    def __init__(self, partitions: int) -> None:
        super().__init__()
        self._parts: list[list[Post]] = [[] for _ in range(partitions)]
        self._held: tuple[int, ...] = ()

    def beside(self) -> "Topic":
        """Return another reader of the same posts; it holds nothing yet."""
        other = Topic(0)
        other._stream, other._parts, other._letters = self._stream, self._parts, self._letters
        return other

    def held(self) -> Sequence[int]:
        """Return the partitions that this reader holds."""
        return self._held

    def hold(self, partitions: Sequence[int]) -> None:
        """This reader holds these partitions and no others."""
        self._held = tuple(sorted(partitions))

    def publish(self, posts: Sequence[Post]) -> None:
        """All posts are in the partitions of their sources, in order."""
        for post in posts:
            self._parts[partition_of(post.source, len(self._parts))].append(post)

    def read(self, after: Position | None, limit: int) -> Sequence[Delivered]:
        """Return what follows the position in its partition."""
        assert after is not None
        behind = self._parts[after.partition][after.offset : after.offset + limit]
        numbered = enumerate(behind, start=after.offset + 1)
        return [Delivered(post, Position(self._stream, after.partition, number)) for number, post in numbered]


@dataclass(frozen=True)
class Worked:
    """What one commit brought: posts that a finder stored, or findings of one partition that a grouper worked; when."""

    posts: tuple[Post, ...]
    found: tuple[Found, ...]
    at: Millis


@dataclass
class Cluster:
    """Stores and buses of an installation, and the processes that work it."""

    watch: Watch
    partitions: tuple[int, int] = (3, 3)
    classifier: Classifier = field(default_factory=FixedClassifier)
    limit: int = 500
    fate: Callable[[str], Fate] = lambda _point: Fate.GO_ON
    clock: HeldClock = field(default_factory=lambda: HeldClock(MONDAY + HOUR))
    processes: list["Process"] = field(default_factory=list)
    worked: list["Worked"] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nothing was published yet, and nobody works."""
        self.bus, self.mentions = Topic(self.partitions[0]), MemoryMentionBus(self.partitions[1])
        self.posts, self.tokens = MemoryPostStore(), MemoryPosterTokens()
        self.log = MemoryIncidentLog(self.posts)
        self._is_fated = True

    def start(self) -> "Process":
        """Return one more process, and give every process its share of the partitions."""
        process = Process(self)
        self.processes.append(process)
        self.share_out()
        return process

    def share_out(self) -> None:
        """The partitions are the processes', in turn, as a broker assigns them."""
        for number, process in enumerate(self.processes):
            process.bus.hold(range(number, self.partitions[0], len(self.processes)))
            process.mentions.hold(range(number, self.partitions[1], len(self.processes)))

    def kill(self, process: "Process") -> None:
        """The process is gone with its memory, and another has come for it."""
        self.processes.remove(process)
        self.start()

    def meet(self, process: "Process", point: str) -> None:
        """What fate wants at this write of the process has happened."""
        if not self._is_fated:
            return
        fate = self.fate(point)
        if fate is Fate.DIE:
            raise Killed(point)
        if fate is Fate.STAND_STILL:
            self._is_fated = False
            others = [each for each in self.processes if each is not process]
            self.processes, everybody = others, self.processes
            self.share_out()
            for other in others:
                other.finder.step()
                other.grouper.step()
            self.processes = everybody
            self._is_fated = True

    def note(self, work: Work, before: Position | None) -> None:
        """A process has stored posts, or worked the findings behind the position where it was before."""
        between: tuple[Found, ...] = ()
        if (to := work.position) and to.stream == self.mentions.stream:
            found = self.mentions.read(before or Position(to.stream, to.partition, 0), 1_000)
            between = tuple(each.found for each in found if each.found and each.after.offset <= to.offset)
        if between or work.posts:
            self.worked.append(Worked(tuple(work.posts), between, self.clock.at))

    def step(self, which: int, half: str) -> None:
        """One process took one step of one half; where it was killed, another has come for it."""
        process = self.processes[which % len(self.processes)]
        try:
            (process.finder if half == "finder" else process.grouper).step()
        except Killed:
            self.kill(process)

    def drain(self) -> None:
        """Everything that was published is worked, without any mishap from now on."""
        self._is_fated = False
        self.share_out()
        idle = 0
        while idle < 2:
            steps = [half.step() for each in self.processes for half in (each.finder, each.grouper)]
            idle = 0 if any(step.read for step in steps) else idle + 1


class Process:
    """One process of the cluster: both halves over its own view of the stores."""

    def __init__(self, cluster: Cluster) -> None:
        self.bus, self.mentions = _Told(cluster, self), _Telling(cluster, self)
        self.posts = _Posts(cluster, self)
        tokens, burial = _Tokens(cluster, self), Burial(cluster.bus, cluster.clock)
        desk = Desk(
            _Log(cluster, self),
            self.posts,
            cluster.clock,
            lambda _: Practice(DEFAULT_POLICY, no_deadline, CLOCKS_FROM),
        )

        def ask(unit: str, rows: Sequence[GroupRow]) -> None:
            cluster.asked.extend(row.id for row in rows)
            desk.ask(unit, rows)

        stores = Stores(self.bus, self.posts, tokens)
        asking = Asking(ask, desk.head, desk.standing, desk.splits)
        self.desk, self.burial = desk, burial
        self.finder = Finder(stores, self.mentions, cluster.classifier, cluster.watch, burial)
        self.grouper = Grouper(stores, self.mentions, cluster.clock, asking, cluster.watch, burial)


class _Told(Topic):
    """A process's reader of posts, which takes as much at once as the cluster says."""

    def __init__(self, cluster: Cluster, _process: Process) -> None:
        self.__dict__ = cluster.bus.beside().__dict__
        self._cluster = cluster

    def read(self, after: Position | None, limit: int) -> Sequence[Delivered]:
        return super().read(after, min(limit, self._cluster.limit))


class _Telling(MemoryMentionBus):
    """A process's end of the mentions bus; anything may happen between two findings."""

    def __init__(self, cluster: Cluster, process: Process) -> None:
        self.__dict__ = cluster.mentions.beside().__dict__
        self._cluster, self._process = cluster, process

    def publish(self, found: Sequence[Found]) -> None:
        for each in found:
            self._cluster.meet(self._process, "publish")
            super().publish([each])


class _Posts(MemoryPostStore):
    """A process's view of the post store; what is its own lies in slots, for everything else is shared."""

    __slots__ = ("_cluster", "_process")

    def __init__(self, cluster: Cluster, process: Process) -> None:
        self.__dict__ = cluster.posts.__dict__
        self._cluster, self._process = cluster, process

    def commit(self, work: Work) -> int:
        self._cluster.meet(self._process, "before commit")
        before = self.position(work.position.stream, work.position.partition) if work.position else None
        new = super().commit(work)
        self._cluster.note(work, before)
        self._cluster.meet(self._process, "after commit")
        return new


class _Tokens(MemoryPosterTokens):
    """A process's view of the tokens."""

    def __init__(self, cluster: Cluster, process: Process) -> None:
        self._tokens = cluster.tokens._tokens
        self._cluster, self._process = cluster, process

    def add(self, tokens: Mapping[str, tuple[Token, ...]]) -> None:
        self._cluster.meet(self._process, "before tokens")
        super().add(tokens)


class _Log(MemoryIncidentLog):
    """A process's view of the log."""

    def __init__(self, cluster: Cluster, process: Process) -> None:
        self.__dict__ = {**cluster.log.__dict__}
        self._cluster, self._process = cluster, process

    def append(self, batch: Batch, memos: Sequence[Memo]) -> None:
        self._cluster.meet(self._process, "before append")
        super().append(batch, memos)
