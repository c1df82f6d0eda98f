"""Merging, unmerging and splitting: reversible surgery, with one owner all the way."""

from dataclasses import replace

import pytest

from pipeline.domain.command import GroupJoined, GroupSetAside, GroupSplit, Reopen, SetLevel
from pipeline.domain.errors import Refused
from pipeline.domain.group_merge import FREE, Standing
from pipeline.domain.incident import Disposition, Incident, State, Verdict
from pipeline.domain.incident_command import (
    AnswerLine,
    Close,
    GiveVerdict,
    LeaderNote,
    RecordClaim,
    RecordEvidence,
    Sign,
)
from pipeline.domain.merge_command import DeclineMerge, Merge, Split, Unmerge
from pipeline.domain.office_command import AssignOffice, OfficeAnswer
from pipeline.domain.post import Origin
from pipeline.domain.seen import Seen
from tests.matters import DUTY, HOUR, LEADER, NOON, OTHER, Desk, a_desk, a_letter, a_note, a_row, of_incident, stand


def merge(into: str, *others: str, revisions: tuple[int, ...] = ()) -> Merge:
    """Return the command that merges the others into one."""
    return Merge(command_id="m", actor=DUTY, incident=into, others=others, others_revisions=revisions)


def unmerge(incident: str, released: str) -> Unmerge:
    """Return the command that takes one out again."""
    return Unmerge(command_id="u", actor=DUTY, incident=incident, released=released)


def apart(incident: Incident) -> Incident:
    """Return the incident without what only counts its steps."""
    return replace(incident, revision=0, trail=(), undo=None)


def two_matters() -> tuple[Desk, str, str]:
    """Return a desk with two incidents, the second one opened an hour later."""
    desk = a_desk()
    one = desk.opens("g1")
    desk.now += HOUR
    return desk, one, desk.opens("g2", first_at=NOON + HOUR)


def test_merged_matters_are_worked_as_one() -> None:
    """The survivor owns the groups of both; the other one points to it."""
    desk, one, other = two_matters()
    desk.does(merge(one, other))
    assert desk.incident("g2").id == one
    assert desk.incident().groups == ("g1", "g2")
    assert (desk.state.incidents[other].state, desk.state.incidents[other].into) == (State.MERGED, one)


def test_merged_clocks_take_the_earliest_start() -> None:
    """Also where the younger matter is the one that stays."""
    desk, one, other = two_matters()
    desk.does(merge(other, one))
    assert {clock.start_at for clock in desk.incident("g2").clocks} == {NOON}


def test_a_due_time_that_was_ordered_counts_before_an_earlier_start() -> None:
    """A superior's order does not get lost in an older matter's clocks."""
    desk, one, _ = two_matters()
    desk.addressed["g3"] = (a_letter("g3-p1", due_at=NOON + 99 * HOUR, origin=Origin.SUPERIOR),)
    ordered = desk.opens("g3", addressed_posts=1, first_at=NOON + 2 * HOUR)
    desk.does(merge(one, ordered))
    assert {clock.kind: clock.due_at for clock in desk.incident().clocks}["reply"] == NOON + 99 * HOUR


def test_unmerging_gives_both_back_as_they_were() -> None:
    """Members, owner, level, clocks, messages: everything but the count of steps."""
    desk, one, other = two_matters()
    desk.acknowledges(one)
    before = {group: apart(desk.incident(group)) for group in ("g1", "g2")}
    desk.does(merge(one, other))
    desk.does(unmerge(one, other))
    assert {group: apart(desk.incident(group)) for group in ("g1", "g2")} == before
    with pytest.raises(Refused, match="INC-301"):
        desk.does(unmerge(one, other))


def test_the_order_of_merging_makes_no_difference() -> None:
    """N at once, or one after the other in any order."""
    results = []
    for steps in ((("i2", "i3"),), (("i2",), ("i3",)), (("i3",), ("i2",))):
        desk = a_desk()
        ids = {f"i{number}": desk.opens(f"g{number}") for number in (1, 2, 3)}
        for others in steps:
            desk.does(merge(ids["i1"], *(ids[one] for one in others)))
        results.append((apart(desk.incident()), desk.state.marks.keys()))
    assert results[0] == results[1] == results[2]


