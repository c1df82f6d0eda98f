"""Answers: to the public, to the person, and to each message that was addressed to the unit."""

from dataclasses import replace

import pytest

from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.alert_rule import ask
from pipeline.domain.command import AddAnswerLines
from pipeline.domain.errors import Refused
from pipeline.domain.incident import Disposition, State
from pipeline.domain.incident_command import AnswerLine, Close, DeclineLine, Reply
from pipeline.domain.post import Origin
from tests.matters import DAY, DUTY, HOUR, LEADER, NOON, Desk, a_desk, a_letter, a_note, a_row, stand


def reply(incident: str, kind: str, *, noted: bool = True, leader: str = "") -> Reply:
    """Return a reply of this kind."""
    note = a_note("r") if noted else None
    return Reply(command_id="r", actor=DUTY, incident=incident, kind=kind, note=note, leader=leader)


@pytest.mark.parametrize("kind", ["public", "answered", "unified", "in_writing"])
def test_each_kind_of_reply_answers_the_matter(kind: str) -> None:
    """已回应, with the moment of the first reply kept."""
    desk, incident = stand(State.HANDLING)
    desk.does(reply(incident, kind))
    now = desk.incident()
    assert (now.state, now.times.responded_at, now.times.handled_at) == (State.RESPONDED, NOON, NOON)
    desk.now += HOUR
    desk.does(reply(incident, kind))
    assert desk.incident().times.responded_at == NOON


def test_no_reply_is_a_leaders_decision_with_a_reason() -> None:
    """Silence is a decision: who took it, and why."""
    desk, incident = stand(State.HANDLING)
    with pytest.raises(Refused, match="INC-222"):
        desk.does(reply(incident, "none"))
    with pytest.raises(Refused, match="INC-221"):
        desk.does(reply(incident, "none", noted=False, leader=LEADER))
    desk.does(reply(incident, "none", leader=LEADER))
    assert desk.incident().state is State.RESPONDED


def test_a_public_reply_shows_its_link_or_picture() -> None:
    """A reply that nobody can look up is none; a kind that does not exist is refused too."""
    desk, incident = stand(State.HANDLING)
    with pytest.raises(Refused, match="INC-221"):
        desk.does(reply(incident, "public", noted=False))
    with pytest.raises(Refused, match="a reply is one of"):
        desk.does(reply(incident, "shrug"))


def test_the_person_may_be_told_that_the_matter_was_transferred() -> None:
    """A reply does not take a transferred matter back."""
    desk, incident = stand(State.TRANSFERRED)
    desk.does(reply(incident, "answered"))
    assert desk.incident().state is State.TRANSFERRED


def lettered(**changes: object) -> tuple[Desk, str]:
    """Return a desk in verification of a letter."""
    desk = a_desk(addressed={"g1": (replace(a_letter(), **changes),)})  # type: ignore[arg-type]  # fields of a letter
    incident = desk.opens(addressed_posts=1)
    desk.acknowledges(incident)
    return desk, incident


def test_a_letter_is_due_by_the_clock_of_answers() -> None:
    """The line has its own due time, beside the clock of the reply."""
    desk, _ = lettered()
    assert [line.due_at for line in desk.incident().waiting_lines] == [NOON + 5 * DAY]
    assert desk.incident().origin is Origin.LETTER


def test_a_due_time_that_came_with_the_message_wins() -> None:
    """What a superior ordered is due then, sooner or later than by our rules."""
    desk, _ = lettered(due_at=NOON + 9 * DAY, origin=Origin.SUPERIOR)
    (line,) = desk.incident().waiting_lines
    (clock,) = [clock for clock in desk.incident().clocks if clock.kind == "reply"]
    assert line.due_at == clock.due_at == NOON + 9 * DAY
    assert clock.ordered


def test_without_a_clock_of_answers_the_reply_clock_holds_or_none() -> None:
    """A unit that set no answer clock answers letters as it answers the public."""
    desk = a_desk(addressed={"g1": (a_letter(),)})
    desk.due = lambda kind, *rest: None if kind == "answer" else a_desk().due(kind, *rest)
    desk.opens(addressed_posts=1)
    assert [line.due_at for line in desk.incident().lines] == [NOON + 2 * DAY]
    bare = Desk(addressed={"g1": (a_letter(),)})
    bare.opens(addressed_posts=1)
    assert [line.due_at for line in bare.incident().lines] == [None]


