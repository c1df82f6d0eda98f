"""A complaint about staff is the leader's until he lets the desk have it: commands, notices, sends."""

from dataclasses import replace

import pytest

from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.alert_rule import ask
from pipeline.domain.command import GroupSetAside, Open
from pipeline.domain.errors import Refused
from pipeline.domain.escalation import DEFAULT_REMINDERS, ask_clocks
from pipeline.domain.incident import DESK
from pipeline.domain.incident_command import Comment, LeaderNote
from pipeline.domain.merge_command import Merge
from pipeline.domain.unit_settings import Recipient
from pipeline.workflow.notices import SendPractice
from tests.builders import HeldClock
from tests.matters import DUTY, HOUR, LEADER, Desk, a_note, a_row, of_incident, simple_due
from tests.sending import AT_ONCE, Postbox, Sending, an_alert

ZHIBAN, FENGUAN = Recipient("zhiban", "duty", "post"), Recipient("fenguan", "leader", "post")


def opened() -> Desk:
    """Return a desk whose incident complains about staff, opened by the rules."""
    row = a_row(conduct=True, addressed=True, addressed_posts=1)
    desk = Desk(due=simple_due).has(row)
    desk.do_all(ask(desk.state, [row], DEFAULT_POLICY, desk.now))
    return desk


def permitting(*offices: str) -> LeaderNote:
    return LeaderNote(command_id="l", actor=LEADER, incident=of_incident("g1"), note=a_note(), permits=offices)


@pytest.mark.parametrize("roles", [{"duty"}, {"duty", "monitor", "admin"}])
def test_the_desk_neither_works_nor_ends_it_before_a_leader_decided(roles: set[str]) -> None:
    """Not even a remark; a free group of the kind is neither opened nor set aside by it."""
    desk = opened().has(a_row("g2", conduct=True), a_row("g3"))
    desk.does(Open(command_id="o3", actor=DUTY, group="g3"))
    desk.roles = frozenset(roles)
    for command in (
        Comment(command_id="c", actor=DUTY, incident=of_incident("g1"), note=a_note()),
        Merge(command_id="m", actor=DUTY, incident=of_incident("g3"), others=(of_incident("g1"),)),
        Open(command_id="o2", actor=DUTY, group="g2"),
        GroupSetAside(command_id="s", actor=DUTY, group="g2", how="irrelevant"),
    ):
        with pytest.raises(Refused) as refused:
            desk.does(command)
        assert refused.value.code == "INC-232"


def test_a_leaders_note_that_permits_the_desk_lets_it_work() -> None:
    """A note that permits another office does not, and nobody but a leader lets it."""
    desk = opened()
    desk.does(permitting("jijian"))
    assert not desk.state.as_one(of_incident("g1")).is_permitted_to_desk
    desk.roles = frozenset({"reviewer", "duty"})
    with pytest.raises(Refused) as refused:
        desk.does(permitting(DESK))
    assert refused.value.code == "INC-403"
    desk.roles = frozenset({"leader"})
    batch = desk.does(replace(permitting("jijian"), to_desk=True))
    assert batch.events[0].data["permits"] == ["jijian", DESK]
    assert [notice.to for notice in batch.notices] == ["policy:alert"]
    desk.roles = frozenset({"duty"})
    desk.does(Comment(command_id="c2", actor=DUTY, incident=of_incident("g1"), note=a_note("m2")))


def test_its_notices_are_the_leaders_and_say_whom_they_would_have_reached() -> None:
    """An opening by the rules, and a reminder of the clock."""
    desk = opened()
    assert [notice.to for notice in desk.log[0].notices] == ["policy:conduct:alert"]
    desk.now += 3 * HOUR
    reminders = ask_clocks(desk.state, DEFAULT_REMINDERS, desk.now)
    desk.do_all(reminders)
    assert {notice.to.rpartition(":")[0] for notice in desk.log[-1].notices} == {"policy:conduct:escalation"}


def test_a_leader_is_told_and_the_others_are_left_out_with_the_reason() -> None:
    """At level Ⅳ too, which a leader never gets otherwise."""
    clock = HeldClock()
    post = Postbox(clock)
    sending = Sending(post, clock, practice=SendPractice([ZHIBAN, FENGUAN], AT_ONCE))
    sending.kept = {"i1"}
    sending.tells(an_alert(1, clock.at, level=4, to="policy:conduct:alert"))
    sending.beats(clock.at + 120_000)
    assert [send.recipient for _, send, _ in post.got] == ["fenguan"]
    sends = {send.recipient: (send.state, send.reason) for send in sending.outbox.sends("yunxi-mz")}
    assert sends == {"fenguan": ("delivered", ""), "zhiban": ("queued", "staff_conduct")}


def test_a_notice_from_before_the_mark_does_not_reach_the_desk_after_it() -> None:
    """A post that complains about staff may join while a message waits for its hour."""
    clock = HeldClock()
    post = Postbox(clock)
    sending = Sending(post, clock, practice=SendPractice([ZHIBAN], AT_ONCE))
    sending.tells(an_alert(1, clock.at), an_alert(2, clock.at))
    sending.kept = {"i2"}
    sending.beats(clock.at + 120_000)
    assert [send.notice.incident for _, send, _ in post.got] == ["i1"]


def test_where_no_leader_is_named_that_is_held_and_said() -> None:
    """The desk gets nothing in his place."""
    clock = HeldClock()
    sending = Sending(Postbox(clock), clock, practice=SendPractice([ZHIBAN], AT_ONCE))
    sending.kept = {"i1"}
    sending.tells(an_alert(1, clock.at, to="policy:conduct:alert"))
    sending.beats(clock.at + 120_000)
    reasons = {send.recipient: (send.state, send.reason) for send in sending.outbox.sends("yunxi-mz")}
    assert reasons["nobody"] == ("held", "nobody is named for leader")
    assert reasons["zhiban"] == ("queued", "staff_conduct")
