"""Decisions about groups: opened, set aside, joined, restored, split."""

import pytest

from pipeline.domain.command import GroupJoined, GroupRestored, GroupSetAside, GroupSplit, Open, SetLevel
from pipeline.domain.errors import Refused
from pipeline.domain.group import group_id
from pipeline.domain.incident import Disposition, State
from pipeline.domain.incident_command import Close, Unacknowledge
from pipeline.domain.merge_command import Merge
from pipeline.domain.people import MarkState
from pipeline.domain.post import Origin
from pipeline.domain.seen import Seen
from tests.matters import DAY, DUTY, HOUR, NOON, UNIT, Desk, a_desk, a_letter, a_note, a_row, of_incident, stand


def test_a_person_opens_at_level_four_and_the_clocks_begin() -> None:
    """Only now there are a log, clocks and a ledger line."""
    desk = a_desk().has(a_row(first_at=NOON - DAY))
    batch = desk.does(Open(command_id="c", actor=DUTY, group="g1"))
    incident = desk.incident()
    assert (incident.level, incident.state, incident.opened_by) == (4, State.DISCOVERED, DUTY)
    assert {clock.kind: clock.due_at for clock in incident.clocks} == {
        "acknowledge": NOON + 2 * HOUR,
        "verify": NOON + 2 * DAY,
        "reply": NOON + DAY,
    }
    assert [(notice.what, notice.to) for notice in batch.notices] == [("opened", "role:duty")]


def test_opened_names_what_was_seen_and_the_rule_with_its_version() -> None:
    """Group, count and at most 50 ids of members, reason, rule and version."""
    desk = Desk().has(a_row(posts=60, recent_posts=60, recent_posters=60))
    ident, rule = f"open:{of_incident('g1')}", "rule:new_matter@1"
    batch = desk.does(Open(command_id=ident, actor=rule, group="g1", reason="new_matter", level=3))
    data = batch.events[0].data
    assert (data["group"], data["posts"], data["reason"], data["rule"], data["rule_version"]) == (
        "g1",
        60,
        "new_matter",
        "new_matter",
        "1",
    )
    members = data["members"]
    assert isinstance(members, list)
    assert (len(members), members[-1]) == (50, "g1-p60")
    assert desk.incident().rule_version == "1"


def test_a_message_that_is_not_ours_is_opened_without_a_push() -> None:
    """Addressed to the unit, it must be answered or transferred; but nothing is pushed while `about` is false."""
    desk = a_desk(addressed={"g1": (a_letter(),)}).has(a_row(about=False, addressed_posts=1))
    rule = Open(
        command_id=f"open:{of_incident('g1')}", actor="rule:addressed@1", group="g1", reason="addressed", level=4
    )
    batch = desk.does(rule)
    assert batch.notices == ()
    assert desk.incident().waiting_lines


def test_a_message_about_a_closed_matter_opens_one_that_names_it() -> None:
    """It never joins what is closed; the new incident is linked to the old one."""
    desk, incident = stand(State.CLOSED)
    desk.addressed["g2"] = (a_letter("g2-p1"),)
    desk.opens("g2", addressed_posts=1, linked="g1")
    assert desk.incident("g2").linked == incident
    assert desk.state.incidents[incident].state is State.CLOSED
    desk.opens("g3", linked="g7")
    assert desk.incident("g3").linked is None


def test_what_a_person_or_a_rule_opens_is_told() -> None:
    """A person's opening goes to the duty staff whatever the machine holds of it, a rule's by the policy of alerts."""
    desk = Desk().has(a_row(about=False), a_row("g2", posts=3))
    by_person = desk.does(Open(command_id="c", actor=DUTY, group="g1"))
    ident, rule = f"open:{of_incident('g2')}", "rule:new_matter@1"
    by_rule = desk.does(Open(command_id=ident, actor=rule, group="g2", reason="new_matter", level=3))
    assert [notice.to for batch in (by_person, by_rule) for notice in batch.notices] == ["role:duty", "policy:alert"]


def test_clocks_look_at_the_service_line_from_the_opening_on() -> None:
    """A line with a promise of its own keeps it in every step."""
    lines: list[str | None] = []
    desk = Desk(due=lambda _kind, _at, _level, _origin, line: lines.append(line)).has(a_row(line="养老服务"))
    desk.does(Open(command_id="c", actor=DUTY, group="g1"))
    desk.does(Unacknowledge(command_id="u", actor=DUTY, incident=acknowledged(desk)))
    assert set(lines) == {"养老服务"}


def acknowledged(desk: Desk) -> str:
    """The incident of the first group has an owner; returns its id."""
    desk.acknowledges(of_incident("g1"))
    return of_incident("g1")


