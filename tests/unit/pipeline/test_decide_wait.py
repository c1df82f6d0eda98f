"""Waiting, reminding, signing, commenting."""

from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.domain.command import SetLevel
from pipeline.domain.errors import Refused
from pipeline.domain.incident import Disposition, State, Verdict
from pipeline.domain.incident_command import Close, Comment, Escalate, Hold, Resume, Sign, Snooze, Unsnooze
from pipeline.domain.office_command import AssignOffice
from tests.matters import DAY, DUTY, HOUR, NOON, OTHER, Desk, a_letter, a_note, stand


def set_level(incident: str, level: int) -> SetLevel:
    """Return a person's change of level."""
    return SetLevel(command_id="l", actor=DUTY, incident=incident, level=level, note=a_note("l"))


def test_a_snooze_ends_by_itself_and_never_lasts_longer_than_a_month() -> None:
    """稍后提醒 has an end in the future, within 30 days."""
    desk, incident = stand(State.VERIFYING)
    for until in (NOON, NOON - 1, NOON + 31 * DAY):
        with pytest.raises(Refused, match="within 30 days"):
            desk.does(Snooze(command_id="z", actor=DUTY, incident=incident, until=until))
    desk.does(Snooze(command_id="z", actor=DUTY, incident=incident, until=NOON + 30 * DAY))
    desk.does(Unsnooze(command_id="u", actor="clock:snooze", incident=incident))
    assert desk.incident().snoozed_until is None
    with pytest.raises(Refused, match="INC-304"):
        desk.does(Unsnooze(command_id="u", actor="clock:snooze", incident=incident))


def test_the_gravest_level_is_not_snoozed() -> None:
    """A death does not wait until after lunch."""
    desk, incident = stand(State.VERIFYING)
    desk.does(set_level(incident, 1))
    with pytest.raises(Refused, match="not snoozed"):
        desk.does(Snooze(command_id="z", actor=DUTY, incident=incident, until=NOON + DAY))


def test_a_hold_has_a_reason_and_an_end_and_moves_no_deadline() -> None:
    """暂缓 is written down; the clocks run on."""
    desk, incident = stand(State.HANDLING)
    clocks = desk.incident().clocks
    with pytest.raises(Refused, match="INC-221"):
        desk.does(Hold(command_id="h", actor=DUTY, incident=incident, until=NOON + DAY))
    desk.does(Hold(command_id="h", actor=DUTY, incident=incident, until=NOON + DAY, note=a_note("h")))
    assert (desk.incident().held_until, desk.incident().clocks) == (NOON + DAY, clocks)
    desk.does(Resume(command_id="r", actor=DUTY, incident=incident))
    with pytest.raises(Refused, match="INC-304"):
        desk.does(Resume(command_id="r", actor=DUTY, incident=incident))


def overdue(incident: str, step: int = 1, *, actor: str = "clock:acknowledge", at: int = NOON + 2 * HOUR) -> Escalate:
    """Return the reminder that acknowledgement is overdue."""
    return Escalate(command_id="e", actor=actor, incident=incident, kind="acknowledge", step=step, due_at=at)


def test_each_step_of_a_due_time_is_told_once() -> None:
    """First a warning, then that it is overdue, each to the people of its step."""
    desk, incident = stand(State.DISCOVERED)
    batch = desk.does(overdue(incident, 0))
    assert [(notice.what, notice.to) for notice in batch.notices] == [("due_soon", "policy:escalation:0")]
    desk.now = NOON + 2 * HOUR
    batch = desk.does(overdue(incident))
    assert [(notice.what, notice.why) for notice in batch.notices] == [("overdue", "acknowledge")]
    with pytest.raises(Refused, match="INC-304"):
        desk.does(overdue(incident))


def test_acknowledging_ends_the_reminders_of_acknowledgement() -> None:
    """What is no longer due is not told; nor what was due at another time."""
    desk, incident = stand(State.DISCOVERED)
    with pytest.raises(Refused, match="INC-304"):
        desk.does(overdue(incident, at=NOON))
    desk.acknowledges(incident)
    with pytest.raises(Refused, match="not due for acknowledge"):
        desk.does(overdue(incident))


def test_holds_and_snoozes_are_not_disturbed_by_clocks_but_by_people() -> None:
    """A person may escalate whatever rests."""
    desk, incident = stand(State.DISCOVERED)
    desk.does(Snooze(command_id="z", actor=DUTY, incident=incident, until=NOON + DAY))
    with pytest.raises(Refused, match="on hold or snoozed"):
        desk.does(overdue(incident))
    desk.does(overdue(incident, actor=DUTY))
    assert len(desk.incident().rung) == 1


