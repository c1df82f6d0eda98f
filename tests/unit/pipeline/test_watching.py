"""That a matter is this unit's: a post of a source that speaks of more must name the unit's area (MECHANICS §5)."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.post import Kind, Origin, Post
from pipeline.domain.unit_settings import UnitProfile, area_of
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.domain.watch_rule import WatchRule
from pipeline.ports import Record
from pipeline.stages.match import Matcher
from pipeline.stages.watching import Watching
from pipeline.workflow.settings import read_settings
from tests.builders import UNIT, a_post, a_rule

PLACES = ("柳湾镇", "石桥乡")
PROFILE = UnitProfile(UNIT, "云汐县民政局", ("县民政局",), "云汐县")
RULES = (a_rule("公墓", id="graves"), a_rule("福乐园", id="own", anywhere=True))


def met(post: Post, *, places: tuple[str, ...] = PLACES, county: str = "云汐县") -> list[str]:
    area = area_of(UnitProfile(UNIT, PROFILE.name, PROFILE.short_names, county), places)
    own = UnitWatch(UNIT, RULES, places, area=area, wide_sources=frozenset({"nation"}))
    return [match.rule.id for match in Watching(Watch({UNIT: own}), Matcher).matches(post)]


def test_national_news_is_no_mention_and_local_posts_are() -> None:
    """The same words: from a source of everywhere they are not of here, from the county's forum they are."""
    said = "同志遗体火化，安葬于八宝山革命公墓"

    assert met(a_post(1, said, source="nation")) == []
    assert met(a_post(1, said, source="forum")) == ["graves"]


@pytest.mark.parametrize("said", ["柳湾镇公墓涨价", "云汐一公墓涨价", "云汐县公墓涨价", "公墓涨价，石 桥 乡群众不满"])
def test_a_place_of_the_unit_makes_national_news_ours(said: str) -> None:
    """Township, county, county without its suffix; spaces between do not matter."""
    assert met(a_post(1, said, source="nation")) == ["graves"]


def test_a_place_in_the_title_counts_as_well() -> None:
    """Title and text are one post."""
    assert met(a_post(1, "公墓价格调查", source="nation", title="记者走进云汐县")) == ["graves"]


def test_what_every_county_calls_its_bureau_is_no_place() -> None:
    """县民政局 is a short name of ours, and of two thousand others."""
    assert met(a_post(1, "某县民政局回应公墓涨价", source="nation")) == []


def test_a_rule_of_the_units_own_institution_holds_anywhere() -> None:
    """Where a name is known to be ours it needs no place beside it; the rule says so."""
    assert met(a_post(1, "福乐园被曝光", source="nation")) == ["own"]


def test_a_rule_may_ask_every_source_for_a_place() -> None:
    """Also the county's forum; what is addressed to the unit is spared it."""
    watch = UnitWatch(UNIT, (replace(a_rule("公墓", id="graves"), needs_place=True),), area=("柳湾镇",))
    watching = Watching(Watch({UNIT: watch}), Matcher)
    asked = [
        a_post(1, "公墓涨价", source="forum"),
        a_post(2, "柳湾镇公墓涨价", source="forum"),
        a_post(3, "公墓涨价", source="letters", origin=Origin.LETTER),
    ]

    assert [len(watching.met_by(post)) for post in asked] == [0, 1, 1]


def test_what_is_addressed_to_the_unit_is_the_units() -> None:
    """From wherever it was handed on."""
    assert met(a_post(1, "公墓涨价", source="nation", origin=Origin.SUPERIOR)) == ["graves"]


def test_a_unit_that_has_set_no_area_loses_nothing() -> None:
    """Nobody can name what is not set."""
    assert met(a_post(1, "公墓涨价", source="nation"), places=(), county="") == ["graves"]


def test_an_answer_is_met_even_where_no_rule_is() -> None:
    """Whether its question is a matter of the unit the worker knows."""
    assert met(a_post(1, "您好，已收悉", kind=Kind.ANSWER, thread="p1")) == ["answer"]
    assert met(a_post(1, "您好，已收悉", kind=Kind.ANSWER)) == []


def test_a_county_of_one_syllable_is_only_named_whole() -> None:
    """衡 alone stands in a thousand words."""
    assert area_of(UnitProfile(UNIT, "甲县民政局", (), "甲县"), ()) == ("甲县民政局", "甲县")
    assert area_of(PROFILE, ("柳湾镇",)) == ("云汐县民政局", "云汐县", "云汐", "柳湾镇")


def test_a_source_says_in_its_manifest_that_it_speaks_of_more() -> None:
    """`local = false`; without a word it is local, so that nothing is lost in silence."""
    records = MemoryRecords()
    profile = {"id": UNIT, "name": "云汐县民政局", "county": "云汐县"}
    for of, key, value in [(UNIT, "unit", profile), ("", "source/nation", {"local": False}), ("", "source/forum", {})]:
        records.put(Record("setting", of, key, 0, json.dumps(value), 0, "a", ""), expect=0)
    own = read_settings(records, [a_rule("公墓")]).watch().units[UNIT]

    assert own.wide_sources == {"nation"}
    assert own.area == ("云汐县民政局", "云汐县", "云汐")


def test_a_source_of_some_units_is_a_wide_one_to_the_others() -> None:
    """Two counties in one installation: the forum of the one says nothing of the other, unless it names it."""
    other = "shixi-mz"
    units = {
        UNIT: UnitWatch(UNIT, (a_rule("公墓", unit=UNIT),), area=("云汐县",)),
        other: UnitWatch(other, (a_rule("公墓", unit=other),), area=("石溪县",)),
    }
    watching = Watching(Watch(units, {"yunxi-forum": frozenset({UNIT})}), Matcher)

    def units_of(said: str, source: str = "yunxi-forum") -> list[str | None]:
        return [match.rule.unit for match in watching.matches(a_post(1, said, source=source))]

    assert units_of("公墓涨价") == [UNIT]
    assert units_of("石溪县公墓涨价") == [UNIT, other]
    assert units_of("公墓涨价", source="anywhere") == [UNIT, other]


def test_rules_of_many_units_with_the_same_words_are_looked_for_once() -> None:
    """What a post costs does not grow with the units; each is answered with its own rule and version."""
    asked: list[WatchRule] = []

    def matcher_of(rules: Sequence[WatchRule]) -> Matcher:
        asked.extend(rules)
        return Matcher(rules)

    units = [f"unit-{number}" for number in range(50)]
    own = {unit: UnitWatch(unit, (a_rule("公墓", unit=unit), a_rule("低保", id="r2", unit=unit))) for unit in units}
    matches = Watching(Watch(own), matcher_of).matches(a_post(1, "低保和公墓"))

    assert len(asked) == 2
    assert [match.rule for match in matches] == [rule for unit in units for rule in own[unit].rules]


def test_a_manifest_names_the_units_of_its_area_and_a_wrong_name_loses_nothing() -> None:
    """`units = [...]`; a unit that is not here is no owner, so its source stays everybody's."""
    records = MemoryRecords()
    profile = {"id": UNIT, "name": "云汐县民政局", "county": "云汐县"}
    sources = {"source/forum": {"units": [UNIT, "gone"]}, "source/typo": {"units": ["yunxi-mzz"]}}
    for of, key, value in [(UNIT, "unit", profile), *(("", key, said) for key, said in sources.items())]:
        records.put(Record("setting", of, key, 0, json.dumps(value), 0, "a", ""), expect=0)

    assert read_settings(records, [a_rule("公墓")]).watch().owned == {"forum": frozenset({UNIT})}
