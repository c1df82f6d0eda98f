"""The desk: who loses the race decides again, and the next step sees what people decided."""

from collections.abc import Callable, Sequence

import pytest

from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.command import Command, GroupSetAside, Open
from pipeline.domain.errors import LostRace, Refused
from pipeline.domain.event import Batch, Memo
from pipeline.domain.facts import CLOCKS_FROM, no_deadline
from pipeline.domain.incident_command import Snooze
from pipeline.workflow.desk import TRIES, Desk, Practice
from tests.builders import DAY, UNIT, a_post
from tests.worker_house import House

DUTY = frozenset({"duty"})


class RacingLog(MemoryIncidentLog):
    """A log into which others write just before an append."""

    def __init__(self, house: House) -> None:
        super().__init__(house.posts)
        self.others: list[Callable[[], object]] = []

    def append(self, batch: Batch, memos: Sequence[Memo]) -> None:
        """Let one of the others go first."""
        if self.others:
            self.others.pop(0)()
        super().append(batch, memos)


@pytest.fixture
def house() -> House:
    """Two to-dos of two matters."""
    house = House()
    house.work(a_post(1, "养老院的饭是凉的"), a_post(2, "殡仪馆门口停车要收二十块，养老院旁边那家"))
    return house


def groups(house: House) -> list[str]:
    return [view.row.id for view in house.posts.groups(UNIT, todo_only=True, cursor=None, limit=10).rows]


def a_desk(log: MemoryIncidentLog, house: House) -> Desk:
    return Desk(log, house.posts, house.clock, lambda _: Practice(DEFAULT_POLICY, no_deadline, CLOCKS_FROM))


def opening(group: str, key: str) -> Command:
    return Open(command_id=key, actor="account:a", group=group)


def test_a_command_that_lost_the_race_is_decided_again_over_the_newer_batches(house: House) -> None:
    """Both decisions stand, in the order in which they came."""
    log, (one, other) = RacingLog(house), groups(house)
    log.others = [lambda: a_desk(log, house).execute(UNIT, opening(other, "theirs"), roles=DUTY)]
    batch = a_desk(log, house).execute(UNIT, opening(one, "mine"), roles=DUTY)

    assert batch.seq == 2
    assert [each.command for each in log.read(UNIT, 0)] == ["theirs", "mine"]


def test_what_is_no_longer_right_after_the_race_is_refused(house: House) -> None:
    """It is decided over what holds now, and not over what was on the screen."""
    log, (one, *_) = RacingLog(house), groups(house)
    log.others = [lambda: a_desk(log, house).execute(UNIT, opening(one, "theirs"), roles=DUTY)]
    with pytest.raises(Refused):
        a_desk(log, house).execute(UNIT, opening(one, "mine"), roles=DUTY)

    assert [each.command for each in log.read(UNIT, 0)] == ["theirs"]


def test_a_log_that_never_stands_still_is_told_and_not_fought(house: House) -> None:
    """After a few tries the person is asked to try again; nothing of his is stored."""

    class Lost(MemoryIncidentLog):
        def append(self, batch: Batch, memos: Sequence[Memo]) -> None:
            raise LostRace(f"seq {batch.seq} is taken, with {len(memos)} memos")

    log, (one, *_) = Lost(house.posts), groups(house)
    with pytest.raises(LostRace, match=f"moved {TRIES} times"):
        a_desk(log, house).execute(UNIT, opening(one, "mine"), roles=DUTY)

    assert log.head(UNIT)[0] == 0


def test_the_same_command_again_is_answered_with_its_first_batch(house: House) -> None:
    """A key that comes twice, as after a broken connection, decides once."""
    desk, (one, *_) = a_desk(house.log, house), groups(house)
    first = desk.execute(UNIT, opening(one, "key"), roles=DUTY)

    assert desk.execute(UNIT, opening(one, "key"), roles=DUTY) == first
    assert house.log.head(UNIT)[0] == 1


def test_the_next_step_of_the_worker_knows_what_people_decided_meanwhile(house: House) -> None:
    """The mention of the next post says under which head of the log it was decided."""
    one, *_ = groups(house)
    aside = GroupSetAside(command_id="x", actor="account:a", group=one)
    a_desk(house.log, house).execute(UNIT, aside, roles=DUTY)
    house.work(a_post(3, "想给老人办居家养老院床位，去哪里申请"))
    newest = max((mention for mention, _ in house.posts.mentions(UNIT, 0)), key=lambda mention: mention.order)

    assert newest.seen_seq == 1
    assert one not in groups(house)


def test_the_clock_reminds_once_of_what_is_due(house: House) -> None:
    """Whoever asks later, or twice, gets no second reminder of the same step."""
    desk, (one, *_) = a_desk(house.log, house), groups(house)
    desk.execute(UNIT, opening(one, "mine"), roles=DUTY)
    assert desk.remind() == 0

    house.clock.at += 8 * DAY
    assert (desk.remind(), a_desk(house.log, house).remind()) == (1, 0)
    notices = house.log.read(UNIT, 0)[-1].notices
    assert [(notice.what, notice.to) for notice in notices] == [("overdue", "policy:escalation:3")]


def test_a_reminder_that_is_refused_is_counted_and_stops_nothing(house: House) -> None:
    """Somebody put the matter off just before: he is not disturbed."""
    log, (one, *_) = RacingLog(house), groups(house)
    a_desk(log, house).execute(UNIT, opening(one, "mine"), roles=DUTY)
    house.clock.at += 8 * DAY
    incident = log.read(UNIT, 0)[0].events[0].incident
    snooze = Snooze(command_id="z", actor="account:a", incident=incident, until=house.clock.at + DAY)
    desk = a_desk(log, house)
    log.others = [lambda: a_desk(log, house).execute(UNIT, snooze, roles=DUTY)]

    assert (desk.remind(), desk.refusals) == (0, 1)
