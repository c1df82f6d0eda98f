"""Marks: what people decided about groups, folded from the log alone; and the queue of needs."""

import pytest

from pipeline.domain.command import (
    GroupJoined,
    GroupRestored,
    GroupSetAside,
    NeedContacted,
    NeedOutcome,
    WeekClosed,
)
from pipeline.domain.errors import Refused
from pipeline.domain.group import GroupRow
from pipeline.domain.merge_command import Merge
from pipeline.domain.people import GroupMark, MarkState, fold_marks, is_back, is_todo
from pipeline.domain.seen import Seen
from tests.matters import DUTY, HOUR, NOON, Desk, a_cut, a_row, of_incident


def aside(row: GroupRow, seen: Seen | None = None) -> Desk:
    """Return a desk where a person has set the group aside."""
    desk = Desk().has(row)
    desk.does(GroupSetAside(command_id="c1", actor=DUTY, group=row.id, seen=seen))
    return desk


def mark_on(desk: Desk, group: str = "g1") -> GroupMark:
    """Return the mark that the group has."""
    mark = desk.state.mark_of(group)
    assert mark is not None
    return mark


def test_a_set_aside_group_is_no_todo_until_it_is_back() -> None:
    """One key press ends a to-do; three further posts of two people bring it back."""
    desk = aside(a_row())
    assert not is_todo(mark_on(desk), a_row())
    assert not is_todo(mark_on(desk), a_row(posts=3))
    assert is_todo(mark_on(desk), a_row(posts=4))


def test_one_person_alone_does_not_bring_a_group_back() -> None:
    """However often the same person writes again."""
    assert not is_back(mark_on(aside(a_row())), a_row(posts=9, posters=1))
    assert is_back(mark_on(aside(a_row())), a_row(posts=4, posters=2))


@pytest.mark.parametrize("row", [a_row(posts=2, grave_posts=1), a_row(posts=2, addressed_posts=1)])
def test_the_first_grave_post_or_one_to_the_unit_brings_it_back_at_once(row: GroupRow) -> None:
    """Neither waits for a crowd."""
    assert is_back(mark_on(aside(a_row())), row)


def test_a_second_grave_post_does_not_bring_back_what_was_seen_to_be_grave() -> None:
    """The person knew that it was grave; the second message to the unit must be answered all the same."""
    mark = mark_on(aside(a_row(grave_posts=1, addressed_posts=1)))
    assert not is_back(mark, a_row(posts=2, grave_posts=2, addressed_posts=1))
    assert is_back(mark, a_row(posts=2, grave_posts=1, addressed_posts=2))


def test_what_the_screen_showed_counts_as_seen_not_what_came_meanwhile() -> None:
    """A post that arrived between screen and key press is a further post."""
    desk = aside(a_row(posts=3), seen=Seen(posts=1, posters=1))
    assert mark_on(desk).seen_posts == 1
    assert is_back(mark_on(desk), a_row(posts=4))


def test_a_group_without_a_reason_is_never_a_todo() -> None:
    """What the machine only stores asks nobody, whatever was decided."""
    assert not is_todo(None, a_row(todo=None))
    assert is_todo(None, a_row())


def test_a_restored_group_is_a_todo_again() -> None:
    """Undoing the key press gives the row back."""
    desk = aside(a_row())
    desk.does(GroupRestored(command_id="c2", actor=DUTY, group="g1"))
    assert mark_on(desk).state == MarkState.RESTORED
    assert is_todo(mark_on(desk), a_row())
    assert not is_back(mark_on(desk), a_row(posts=9))


def test_an_owned_group_is_no_todo() -> None:
    """Once its matter is opened, the incident is the work; a joined group belongs to it as well."""
    desk = Desk().has(a_row("g2"))
    incident = desk.opens()
    assert not is_todo(mark_on(desk), a_row(posts=9))
    desk.does(GroupJoined(command_id="c2", actor=DUTY, group="g2", incident=incident))
    assert mark_on(desk, "g2").owner == incident
    assert not is_todo(mark_on(desk, "g2"), a_row("g2", posts=9))


def test_marks_are_folded_from_batches_alone() -> None:
    """A projector that knows only marks and the batch keeps the marks that the whole state has."""
    desk = aside(a_row("g3"))
    incident = desk.opens("g1")
    desk.opens("g2")
    desk.has(a_row("g4"))
    desk.does(GroupJoined(command_id="c3", actor=DUTY, group="g4", incident=incident))
    marks: dict[str, GroupMark] = {}
    for batch in desk.log:
        marks = fold_marks(marks, batch)
    assert marks == desk.state.marks
    assert marks["g2"].owner == of_incident("g2")


def test_a_merge_moves_the_marks_that_are_known() -> None:
    """A projector that was given some marks only makes up none."""
    desk = Desk()
    one, other = desk.opens("g1"), desk.opens("g2")
    batch = desk.does(Merge(command_id="m", actor=DUTY, incident=one, others=(other,)))
    known = mark_on(desk, "g1")
    assert fold_marks({"g1": known}, batch) == {"g1": known}


def test_a_need_is_contacted_and_has_an_outcome() -> None:
    """A plea for help is followed to its end; it may take more than one try."""
    desk = Desk()
    desk.does(NeedContacted(command_id="c1", actor=DUTY, post="p1"))
    desk.now += HOUR
    desk.does(NeedContacted(command_id="c2", actor=DUTY, post="p1", how="visit"))
    desk.does(NeedOutcome(command_id="c3", actor=DUTY, post="p1", outcome="helped"))
    need = desk.state.needs["p1"]
    assert (need.contacted_at, need.contacts, need.outcome, need.ended_at) == (NOON, 2, "helped", NOON + HOUR)


def test_an_outcome_can_be_corrected_but_not_repeated() -> None:
    """Nobody writes the same outcome twice, and a wrong one is replaced by the right one."""
    desk = Desk()
    desk.does(NeedOutcome(command_id="c1", actor=DUTY, post="p1", outcome="not_found"))
    with pytest.raises(Refused, match="INC-304"):
        desk.does(NeedOutcome(command_id="c2", actor=DUTY, post="p1", outcome="not_found"))
    with pytest.raises(Refused, match="INC-201"):
        desk.does(NeedOutcome(command_id="c3", actor=DUTY, post="p1", outcome="solved"))
    desk.does(NeedOutcome(command_id="c4", actor=DUTY, post="p1", outcome="helped"))
    assert desk.state.needs["p1"].outcome == "helped"


def test_a_week_is_closed_once_with_its_figures() -> None:
    """The digest's cut records counts, coverage and the ids that it quotes."""
    desk = Desk()
    desk.does(NeedContacted(command_id="c1", actor=DUTY, post="p1"))
    cut = WeekClosed(command_id="w1", actor="clock:digest", cut=a_cut(until_seq=1))
    batch = desk.does(cut)
    week = desk.state.weeks["2026-W47"]
    assert week == a_cut(until_seq=1, seq=2, at=NOON)
    assert [notice.to for notice in batch.notices] == ["policy:digest"]
    with pytest.raises(Refused, match="INC-304"):
        desk.does(cut)
