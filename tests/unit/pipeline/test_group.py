"""Which earlier matter a post speaks of."""

import pytest

from pipeline.stages import group as grouping
from pipeline.stages.group import Grouping

DAY = 86_400_000
CANTEEN = ("柳林老年食堂停业了", "柳林的老年食堂上周停业，门口贴了张纸没有写原因，三十几位老人现在没有地方吃午饭。")
CANTEEN_AGAIN = (
    "老年食堂关门老人吃饭难",
    "听说柳林老年食堂关门是因为承包人不干了，老人们吃午饭成了问题，何时恢复营业？",
)
GRAVES = (
    "东风公墓台阶塌了",
    "上山的台阶塌了半边，护栏也松了，清明前后人多，前天有位大姐扭伤了脚，公墓管理处说没有钱修。",
)
GREETING = "尊敬的领导您好，打扰您了，我是本县的一名普通群众，现在向您反映一个问题，恳请领导百忙之中予以关注，"


def knowing(*posts: tuple[str, str], place: str | None = None) -> Grouping:
    """Return a memory in which each post is a group, named by its position."""
    memory = Grouping()
    for number, (title, text) in enumerate(posts):
        memory.remember(str(number), title, text, 0, place=place)
    return memory


def test_another_voice_on_the_same_matter_joins_its_group() -> None:
    """The words differ, the matter is the same."""
    assert knowing(GRAVES, CANTEEN).decide(*CANTEEN_AGAIN, DAY) == "1"


def test_another_matter_begins_a_group_of_its_own() -> None:
    """Nothing near enough is None, and the caller names the new group."""
    assert knowing(CANTEEN).decide(*GRAVES, DAY) is None
    assert Grouping().decide(*GRAVES, DAY) is None


def test_the_first_letters_of_a_new_unit_are_not_one_matter_because_they_are_polite() -> None:
    """With one letter in memory no greeting was ever seen before; the stock phrases know it all the same."""
    memory = knowing(("关于路灯的问题", GREETING + "村里的路灯坏了三个月，盼复，谢谢领导！"))
    assert memory.decide("关于校车的问题", GREETING + "孩子上学的校车太挤，盼复，谢谢领导！", DAY) is None


@pytest.mark.parametrize(
    ("known", "place", "joins"),
    [
        ("柳林社区", "柳林社区", True),
        ("城关镇", "城关镇柳林社区", True),
        ("柳林社区", "东风村", False),
        (None, "东风村", True),
        ("柳林社区", None, True),
    ],
)
def test_the_same_words_of_another_place_are_another_matter(known: str | None, place: str | None, joins: bool) -> None:
    """A county complains in the same words everywhere: another place is another matter, a place inside it is not."""
    memory = knowing(("高龄补贴半年没有发", "老人的高龄补贴已经半年没有到账，问了几次都说在走流程。"), place=known)
    answer = memory.decide("高龄补贴没有发", "我们这里老人的高龄补贴半年没有到账，一问就是在走流程。", DAY, place=place)
    assert (answer == "0") is joins


@pytest.mark.parametrize(
    ("known", "new", "joins"),
    [
        ("2号线", "2号线", True),
        ("2号线", "4号线", False),
        ("3栋", "三期", True),
        ("二期", "三期", False),
        ("210路", "18路", False),
    ],
)
def test_the_same_words_with_another_number_in_the_title_are_another_matter(known: str, new: str, joins: bool) -> None:
    """A form of letter about line 2 and about line 4 are two matters."""
    text = "这里的噪声从早到晚没有停过，窗户都不敢打开，老人和孩子都睡不好觉。"
    memory = knowing((f"福寿苑{known}噪声扰民", text))
    assert (memory.decide(f"福寿苑{new}噪声扰民", text, DAY) == "0") is joins


def test_a_numbers_conflict_leaves_the_next_nearest_group() -> None:
    """What speaks against one group does not speak against all."""
    text = "这里的噪声从早到晚没有停过，窗户都不敢打开。"
    memory = knowing(("福寿苑2期噪声扰民", text), ("福寿苑3期噪声扰民", text))
    assert memory.decide("福寿苑3期噪声扰民", text, DAY) == "1"


def test_an_old_matter_must_be_nearer_than_a_fresh_one() -> None:
    """Likeness fades with the time since a group was last heard of, and comes back with each member."""
    memory = knowing(CANTEEN)
    assert memory.decide(*CANTEEN_AGAIN, 10 * DAY) == "0"
    assert memory.decide(*CANTEEN_AGAIN, 280 * DAY) is None
    memory.remember("0", *CANTEEN, 275 * DAY)
    assert memory.decide(*CANTEEN_AGAIN, 280 * DAY) == "0"


