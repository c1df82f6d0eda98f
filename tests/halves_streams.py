"""Streams of posts of several sources and for several units, with everything that may happen to a post."""

from dataclasses import replace

from hypothesis import strategies as st

from pipeline.domain.post import Kind, Origin, Post
from pipeline.domain.watch import UnitWatch, Watch
from tests.builders import HOUR, MONDAY, FixedClassifier, a_post, a_rule, an_opinion, written_by

UNITS = ("yunxi-mz", "qingshi-mz", "liuwan-mz")
WORDS = ("养老院", "低保", "公墓")
SOURCES = ("forum", "board", "news", "blogs")
TEXTS = (
    "柳湾养老院的饭是凉的，老人吃了拉肚子，没人管",
    "低保金三个月没有发，打电话没人接",
    "公墓的台阶塌了，养老院的老人摔伤了",
    "（已解决，谢谢）",
    "今天天气不错",
)


def a_watch() -> Watch:
    """Return what the units watch: each two of the words, so that most posts concern several."""
    units = {}
    for number, unit in enumerate(UNITS):
        own = [word for place, word in enumerate(WORDS) if place != number]
        rules = (a_rule(own[0], unit=unit), a_rule(own[1], unit=unit, id="other", grave=number == 1))
        units[unit] = UnitWatch(unit, tuple(replace(rule, unit=unit) for rule in rules), ("柳湾",))
    return Watch(units)


def a_classifier() -> FixedClassifier:
    """Return a classifier that takes one text for none of ours and abstains on some."""
    return FixedClassifier({"低保": an_opinion(about=True, act="投诉"), "摔伤": an_opinion(about=True, need=True)})


@st.composite
def streams(draw: st.DrawFn) -> list[Post]:
    """Return posts of several sources: few ids and texts, so that many are edits, repeats or late versions."""
    posts = []
    for place in range(draw(st.integers(1, 14))):
        source = draw(st.sampled_from(SOURCES[: draw(st.integers(1, 4))]))
        number = draw(st.integers(0, 3))
        late = draw(st.sampled_from((0, 0, 0, 7)))
        answers = draw(st.sampled_from((False, False, False, True)))
        post = a_post(
            f"{source}-{number}{'-answer' if answers else ''}",
            draw(st.sampled_from(TEXTS)),
            at=MONDAY + (place - late) * (HOUR // 4),
            source=source,
            tokens=written_by(draw(st.sampled_from("甲乙"))),
            origin=draw(st.sampled_from((Origin.MONITORED, Origin.MONITORED, Origin.MESSAGE))),
        )
        if answers:
            post = replace(post, kind=Kind.ANSWER, thread=a_post(f"{source}-{number}", "").id)
        posts.append(post)
    return posts