def test_a_message_and_an_office_are_escalated_by_name() -> None:
    """Two letters of one incident are two due times."""
    desk = Desk(addressed={"g1": (a_letter("g1-p1", due_at=NOON + DAY), a_letter("g1-p2", due_at=NOON + DAY))})
    incident = desk.opens(posts=2, addressed_posts=2)
    desk.acknowledges(incident)
    desk.does(AssignOffice(command_id="o", actor=DUTY, incident=incident, office="welfare", due_at=NOON + DAY))
    due = {"command_id": "e", "actor": "clock:x", "incident": incident, "step": 1, "due_at": NOON + DAY}
    for kind, subject in (("answer", "g1-p1"), ("answer", "g1-p2"), ("assignment", "welfare")):
        desk.does(Escalate(kind=kind, subject=subject, **due))  # type: ignore[arg-type]  # the fields of Escalate
    assert len(desk.incident().rung) == 3


def gap() -> tuple[Desk, str]:
    """Return a desk with a closed incident that still waits for its second signature."""
    desk, incident = stand(State.VERIFYING)
    desk.judges(incident, Verdict.UNVERIFIABLE)
    filed = Disposition.FILED
    desk.does(Close(command_id="k", actor=DUTY, incident=incident, disposition=filed, second=OTHER, note=a_note("k")))
    return desk, incident


def _signs_offline(incident: str, **given: object) -> Sign:
    """Return a sign-off beside the system, by telephone unless told otherwise."""
    filled: Any = {"signed_by": a_note("post"), "signed_how": "phone", **given}
    if "how" in filled:
        filled["signed_how"] = filled.pop("how")
    return Sign(command_id="s", actor=DUTY, incident=incident, what="close", offline=True, **filled)


@pytest.mark.parametrize(
    "lacking",
    [{"signed_by": None}, {"how": ""}, {"how": "paper"}, {"how": "later"}, {"signed_at": NOON + 1}],
    ids=["no post", "no way", "no picture", "put off again", "not yet"],
)
def test_an_offline_sign_off_names_post_proof_and_a_time_that_has_been(lacking: Mapping[str, object]) -> None:
    """Who, when, and a picture or 电话请示: without one of them it is refused, and the gap stays."""
    desk, incident = gap()
    with pytest.raises(Refused, match="INC-221"):
        desk.does(_signs_offline(incident, **lacking))
    assert len(desk.incident().gaps) == 1


def test_who_works_alone_ends_the_matter_and_has_it_signed_later() -> None:
    """先办结，待补签: no account is named, the leader is told, and whoever took the step never signs it himself."""
    desk, incident = stand(State.VERIFYING)
    desk.judges(incident, Verdict.UNVERIFIABLE)
    desk.roles = frozenset({"duty", "leader"})
    end: Any = {"command_id": "k", "actor": DUTY, "incident": incident, "disposition": Disposition.FILED}
    batch = desk.does(Close(offline=True, signed_how="later", signed_by=a_note("post"), note=a_note("k"), **end))
    assert [one.of for one in desk.incident().gaps] == ["role:leader"]
    assert [notice.to for notice in batch.notices] == ["role:leader"]
    with pytest.raises(Refused, match="INC-222"):
        desk.does(Sign(command_id="s", actor=DUTY, incident=incident, what="close"))
    desk.does(_signs_offline(incident))
    assert desk.incident().gaps == ()


def test_only_the_person_named_signs_or_a_paper_is_recorded() -> None:
    """线下审签 counts, with the paper named."""
    desk, incident = gap()
    with pytest.raises(Refused, match="is asked to sign"):
        desk.does(Sign(command_id="s", actor=DUTY, incident=incident, what="close"))
    with pytest.raises(Refused, match="INC-221"):
        desk.does(Sign(command_id="s", actor=DUTY, incident=incident, what="close", offline=True))
    desk.does(_signs_offline(incident, how="paper", attached=("picture",)))
    assert desk.incident().gaps == ()
    with pytest.raises(Refused, match="INC-304"):
        desk.does(Sign(command_id="s", actor=OTHER, incident=incident, what="close"))


def test_a_comment_is_a_memo_beside_the_incident() -> None:
    """The event holds its commitment, never its words."""
    desk, incident = stand(State.CLOSED)
    batch = desk.does(Comment(command_id="c", actor=DUTY, incident=incident, note=a_note("remark")))
    assert batch.memos == ("remark",)
    assert batch.events[0].data == {"note": {"memo": "remark", "commitment": "c" * 64}}
