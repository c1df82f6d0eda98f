"""Complaints about staff conduct are marked by words, and the mark stays with the post and its group."""

import pytest

from pipeline.domain.conduct import SHIPPED_CONDUCT, read_conduct
from pipeline.domain.errors import BadInput
from pipeline.domain.member import members_of, row_of
from pipeline.domain.post import Kind
from pipeline.stages.conduct import ConductMatcher
from tests.builders import HOUR, MONDAY, UNIT, a_post
from tests.worker_house import House


@pytest.mark.parametrize(
    ("text", "is_complaint"),
    [
        ("婚姻登记处窗口工作人员态度恶劣，爱答不理", True),
        ("民政局几个科室互相推诿，跑了三趟", True),
        ("经办人暗示要红包才给办", True),
        ("社区干部优亲厚友，低保给了亲戚", True),
        ("窗 口 的 人 態 度 惡 劣", True),
        ("窗口工作人员很有耐心，没有一点不耐烦", False),
        ("养老院的工作人员态度差，还骂老人", False),
        ("低保三个月没发，民政局不作为", False),
        ("殡仪馆收费太高，态度恶劣的是停车场", False),
    ],
)
def test_a_word_for_staff_near_a_word_for_how_they_behaved_is_a_complaint(text: str, is_complaint: bool) -> None:
    """One without the other is none, nor praise, nor what happens in a home."""
    assert ConductMatcher().complains("", text) is is_complaint


def test_a_unit_adds_words_and_takes_none_away() -> None:
    """What cannot be a word is refused, with every problem at once."""
    words = read_conduct({"staff": ["民政专干"], "acts": ["甩门"]})
    assert ConductMatcher(words).complains("", "民政专干当面甩门")
    assert set(SHIPPED_CONDUCT.acts) < set(words.acts)
    with pytest.raises(BadInput) as refused:
        read_conduct({"staff": ["干"], "acts": "甩门", "who": 1})
    assert all(key in str(refused.value) for key in ("staff", "acts", "who"))


def test_the_mark_is_decided_in_the_fold_and_derived_again_from_the_mentions() -> None:
    """Mention, member and row agree; an office's answer that repeats the words is no complaint."""
    house = House()
    house.work(a_post(1, "养老院登记的窗口工作人员态度恶劣"), a_post(2, "养老院的饭是凉的，老人吃不下"))
    rows = list(house.posts.mentions(UNIT, 0))
    assert [mention.conduct for mention, _ in rows] == [True, False]
    for group, members in members_of(rows).items():
        view = house.posts.group(UNIT, group)
        assert view is not None
        assert view.row == row_of(UNIT, group, members.values())
    house.work(a_post(3, "养老院窗口工作人员态度恶劣一事已核查", kind=Kind.ANSWER, at=MONDAY + HOUR))
    assert not [one for one, post in house.posts.mentions(UNIT, 0) if one.conduct and post.kind is Kind.ANSWER]


def test_no_edit_takes_the_mark_back() -> None:
    """Who complained and then wrote softer words still complained."""
    house = House()
    house.work(a_post(1, "养老院登记窗口的工作人员态度恶劣"))
    house.work(a_post(1, "养老院登记窗口的事情说清楚了", at=MONDAY + HOUR))
    (view,) = house.posts.groups(UNIT, todo_only=False, cursor=None, limit=9).rows
    assert view.row.conduct
