"""Rules that change under a running worker: a version holds for posts that arrive from then on (MECHANICS §7)."""

from dataclasses import replace

from pipeline.domain.watch import UnitWatch, Watch
from pipeline.domain.watch_rule import WatchRule
from tests.builders import HOUR, MONDAY, UNIT, a_post, a_rule
from tests.worker_house import House

BEATEN = a_rule("打老人", id="beaten", grave=True)
WIDER = a_rule("打老人", "推老人", id="beaten", grave=True, grave_level=1)


def changed(house: House, *rules: WatchRule) -> None:
    """These rules hold from now on; the worker goes on."""
    house.worker.change_watch(Watch({UNIT: UnitWatch(UNIT, rules)}))


def test_older_mentions_keep_the_version_that_they_were_made_by() -> None:
    """The same post is not decided again, neither by the change nor by a worker that was started behind it."""
    house = House(BEATEN)
    house.work(a_post(1, "养老院有人打老人"))
    before = list(house.posts.mentions(UNIT, 0))
    changed(house, WIDER)
    house.work(a_post(2, "镇上的护工推老人下楼，摔断了腿", at=MONDAY + HOUR))
    (first, second) = [mention for mention, _ in house.posts.mentions(UNIT, 0)]

    assert [first] == [mention for mention, _ in before]
    assert (first.rule_version, first.grave_level, first.lapsed) == (BEATEN.version, 2, False)
    assert (second.rule_version, second.grave_level) == (WIDER.version, 1)


def test_a_changed_rule_looks_at_no_post_that_came_before() -> None:
    """What it would have found is found by a replay that a person asks for, and never by itself."""
    house = House(BEATEN)
    house.work(a_post(1, "护工推老人"))
    changed(house, WIDER)
    house.worker.load()
    house.work(a_post(1, "护工推老人"), a_post(2, "今天天气不错", at=MONDAY + HOUR))

    assert list(house.posts.mentions(UNIT, 0)) == []
    assert house.opened() == []


def test_a_rule_that_is_gone_ends_no_mention_and_no_to_do() -> None:
    """It meets nothing from now on; what it met stays what it was."""
    house = House(a_rule("养老院"))
    house.work(a_post(1, "养老院的饭是凉的"))
    changed(house, BEATEN)
    house.work(a_post(2, "养老院的饭还是凉的", at=MONDAY + HOUR))
    ((mention, _),) = house.posts.mentions(UNIT, 0)

    assert not mention.lapsed
    assert len(house.posts.groups(UNIT, todo_only=True, cursor=None, limit=9).rows) == 1


def test_an_incident_keeps_the_rules_that_it_was_opened_on() -> None:
    """Watch rules and alert rules changed; what opened it, and on which version, still stands."""
    house = House(BEATEN)
    house.work(a_post(1, "养老院有人打老人"))
    (opened,) = house.log.incidents(UNIT, open_only=True)
    house.policy = replace(house.policy, version="2", new_posts=7)
    changed(house, WIDER)
    house.work(a_post(2, "城北的护工推老人下楼，摔断了腿", at=MONDAY + HOUR))
    (second,) = [each for each in house.log.incidents(UNIT, open_only=True) if each.id != opened.id]
    (mention, _), *_ = house.posts.mentions(UNIT, 0)

    assert house.log.incident(UNIT, opened.id) == opened
    assert (opened.rule, opened.rule_version, second.rule_version) == ("grave", "1", "2")
    assert mention.rule_version == BEATEN.version
