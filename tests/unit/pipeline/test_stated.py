"""What whoever hands a post over says of it: kept with the post, masked at the door, and followed by the fold."""

from dataclasses import replace

import pytest

from pipeline.domain.group import group_id
from pipeline.domain.intake import IntakeKeys, intake
from pipeline.domain.post import Origin, RawPost
from pipeline.domain.service_line import ServiceLine, ServiceLines
from pipeline.domain.stated import Stated, stated_from
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.stages.fold import Candidate, UnitMemory
from pipeline.stages.match import Matcher
from pipeline.stages.watching import TO_THE_UNIT, Watching
from tests.builders import UNIT, a_rule, an_opinion
from tests.stored import MONDAY, a_post

KEYS = IntakeKeys(salt="s", address_key=b"k" * 32, seal=lambda address: f"sealed:{address}")
LINES = ServiceLines((ServiceLine("低保", "最低生活保障"), ServiceLine("公墓", "公墓")), {"社会救助": "低保"})


def admitted(stated: Stated, *, keep: frozenset[str] = frozenset()) -> Stated | None:
    """Return what the door keeps of it."""
    raw = RawPost("by-hand", "来文", native_id="k" * 8, origin=Origin.SUPERIOR, stated=stated)
    return intake(raw, replace(KEYS, keep=keep), MONDAY).stated


def test_it_is_masked_like_the_words() -> None:
    """Phone and name fall, the office stays."""
    kept = admitted(Stated(whom="county", office="督查室", wants="请书面反馈，联系人：王小明 13812345678"))
    assert kept is not None
    assert (kept.whom, kept.office) == ("county", "督查室")
    assert "王小明" not in kept.wants
    assert "13812345678" not in kept.wants


def test_what_is_no_code_or_id_is_left_out() -> None:
    """A name cannot stand where a code belongs."""
    assert admitted(Stated(whom="王小明", same_as="../x y")) is None
    assert stated_from({"whom": "", "author": "王小明"}) is None
    with pytest.raises(TypeError, match="text"):
        stated_from({"line": 7})


def memory() -> UnitMemory:
    """Return a unit's memory with places and lines."""
    return UnitMemory(UNIT, ("柳湾镇", "青石镇"), lines=LINES)


def folded(memory: UnitMemory, number: int, text: str, stated: Stated | None = None) -> tuple[str | None, ...]:
    """Return group, line and place of a message as the fold decides."""
    post = a_post(number, text, origin=Origin.INTERNAL, stated=stated)
    mention = memory.fold(Candidate(post, (TO_THE_UNIT,), an_opinion()), 0).mentions[0]
    return mention.group, mention.service_line, mention.place


def test_the_stated_line_and_place_win() -> None:
    """Over what the words name and what the classifier holds; a line or place that is none of the unit's does not."""
    assert folded(memory(), 1, "青石镇的墓地", Stated(line="公墓", place="柳湾镇"))[1:] == ("公墓", "柳湾镇")
    assert folded(memory(), 1, "青石镇的墓地", Stated(line="别的", place="外地"))[1:] == (None, "青石镇")


def test_of_several_units_a_message_reaches_the_one_to_which_it_was_handed_in() -> None:
    """By a rule of that unit or by none, and no other unit has it."""
    units = (UNIT, "linxi-mz")
    watching = Watching(Watch({unit: UnitWatch(unit, (a_rule("低保", unit=unit),)) for unit in units}), Matcher)
    for text in ("低保又拖了", "来函一份"):
        post = a_post(1, text, origin=Origin.SUPERIOR, stated=Stated(to_unit=UNIT))
        assert [match.rule.unit for match in watching.matches(post)] == [UNIT]
    strange = a_post(1, "来函一份", origin=Origin.SUPERIOR, stated=Stated(to_unit="nobody"))
    assert watching.matches(strange) == ()


def test_the_stated_post_names_the_group() -> None:
    """The message is in that post's group, whatever its words are; without such a post it begins its own."""
    kept = memory()
    first, *_ = folded(kept, 1, "柳湾镇的养老院饭菜凉了")
    assert folded(kept, 2, "督查室来函", Stated(same_as="p1"))[0] == first
    assert folded(kept, 3, "来函两份", Stated(same_as="p99"))[0] == group_id(UNIT, "p3")