def test_a_level_that_does_not_exist_is_refused() -> None:
    """There are four."""
    desk = Desk().has(a_row())
    with pytest.raises(Refused, match="level 5"):
        desk.does(Open(command_id="c", actor=DUTY, group="g1", level=5))


def test_what_a_person_opens_at_another_level_has_it() -> None:
    """Who enters a grave matter by hand says so at once."""
    desk = Desk().has(a_row())
    desk.does(Open(command_id="c", actor=DUTY, group="g1", level=2))
    assert desk.incident().level == 2


def test_an_unknown_group_or_incident_is_refused() -> None:
    """A list that is out of date names what is no more."""
    desk = Desk()
    with pytest.raises(Refused, match="INC-301"):
        desk.does(Open(command_id="c", actor=DUTY, group="g7"))
    with pytest.raises(Refused, match="INC-301"):
        desk.does(SetLevel(command_id="c", actor=DUTY, incident="i7", level=2, note=a_note()))


def test_a_group_is_opened_once() -> None:
    """The second one to press the key learns that it is open already."""
    desk, _ = stand(State.DISCOVERED)
    with pytest.raises(Refused, match="INC-304"):
        desk.does(Open(command_id="c", actor=DUTY, group="g1"))


def test_what_is_owned_is_not_set_aside_nor_joined_elsewhere() -> None:
    """Two incidents never own one group."""
    desk, incident = stand(State.DISCOVERED)
    other = desk.opens("g2")
    with pytest.raises(Refused, match="belongs to incident"):
        desk.does(GroupSetAside(command_id="c", actor=DUTY, group="g1"))
    with pytest.raises(Refused, match="INC-201"):
        desk.does(GroupJoined(command_id="c", actor=DUTY, group="g1", incident=other))
    with pytest.raises(Refused, match="INC-304"):
        desk.does(GroupJoined(command_id="c", actor=DUTY, group="g1", incident=incident))


def test_setting_aside_twice_is_already_so_unless_more_was_seen() -> None:
    """A group that came back is set aside anew, with what stands now."""
    desk = Desk().has(a_row())
    desk.does(GroupSetAside(command_id="c", actor=DUTY, group="g1"))
    with pytest.raises(Refused, match="INC-304"):
        desk.does(GroupSetAside(command_id="c", actor=DUTY, group="g1"))
    desk.does(GroupSetAside(command_id="c", actor=DUTY, group="g1", how="filed"))
    desk.has(a_row(posts=4))
    desk.does(GroupSetAside(command_id="c", actor=DUTY, group="g1", how="filed"))
    mark = desk.state.mark_of("g1")
    assert mark is not None
    assert (mark.seen_posts, mark.how) == (4, "filed")


def test_a_group_is_set_aside_as_irrelevant_or_filed() -> None:
    """There is no third way to make a to-do disappear."""
    desk = Desk().has(a_row())
    with pytest.raises(Refused, match="irrelevant or filed"):
        desk.does(GroupSetAside(command_id="c", actor=DUTY, group="g1", how="hidden"))


def test_the_members_that_the_screen_showed_are_named() -> None:
    """What he saw, not what stands by now."""
    desk = Desk().has(a_row(posts=3))
    batch = desk.does(
        GroupSetAside(command_id="c", actor=DUTY, group="g1", members=("g1-p1",), seen=Seen(posts=1, posters=1))
    )
    assert batch.events[0].data["members"] == ["g1-p1"]
    assert batch.events[0].incident == ""


def test_a_joined_group_brings_its_messages_and_moves_the_revision() -> None:
    """Its letters must be answered by the incident from now on."""
    desk, incident = stand(State.DISCOVERED)
    desk.has(a_row("g2", addressed_posts=1)).addressed["g2"] = (a_letter("g2-p1", origin=Origin.HOTLINE),)
    desk.does(GroupJoined(command_id="c", actor=DUTY, group="g2", incident=incident, expected_revision=1))
    assert [line.post for line in desk.incident().waiting_lines] == ["g2-p1"]
    assert desk.incident("g2").revision == 3
    desk.has(a_row("g3"))
    with pytest.raises(Refused, match="INC-409"):
        desk.does(GroupJoined(command_id="c", actor=DUTY, group="g3", incident=incident, expected_revision=1))


