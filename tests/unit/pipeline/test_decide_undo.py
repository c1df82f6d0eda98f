"""Undo: a step is taken back by events that compensate it, for ten minutes, by whoever took it."""

from dataclasses import replace

import pytest

from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.alert_rule import ask
from pipeline.domain.command import (
    Acknowledge,
    GroupJoined,
    GroupRestored,
    GroupSetAside,
    GroupSplit,
    NeedContacted,
    NeedOutcome,
    SetLevel,
)
from pipeline.domain.errors import Refused
from pipeline.domain.incident import Disposition, Incident, State
from pipeline.domain.incident_command import AnswerLine, Comment, Settle, Undo
from pipeline.domain.merge_command import Merge, Split, Unmerge
from pipeline.domain.office_command import AssignOffice
from pipeline.domain.people import Need, is_todo
from pipeline.domain.seen import Seen
from pipeline.domain.undoing import undoable
from tests.matters import DUTY, LEADER, MINUTE, OTHER, Desk, a_letter, a_note, a_row, of_incident, stand


def set_level(incident: str, level: int) -> SetLevel:
    """Return a person's change of level."""
    return SetLevel(command_id="l", actor=DUTY, incident=incident, level=level, note=a_note("l"))


def undo(incident: str, actor: str = DUTY) -> Undo:
    """Return the command that takes the last step back."""
    return Undo(command_id="u", actor=actor, incident=incident)


def test_ones_own_last_step_is_taken_back_within_ten_minutes() -> None:
    """The log keeps both; the incident is as it was, but for the count of steps."""
    desk, incident = stand(State.VERIFYING)
    desk.acknowledges(desk.opens("g2"))
    before = desk.incident()
    desk.judges(incident)
    batch = desk.does(undo(incident))
    assert [event.incident for event in batch.events] == [incident]
    after = desk.incident()
    assert (after.state, after.claims[0].verdict, after.times) == (State.VERIFYING, None, before.times)
    assert after.revision == before.revision + 4
    assert [step.type for step in after.trail[-2:]] == ["verified", "undone"]


def test_after_ten_minutes_a_step_is_answered_not_undone() -> None:
    """By then others have built on it."""
    desk, incident = stand(State.VERIFYING)
    desk.now += 10 * MINUTE
    desk.does(undo(incident))
    assert desk.incident().state is State.DISCOVERED
    desk.does(Acknowledge(command_id="a", actor=DUTY, incident=incident))
    desk.now += 10 * MINUTE + 1
    with pytest.raises(Refused, match="within 10 minutes"):
        desk.does(undo(incident))


def test_nobody_takes_back_the_step_of_another_nor_undoes_an_undo() -> None:
    """What another did is his; what was taken back is done again."""
    desk, incident = stand(State.VERIFYING)
    with pytest.raises(Refused, match="own last step"):
        desk.does(undo(incident, LEADER))
    desk.does(undo(incident))
    with pytest.raises(Refused, match="not undone but answered"):
        desk.does(undo(incident))


def test_what_only_another_command_takes_back_is_not_undone() -> None:
    """An opening is settled; posts that were split off are a group of their own."""
    desk, incident = stand(State.DISCOVERED)
    with pytest.raises(Refused, match="not undone but answered by settle"):
        desk.does(undo(incident))
    desk.has(a_row(posts=2))
    desk.does(GroupSplit(command_id="s", actor=DUTY, group="g1", posts=("g1-p2",)))
    with pytest.raises(Refused, match="not undone but answered by group_joined"):
        desk.does(undo(incident))


def split_off() -> tuple[Desk, str, Incident]:
    """Return a desk where a joined group was split off, the incident, and how it was before."""
    desk = Desk(addressed={"g2": (a_letter("g2-p1"),)})
    incident = desk.opens()
    desk.acknowledges(incident)
    desk.has(a_row("g2"))
    desk.does(GroupJoined(command_id="j", actor=DUTY, group="g2", incident=incident))
    desk.does(AnswerLine(command_id="a", actor=DUTY, incident=incident, post="g2-p1", how="phone"))
    before = desk.incident()
    desk.does(Split(command_id="s", actor=DUTY, incident=incident, groups=("g2",)))
    return desk, incident, before


