"""Backfill: what changed rules meet is grouped and searchable, and never opens, raises or notifies."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pipeline.adapters.memory.bus import MemoryPostBus
from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.adapters.memory.tokens import MemoryPosterTokens
from pipeline.backfill import Backfill, Backfilled
from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.errors import BadInput
from pipeline.domain.facts import CLOCKS_FROM, no_deadline
from pipeline.domain.post import Post
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.domain.watch_rule import WatchRule
from pipeline.runner import Asking, Stores, Worker
from pipeline.workflow.burial import Burial
from pipeline.workflow.desk import Desk, Practice
from pipeline.workflow.verify import verify
from tests.builders import DAY, HOUR, MONDAY, UNIT, FixedClassifier, HeldClock, a_post, a_rule, an_opinion, written_by

CARE = a_rule("养老院")
AID = a_rule("救助金", id="aid", service_line="社会救助")
DEATH = a_rule("去世", id="death", grave=True, grave_level=1)
SAID = (
    "午饭端上来就是冷的，我妈不敢吃，柳湾养老院到底管不管",
    "我爸也住柳湾养老院，天天剩菜，找院长三次没用",
    "柳湾养老院伙食费刚涨，菜反而更差了，民政局来看看",
)


class House:
    """A unit whose posts were worked under one set of rules, and whose rules then change."""

    def __init__(self, *rules: WatchRule, about: bool | None = None) -> None:
        self.clock = HeldClock(MONDAY + HOUR)
        self.bus, self.posts, self.tokens = MemoryPostBus(), MemoryPostStore(), MemoryPosterTokens()
        self.log = MemoryIncidentLog(self.posts)
        self.desk = Desk(self.log, self.posts, self.clock, lambda _: Practice(DEFAULT_POLICY, no_deadline, CLOCKS_FROM))
        self.classifier = FixedClassifier({"小说": an_opinion(about=about)})
        self.worker = self.hire(*rules)

    def hire(self, *rules: WatchRule) -> Worker:
        """Return a worker who watches these rules, over the same stores."""
        return Worker(
            Stores(self.bus, self.posts, self.tokens),
            self.classifier,
            self.clock,
            Asking(self.desk.ask, self.desk.head, self.desk.standing, self.desk.splits),
            Watch({UNIT: UnitWatch(UNIT, rules or (AID,))}),
            Burial(self.bus, self.clock),
        )

    def work(self, *posts: Post) -> None:
        """The posts were published and worked."""
        self.bus.publish(posts)
        while self.worker.step().read:
            pass

    def backfill(self, *rules: WatchRule, since: int = 0, holds: Iterator[bool] | None = None) -> Backfilled:
        """The changed rules looked at what is stored."""
        still = (lambda: next(holds)) if holds else (lambda: True)
        work = Backfill(self.posts, self.tokens, self.classifier, self.desk, self.clock, still)
        return work.apply(UnitWatch(UNIT, rules), since)

    def opened(self) -> list[str]:
        """Return the reasons for which incidents were opened."""
        events = [event for batch in self.log.read(UNIT, 0) for event in batch.events]
        return [str(event.data["reason"]) for event in events if event.type == "opened"]


def complaints(*people: str) -> list[Post]:
    """Return posts on one matter, one by each of the people, a minute apart."""
    return [
        a_post(n, SAID[n], at=MONDAY + n * 60_000, title="柳湾养老院饭凉", tokens=written_by(person))
        for n, person in enumerate(people)
    ]


def test_what_a_new_rule_meets_is_grouped_and_found_and_opens_nothing() -> None:
    """Three posts of three people would have been a new matter; found later, they are silent, also after a load."""
    house = House()
    house.work(*complaints("甲", "乙", "丙"))
    done = house.backfill(AID, CARE)
    house.hire(AID, CARE).load()
    (view,) = house.posts.groups(UNIT, todo_only=False, cursor=None, limit=9).rows

    assert (done.looked_at, done.posts, done.mentions, done.left_out) == (3, 3, 3, ())
    assert (view.row.posts, view.row.silent_posts, view.row.posters, view.is_todo) == (3, 3, 3, False)
    assert all(mention.backfilled for mention, _ in house.posts.mentions(UNIT, 0))
    assert house.posts.count(UNIT, "柳湾", since=0, until=2**52) == 3
    assert house.opened() == []


def test_doing_it_again_writes_nothing_more_and_the_rows_verify() -> None:
    """A mention exists once, and rows are what the mentions say."""
    house = House()
    house.work(*complaints("甲", "乙"))
    first, again = house.backfill(CARE), house.backfill(CARE)

    assert (first.posts, again.posts) == (2, 0)
    assert verify(house.log, house.posts, [UNIT]).problems == ()


def test_a_post_that_has_a_mention_stays_as_it_was_decided() -> None:
    """Whichever rule it was that met it then."""
    house = House(CARE)
    house.work(*complaints("甲"))
    before = list(house.posts.mentions(UNIT, 0))

    assert house.backfill(a_rule("午饭", id="meals")).posts == 0
    assert list(house.posts.mentions(UNIT, 0)) == before


def test_only_posts_collected_since_are_looked_at_and_erased_ones_never() -> None:
    """Erasure works everywhere."""
    house = House()
    early, erased, late = (
        replace(p, collected_at=MONDAY + n * DAY) for n, p in enumerate(complaints("甲", "乙", "丙"))
    )
    house.work(early, erased, late)
    house.posts.erase(frozenset({erased.id}), MONDAY)
    done = house.backfill(CARE, since=MONDAY + HOUR)

    assert (done.looked_at, done.posts) == (1, 1)
    assert [mention.post for mention, _ in house.posts.mentions(UNIT, 0)] == [late.id]


def test_backfilled_people_do_not_help_to_open_a_matter() -> None:
    """Three posts of one person are no new matter, even where another person's post was found later."""
    house = House()
    earlier = "我外婆也说柳湾养老院的饭菜端来就凉了，伙食费倒是照收不误"
    house.work(a_post(9, earlier, at=MONDAY - HOUR, title="柳湾养老院饭凉", tokens=written_by("甲")))
    house.backfill(CARE)
    house.worker = house.hire(CARE)
    house.work(*complaints("乙", "乙", "乙"))
    (view,) = house.posts.groups(UNIT, todo_only=False, cursor=None, limit=9).rows

    assert (view.row.recent_posts, view.row.recent_posters, view.row.silent_posts) == (3, 1, 1)
    assert house.opened() == []
    house.work(a_post(8, "柳湾养老院的饭凉了一个月", at=MONDAY + 600_000, title="柳湾养老院饭凉"))
    assert house.opened() == ["new_matter"]


def test_a_post_with_which_a_rule_would_speak_is_left_out_and_named() -> None:
    """A grave hit in a novel is no push; a post that made the matter ours would make it one, hence it stays out."""
    house = House(DEATH, about=False)
    novel = a_post(1, "小说里柳湾养老院的老人去世了，没有人管，家属很伤心，一直没有说法", title="柳湾养老院")
    real = a_post(2, "柳湾养老院的老人没有人管，家属很伤心，一直没有说法", title="柳湾养老院", at=MONDAY + 60_000)
    house.classifier.table = {"小说": an_opinion(about=False), "家属": an_opinion(about=True, act="投诉")}
    house.work(novel, real)
    done = house.backfill(DEATH, CARE)
    house.hire(DEATH, CARE).load()

    assert (done.posts, done.left_out) == (0, (real.id,))
    assert house.opened() == []


def test_a_lost_lease_ends_it_with_a_sentence() -> None:
    """What was written before stands; the rest is not written beside another worker."""
    house = House()
    house.work(*complaints("甲", "乙", "丙"))
    with pytest.raises(BadInput, match="PRC-102"):
        house.backfill(CARE, holds=iter([True, False]))

    assert len(list(house.posts.mentions(UNIT, 0))) == 1