def test_a_matter_with_an_owner_is_not_merged_into_one_without() -> None:
    """Else the work of a person would wait for acknowledgement again."""
    desk, one, other = two_matters()
    desk.acknowledges(other)
    with pytest.raises(Refused, match=f"acknowledge {one} first"):
        desk.does(merge(one, other))
    desk.acknowledges(one, OTHER)
    batch = desk.does(merge(one, other))
    assert desk.incident().owner == OTHER
    assert batch.notices == ()


def test_the_owner_of_what_was_merged_is_told() -> None:
    """His matter goes on under another number, and he learns where; also when it comes back."""
    desk, one, other = two_matters()
    desk.acknowledges(one)
    desk.acknowledges(other, OTHER)
    assert [notice.to for notice in desk.does(merge(one, other)).notices] == [OTHER]
    assert [notice.to for notice in desk.does(unmerge(one, other)).notices] == [OTHER]


def test_what_cannot_be_merged_says_why() -> None:
    """Itself, nothing, the unknown, the closed, and what is merged already."""
    desk, one, other = two_matters()
    third = desk.opens("g3")
    desk.acknowledges(third)
    desk.does(Close(command_id="k", actor=DUTY, incident=third, disposition=Disposition.IRRELEVANT))
    desk.does(merge(one, other))
    fourth = desk.opens("g4")
    wrong = [((one,), "INC-201"), ((), "INC-201"), (("x",), "INC-301"), ((third,), "INC-201"), ((other,), "INC-304")]
    for others, code in wrong:
        with pytest.raises(Refused, match=code):
            desk.does(merge(one, *others))
    with pytest.raises(Refused, match=f"merged into {one}"):
        desk.does(merge(fourth, other))


def test_a_merge_on_an_old_screen_is_refused() -> None:
    """The revisions of the others count as well as that of the one that stays."""
    desk, one, other = two_matters()
    with pytest.raises(Refused, match="INC-409"):
        desk.does(merge(one, other, revisions=(7,)))
    desk.does(merge(one, other, revisions=(1,)))
    assert desk.incident().groups == ("g1", "g2")


def merged_with_work() -> tuple[Desk, str, str]:
    """Return two merged matters; the absorbed one brought a letter, a claim about an office, and an assignment."""
    desk = a_desk(addressed={"g2": (a_letter("g2-p1"),)})
    one, other = desk.opens("g1"), desk.opens("g2")
    desk.acknowledges(one)
    desk.acknowledges(other)
    note = a_note("claim-1")
    desk.does(RecordClaim(command_id="c", actor=DUTY, incident=other, note=note, offices=("homes",)))
    desk.does(AssignOffice(command_id="o", actor=DUTY, incident=other, office="welfare"))
    desk.does(merge(one, other))
    return desk, one, other


def test_work_on_what_was_merged_goes_back_with_it() -> None:
    """Answers, verdicts, evidence and feedback given meanwhile belong to the matter that they are about."""
    desk, one, other = merged_with_work()
    desk.does(AnswerLine(command_id="a", actor=DUTY, incident=one, post="g2-p1", how="phone"))
    desk.does(RecordEvidence(command_id="e", actor=DUTY, incident=one, claim="claim-1", post="g2-p1"))
    desk.does(GiveVerdict(command_id="v", actor=DUTY, incident=one, claim="claim-1", verdict=Verdict.TRUE))
    desk.does(OfficeAnswer(command_id="f", actor=DUTY, incident=one, office="welfare", note=a_note("f")))
    assert desk.incident().state is State.HANDLING
    desk.does(unmerge(one, other))
    back = desk.incident("g2")
    assert (back.state, back.lines[0].outcome, back.claims[0].verdict) == (State.VERIFYING, "answered", Verdict.TRUE)
    assert back.claims[0].evidence == ("g2-p1",)
    assert back.assignments[0].answered_at is not None
    assert (desk.incident().lines, desk.incident().claims, desk.incident().assignments) == ((), (), ())


