"""Alert rules: what should be so of a matter as it stands, and silence where all is right."""

from dataclasses import replace
from typing import Any

import pytest

from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.alert_rule import ask, standing_reasons, wanted
from pipeline.domain.command import (
    Acknowledge,
    AddAnswerLines,
    Command,
    GroupJoined,
    GroupRestored,
    GroupSetAside,
    Open,
    Raise,
    Reopen,
    SetLevel,
)
from pipeline.domain.errors import Refused
from pipeline.domain.facts import AddressedPost
from pipeline.domain.group import GroupRow
from pipeline.domain.incident import Disposition, State
from pipeline.domain.incident_command import Close
from pipeline.domain.merge_command import Merge
from pipeline.domain.post import Origin
from tests.matters import DAY, DUTY, HOUR, NOON, Desk, a_letter, a_note, a_row, stand


def asked(desk: Desk, *rows: GroupRow) -> tuple[Command, ...]:
    """Return what the rules want of the rows now."""
    desk.has(*rows)
    return ask(desk.state, rows, DEFAULT_POLICY, desk.now)


def opened(row: GroupRow) -> Desk:
    """Return a desk whose rules have opened the row's matter."""
    desk = Desk()
    desk.do_all(asked(desk, row))
    return desk


def test_a_new_matter_opens_at_level_three() -> None:
    """Three posts of two people within 14 days open an incident at Ⅲ."""
    (command,) = asked(Desk(), a_row(posts=3, posters=2))
    assert isinstance(command, Open)
    assert (command.level, command.reason, command.actor) == (3, "new_matter", "rule:new_matter@1")


@pytest.mark.parametrize(("posts", "posters"), [(2, 2), (3, 1), (1, 1)])
def test_fewer_posts_or_people_are_no_new_matter(posts: int, posters: int) -> None:
    """Two posts, or three of one person, stay a to-do."""
    assert asked(Desk(), a_row(posts=posts, posters=posters)) == ()


@pytest.mark.parametrize("level", [1, 2])
def test_one_grave_post_opens_at_the_level_of_its_rule(level: int) -> None:
    """A grave class opens at Ⅱ; a death, abuse or a child at risk at Ⅰ."""
    (command,) = asked(Desk(), a_row(grave=True, grave_posts=1, grave_level=level))
    assert isinstance(command, Open)
    assert (command.level, command.reason) == (level, "grave")


def test_what_is_not_ours_is_never_pushed() -> None:
    """While `about` is false, neither a grave hit nor a crowd opens anything."""
    assert asked(Desk(), a_row(posts=9, about=False, grave=True, grave_posts=1)) == ()


def test_an_addressed_message_opens_at_level_four_and_must_be_answered() -> None:
    """A message to the unit is an incident by itself, with an answer line."""
    desk = Desk(addressed={"g1": (AddressedPost("g1-p1", NOON, Origin.MESSAGE),)})
    desk.do_all(asked(desk, a_row(addressed=True, addressed_posts=1)))
    assert desk.incident().level == 4
    assert [line.post for line in desk.incident().waiting_lines] == ["g1-p1"]
    assert asked(desk, desk.rows["g1"]) == ()


def test_a_message_that_joins_an_opened_incident_adds_a_line_and_moves_the_revision() -> None:
    """The second message of the same matter must be answered too, once."""
    desk = Desk(addressed={"g1": (AddressedPost("g1-p1", NOON, Origin.MESSAGE),)})
    desk.do_all(asked(desk, a_row(addressed=True, addressed_posts=1)))
    revision = desk.incident().revision
    desk.addressed["g1"] += (AddressedPost("g1-p2", NOON, Origin.LETTER),)
    (command,) = asked(desk, a_row(posts=2, addressed=True, addressed_posts=2))
    assert isinstance(command, AddAnswerLines)
    desk.does(command)
    assert [line.post for line in desk.incident().waiting_lines] == ["g1-p1", "g1-p2"]
    assert desk.incident().revision == revision + 1
    with pytest.raises(Refused, match="INC-304"):
        desk.does(replace(command, command_id="again"))


def test_asking_twice_changes_nothing() -> None:
    """What is already so is not wanted again, and refused if asked all the same."""
    desk = Desk()
    (command,) = asked(desk, a_row(posts=3))
    desk.does(command)
    assert asked(desk, a_row(posts=3)) == ()
    with pytest.raises(Refused, match="INC-304"):
        desk.does(command)


def test_growth_raises_by_one_when_the_measure_has_doubled() -> None:
    """Three posts seen: five are not double, six are; and the next raise waits for twelve."""
    desk = opened(a_row(posts=3))
    assert asked(desk, a_row(posts=5)) == ()
    (command,) = asked(desk, a_row(posts=6))
    assert isinstance(command, Raise)
    assert (command.level, command.reason) == (2, "growth")
    desk.does(command)
    assert desk.incident().level == 2
    assert asked(desk, a_row(posts=11)) == ()
    assert len(asked(desk, a_row(posts=12))) == 1


