"""Topics and services are watched, never persons, beliefs or gatherings."""

import pytest

from pipeline.domain.rule_linter import lint_rules
from pipeline.domain.watch_rule import Near, WatchRule


def refused(term: str, known: frozenset[str] = frozenset()) -> list[str]:
    """Why a term is refused as a trigger."""
    return [finding.why for finding in lint_rules([WatchRule("r", any=(term,))], known)]


@pytest.mark.parametrize("term", ["集体上访", "拉横幅", "进京", "静坐示威", "聚集", "游 行", "联名信", "抗议"])
def test_gatherings_and_petitions_are_refused(term: str) -> None:
    """An announced gathering is no signal (DESIGN §1.5)."""
    assert refused(term)


@pytest.mark.parametrize("term", ["基督教", "信教群众", "法轮功", "意识形态", "政治立场", "维稳", "敏感人物"])
def test_beliefs_are_refused(term: str) -> None:
    """No label for ideology, religion, politics."""
    assert refused(term)


@pytest.mark.parametrize(
    "term", ["王桂花", "欧阳明", "张建国", "王建国局长", "局长王建国", "13800001234", "@小石头", "患者李强"]
)
def test_persons_are_refused(term: str) -> None:
    """By name, with or without an office, and by what leads to one."""
    assert refused(term)


@pytest.mark.parametrize(
    "term",
    [
        "低保",
        "高龄补贴",
        "殡仪馆乱收费",
        "王主任",
        "旅游行程",
        "召集会议",
        "安葬费",
        "12345",
        "养老院",
        "关在家",
        "孤儿",
    ],
)
def test_services_are_free(term: str) -> None:
    """Words of the service, offices without a name and words of another meaning pass."""
    assert refused(term) == []


def test_a_place_that_reads_like_a_name_passes_when_it_is_known() -> None:
    """The unit's places are given; the sentence says so to who forgot one."""
    assert "places" in refused("石桥")[0]
    assert refused("石桥", frozenset({"石桥"})) == []


def test_all_findings_come_at_once_with_rule_and_term() -> None:
    """Each trigger of each rule, also of `all` and `near`; terms that keep a rule away are free."""
    rules = [
        WatchRule("first", any=("低保", "上访"), none=("游行",)),
        WatchRule("second", all=("王桂花",), near=Near(("集会",), ("公墓",), 5), exclude_phrases=("教堂",)),
    ]
    found = [(finding.rule, finding.term) for finding in lint_rules(rules)]
    assert found == [("first", "上访"), ("second", "王桂花"), ("second", "集会")]
