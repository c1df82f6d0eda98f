"""A worker over stores in memory, for tests of what it makes of posts."""

from collections.abc import Sequence

from pipeline.adapters.memory.bus import MemoryPostBus
from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.adapters.memory.tokens import MemoryPosterTokens
from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.facts import CLOCKS_FROM, no_deadline
from pipeline.domain.group import GroupRow
from pipeline.domain.post import Post
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.domain.watch_rule import WatchRule
from pipeline.ports import Classifier
from pipeline.runner import Asking, Stores, Worker
from pipeline.workflow.burial import Burial
from pipeline.workflow.desk import Desk, Practice
from tests.builders import HOUR, MONDAY, UNIT, FixedClassifier, HeldClock, a_rule


class House:
    """A worker over stores in memory, with everything that a test may want to look at."""

    def __init__(self, *rules: WatchRule, classifier: Classifier | None = None) -> None:
        self.clock = HeldClock(MONDAY + HOUR)
        self.bus, self.posts = MemoryPostBus(), MemoryPostStore()
        self.log = MemoryIncidentLog(self.posts)
        self.tokens = MemoryPosterTokens()
        self.asked: list[str] = []
        self.classifier = classifier or FixedClassifier()
        self.policy = DEFAULT_POLICY
        self.rules = rules or (a_rule("养老院"),)
        self.worker = self.hire()

    def hire(self) -> Worker:
        """Return a worker without a memory, over the same stores."""
        desk = self.desk()

        def ask(unit: str, rows: Sequence[GroupRow]) -> None:
            self.asked += [row.id for row in rows]
            desk.ask(unit, rows)

        return Worker(
            Stores(self.bus, self.posts, self.tokens),
            self.classifier,
            self.clock,
            Asking(ask, desk.head, desk.standing, desk.splits),
            Watch({UNIT: UnitWatch(UNIT, self.rules)}),
            Burial(self.bus, self.clock),
        )

    def desk(self) -> Desk:
        """Return the desk over the same stores, with the policy that is set now and without deadlines."""
        return Desk(self.log, self.posts, self.clock, lambda _: Practice(self.policy, no_deadline, CLOCKS_FROM))

    def work(self, *posts: Post) -> None:
        """The posts were published and worked."""
        self.bus.publish(posts)
        while self.worker.step().read:
            pass

    def opened(self) -> list[str]:
        """Return the reasons for which incidents were opened."""
        events = [event for batch in self.log.read(UNIT, 0) for event in batch.events]
        return [str(event.data["reason"]) for event in events if event.type == "opened"]