def test_growth_takes_at_least_three_more_posts() -> None:
    """One post that became two has doubled, and nothing is raised for it."""
    desk = Desk().has(a_row())
    desk.does(Open(command_id="c1", actor=DUTY, group="g1"))
    assert asked(desk, a_row(posts=3)) == ()
    assert len(asked(desk, a_row(posts=4))) == 1


def test_spread_to_three_more_sources_raises_by_one() -> None:
    """The same text in three more places is a reason of its own."""
    desk = opened(a_row(posts=3))
    (command,) = asked(desk, a_row(posts=3, sources=4))
    assert isinstance(command, Raise)
    assert (command.level, command.reason) == (2, "spread")


def test_a_lowered_level_stays_lowered_until_something_happens() -> None:
    """A person's lowering is kept with what he saw: only a doubled measure raises again."""
    desk = opened(a_row(posts=3))
    desk.has(a_row(posts=5))
    desk.does(SetLevel(command_id="c2", actor=DUTY, incident=desk.incident().id, level=4, note=a_note()))
    assert asked(desk, a_row(posts=9)) == ()
    (command,) = asked(desk, a_row(posts=10))
    assert isinstance(command, Raise)
    assert command.level == 3


def test_the_first_grave_post_raises_a_lowered_incident() -> None:
    """A reason that the person had not seen counts at once."""
    desk = opened(a_row(posts=3))
    desk.does(SetLevel(command_id="c2", actor=DUTY, incident=desk.incident().id, level=4, note=a_note()))
    (command,) = asked(desk, a_row(posts=4, grave=True, grave_posts=1))
    assert isinstance(command, Raise)
    assert (command.level, command.reason) == (2, "grave")
    desk.does(command)
    assert asked(desk, desk.rows["g1"]) == ()


def test_a_late_post_raises_nothing() -> None:
    """More than 72 h after its own time a post only joins."""
    desk = Desk()
    desk.now = NOON + 72 * HOUR
    assert len(asked(desk, a_row(posts=3))) == 1
    desk.now += 1
    assert asked(desk, a_row(posts=3)) == ()
    assert asked(desk, a_row(grave=True, grave_posts=1)) == ()


def test_a_message_to_the_unit_opens_although_it_was_handed_on_late() -> None:
    """Offices hand letters on after days; each must be answered, so it opens for 30 days."""
    desk = Desk()
    desk.now = NOON + 30 * DAY
    assert len(asked(desk, a_row(addressed=True, addressed_posts=1, addressed_at=NOON))) == 1
    desk.now += 1
    assert asked(desk, a_row(addressed=True, addressed_posts=1, addressed_at=NOON)) == ()


def test_backfilled_posts_raise_nothing() -> None:
    """Posts that a changed rule found later are counted, and double nothing."""
    desk = opened(a_row(posts=3))
    assert asked(desk, a_row(posts=30, sources=9, silent_posts=27)) == ()


def test_a_set_aside_group_opens_only_once_it_is_back() -> None:
    """Two further posts make three in all, but the person's decision holds until it is back as a to-do."""
    desk = Desk().has(a_row())
    desk.does(GroupSetAside(command_id="c1", actor=DUTY, group="g1"))
    assert asked(desk, a_row(posts=3)) == ()
    (command,) = asked(desk, a_row(posts=4))
    assert isinstance(command, Open)
    assert command.reason == "new_matter"


def test_a_matter_set_aside_with_its_reason_seen_must_double() -> None:
    """Set aside at five posts, a new matter opens again at ten."""
    desk = Desk().has(a_row(posts=5))
    desk.does(GroupSetAside(command_id="c1", actor=DUTY, group="g1"))
    assert asked(desk, a_row(posts=9)) == ()
    assert len(asked(desk, a_row(posts=10))) == 1


def test_a_restored_group_is_asked_as_if_nothing_had_been_decided() -> None:
    """Undoing the key press gives the rules their voice back."""
    desk = Desk().has(a_row(posts=5))
    desk.does(GroupSetAside(command_id="c1", actor=DUTY, group="g1"))
    desk.does(GroupRestored(command_id="c2", actor=DUTY, group="g1"))
    assert len(asked(desk, a_row(posts=5))) == 1


def test_an_opened_matter_that_people_own_is_ours_whatever_the_machine_says() -> None:
    """The classifier's `about` silences rules only until a person has taken the matter."""
    desk = opened(a_row(posts=3))
    assert asked(desk, a_row(posts=6, about=False)) == ()
    desk.does(Acknowledge(command_id="c2", actor=DUTY, incident=desk.incident().id))
    assert len(asked(desk, a_row(posts=12, about=False))) == 1