def test_a_restored_group_leaves_its_incident_with_its_messages() -> None:
    """Joining is undone by restoring; but not for the group that the incident began with."""
    desk, incident = stand(State.DISCOVERED)
    desk.has(a_row("g2")).addressed["g2"] = (a_letter("g2-p1"),)
    desk.does(GroupJoined(command_id="c", actor=DUTY, group="g2", incident=incident))
    desk.does(GroupRestored(command_id="c", actor=DUTY, group="g2"))
    assert (desk.incident().groups, desk.incident().lines, set(desk.incident().seen)) == (("g1",), (), {"g1"})
    assert desk.state.incident_of("g2") is None
    with pytest.raises(Refused, match="began with group g1"):
        desk.does(GroupRestored(command_id="c", actor=DUTY, group="g1"))
    for group in ("g2", "g5"):
        with pytest.raises(Refused, match="INC-304"):
            desk.does(GroupRestored(command_id="c", actor=DUTY, group=group))


def test_a_group_leaves_an_incident_that_was_merged_through_the_one_that_absorbed_it() -> None:
    """The holder loses it, and both count the step."""
    desk, incident = stand(State.DISCOVERED)
    desk.has(a_row("g2"))
    desk.does(GroupJoined(command_id="c", actor=DUTY, group="g2", incident=incident))
    other = desk.opens("g3")
    desk.does(Merge(command_id="m", actor=DUTY, incident=other, others=(incident,)))
    desk.acknowledges(other)
    before = desk.state.incidents[other].revision
    assert "g2" in desk.state.incidents[other].seen
    desk.does(GroupRestored(command_id="c", actor=DUTY, group="g2"))
    assert "g2" not in desk.state.incidents[other].seen
    assert desk.state.incidents[incident].groups == ("g1",)
    assert desk.state.incidents[other].revision == before + 1
    mark = desk.state.mark_of("g2")
    assert mark is not None
    assert (mark.state, mark.owner) == (MarkState.RESTORED, None)


def test_nothing_leaves_a_closed_incident() -> None:
    """The ledger of a closed matter stays what it was; it is reopened first."""
    desk, incident = stand(State.DISCOVERED)
    desk.has(a_row("g2", posts=2))
    desk.does(GroupJoined(command_id="c", actor=DUTY, group="g2", incident=incident))
    desk.acknowledges(incident)
    desk.does(Close(command_id="k", actor=DUTY, incident=incident, disposition=Disposition.IRRELEVANT))
    with pytest.raises(Refused, match="reopen it first"):
        desk.does(GroupRestored(command_id="c", actor=DUTY, group="g2"))
    with pytest.raises(Refused, match="reopen it first"):
        desk.does(GroupSplit(command_id="c", actor=DUTY, group="g2", posts=("g2-p2",)))


def split(*posts: str, group: str = "g1") -> GroupSplit:
    """Return the command that splits these posts off."""
    return GroupSplit(command_id="s", actor=DUTY, group=group, posts=posts)


def test_split_posts_become_a_group_that_every_process_names_alike() -> None:
    """The fold reads where they went; the new group is free."""
    desk = Desk().has(a_row(posts=3))
    desk.does(split("g1-p2", "g1-p3"))
    into = group_id(UNIT, "g1-p2")
    assert desk.state.moved == {"g1-p2": into, "g1-p3": into}
    assert desk.state.incident_of(into) is None


def test_a_message_that_was_split_off_takes_its_answer_line_along() -> None:
    """It is no longer this incident's to answer, also while the row still lists it."""
    desk = a_desk(addressed={"g1": (a_letter("g1-p1"), a_letter("g1-p2"))})
    desk.opens(posts=2, addressed_posts=2)
    desk.does(split("g1-p2"))
    assert [line.post for line in desk.incident().lines] == ["g1-p1"]


def test_some_posts_of_the_group_are_split_off_never_all() -> None:
    """A split names members, and leaves some."""
    desk = Desk().has(a_row(posts=2))
    for posts, code in (((), "INC-201"), (("g1-p1", "g1-p2"), "INC-201"), (("x",), "INC-301")):
        with pytest.raises(Refused, match=code):
            desk.does(split(*posts))
    desk.has(a_row(posts=2, reposts=1)).members["g1"] = ("g1-p1", "g1-p2", "g1-p3")
    desk.does(split("g1-p1", "g1-p2"))


def test_posts_that_were_a_group_before_are_not_split_into_it_again() -> None:
    """The id of a group means one group for ever."""
    desk = Desk().has(a_row(posts=2))
    known = group_id(UNIT, "g1-p2")
    desk.has(a_row(known))
    desk.does(GroupSetAside(command_id="c", actor=DUTY, group=known))
    with pytest.raises(Refused, match="groups of their own before"):
        desk.does(split("g1-p2"))


def test_a_split_of_an_owned_group_is_a_step_of_its_incident() -> None:
    """The machine never splits what is owned; a person may, and the revision shows it."""
    desk, incident = stand(State.VERIFYING)
    desk.has(a_row(posts=2))
    revision = desk.state.incidents[incident].revision
    desk.does(split("g1-p2"))
    assert desk.state.incidents[incident].revision == revision + 1
