"""What a week's decisions come to, and what waits for the leader: both from the log alone."""

from dataclasses import replace

from pipeline.domain.command import NeedContacted, NeedOutcome, SetLevel
from pipeline.domain.for_leader import Asked, for_leader
from pipeline.domain.incident import Disposition, State, Verdict
from pipeline.domain.incident_command import Close, RecordClaim, Transfer, Undo
from pipeline.domain.merge_command import Merge
from pipeline.domain.unit_state import empty
from pipeline.domain.week_count import WeekCount, batches_told, count_week
from tests.matters import DAY, DUTY, HOUR, NOON, OTHER, UNIT, Desk, a_cut, a_desk, a_note, a_row, stand


def counted(desk: Desk, until: int = NOON + 7 * DAY) -> WeekCount:
    """Return what all of the desk's log comes to."""
    return count_week(desk.state, desk.log, until)


def asked(desk: Desk, until: int = NOON + HOUR, conduct: tuple[str, ...] = ()) -> list[tuple[Asked, ...]]:
    """Return why the leader is asked about each incident."""
    return [item.asked for item in for_leader(desk.state, until, conduct)]


def test_a_matter_that_was_answered_in_time_is_counted_at_every_step() -> None:
    """Opened, verified, answered; nothing is overdue."""
    desk, incident = stand(State.RESPONDED)
    count = counted(desk, NOON + HOUR)
    assert count.new == count.verified == count.answered == count.in_time == count.open == (incident,)
    assert count.untrue == count.overdue == ()


def test_a_late_answer_is_an_answer_but_not_in_time() -> None:
    """The reply's clock had run out."""
    desk, incident = stand(State.HANDLING)
    desk.now += 3 * DAY
    desk.replies(incident)
    count = counted(desk)
    assert (count.answered, count.in_time) == ((incident,), ())


def test_what_is_merged_into_another_counts_there() -> None:
    """Two alerts about one matter are one matter."""
    desk = a_desk()
    first, second = desk.opens("g1"), desk.opens("g2")
    desk.does(Merge(command_id="m", actor=DUTY, incident=first, others=(second,)))
    assert counted(desk).new == (first,)


def test_a_step_that_was_taken_back_does_not_count() -> None:
    """Undoing is as if it had not been done."""
    desk, incident = stand(State.VERIFYING)
    desk.judges(incident, Verdict.UNTRUE)
    assert counted(desk).untrue == (incident,)
    desk.does(Undo(command_id="u", actor=DUTY, incident=incident))
    assert (counted(desk).untrue, counted(desk).verified) == ((), ())


def test_pleas_for_help_count_by_person_once() -> None:
    """Two calls to one person are one contact."""
    desk = Desk()
    for number in range(2):
        desk.does(NeedContacted(command_id=f"c{number}", actor=DUTY, post="p1"))
    desk.does(NeedOutcome(command_id="o", actor=DUTY, post="p1", outcome="helped"))
    assert (counted(desk).contacted, counted(desk).ended) == (("p1",), ("p1",))


def test_a_digest_tells_the_log_behind_the_cut_before_it() -> None:
    """So nothing is told twice and nothing is left out, whatever the clock said; the first begins with its week."""
    desk = a_desk()
    desk.opens("g1")
    desk.now += 7 * DAY
    desk.opens("g2")
    here = replace(a_cut(until_seq=2), since=NOON + DAY)
    assert [batch.seq for batch in batches_told(desk.log, here, {})] == [2]
    assert [batch.seq for batch in batches_told(desk.log, here, {"2026-W46": a_cut(until_seq=1)})] == [2]
    assert [batch.seq for batch in batches_told(desk.log, here, {"2026-W46": a_cut(until_seq=0)})] == [1, 2]


def test_a_complaint_about_conduct_asks_the_leader_first() -> None:
    """It stays with him until he has decided; other matters stand below it."""
    desk = a_desk()
    grave, incident = desk.opens("g1"), desk.opens("g2")
    desk.does(SetLevel(command_id="l", actor=DUTY, incident=grave, level=2, note=a_note()))
    desk.acknowledges(incident)
    note = a_note("claim-1")
    desk.does(RecordClaim(command_id="c", actor=DUTY, incident=incident, note=note, offices=("office-3",)))
    assert asked(desk) == [(Asked.CONDUCT,), (Asked.GRAVE,)]
    assert asked(desk, conduct=(grave,)) == [(Asked.CONDUCT, Asked.GRAVE), (Asked.CONDUCT,)]


def test_what_is_overdue_or_lies_with_another_unit_asks_the_leader() -> None:
    """A matter that is in time asks nobody."""
    desk, incident = stand(State.VERIFYING)
    assert asked(desk) == []
    assert asked(desk, NOON + 30 * DAY) == [(Asked.OVERDUE,)]
    desk.does(Transfer(command_id="t", actor=DUTY, incident=incident, to="unit-2", note=a_note("t1")))
    assert asked(desk) == [(Asked.TRANSFERRED,)]


def test_a_matter_that_was_filed_without_verification_waits_for_the_second_signature() -> None:
    """Also after it was closed."""
    desk, incident = stand(State.VERIFYING)
    desk.judges(incident, Verdict.UNVERIFIABLE)
    ending = Close(
        command_id="c", actor=DUTY, incident=incident, disposition=Disposition.FILED, second=OTHER, note=a_note("n")
    )
    desk.does(ending)
    assert asked(desk) == [(Asked.UNVERIFIABLE,)]


def test_an_empty_log_counts_nothing_and_asks_nothing() -> None:
    """A quiet week is a week."""
    count = count_week(empty(UNIT), [], NOON)
    assert set(count.sizes().values()) == {0}
    assert for_leader(Desk().has(a_row()).state, NOON, ()) == ()