def test_growth_in_many_small_groups_is_growth() -> None:
    """What counts is the whole matter: two joined groups that double together raise it."""
    desk = opened(a_row(posts=3)).has(a_row("g2"))
    desk.does(GroupJoined(command_id="c2", actor=DUTY, group="g2", incident=desk.incident().id))
    assert asked(desk, a_row(posts=5), a_row("g2", posts=2)) == ()
    (command,) = asked(desk, a_row(posts=5), a_row("g2", posts=3))
    assert isinstance(command, Raise)
    assert command.reason == "growth"


def test_a_person_who_looks_has_seen_every_reason_that_stands() -> None:
    """Reasons are kept by name, so that a new one can be told from an old one."""
    row = a_row(posts=3, grave_posts=1, addressed_posts=1)
    assert standing_reasons(row, DEFAULT_POLICY) == ("addressed", "grave", "new_matter")


def test_a_rule_that_comes_too_late_opens_nothing() -> None:
    """The command was right when it was asked for; by now it is not, and is refused."""
    desk = Desk()
    (command,) = asked(desk, a_row(posts=3))
    desk.has(a_row(posts=2))
    with pytest.raises(Refused, match="INC-304"):
        desk.does(command)


def test_nothing_is_wanted_of_what_was_merged() -> None:
    """The incident that absorbed it is asked instead."""
    desk = opened(a_row(posts=3))
    one = desk.incident().id
    other = desk.opens("g2")
    desk.does(Merge(command_id="m", actor=DUTY, incident=other, others=(one,)))
    grown = [a_row(posts=30)]
    assert wanted(grown, None, desk.state.incidents[one], DEFAULT_POLICY, desk.now) == ()
    assert [command.name for command in ask(desk.state, grown, DEFAULT_POLICY, desk.now)] == ["raise_level"]


def test_a_second_post_of_the_same_gravity_raises_no_lowered_level() -> None:
    """The person had seen that it was grave; a post of a graver rule is something new."""
    desk = opened(a_row(grave_posts=1))
    desk.does(SetLevel(command_id="c", actor=DUTY, incident=desk.incident().id, level=4, note=a_note()))
    assert asked(desk, a_row(posts=2, grave_posts=2)) == ()
    (command,) = asked(desk, a_row(posts=2, grave_posts=2, grave_level=1))
    assert isinstance(command, Raise)
    assert command.level == 1


@pytest.mark.parametrize(("level", "grave_level", "expected"), [(4, 2, "grave"), (3, 2, "grave"), (2, 2, "growth")])
def test_of_two_reasons_the_one_that_asks_for_more_is_named(level: int, grave_level: int, expected: str) -> None:
    """Where both ask for the same level it is the gravity; growth from Ⅱ asks for Ⅰ."""
    desk = Desk().has(a_row())
    desk.does(Open(command_id="c", actor=DUTY, group="g1", level=level))
    (command,) = asked(desk, a_row(posts=8, grave_posts=1, grave_level=grave_level))
    assert isinstance(command, Raise)
    assert (command.reason, command.level) == (expected, 1 if expected == "growth" else 2)


def test_a_message_gets_its_line_although_an_earlier_one_has_lapsed() -> None:
    """Counts alone would say that nothing is missing."""
    desk = Desk(addressed={"g1": (a_letter("g1-p1"), a_letter("g1-p2"))})
    desk.opens(addressed_posts=2, latest_addressed="g1-p2")
    assert asked(desk, a_row(addressed_posts=2, latest_addressed="g1-p2")) == ()
    (command,) = asked(desk, a_row(posts=3, addressed_posts=2, latest_addressed="g1-p3"))
    assert isinstance(command, AddAnswerLines)


@pytest.mark.parametrize(
    ("changes", "reason"), [({"posts": 8}, "growth"), ({"latest_addressed": "g1-p9"}, "addressed")]
)
def test_a_closed_matter_opens_again_when_something_really_happens(changes: dict[str, Any], reason: str) -> None:
    """It has doubled, or a message slipped in that nobody answered."""
    desk, _ = stand(State.CLOSED)
    assert asked(desk, a_row(posts=2)) == ()
    (command,) = asked(desk, a_row(**{"posts": 2, **changes}))
    assert isinstance(command, Reopen)
    assert command.reason == reason


def test_a_matter_closed_as_irrelevant_stays_closed_while_it_is_not_ours() -> None:
    """The person said that it is not ours, and so does the machine."""
    desk, incident = stand(State.VERIFYING)
    desk.does(Close(command_id="k", actor=DUTY, incident=incident, disposition=Disposition.IRRELEVANT))
    assert asked(desk, a_row(posts=9, about=False)) == ()
    assert len(asked(desk, a_row(posts=9, about=None))) == 1
