"""Edits under a running worker: what they raise, what they never end, and what becomes of it when they are undone."""

from pipeline.domain.command import GroupSetAside
from pipeline.domain.post import Origin
from pipeline.ports import GroupView
from tests.builders import HOUR, MINUTE, MONDAY, UNIT, FixedClassifier, a_post, a_rule, an_opinion, written_by
from tests.worker_house import House

COLD, WARM, SOLVED = "养老院的饭是凉的", "养老院的饭是温的", "（已解决，谢谢）"
BEATEN, BEATEN_MORE = "养老院有人打老人", "养老院有人打老人，打了三次"
SAID = (
    "午饭端上来就是冷的，我妈不敢吃，柳湾养老院到底管不管",
    "我爸也住柳湾养老院，天天剩菜，找院长三次没用",
    "柳湾养老院伙食费刚涨，菜反而更差了，民政局来看看",
)
RULES = (a_rule("养老院"), a_rule("打老人", id="beaten", grave=True, grave_level=1))


def said(house: House, *texts: str, number: int = 1) -> None:
    """The post was seen with one text after the other, an hour apart, each in a step of its own."""
    for hour, text in enumerate(texts):
        house.work(a_post(number, text, at=MONDAY, collected_at=MONDAY + hour * HOUR))


def todos(house: House) -> list[GroupView]:
    """Return the queue."""
    return list(house.posts.groups(UNIT, todo_only=True, cursor=None, limit=10).rows)


def batches(house: House) -> int:
    """Return how often something was decided."""
    return house.log.head(UNIT)[0]


def test_a_text_that_comes_back_is_a_hit_again() -> None:
    """v1, v2, v1: the one mention holds again, also for a worker that was started in between."""
    for restart in (False, True):
        house = House()
        said(house, COLD, SOLVED)
        if restart:
            house.worker = house.hire()
        house.work(a_post(1, COLD, at=MONDAY, collected_at=MONDAY + 2 * HOUR))
        ((mention, _),) = house.posts.mentions(UNIT, 0)

        assert (mention.lapsed, mention.version) == (False, a_post(1, COLD).version)
        assert [view.row.lapsed_posts for view in todos(house)] == [0]


def test_to_and_fro_within_one_step_ends_as_it_would_in_many() -> None:
    """The last text decides, however many came with it."""
    for texts, lapsed in (((COLD, SOLVED, COLD), False), ((COLD, SOLVED, COLD, SOLVED), True)):
        house = House()
        house.work(*(a_post(1, text, at=MONDAY, collected_at=MONDAY + hour) for hour, text in enumerate(texts)))
        ((mention, _),) = house.posts.mentions(UNIT, 0)

        assert mention.lapsed is lapsed


def test_an_edit_that_is_the_first_to_match_raises() -> None:
    """Its post was stored and nobody's; now a grave rule meets it."""
    house = House(*RULES)
    said(house, "养花心得", BEATEN)

    assert house.opened() == ["grave"]


def test_an_edit_that_is_the_first_grave_one_raises() -> None:
    """It was a to-do; now it is an alert."""
    house = House(*RULES)
    said(house, COLD, BEATEN)

    assert house.opened() == ["grave"]


def test_a_further_edit_raises_nothing() -> None:
    """Neither of a matter that three people opened nor of a grave one, whatever is changed and changed back."""
    house = House(*RULES)
    for number, text in enumerate(SAID):
        house.work(a_post(number, text, title="柳湾养老院饭凉", tokens=written_by("甲" if number else "乙")))
    said(house, BEATEN, number=7)
    decided = batches(house)
    for number, text in enumerate(SAID):
        for hour, edited in enumerate((f"{text}！！", text, f"{text}。再说一次"), start=1):
            at = MONDAY + hour * HOUR
            house.work(a_post(number, edited, title="柳湾养老院饭凉", collected_at=at))
    said(house, BEATEN, BEATEN_MORE, COLD, BEATEN, SOLVED, BEATEN_MORE, number=7)

    assert house.opened() == ["new_matter", "grave"]
    assert batches(house) == decided


def test_a_further_edit_of_a_message_adds_no_second_line() -> None:
    """It must be answered once."""
    house = House()
    house.work(a_post(1, COLD, origin=Origin.MESSAGE))
    decided = batches(house)
    for hour, text in enumerate((WARM, SOLVED, COLD), start=1):
        house.work(a_post(1, text, origin=Origin.MESSAGE, collected_at=MONDAY + hour * HOUR))

    assert batches(house) == decided


def test_a_to_do_of_which_no_post_matches_any_more_stays_and_says_so() -> None:
    """A person decides what becomes of it; nothing vanishes because somebody edited."""
    house = House()
    said(house, COLD, SOLVED)
    (view,) = todos(house)

    assert (view.row.is_unmatched, view.row.lapsed_posts, view.row.posts) == (True, 1, 1)
    command = GroupSetAside(command_id="c", actor="account:a", group=view.row.id, how="filed")
    house.desk().execute(UNIT, command, roles=frozenset({"duty", "monitor"}))
    assert todos(house) == []


def test_a_group_of_which_one_post_still_matches_is_no_unmatched_one() -> None:
    """What was edited away is counted."""
    house = House()
    house.work(
        a_post(1, SAID[0], title="柳湾养老院饭凉"), a_post(2, SAID[1], title="柳湾养老院饭凉", at=MONDAY + MINUTE)
    )
    house.work(a_post(1, SOLVED, collected_at=MONDAY + HOUR))
    (view,) = todos(house)

    assert (view.row.is_unmatched, view.row.lapsed_posts, view.row.posts) == (False, 1, 2)


def test_an_edit_that_asks_for_nothing_any_more_ends_no_to_do() -> None:
    """The machine holds the new text for praise; only a person ends what asked for one."""
    praise = {"真好": an_opinion(about=True, act="表扬"), "凉": an_opinion(about=True, act="投诉")}
    house = House(classifier=FixedClassifier(praise))
    said(house, COLD, "养老院真好")

    assert [view.row.todo for view in todos(house)] == ["ours"]
    house.worker = house.hire()
    house.worker.load()
    assert [view.row.todo for view in todos(house)] == ["ours"]


def test_a_post_that_never_asked_for_anything_is_no_to_do_after_an_edit_either() -> None:
    """Praise that is edited stays praise."""
    house = House(classifier=FixedClassifier({"好": an_opinion(about=True, act="表扬")}))
    said(house, "养老院真好", "养老院好极了")

    assert todos(house) == []
