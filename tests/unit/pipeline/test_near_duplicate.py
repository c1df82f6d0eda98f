"""Which earlier post a post repeats."""

import pytest

from pipeline.stages.near_duplicate import NearDuplicates, Repost

DAY = 86_400_000
ORIGINAL = (
    "柳林社区的老年食堂从上周一开始停业，门口只贴了一张纸，没有说明原因也没有说什么时候恢复。"
    "住在这里的三十几位老人平时都在食堂吃午饭，现在有人一天只吃一顿。希望民政部门来看看。"
)
OTHER = "东风村公墓的台阶塌了半边，清明前后上山的人多，昨天有位大姐扭伤了脚，护栏也松了，请尽快修一修。"


def knowing(*texts: str) -> NearDuplicates:
    """Return a memory of the texts, keyed by their position."""
    memory = NearDuplicates()
    for number, text in enumerate(texts):
        memory.remember(str(number), text, 0)
    return memory


@pytest.mark.parametrize(
    "copy",
    [
        ORIGINAL,
        "转发微博 //@小王:" + ORIGINAL,
        "//@＊＊＊:转发 //@用户乙:" + ORIGINAL,
        "说得对，我家也是这样 //@某某:" + ORIGINAL,
        ORIGINAL[:60] + "...全文",
        ORIGINAL[20:],
        "/".join(ORIGINAL),
        ORIGINAL.replace("，", "！！[怒]"),
        ORIGINAL.replace("民政部门", "民政局的领导"),
        ORIGINAL + " https://example.invalid/p/1 #老有所养#",
    ],
)
def test_a_copy_is_a_repost_however_it_was_passed_on(copy: str) -> None:
    """Forwarded, quoted, cut short, decorated or lightly edited: it repeats the same original."""
    repost = knowing(OTHER, ORIGINAL).decide("copy", copy, DAY)
    assert repost.of == "1"
    assert 6_000 <= repost.similarity <= 10_000


def test_another_matter_in_the_same_form_of_letter_is_no_repost() -> None:
    """Greeting and closing words are common to many letters and weigh little."""
    greeting = "尊敬的领导您好，打扰您了，我是本县的一名普通群众，现在向您反映一个问题："
    closing = "恳请领导百忙之中予以关注，盼复，谢谢领导！"
    memory = knowing(*(f"{greeting}{matter}{closing}" for matter in (*LETTERS, "敬老院的热水器坏了一个月没有修")))
    assert memory.decide("new", f"{greeting}殡仪馆的停车位总是被占用{closing}", DAY) == Repost(None)


LETTERS = (
    "村里的路灯坏了三个月",
    "小区的电梯经常停运",
    "孩子上学的校车太挤",
    "公交站台没有顶棚",
    "河边的垃圾没人清理",
    "菜市场门口污水横流",
)


def test_short_texts_repeat_only_what_is_the_same() -> None:
    """Under twelve characters likeness means nothing."""
    memory = knowing("低保怎么申请")
    assert memory.decide("b", "低保，怎么申请？", 0) == Repost("0", 10_000)
    assert memory.decide("c", "低保怎么办理", 0) == Repost(None)


@pytest.mark.parametrize("text", ["", "转发微博", "//@小王: [怒][怒]", "#低保##低保#", "＊＊＊"])
def test_a_post_without_words_of_its_own_repeats_nothing(text: str) -> None:
    """Two bare forwards are not one post."""
    assert knowing(text).decide("b", text, 0) == Repost(None)


@pytest.mark.parametrize(("place", "of"), [("柳林社区", "0"), ("东风村", None), (None, "0"), ("城关镇柳林社区", "0")])
def test_the_same_words_about_another_place_are_no_repost(place: str | None, of: str | None) -> None:
    """Neighbours copy each other's letters; what happens in two villages is two matters."""
    memory = NearDuplicates()
    memory.remember("0", ORIGINAL, 0, place="柳林社区")
    copy = ORIGINAL.replace("柳林社区", place or "")
    assert memory.decide("copy", copy, DAY, place=place).of == of


def test_a_hashtag_does_not_make_two_posts_one() -> None:
    """A campaign's tag is what its posts have in common, not what they say."""
    tag = "#云汐县慈善一日捐人人献出一份爱心活动#"
    assert knowing(f"{tag}我们班捐了书").decide("b", f"{tag}公交改线了", 0) == Repost(None)


def test_a_repost_of_a_repost_names_the_original() -> None:
    """Reposts are not remembered as originals, so chains of forwarding end where they began."""
    memory = knowing(ORIGINAL)
    memory.remember("1", "看看这个 //@某:" + ORIGINAL, 0, repost_of="0")
    assert memory.decide("2", "真的吗 //@某:看看这个 //@某:" + ORIGINAL, 0).of == "0"


def test_a_comment_that_was_said_before_does_not_hide_what_it_quotes() -> None:
    """Of two originals inside a post the one that makes up more of it is meant."""
    comment = "这种事情怎么能没有人管呢太过分了"
    assert knowing(comment, ORIGINAL).decide("b", f"{comment} //@某:{ORIGINAL}", 0).of == "1"


def test_a_post_is_no_repost_of_itself() -> None:
    """The same key again is the same post."""
    assert knowing(ORIGINAL).decide("0", ORIGINAL, 0) == Repost(None)


def test_an_original_is_forgotten_after_the_window() -> None:
    """Time is the input's: after thirty days the same text is an original again, and nothing of the old one is kept."""
    memory = knowing(ORIGINAL, "低保怎么申请")
    assert memory.decide("b", ORIGINAL, 30 * DAY).of == "0"
    assert memory.decide("b", ORIGINAL, 31 * DAY).of is None
    assert len(memory) == 3
    memory.remember("b", OTHER, 31 * DAY)
    assert len(memory) == 2


def test_a_late_post_of_a_forgotten_day_is_not_remembered() -> None:
    """Posts come out of order; one from before the window cannot bring a forgotten day back."""
    memory = NearDuplicates()
    memory.remember("new", OTHER, 40 * DAY)
    memory.remember("late", ORIGINAL, 2 * DAY)
    assert memory.decide("b", ORIGINAL, 40 * DAY).of is None


def test_a_long_stream_stays_flat_and_still_finds() -> None:
    """Over ninety days the memory holds thirty, through every rebuilding of its tables."""
    memory = NearDuplicates()
    sizes = []
    for number in range(900):
        text = "".join(chr(0x4E00 + (number * 7919 + i * i * 31 + i * number) % 5000) for i in range(40))
        at = number * DAY // 10
        memory.remember(str(number), text, at)
        sizes.append(len(memory))
        assert memory.decide("copy", "转发：" + text[:35], at).of == str(number)
    assert max(sizes) == max(sizes[:320])


def test_a_mask_parts_the_words_around_it() -> None:
    """No shingle reaches over a masked name, so masks of any length compare alike."""
    left, right = ORIGINAL[:40], ORIGINAL[40:]
    memory = knowing(f"{left}＊＊{right}")
    assert memory.decide("b", f"{left}＊＊＊＊{right}", 0).similarity == 10_000