def test_an_incident_closes_only_when_every_message_is_answered_or_declined() -> None:
    """件件有回音: the messages that still wait are named."""
    desk, incident = lettered()
    end = Close(command_id="k", actor=DUTY, incident=incident, disposition=Disposition.IRRELEVANT, note=a_note("k"))
    with pytest.raises(Refused, match="g1-p1") as refusal:
        desk.does(end)
    assert refusal.value.code == "INC-223"
    desk.does(AnswerLine(command_id="a", actor=DUTY, incident=incident, post="g1-p1", how="phone"))
    desk.does(end)
    assert desk.incident().state is State.CLOSED


def test_a_message_that_arrived_a_moment_ago_keeps_the_incident_open_too() -> None:
    """It has no line yet; the rule will add one, and nobody closes over it meanwhile."""
    desk, incident = stand(State.VERIFYING)
    desk.addressed["g1"] = (a_letter("g1-p1"),)
    with pytest.raises(Refused, match="g1-p1"):
        desk.does(Close(command_id="k", actor=DUTY, incident=incident, disposition=Disposition.IRRELEVANT))


def test_a_message_is_answered_once_and_only_if_it_is_there() -> None:
    """How and when are kept; a second answer and one to nothing are refused."""
    desk, incident = lettered()
    answer = AnswerLine(
        command_id="a", actor=DUTY, incident=incident, post="g1-p1", how="visit", answered_at=NOON - HOUR
    )
    desk.does(answer)
    (line,) = desk.incident().lines
    assert (line.outcome, line.how, line.ended_at) == ("answered", "visit", NOON - HOUR)
    with pytest.raises(Refused, match="INC-304"):
        desk.does(answer)
    with pytest.raises(Refused, match="INC-301"):
        desk.does(replace(answer, post="g1-p7"))


def test_a_message_is_declined_with_a_reason() -> None:
    """An anonymous letter without an address cannot be answered; somebody says so."""
    desk, incident = lettered()
    with pytest.raises(Refused, match="INC-221"):
        desk.does(DeclineLine(command_id="d", actor=DUTY, incident=incident, post="g1-p1"))
    desk.does(DeclineLine(command_id="d", actor=DUTY, incident=incident, post="g1-p1", note=a_note("d")))
    assert desk.incident().lines[0].outcome == "declined"


def test_lines_are_added_for_groups_of_the_incident_only() -> None:
    """A rule that asks for another group is told that nothing is missing."""
    desk, incident = lettered()
    desk.has(a_row("g2"))
    with pytest.raises(Refused, match="INC-304"):
        desk.does(AddAnswerLines(command_id="l", actor="rule:addressed@1", incident=incident, group="g2"))


def test_a_superiors_order_that_joins_sets_the_due_time_of_the_whole_matter() -> None:
    """上级交办 wins over our own 48 hours, also where it leaves more time; of two orders the first one counts."""
    desk, incident = stand(State.VERIFYING)
    orders = [a_letter(f"g1-p{day}", due_at=NOON + day * DAY, origin=Origin.SUPERIOR) for day in (7, 5)]
    late = a_letter("g1-p9", due_at=NOON + 9 * DAY, origin=Origin.SUPERIOR)
    desk.addressed["g1"] = (*orders, a_letter("g1-p1", due_at=NOON + DAY, origin=Origin.HOTLINE))
    assert desk.incident().owner == DUTY
    for letters in (desk.addressed["g1"], (*desk.addressed["g1"], late)):
        desk.addressed["g1"] = letters
        desk.has(a_row(addressed_posts=len(letters)))
        desk.do_all(ask(desk.state, [desk.rows["g1"]], DEFAULT_POLICY, desk.now))
        (clock,) = [clock for clock in desk.incident().clocks if clock.kind == "reply"]
        assert (clock.due_at, clock.ordered) == (NOON + 5 * DAY, True)
        assert [notice.to for notice in desk.log[-1].notices] == [DUTY]
    assert len(desk.state.incidents[incident].waiting_lines) == 4