def test_a_complaint_about_an_office_comes_along_with_its_matter() -> None:
    """回避 holds for the whole; a leader's word for the whole lifts it."""
    desk, one, _ = merged_with_work()
    assign = AssignOffice(command_id="o", actor=DUTY, incident=one, office="homes")
    with pytest.raises(Refused, match="INC-231"):
        desk.does(assign)
    desk.does(LeaderNote(command_id="l", actor=LEADER, incident=one, note=a_note("l"), permits=("homes",)))
    desk.does(assign)
    assert [task.office for task in desk.incident().assignments] == ["homes", "welfare"]


def test_every_step_on_the_absorbed_moves_the_revision_of_the_whole() -> None:
    """The person at the screen of the survivor sees that something happened."""
    desk, one, _ = merged_with_work()
    before = desk.incident().revision
    desk.does(AnswerLine(command_id="a", actor=DUTY, incident=one, post="g2-p1", how="phone"))
    assert desk.incident().revision == before + 1


def test_a_missing_signature_comes_along_and_is_signed_there() -> None:
    """待补签 does not get lost in a merge."""
    desk, one, other = two_matters()
    desk.acknowledges(one)
    desk.acknowledges(other)
    desk.judges(other, Verdict.UNVERIFIABLE)
    filed = Disposition.FILED
    desk.does(Close(command_id="k", actor=DUTY, incident=other, disposition=filed, second=OTHER, note=a_note("k")))
    desk.does(Reopen(command_id="o", actor=DUTY, incident=other, note=a_note("o")))
    desk.does(merge(one, other))
    desk.does(Sign(command_id="s", actor=OTHER, incident=one, what="close"))
    assert desk.state.incidents[other].gaps == ()


def test_what_was_seen_while_merged_is_still_seen_afterwards() -> None:
    """A rule does not repeat to the released matter what its people saw while it was part of another."""
    desk, one, other = two_matters()
    desk.does(merge(one, other))
    desk.has(a_row("g2", posts=8))
    desk.does(SetLevel(command_id="l", actor=DUTY, incident=one, level=3, note=a_note("l")))
    desk.does(unmerge(one, other))
    assert desk.incident("g2").seen["g2"] == Seen(posts=8, posters=8, sources=1, reasons=("new_matter",))
    assert set(desk.incident("g1").seen) == {"g1"}


def test_what_joins_after_the_merge_stays_with_the_survivor() -> None:
    """An unmerge gives back what came with the other matter, not what a person added to this one."""
    desk, one, other = two_matters()
    desk.does(merge(one, other))
    desk.has(a_row("g3"))
    desk.does(GroupJoined(command_id="j", actor=DUTY, group="g3", incident=one))
    desk.does(unmerge(one, other))
    assert (desk.incident("g1").groups, desk.incident("g2").groups) == (("g1", "g3"), ("g2",))


def joined(desk: Desk, incident: str, *groups: str) -> None:
    """The groups belong to the incident."""
    for group in groups:
        desk.has(a_row(group))
        desk.does(GroupJoined(command_id=f"j-{group}", actor=DUTY, group=group, incident=incident))


def split(incident: str, *groups: str) -> Split:
    """Return the command that splits these groups off."""
    return Split(command_id="s", actor=DUTY, incident=incident, groups=groups)


def test_groups_split_off_become_an_incident_with_the_same_owner() -> None:
    """Two matters that were taken for one are two from now on, each with its clocks and messages."""
    desk, incident = stand(State.HANDLING)
    joined(desk, incident, "g2", "g3")
    desk.addressed["g3"] = (a_letter("g3-p1"),)
    desk.does(split(incident, "g2", "g3"))
    new = desk.incident("g2")
    assert (new.id, new.groups, new.owner, new.state) == (of_incident("g2"), ("g2", "g3"), DUTY, State.VERIFYING)
    assert [line.post for line in new.lines] == ["g3-p1"]
    assert desk.incident("g1").groups == ("g1",)
    assert {clock.kind for clock in new.clocks} >= {"acknowledge", "reply"}