def test_a_split_is_taken_back_and_leads_to_where_it_came_from() -> None:
    """The incident is as before, answered lines too; the other one points to it and owes nothing."""
    desk, incident, before = split_off()
    desk.does(undo(incident))
    assert without_steps(desk.incident()) == without_steps(before)
    assert desk.state.marks["g2"].owner == incident
    other = desk.state.incidents[of_incident("g2")]
    assert (other.state, other.into, other.is_open) == (State.MERGED, incident, False)
    with pytest.raises(Refused, match="is not merged into"):
        desk.does(Unmerge(command_id="n", actor=DUTY, incident=incident, released=other.id))


def test_what_was_split_off_and_worked_is_not_taken_back() -> None:
    """Somebody has written a word there."""
    desk, incident, _ = split_off()
    desk.does(Comment(command_id="c", actor=OTHER, incident=of_incident("g2"), note=a_note("c")))
    with pytest.raises(Refused, match="something has happened since"):
        desk.does(undo(incident))


def test_what_was_taken_back_can_be_split_off_again_and_taken_back_again() -> None:
    """Under the same id, whose steps are counted on."""
    desk, incident, before = split_off()
    desk.does(undo(incident))
    revision = desk.state.incidents[of_incident("g2")].revision
    desk.does(Split(command_id="s2", actor=DUTY, incident=incident, groups=("g2",)))
    again = desk.state.incidents[of_incident("g2")]
    assert (again.state, again.groups) == (State.VERIFYING, ("g2",))
    assert again.revision > revision
    desk.does(undo(incident))
    assert without_steps(desk.incident()) == without_steps(before)
    assert desk.state.incidents[of_incident("g2")].state is State.MERGED


def test_those_who_were_told_of_a_step_are_told_that_it_was_taken_back() -> None:
    """A raised level that was a slip of the finger is corrected aloud."""
    desk, incident = stand(State.VERIFYING)
    desk.does(set_level(incident, 1))
    batch = desk.does(undo(incident))
    assert desk.incident().level == 4
    (told,) = desk.log[-2].notices
    assert batch.notices == (replace(told, what="undone", why="level_raised"),)


def test_a_step_on_a_merged_matter_is_taken_back_where_it_was_kept() -> None:
    """The holder and the survivor go back together."""
    desk = Desk(addressed={"g2": (a_letter("g2-p1"),)})
    one, other = desk.opens("g1"), desk.opens("g2")
    desk.acknowledges(one)
    desk.does(Merge(command_id="m", actor=DUTY, incident=one, others=(other,)))
    desk.does(AnswerLine(command_id="a", actor=DUTY, incident=one, post="g2-p1", how="phone"))
    batch = desk.does(undo(one))
    assert sorted(event.incident for event in batch.events) == sorted([one, other])
    assert [line.post for line in desk.incident().waiting_lines] == ["g2-p1"]


def test_a_level_that_came_by_rule_is_not_undone_by_a_person() -> None:
    """He changes the level instead, and is asked why."""
    desk, incident = stand(State.VERIFYING)
    desk.has(a_row(posts=8))
    desk.do_all(ask(desk.state, [desk.rows["g1"]], DEFAULT_POLICY, desk.now))
    with pytest.raises(Refused, match="not undone but answered"):
        desk.does(undo(incident))


def aside(how: str = "irrelevant", seen: Seen | None = None) -> GroupSetAside:
    """Return that a person sets the group g1 aside."""
    return GroupSetAside(command_id="x", actor=DUTY, group="g1", how=how, seen=seen)


def without_steps(incident: Incident) -> Incident:
    """Return the incident without what counts its steps."""
    return replace(incident, revision=0, trail=(), undo=None)


LAST = Undo(command_id="u", actor=DUTY)


