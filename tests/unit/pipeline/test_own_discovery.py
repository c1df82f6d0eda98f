"""自主发现率: of what others brought too, how much the unit had found before; counted from the log."""

from dataclasses import replace
from typing import Any

import pytest

from pipeline.domain.closed_week import ClosedWeek
from pipeline.domain.command import Acknowledge, AddAnswerLines, GroupJoined, Open
from pipeline.domain.facts import AddressedPost, Facts
from pipeline.domain.merge_command import Merge
from pipeline.domain.own_discovery import OwnDiscovery, own_discovery
from pipeline.domain.post import Kind, Millis, Origin, Visibility
from pipeline.workflow.own_finds import found_at
from pipeline.workflow.week_close import WeekCoverage
from tests.builders import HOUR, MONDAY, UNIT, a_post
from tests.digest_house import WEEK, DigestHouse
from tests.matters import DUTY, NOON, Desk, a_desk, a_row, of_incident

WHO: dict[str, Any] = {"command_id": "c", "actor": DUTY}
LETTER: dict[str, Any] = {"origin": Origin.HOTLINE, "visibility": Visibility.INTERNAL}


class FindingDesk(Desk):
    """A desk that knows when the unit itself first had a post of a group."""

    found: dict[str, Millis] = {}  # noqa: RUF012 - replaced by each test that fills it

    def facts(self) -> Facts:
        """Return what the decider may know now."""
        facts = super().facts()
        groups = {name: replace(one, found_at=self.found.get(name)) for name, one in facts.groups.items()}
        return replace(facts, groups=groups)


def a_week(found: dict[str, Millis], brought: dict[str, AddressedPost]) -> FindingDesk:
    """Return a desk with these groups, each opened by a person."""
    desk = FindingDesk(due=a_desk().due)
    desk.found = found
    desk.addressed = {group: (post,) for group, post in brought.items()}
    for group in sorted({*found, *brought}):
        desk.has(a_row(group))
        desk.opens(group)
    return desk


def told(desk: Desk, since: int = 0) -> OwnDiscovery:
    """Return what the batches behind a seq come to."""
    return own_discovery(desk.state, [batch for batch in desk.log if batch.seq > since])


def message(group: str, at: Millis = NOON, origin: Origin = Origin.HOTLINE) -> AddressedPost:
    """Return a message that somebody else brought."""
    return AddressedPost(f"{group}-p1", at, origin)


def test_before_theirs_means_before_the_first_message() -> None:
    """A moment earlier is before, the same moment is not; what nobody else brought has nothing to compare."""
    desk = a_week(
        {"g1": NOON - 1, "g2": NOON, "g3": NOON + 1, "g4": NOON},
        {"g1": message("g1"), "g2": message("g2"), "g3": message("g3"), "g5": message("g5")},
    )
    counted = told(desk)
    assert counted.brought == tuple(sorted(map(of_incident, ("g1", "g2", "g3", "g5"))))
    assert counted.first == (of_incident("g1"),)
    assert counted.own == tuple(sorted(map(of_incident, ("g1", "g4"))))
    assert counted.sizes() == {"own_own": 2, "own_brought": 4, "own_first": 1}


@pytest.mark.parametrize("origin", list(Origin))
def test_who_counts_as_somebody_else(origin: Origin) -> None:
    """The public, letters, 12345 and superiors do; our own people and the media that we watch do not."""
    desk = a_week({"g1": NOON - 1}, {"g1": message("g1", origin=origin)})
    others = (Origin.MESSAGE, Origin.LETTER, Origin.HOTLINE, Origin.SUPERIOR)
    assert len(told(desk).brought) == int(origin in others)


def test_a_matter_counts_in_the_week_in_which_others_first_brought_it() -> None:
    """Found last week and brought this week counts now; brought again next week does not count twice."""
    desk = a_week({"g1": NOON - 1}, {})
    opened = desk.state.seq
    desk.addressed = {"g1": (message("g1"),)}
    desk.does(AddAnswerLines(incident=of_incident("g1"), group="g1", **{**WHO, "actor": "rule:addressed@1"}))
    brought = desk.state.seq
    desk.addressed = {"g1": (message("g1"), replace(message("g1"), post="g1-p2"))}
    desk.does(AddAnswerLines(incident=of_incident("g1"), group="g1", **{**WHO, "actor": "rule:addressed@1"}))
    this, again = [desk.log[opened:brought], desk.log[brought:]]
    assert own_discovery(desk.state, desk.log[:opened]).brought == ()
    assert own_discovery(desk.state, again).brought == ()
    assert told(desk).first == (of_incident("g1"),)
    assert this