def test_a_group_that_nothing_can_join_any_more_is_forgotten() -> None:
    """After 290 silent days a group leaves the memory, and so do its traces in the index."""
    memory = knowing(CANTEEN, GRAVES)
    memory.remember("1", *GRAVES, 200 * DAY)
    memory.remember("2", "婚姻登记处中午没人", "窗口中午没人值班，白跑一趟。", 300 * DAY)
    assert len(memory) == 2
    assert {key for posting in memory._postings.values() for key in posting} == {"1", "2"}


def test_a_late_post_joins_by_its_own_time() -> None:
    """A post that arrives late is near to the group of its day, before or after."""
    memory = Grouping()
    memory.remember("0", *CANTEEN, 100 * DAY)
    assert memory.decide(*CANTEEN_AGAIN, 95 * DAY) == "0"


def test_a_title_alone_must_be_nearer_than_a_letter() -> None:
    """A few words are soon alike."""
    memory = knowing(("小区门口垃圾没人清理", ""))
    assert memory.decide("小区门口路灯没人修", "", 0) is None
    assert memory.decide("小区门口垃圾堆没人清理", "", 0) == "0"


def test_a_post_that_says_nothing_of_its_own_joins_nothing() -> None:
    """An empty post, or one of emotes, is like no other."""
    memory = knowing(("", ""), ("", "[怒][怒]"))
    assert memory.decide("", "", 0) is None
    assert memory.decide("", "[怒][怒]", 0) is None


def test_the_index_stays_bounded_however_often_a_word_occurs() -> None:
    """A pair keeps its most recent groups, a centroid its weightiest pairs, so that no post can grow slow."""
    memory = Grouping()
    for number in range(grouping.RECENT + 50):
        different = "".join(chr(0x4E00 + (number * 97 + i * 13) % 4000) for i in range(60))
        memory.remember(str(number), "养老院收费", different, 0)
    assert max(len(posting) for posting in memory._postings.values()) == grouping.RECENT
    for number in range(20):
        memory.remember("0", "养老院收费", "".join(chr(0x4E00 + number * 200 + i) for i in range(150)), 0)
    assert len(memory._groups["0"].codes) == grouping.CENTROID
    live = {code for code, posting in memory._postings.items() if "0" in posting}
    assert live <= set(memory._groups["0"].codes.tolist())


def test_a_post_reaches_every_group_that_is_near_enough_the_nearest_first() -> None:
    """It belongs to the first; the others show what else may be one matter with it."""
    memory = knowing(CANTEEN, GRAVES)
    memory.remember("2", *CANTEEN_AGAIN, 0)
    reached = memory.reached(*CANTEEN_AGAIN, 0)
    assert reached == ("2", "0")
    assert memory.decide(*CANTEEN_AGAIN, 0) == reached[0]


def test_two_groups_are_as_alike_as_their_words_and_times() -> None:
    """Of one place, that is: what speaks against joining speaks against likeness too."""
    memory = knowing(CANTEEN, GRAVES)
    memory.remember("2", *CANTEEN_AGAIN, 0)
    memory.remember("3", *CANTEEN_AGAIN, 200 * DAY)
    near = memory.likeness("0", "2")
    assert near == memory.likeness("2", "0") > 0.3 > memory.likeness("0", "1")
    assert 0 < memory.likeness("0", "3") < near
    assert memory.likeness("0", "gone") == 0.0
    memory.remember("0", *CANTEEN, 0, place="柳林社区")
    memory.remember("2", *CANTEEN_AGAIN, 0, place="东风村")
    assert memory.likeness("0", "2") == 0.0
    assert "2" not in {group for _, group in memory.neighbours("0")}


def test_groups_of_two_numbers_of_one_kind_are_different() -> None:
    """3栋 and 5栋 are two matters, however alike; a group that names none is like both."""
    memory = knowing(
        ("福寿苑3栋电梯停运", "老人下不了楼。"), ("福寿苑5栋电梯停运", "老人下不了楼。"), ("福寿苑电梯停运", "")
    )
    assert (memory.likeness("0", "1"), memory.likeness("0", "2") > 0) == (0.0, True)


def test_an_absorbed_group_leaves_the_memory_and_its_words_stay_with_the_other() -> None:
    """What would have joined it joins the other; absorbing what is gone changes nothing."""
    memory = knowing(CANTEEN, GRAVES)
    memory.absorb("1", "0")
    memory.absorb("1", "0")
    assert len(memory) == 1
    assert memory.decide(*GRAVES, 0) == memory.decide(*CANTEEN_AGAIN, 0) == "0"
    assert {key for posting in memory._postings.values() for key in posting} == {"0"}
    assert list(memory.neighbours("1")) == []


def test_a_group_that_outlived_the_one_that_absorbed_it_goes_on_under_its_name() -> None:
    """The surviving group was forgotten, since nobody had heard of it for long; its id is still the matter's."""
    memory = knowing(CANTEEN)
    memory.absorb("0", "older")
    assert memory.decide(*CANTEEN_AGAIN, 0) == "older"