def test_what_is_split_off_before_anyone_owns_it_waits_for_acknowledgement() -> None:
    """No owner is invented."""
    desk, incident = stand(State.DISCOVERED)
    joined(desk, incident, "g2")
    desk.does(split(incident, "g2"))
    assert (desk.incident("g2").owner, desk.incident("g2").state) == (None, State.DISCOVERED)


def test_only_groups_of_the_incident_itself_are_split_off_and_never_the_first() -> None:
    """The incident keeps the group that gave it its id; what was merged is unmerged instead."""
    desk, incident = stand(State.DISCOVERED)
    joined(desk, incident, "g2")
    for groups in ((), ("g7",), ("g1",), ("g1", "g2")):
        with pytest.raises(Refused, match="INC-201"):
            desk.does(split(incident, *groups))


def test_what_was_split_off_can_be_merged_back_and_keeps_its_first_group() -> None:
    """An incident's id means one incident for ever: the group that gave it the id never leaves it."""
    desk, incident = stand(State.DISCOVERED)
    joined(desk, incident, "g2", "g3")
    desk.does(split(incident, "g2", "g3"))
    desk.does(merge(incident, of_incident("g2")))
    desk.does(unmerge(incident, of_incident("g2")))
    with pytest.raises(Refused, match="began with group g2"):
        desk.does(split(of_incident("g2"), "g2"))


def test_a_person_says_that_two_incidents_are_two_matters_once() -> None:
    """It changes nothing else; said of the other one, or said again, it is refused."""
    desk, incident = stand(State.HANDLING)
    other = desk.opens("g2")
    before = desk.incident("g2")
    desk.does(DeclineMerge(incident=incident, other=other, command_id="no", actor=DUTY))
    assert desk.state.are_apart(incident, other)
    assert desk.state.are_apart(other, incident)
    assert (desk.incident("g2"), desk.incident().state) == (before, State.HANDLING)
    for one, another in ((other, incident), (incident, other)):
        with pytest.raises(Refused, match="INC-304"):
            desk.does(DeclineMerge(incident=one, other=another, command_id="again", actor=DUTY))
    with pytest.raises(Refused, match="is no other matter"):
        desk.does(DeclineMerge(incident=incident, other=incident, command_id="itself", actor=DUTY))


def test_what_is_said_to_be_two_matters_stays_so_in_a_larger_one() -> None:
    """Whatever absorbs one of them, and whatever is taken out of it, is another matter than the other."""
    desk, incident = stand(State.HANDLING)
    second, third = desk.opens("g2"), desk.opens("g3")
    assert not desk.state.are_apart(incident, third)
    desk.does(DeclineMerge(incident=incident, other=third, command_id="no", actor=DUTY))
    desk.does(merge(incident, second))
    assert desk.state.are_apart(incident, third)
    assert not desk.state.are_apart(second, third)
    desk.does(unmerge(incident, second))
    assert desk.state.are_apart(incident, second)


def test_a_group_stands_as_people_and_rules_have_decided() -> None:
    """Free, owned, of a closed matter, set aside, split: what binds the machine when two groups are one matter."""
    desk, incident = stand(State.HANDLING)
    joined(desk, incident, "g2")
    desk.has(a_row("g4", posts=2))
    desk.does(GroupSetAside(command_id="aside", actor=DUTY, group="g4"))
    desk.has(a_row("g2", posts=2))
    desk.does(GroupSplit(command_id="split", actor=DUTY, group="g2", posts=("g2-p1",)))
    owned = Standing(incident, is_open=True)
    split_off = desk.state.moved["g2-p1"]
    assert [desk.state.standing_of(group) for group in ("g1", "g2", "g4", split_off, "g9")] == [
        owned,
        replace(owned, is_left_alone=True),
        Standing(is_left_alone=True),
        Standing(is_left_alone=True),
        FREE,
    ]
