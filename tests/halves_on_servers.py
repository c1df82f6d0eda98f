"""The worker's two halves over a real Kafka and a real Elasticsearch, each member with clients of its own."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field

from api import bootstrap
from api.bundled import bundled_lines, bundled_rules
from api.demo.county import county
from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.log import ElasticIncidentLog
from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.adapters.elastic.tokens import ElasticPosterTokens
from pipeline.adapters.kafka.buses import KafkaBuses
from pipeline.adapters.kafka.onlooker import Onlooker
from pipeline.adapters.kafka.record import FOUND, text_of
from pipeline.adapters.kafka.settings import KafkaSettings
from pipeline.adapters.memory.bus import MemoryPostBus
from pipeline.adapters.memory.tokens import MemoryPosterTokens
from pipeline.domain.found import Found, found_from_json
from pipeline.domain.intake import IntakeKeys, intake
from pipeline.domain.mention import Mention
from pipeline.domain.post import Millis, Post
from pipeline.domain.poster_token import PeriodKey, periods_at
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.finder import Finder
from pipeline.grouper import Grouper
from pipeline.means import Asking, Stores
from pipeline.ports import Classifier, IncidentLog, PostStore, Work
from pipeline.runner import Worker
from pipeline.workflow.burial import Burial
from tests.builders import DAY, MONDAY, HeldClock
from tests.halves_house import Worked
from tests.halves_replay import a_desk

UNITS = ("yunxi-mz", "qingshi-mz", "liuwan-mz")
ORDERED = {"order", "seen_seq", "again", "group", "repost_of", "similarity", "posters", "linked", "lapsed"}
"""What depends on the order in which sources come; whether it has lapsed is compared by itself."""
PERIODS = tuple(PeriodKey(period, period.encode() * 4) for period in periods_at(MONDAY))


def a_county_watch() -> Watch:
    """Return what three units watch: one all shipped rules, the others every second of them."""
    rules = bundled_rules()
    own = (rules, rules[::2], rules[1::2])
    return Watch(
        {
            unit: UnitWatch(unit, tuple(bootstrap.of_unit(rule, unit) for rule in each), (), bundled_lines())
            for unit, each in zip(UNITS, own, strict=True)
        }
    )


def county_posts(count: int, seed: int) -> Sequence[Post]:
    """Return posts of the demo county as the door lets them in: matters, reposts, edits, messages, answers, noise."""
    life = county(seed, days=0.5, posts_per_day=count * 2, start=MONDAY - DAY, opening=MONDAY - DAY // 2)
    keys = IntakeKeys("00", b"1" * 32, lambda address: f"sealed {len(address)}", PERIODS)
    return [intake(post.raw(), keys, post.appears_at) for post in life]


@dataclass(frozen=True)
class Moved:
    """A commit of a grouper: which partition of the mentions it worked, behind which offset and up to which."""

    partition: int
    behind: int
    upto: int
    at: Millis


@dataclass
class Script:
    """What was committed by all members, in order: posts, and moved positions of the mentions."""

    lines: list[Worked | Moved] = field(default_factory=list)
    reached: dict[int, int] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def note(self, work: Work, mentions: str, at: Millis) -> None:
        """The work was committed."""
        to = work.position
        with self.guard:
            if work.posts:
                self.lines.append(Worked(tuple(work.posts), (), at))
            if to is not None and to.stream == mentions and to.offset > self.reached.get(to.partition, 0):
                self.lines.append(Moved(to.partition, self.reached.get(to.partition, 0), to.offset, at))
                self.reached[to.partition] = to.offset

    def told(self, settings: KafkaSettings) -> Sequence[Worked]:
        """Return the script with what the topic of mentions holds, as anybody may read it there."""
        with closing(Onlooker(settings, settings.mentions)) as onlooker:
            stream = {
                part: {raw.offset: found_from_json(text_of(raw, FOUND)) for raw in onlooker.follow(part, 0, end)}
                for part, end in self.reached.items()
            }
        return [line if isinstance(line, Worked) else _worked(stream[line.partition], line) for line in self.lines]


def _worked(records: Mapping[int, Found], line: Moved) -> Worked:
    return Worked((), tuple(records[offset] for offset in range(line.behind, line.upto)), line.at)


class NotedPosts(ElasticPostStore):
    """A post store that writes down what was committed through it; `before_commit` is called with each work."""

    def __init__(self, elastic: Elastic, noted: Callable[[Work], None]) -> None:
        super().__init__(elastic)
        self.before_commit: Callable[[Work], None] = lambda _work: None
        self._noted = noted

    def commit(self, work: Work) -> int:
        """Store the work, and note it when it is stored."""
        self.before_commit(work)
        new = super().commit(work)
        self._noted(work)
        return new


@dataclass
class County:
    """What all members of a cluster work with: rules, a classifier, a clock, the script."""

    clock: HeldClock = field(default_factory=lambda: HeldClock(MONDAY))
    watch: Watch = field(default_factory=a_county_watch)
    classifier: Classifier = field(default_factory=bootstrap.open_classifier)
    script: Script = field(default_factory=Script)


class Member:
    """One process of the cluster, as far as the halves go: stepped by hand, or working in a thread of its own."""

    def __init__(self, elastic: Elastic, buses: KafkaBuses, of: County) -> None:
        self.stale = 0
        self.failed: Exception | None = None
        self._buses = buses
        self.posts = NotedPosts(elastic, lambda work: of.script.note(work, buses.mentions.stream, of.clock.now()))
        self.log = ElasticIncidentLog(elastic)
        self.desk = a_desk(self.log, self.posts, of.clock)
        stores, burial = Stores(buses.posts, self.posts, ElasticPosterTokens(elastic)), Burial(buses.posts, of.clock)
        asking = Asking(self.desk.ask, self.desk.head, self.desk.standing, self.desk.splits)
        self.finder = Finder(stores, buses.mentions, of.classifier, of.watch, burial)
        self.grouper = Grouper(stores, buses.mentions, of.clock, asking, of.watch, burial)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def step(self) -> int:
        """Take one step of each half; returns how many records that worked."""
        steps = self.finder.step(), self.grouper.step()
        self.stale += sum(step.stale for step in steps)
        return sum(step.read for step in steps)

    def drain(self) -> None:
        """Take steps until nothing has come for a while."""
        idle = 0
        while idle < 3:
            idle = 0 if self.step() else idle + 1

    def start(self) -> None:
        """Work from now on."""
        self._thread.start()

    def end(self) -> None:
        """The thread has ended; raises what ended it."""
        self._stop.set()
        self._thread.join(timeout=60)
        if self.failed is not None:
            raise self.failed

    def leave(self) -> None:
        """The thread has ended, and the group knows that its partitions are free."""
        self.end()
        self._buses.close()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                if not self.step():
                    self._stop.wait(0.05)
        except Exception as failure:  # noqa: BLE001 - a thread of a test: the test raises it
            self.failed = failure


def worked_by_one(posts: Sequence[Post], of: County, store: PostStore, log: IncidentLog) -> None:
    """The stores hold what the one worker of the embedded profile makes of the posts."""
    bus, desk = MemoryPostBus(), a_desk(log, store, of.clock)
    asking = Asking(desk.ask, desk.head, desk.standing, desk.splits)
    stores = Stores(bus, store, MemoryPosterTokens())
    worker = Worker(stores, of.classifier, of.clock, asking, of.watch, Burial(bus, of.clock))
    bus.publish(posts)
    while worker.step().read:
        pass


def stored(store: PostStore, posts: Sequence[Post]) -> set[tuple[str, str, str, str, int]]:
    """Return every version of every post, as it is stored."""
    return {
        (each.post.id, each.post.version, each.post.title, each.post.text, each.post.collected_at)
        for post_id in {post.heads[0] for post in posts}
        for each in store.versions(post_id)
    }


def mentioned(store: PostStore, unit: str) -> set[str]:
    """Return the unit's mentions without what depends on the order of sources."""
    return {shown(mention) for mention, _ in store.mentions(unit, 0)}


def shown(mention: Mention) -> str:
    """Return a mention as text, with whether it is grouped."""
    said = {name: value for name, value in asdict(mention).items() if name not in ORDERED}
    return repr(sorted({**said, "grouped": mention.group is not None, "lapsed": mention.lapsed}.items()))
