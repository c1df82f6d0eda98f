"""The worker: one step is one commit, nothing is decided twice, alert rules are asked until all is right."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.command import GroupSplit
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.facts import CLOCKS_FROM, no_deadline
from pipeline.domain.post import Origin
from pipeline.domain.watch_rule import WatchRule
from pipeline.ports import Work
from pipeline.workflow.burial import BUDGET
from pipeline.workflow.desk import Desk, Practice
from tests.builders import HOUR, MONDAY, UNIT, FixedClassifier, a_post, a_rule, an_opinion, written_by
from tests.worker_house import House


def test_a_post_that_no_rule_meets_is_stored_and_nobody_is_asked() -> None:
    """It is searchable; there is no mention, no group, no to-do."""
    house = House()
    house.work(a_post(1, "今天天气不错"))

    assert house.posts.count("*", "天气", since=0, until=2**52) == 1
    assert list(house.posts.mentions(UNIT, 0)) == []


def test_a_single_post_about_us_is_a_to_do_and_no_incident() -> None:
    """One citizen, one post is the normal case: it reaches the queue, and pushes need more."""
    house = House()
    house.work(a_post(1, "养老院的饭是凉的"))
    (view,) = house.posts.groups(UNIT, todo_only=True, cursor=None, limit=10).rows

    assert view.row.posts == 1
    assert house.opened() == []


def test_three_posts_of_two_people_open_an_incident_once() -> None:
    """The rule is asked after each commit, and asking again changes nothing."""
    house = House()
    said = (
        "午饭端上来就是冷的，我妈不敢吃，柳湾养老院到底管不管",
        "我爸也住柳湾养老院，天天剩菜，找院长三次没用",
        "柳湾养老院伙食费刚涨，菜反而更差了，民政局来看看",
    )
    for number, text in enumerate(said):
        house.work(a_post(number, text, title="柳湾养老院饭凉", tokens=written_by("甲" if number else "乙")))
    house.worker.load()

    assert house.opened() == ["new_matter"]


def test_a_message_addressed_to_the_unit_opens_an_incident_by_itself() -> None:
    """It must be answered, so its clocks begin."""
    house = House()
    house.work(a_post(1, "养老院怎么申请", origin=Origin.MESSAGE))

    assert house.opened() == ["addressed"]


def test_a_message_in_the_words_of_a_post_is_answered_too() -> None:
    """An order of 12345 often copies what was posted: it is somebody's own message all the same."""
    house = House()
    said = "云汐县城关镇养老院停水三天没人管，老人没法洗澡"
    house.work(a_post(1, said), a_post(2, said, origin=Origin.MESSAGE))
    (incident,) = house.desk().state(UNIT).incidents.values()
    assert [line.origin for line in incident.lines] == [Origin.MESSAGE]
    house.work(a_post(3, said, origin=Origin.SUPERIOR))
    (incident,) = house.desk().state(UNIT).incidents.values()
    assert [line.origin for line in incident.lines] == [Origin.MESSAGE, Origin.SUPERIOR]


def test_a_message_addressed_to_the_unit_needs_no_rule() -> None:
    """Whatever its words are, somebody waits for an answer."""
    house = House()
    house.work(a_post(1, "名字打错了一个字，去哪里改", origin=Origin.MESSAGE))

    assert house.opened() == ["addressed"]


def test_a_post_that_is_not_about_us_is_stored_and_not_grouped() -> None:
    """The opinion `about` is the one gate."""
    house = House(classifier=FixedClassifier({"铁路": an_opinion(about=False)}))
    house.work(a_post(1, "铁路噪声太大，旁边还有养老院"))
    ((mention, _),) = house.posts.mentions(UNIT, 0)

    assert mention.group is None


def test_a_grave_hit_passes_the_gate_and_is_no_push_while_about_is_false() -> None:
    """It is a to-do whatever the classifier says."""
    house = House(
        a_rule("虐待", grave=True, grave_level=1), classifier=FixedClassifier({"小说": an_opinion(about=False)})
    )
    house.work(a_post(1, "小说里的养老院虐待老人"))
    (view,) = house.posts.groups(UNIT, todo_only=True, cursor=None, limit=10).rows

    assert view.row.todo == "grave"
    assert house.opened() == []


def test_an_edit_that_no_longer_matches_lapses_and_its_post_stays() -> None:
    """The group keeps its member, and the mention is marked."""
    house = House()
    house.work(a_post(1, "养老院的饭是凉的"))
    house.work(a_post(1, "（已解决，谢谢）", at=MONDAY + HOUR))
    ((mention, _),) = house.posts.mentions(UNIT, 0)

    assert mention.lapsed
    assert house.posts.groups(UNIT, todo_only=False, cursor=None, limit=10).rows[0].row.posts == 1


def test_the_same_text_is_classified_once() -> None:
    """Also when it comes again in another post, by another worker."""
    house = House()
    house.work(a_post(1, "养老院的饭是凉的"))
    house.worker = house.hire()
    house.work(a_post(2, "养老院的饭是凉的"))

    assert isinstance(house.classifier, FixedClassifier)
    assert len(house.classifier.asked) == 1