def test_a_group_that_was_set_aside_by_a_slip_is_a_todo_again() -> None:
    """The one key on the queue has an undo, and needs no incident."""
    desk = Desk().has(a_row())
    desk.does(aside())
    batch = desk.does(LAST)
    assert [event.type for event in batch.events] == ["group_restored"]
    assert is_todo(desk.state.mark_of("g1"), desk.rows["g1"])


def test_a_group_set_aside_anew_is_set_aside_as_before() -> None:
    """Filed first, then irrelevant by a slip: it is filed again, with what was seen when it was filed."""
    desk = Desk().has(a_row(posts=2))
    desk.does(aside("filed", Seen(posts=1)))
    before = desk.state.marks["g1"]
    desk.does(aside("irrelevant"))
    desk.does(LAST)
    assert replace(desk.state.marks["g1"], at=0, seq=0) == replace(before, at=0, seq=0)


def test_a_joined_group_leaves_with_the_lines_and_clocks_that_it_brought() -> None:
    """It is free, or set aside, as it was; the incident has not changed."""
    desk = Desk(addressed={"g2": (a_letter("g2-p1"),)})
    incident = desk.opens()
    before = desk.incident()
    desk.has(a_row("g2"))
    desk.does(GroupSetAside(command_id="x", actor=DUTY, group="g2"))
    desk.does(GroupJoined(command_id="j", actor=DUTY, group="g2", incident=incident))
    assert desk.incident().lines
    desk.does(LAST)
    assert without_steps(desk.incident()) == without_steps(before)
    assert desk.state.marks["g2"].state == "set_aside"


def test_a_restored_group_is_part_of_its_incident_again() -> None:
    """With the lines that it had, answered or not."""
    desk = Desk(addressed={"g2": (a_letter("g2-p1"),)})
    incident = desk.opens()
    desk.acknowledges(incident)
    desk.has(a_row("g2"))
    desk.does(GroupJoined(command_id="j", actor=DUTY, group="g2", incident=incident))
    desk.does(AnswerLine(command_id="a", actor=DUTY, incident=incident, post="g2-p1", how="phone"))
    before = desk.incident()
    desk.does(GroupRestored(command_id="r", actor=DUTY, group="g2"))
    desk.does(LAST)
    assert without_steps(desk.incident()) == without_steps(before)
    assert desk.state.marks["g2"].owner == incident


def test_a_merge_and_an_unmerge_are_taken_back_with_their_groups() -> None:
    """Each of them owns again what it owned; the owner of the other is told."""
    desk = Desk()
    one, other = desk.opens("g1"), desk.opens("g2")
    desk.acknowledges(one)
    desk.acknowledges(other, OTHER)
    apart = {name: without_steps(incident) for name, incident in desk.state.incidents.items()}
    desk.does(Merge(command_id="m", actor=DUTY, incident=one, others=(other,)))
    merged = {name: without_steps(incident) for name, incident in desk.state.incidents.items()}
    told = desk.does(Undo(command_id="u", actor=DUTY, incident=one)).notices
    assert {name: without_steps(incident) for name, incident in desk.state.incidents.items()} == apart
    assert (desk.state.marks["g2"].owner, [(n.why, n.to) for n in told]) == (other, [("merged", OTHER)])
    desk.does(Merge(command_id="m2", actor=DUTY, incident=one, others=(other,)))
    desk.does(Unmerge(command_id="n", actor=DUTY, incident=one, released=other))
    desk.does(LAST)
    assert {name: without_steps(incident) for name, incident in desk.state.incidents.items()} == merged
    assert desk.state.marks["g2"].owner == one


def test_what_was_settled_in_one_step_is_open_again_in_one_step() -> None:
    """Owner, claims and state are what they were before the one screen."""
    desk, incident = stand(State.DISCOVERED)
    before = desk.incident()
    resolved = Disposition.FILED
    desk.does(Settle(command_id="s", actor=DUTY, incident=incident, disposition=resolved, note=a_note("s")))
    assert desk.incident().state is State.CLOSED
    desk.does(undo(incident))
    assert without_steps(desk.incident()) == without_steps(before)


