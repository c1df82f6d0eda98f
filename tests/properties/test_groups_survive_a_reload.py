"""The memory of matters is what was remembered, whenever it was loaded."""

from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stages.group import Grouping

DAY = 86_400_000
CLAUSES = [
    "柳林社区的老年食堂停业了",
    "三十几位老人没有地方吃午饭",
    "东风村公墓的台阶塌了半边",
    "清明前后上山的人特别多",
    "低保金从三月起就没有到账",
    "福寿苑二期晚上施工噪声大",
    "福寿苑三期晚上施工噪声大",
    "尊敬的领导您好，希望民政部门尽快来看看",
]
TEXTS = st.lists(st.sampled_from(CLAUSES), max_size=4).map("，".join)


class Said(NamedTuple):
    """A post as grouping sees it."""

    title: str
    text: str
    day: int
    place: str | None


POSTS = st.lists(
    st.builds(
        Said,
        st.sampled_from([*CLAUSES, ""]),
        TEXTS,
        st.integers(0, 400),
        st.sampled_from([None, "柳林社区", "东风村", "城关镇东风村"]),
    ),
    max_size=25,
)


def decided(memory: Grouping, posts: list[Said], first: int) -> list[str]:
    """Decide and remember posts in order, as the fold does."""
    answers = []
    for number, post in enumerate(posts, start=first):
        group = memory.decide(post.title, post.text, post.day * DAY, place=post.place) or str(number)
        memory.remember(group, post.title, post.text, post.day * DAY, place=post.place)
        answers.append(group)
    return answers


@settings(deadline=None, max_examples=80)
@given(POSTS, st.integers(0, 25))
def test_a_reload_groups_as_if_it_had_never_stopped(posts: list[Said], cut: int) -> None:
    """Half decided, the memory rebuilt from the stored decisions, the rest decided: the same groups."""
    straight = decided(Grouping(), posts, 0)
    reloaded = Grouping()
    for post, group in zip(posts[:cut], straight, strict=False):
        reloaded.remember(group, post.title, post.text, post.day * DAY, place=post.place)
    assert decided(reloaded, posts[cut:], min(cut, len(posts))) == straight[cut:]


@settings(deadline=None, max_examples=40)
@given(POSTS)
def test_deciding_changes_nothing(posts: list[Said]) -> None:
    """A question is no decision: asked any number of times, the stream goes on the same."""
    straight = decided(Grouping(), posts, 0)
    asked = Grouping()
    for number, post in enumerate(posts):
        for other in posts[:3]:
            asked.decide(other.title, other.text, other.day * DAY, place=other.place)
        group = asked.decide(post.title, post.text, post.day * DAY, place=post.place) or str(number)
        asked.remember(group, post.title, post.text, post.day * DAY, place=post.place)
        assert group == straight[number]