def test_a_worker_that_was_started_again_decides_like_the_one_before() -> None:
    """Its memory is loaded from stored decisions: a repost of a post from before joins its group."""
    house = House()
    house.work(a_post(1, "柳湾养老院的饭是凉的，老人吃了拉肚子，没人管"))
    house.worker = house.hire()
    house.work(a_post(2, "转：柳湾养老院的饭是凉的，老人吃了拉肚子，没人管", source="blogs"))
    (first, _), (second, _) = house.posts.mentions(UNIT, 0)

    assert second.group == first.group
    assert second.repost_of == first.post


def test_a_classifier_that_fails_abstains_and_loses_nothing() -> None:
    """The post is a to-do for the reason that no classifier spoke."""

    class Broken(FixedClassifier):
        def opinions(self, texts: Sequence[tuple[str, str]]) -> Sequence[object]:  # type: ignore[override]
            raise RuntimeError(f"{len(texts)} texts")

    house = House(classifier=Broken())  # type: ignore[arg-type]  # it breaks the contract on purpose
    house.work(a_post(1, "养老院的饭是凉的"))
    (view,) = house.posts.groups(UNIT, todo_only=True, cursor=None, limit=10).rows

    assert view.row.todo == "no_classifier"


def test_a_commit_that_is_refused_is_tried_again_whole() -> None:
    """A full disk: nothing of the step is stored, the memory is dropped, and the next try stores everything."""

    class Full(MemoryPostStore):
        refusals = 1

        def commit(self, work: Work) -> int:
            if self.refusals:
                self.refusals -= 1
                raise StoreUnavailable("the disk is full")
            return super().commit(work)

    house = House()
    house.posts = Full()
    house.worker = house.hire()
    house.bus.publish([a_post(1, "养老院的饭是凉的")])
    with pytest.raises(StoreUnavailable):
        house.worker.step()

    assert house.worker.step().mentions == 1
    assert len(list(house.posts.mentions(UNIT, 0))) == 1


def test_a_stale_worker_notices_and_drops_its_memory() -> None:
    """A mention exists with another decision: nothing is stored, and the next step loads anew."""
    house, post = House(), a_post(1, "养老院的饭是凉的")
    house.work(post)
    ((mention, _),) = list(house.posts.mentions(UNIT, 0))
    other = replace(
        mention, post=a_post(2, "养老院").id, version=a_post(2, "养老院").version, group="elsewhere", order=1
    )
    position = house.posts.position(house.bus.stream, 0)
    assert position is not None
    house.posts.commit(Work([], [other], [], position))
    house.bus.publish([a_post(2, "养老院")])

    assert house.worker.step().stale


def test_too_much_poison_stops_the_worker_and_calls_a_person() -> None:
    """It never drains quietly into the dead letters."""

    class Jammed:
        def __init__(self, _rules: Sequence[WatchRule]) -> None:
            pass

        def matches(self, title: str, text: str) -> tuple[()]:
            raise ValueError(title + text)

    house = House()
    house.worker.matcher_of = Jammed
    house.bus.publish([a_post(number, f"养老院{number}") for number in range(BUDGET + 1)])

    with pytest.raises(StoreUnavailable, match="WRK-201"):
        house.worker.step()
    assert len(house.bus.dead_letters(1_000)) > BUDGET - 1


def test_all_live_groups_are_asked_when_the_posts_pass_a_whole_hour() -> None:
    """The hour is that of `collected_at`, never a clock's."""
    house = House()
    house.work(a_post(1, "柳湾养老院的饭是凉的"))
    house.asked.clear()
    house.work(a_post(2, "东坡养老院门口路灯坏了", at=MONDAY + 2 * HOUR))

    assert len(set(house.asked)) == 2


def test_at_load_all_live_groups_are_asked() -> None:
    """So a crash between a commit and its command is mended."""
    house = House()
    house.work(a_post(1, "柳湾养老院的饭是凉的"))
    house.asked.clear()

    assert house.hire().load() == 1
    assert len(house.asked) == 1


def test_after_a_persons_split_memory_and_rows_are_what_he_decided() -> None:
    """A person's decision wins over the machine, also in the memory of a running worker."""
    house = House()
    text = "柳湾养老院的饭是凉的，老人吃了拉肚子，没人管"
    house.work(a_post(1, text), a_post(2, f"转：{text}", source="blogs"))
    (view,) = house.posts.groups(UNIT, todo_only=False, cursor=None, limit=10).rows
    desk = Desk(house.log, house.posts, house.clock, lambda _: Practice(DEFAULT_POLICY, no_deadline, CLOCKS_FROM))
    moved = a_post(2, "").id
    split = GroupSplit(command_id="c1", actor="account:zhiban", group=view.row.id, posts=(moved,))
    desk.execute(UNIT, split, roles=frozenset({"duty", "monitor"}))
    house.worker.follow_splits(UNIT)

    rows = house.posts.groups(UNIT, todo_only=False, cursor=None, limit=10).rows
    assert sorted(row.row.lead for row in rows) == sorted([a_post(1, "").id, moved])


def test_a_slice_that_stands_on_the_bus_twice_changes_nothing() -> None:
    """A kill between the bus and its reader's note publishes a first version again, behind its edit."""
    house = House()
    said = (a_post(1, "养老院的饭是凉的"), a_post(1, "养老院的饭是热的", at=MONDAY + HOUR))
    house.work(*said)
    before = list(house.posts.mentions(UNIT, 0))
    house.work(*said)

    assert list(house.posts.mentions(UNIT, 0)) == before