def test_what_was_noted_of_a_plea_for_help_is_taken_back() -> None:
    """The first contact and the outcome are what they were."""
    desk = Desk()
    desk.does(NeedContacted(command_id="n1", actor=DUTY, post="p1"))
    first = desk.state.needs["p1"]
    desk.now += MINUTE
    desk.does(NeedOutcome(command_id="n2", actor=DUTY, post="p1", outcome="not_found"))
    desk.does(LAST)
    assert desk.state.needs["p1"] == first
    desk.does(NeedContacted(command_id="n3", actor=DUTY, post="p2"))
    desk.does(LAST)
    assert desk.state.needs["p2"] == Need("p2")


def test_everyone_who_was_told_is_told_by_the_same_way_that_it_was_taken_back() -> None:
    """The office got a matter, and gets the correction; who was not told hears nothing."""
    desk, incident = stand(State.VERIFYING)
    desk.does(AssignOffice(command_id="o", actor=DUTY, incident=incident, office="welfare"))
    batch = desk.does(undo(incident))
    assert [(n.what, n.why, n.to) for n in batch.notices] == [("undone", "office_assigned", "office:welfare")]
    desk.does(set_level(incident, 3))
    desk.does(Comment(command_id="c", actor=DUTY, incident=incident, note=a_note("c")))
    assert desk.does(undo(incident)).notices == ()


def test_what_others_have_built_upon_is_not_taken_back() -> None:
    """Not even by its number: they would stand upon nothing."""
    desk, incident = stand(State.VERIFYING)
    desk.does(set_level(incident, 2))
    seq = desk.state.seq
    desk.does(Comment(command_id="k", actor=OTHER, incident=incident, note=a_note("k")))
    with pytest.raises(Refused, match="something has happened since"):
        desk.does(Undo(command_id="u", actor=DUTY, incident=incident, seq=seq))


def test_what_others_do_elsewhere_hinders_nobody() -> None:
    """The step of a batch is taken back by its number, while another works on another matter."""
    desk, incident = stand(State.VERIFYING)
    desk.does(set_level(incident, 2))
    seq = desk.state.seq
    desk.acknowledges(desk.opens("g2"), OTHER)
    desk.does(Undo(command_id="u", actor=DUTY, seq=seq))
    assert desk.incident().level == 4


def test_a_step_of_another_incident_is_not_taken_for_this_ones() -> None:
    """The page names the incident that it shows and the batch; both must fit."""
    desk, incident = stand(State.VERIFYING)
    other = desk.opens("g2")
    desk.does(set_level(incident, 2))
    with pytest.raises(Refused, match="no step of incident") as refusal:
        desk.does(Undo(command_id="u", actor=DUTY, incident=other, seq=desk.state.seq))
    assert refusal.value.code == "INC-301"


def test_the_page_knows_what_can_be_undone_until_when_and_what_it_means() -> None:
    """It says so before the key is pressed."""
    desk, incident = stand(State.VERIFYING)
    assert undoable(desk.state, "nobody", desk.now) is None
    desk.does(set_level(incident, 1))
    can = undoable(desk.state, "duty-1", desk.now)
    assert can is not None
    assert (can.seq, can.incidents, can.means) == (desk.state.seq, (incident,), ("undone",))
    assert (can.until, can.notices, can.instead) == (desk.now + 10 * MINUTE, 1, "")
    assert undoable(desk.state, "duty-1", desk.now + 10 * MINUTE + 1) is None
    desk.does(undo(incident))
    assert undoable(desk.state, "duty-1", desk.now) is None


def test_the_page_knows_which_command_answers_what_is_not_undone() -> None:
    """An opening is settled; there is nothing that undo would write."""
    desk = Desk()
    desk.opens()
    can = undoable(desk.state, "duty-1", desk.now)
    assert can is not None
    assert (can.means, can.instead) == ((), "settle")