def test_what_was_joined_or_merged_brings_its_own_find() -> None:
    """A group that monitoring had found counts for the matter that it is joined to, or merged into."""
    desk = a_week({"g2": NOON - 5}, {"g1": message("g1")})
    desk.found = {"g2": NOON - 5, "g3": NOON - 9}
    desk.has(a_row("g3"))
    assert told(desk).first == ()
    aside = replace(desk, log=list(desk.log))
    aside.found = desk.found
    aside.does(GroupJoined(incident=of_incident("g1"), group="g3", **WHO))
    assert told(aside).first == (of_incident("g1"),)
    desk.does(Merge(incident=of_incident("g1"), others=(of_incident("g2"),), **WHO))
    assert told(desk).first == (of_incident("g1"),)
    assert told(desk).own == (of_incident("g1"),)


def test_a_log_that_does_not_say_when_counts_nothing_as_found() -> None:
    """It was written before that was recorded."""
    assert told(a_week({}, {"g1": message("g1")})) == OwnDiscovery(brought=(of_incident("g1"),))


def test_the_first_find_is_no_answer_of_an_office_and_nothing_that_a_rule_found_later() -> None:
    """Monitoring's first post, as it was collected."""
    house = DigestHouse()
    answer = a_post("a", "养老院停水已修好", at=MONDAY, kind=Kind.ANSWER)
    post = a_post("p", "云汐县城关镇养老院停水", at=MONDAY + HOUR)
    (row,) = house.works(post)
    mentions = house.house.posts.members(UNIT, row.id)
    assert found_at(house.house.posts, mentions) == post.collected_at
    assert found_at(house.house.posts, [replace(one, backfilled=True) for one in mentions]) is None
    assert answer.kind is Kind.ANSWER


def closed(house: DigestHouse) -> tuple[ClosedWeek, str]:
    """Return the cut of the week and the text of its digest."""
    cut = house.closes()
    return cut, house.editor.letter(house.editor.digests.of_week(UNIT, WEEK.name)).text


def brought_too(house: DigestHouse) -> None:
    """Monitoring found a matter; hours later an order of 12345 brought it too."""
    post = a_post("p", "云汐县城关镇养老院停水三天没人管", at=MONDAY + HOUR)
    house.at(MONDAY + 2 * HOUR)
    (row,) = house.works(post)
    house.does(Open(command_id="o", actor="account:zhiban", group=row.id))
    house.does(Acknowledge(command_id="a", actor="account:zhiban", incident=row.incident))
    house.at(MONDAY + 5 * HOUR)
    house.works(a_post("w", "云汐县城关镇养老院停水三天没人管，请核实", at=MONDAY + 4 * HOUR, **LETTER))


def test_the_digest_says_it_with_its_counts() -> None:
    """Found before theirs, in the mail's text and its HTML."""
    house = DigestHouse()
    brought_too(house)
    cut, text = closed(house)
    assert {name: cut.counts[name] for name in ("own_own", "own_brought", "own_first")} == {
        "own_own": 1, "own_brought": 1, "own_first": 1,
    }  # fmt: skip
    assert "自主发现 1/1 件，100%" in text


def test_a_week_without_others_has_nothing_to_compare() -> None:
    """It is said so, and no share is invented."""
    house = DigestHouse()
    house.at(MONDAY + 2 * HOUR)
    (row,) = house.works(a_post("p", "云汐县城关镇养老院停水", at=MONDAY + HOUR))
    house.does(Open(command_id="o", actor="account:zhiban", group=row.id))
    _, text = closed(house)
    assert "无可比" in text
    assert "新增1件中自主发现1件" in text
    assert "%" not in text


def test_with_a_dead_source_none_found_before_is_unknown() -> None:
    """Nobody knows what the dead source would have shown."""
    house = DigestHouse()
    house.covers = WeekCoverage(1, 2, {"forum": MONDAY})
    house.at(MONDAY + 5 * HOUR)
    house.works(a_post("w", "云汐县城关镇养老院停水三天没人管，请核实", at=MONDAY + 4 * HOUR, **LETTER))
    _, text = closed(house)
    assert "自主发现率：未知" in text
    assert "别人也反映了1件" in text


def test_a_week_that_was_closed_before_it_was_counted_says_what_it_said() -> None:
    """Its digest has the same bytes: no line is added to it."""
    house = DigestHouse()
    brought_too(house)
    cut = house.closer.cut(UNIT, WEEK, WEEK.until)
    kept = {name: count for name, count in cut.counts.items() if not name.startswith("own_")}
    digest = house.editor.digests._digest(UNIT, replace(cut, counts=kept))
    assert "自主发现" not in house.editor.letter(digest).text
