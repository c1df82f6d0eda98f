"""Messages from another system's list: what is answered there is settled at once, and history tells nobody."""

from typing import Any

import pytest

from pipeline.domain.event import Event
from pipeline.domain.facts import CLOCKS_FROM
from pipeline.domain.incident import Disposition, Incident, State
from pipeline.domain.mention import Mention
from pipeline.domain.post import Kind, Millis, Origin, Post
from pipeline.domain.stated import Stated
from pipeline.domain.week_count import count_week, without_history
from pipeline.workflow.desk import Desk, Practice
from tests.builders import HOUR, MONDAY, UNIT, a_post
from tests.matters import simple_due
from tests.worker_house import House

DAY = 24 * HOUR


class Office(House):
    """A house in which deadlines run."""

    def desk(self) -> Desk:
        return Desk(self.log, self.posts, self.clock, lambda _: Practice(self.policy, simple_due, CLOCKS_FROM))

    def events(self) -> list[Event]:
        return [event for batch in self.log.read(UNIT, 0) for event in batch.events]

    def notices(self) -> list[str]:
        return [notice.what for batch in self.log.read(UNIT, 0) for notice in batch.notices]

    def incidents(self) -> list[Incident]:
        return list(self.desk().state(UNIT).incidents.values())


def a_letter(number: int, text: str, *, at: Millis = MONDAY, answered_at: Millis | None = None, **said: Any) -> Post:
    answered = "" if answered_at is None else str(answered_at)
    stated = Stated(imported="yes", answered_at=answered, **said)
    return a_post(
        number,
        text,
        origin=Origin.HOTLINE,
        kind=Kind.LETTER,
        published_at=at,
        collected_at=MONDAY + HOUR,
        stated=stated,
    )


def test_an_answered_message_is_filed_in_the_batch_that_takes_it_and_tells_nobody() -> None:
    """When and how it was answered is what that list says; it is on the ledger, and no clock runs."""
    house = Office()
    house.work(a_letter(1, "低保什么时候发", at=MONDAY - 90 * DAY, answered_at=MONDAY - 88 * DAY, how="phone"))

    (incident,) = house.incidents()
    assert (incident.state, incident.disposition) == (State.CLOSED, Disposition.FILED)
    assert [(line.outcome, line.how, line.ended_at) for line in incident.lines] == [
        ("answered", "phone", MONDAY - 88 * DAY)
    ]
    assert (len(list(house.log.read(UNIT, 0))), house.notices()) == (1, [])


def test_a_message_that_waits_since_long_is_opened_and_its_past_due_times_count_as_told() -> None:
    """Whoever imports sees it on the page; no notice for each, and the next step of each clock still rings."""
    house = Office()
    house.work(a_letter(1, "养老院怎么申请", at=MONDAY - 40 * DAY))

    (incident,) = house.incidents()
    assert (incident.state, [line.outcome for line in incident.lines], house.notices()) == (State.DISCOVERED, [""], [])
    assert (house.desk().remind(), house.notices()) == (0, [])


def test_a_fresh_message_is_an_alert_like_every_other() -> None:
    """What came yesterday is no history."""
    house = Office()
    house.work(a_letter(1, "养老院怎么申请", at=MONDAY - 2 * HOUR))

    assert house.notices() == ["opened"]


def test_a_message_of_an_unknown_list_stays_a_to_do_when_it_is_old() -> None:
    """The 30 days hold for whatever no person imported."""
    house = Office()
    house.work(a_post(1, "养老院怎么申请", origin=Origin.MESSAGE, published_at=MONDAY - 40 * DAY, collected_at=MONDAY))

    assert house.incidents() == []


def test_answered_and_waiting_messages_of_one_matter_are_one_open_incident() -> None:
    """The answered line is answered, the other waits, and the due time is that of the one which waits."""
    house = Office()
    text = "云汐县城东养老院的床位费为什么又涨了两百块钱，没有通知家属"
    first = a_letter(1, text, at=MONDAY - 20 * DAY, answered_at=MONDAY - 18 * DAY)
    house.work(first, a_letter(2, text, at=MONDAY - 10 * DAY))

    (incident,) = house.incidents()
    assert (incident.is_open, sorted(line.outcome for line in incident.lines)) == (True, ["", "answered"])
    assert incident.times.closed_at is None


@pytest.mark.parametrize("answered_at", [None, MONDAY - 3 * DAY])
def test_what_complains_about_staff_waits_for_the_leader_and_he_is_told(answered_at: Millis | None) -> None:
    """History or not: it is not filed behind his back."""
    house = Office()
    house.work(a_letter(1, "民政局窗口工作人员态度恶劣，吃拿卡要", at=MONDAY - 40 * DAY, answered_at=answered_at))

    (incident,) = house.incidents()
    assert (incident.is_open, house.notices()) == (True, ["opened"])
    assert all(notice.to.startswith("policy:conduct:") for batch in house.log.read(UNIT, 0) for notice in batch.notices)


def test_a_new_text_of_an_answered_message_is_a_version_and_opens_nothing_again() -> None:
    """The newer list corrects a word."""
    house = Office()
    house.work(a_letter(1, "低保什么时侯发", answered_at=MONDAY))
    house.work(a_letter(1, "低保什么时候发", answered_at=MONDAY))

    assert len(house.incidents()) == 1
    assert len(house.posts.versions(a_letter(1, "").id)) == 2
    assert isinstance(next(iter(house.posts.mentions(UNIT, 0)))[0], Mention)


def test_history_is_no_work_of_the_week_in_which_it_was_imported() -> None:
    """The digest counts what was answered in the week, not what a list of the spring says."""
    house = Office()
    house.work(a_letter(1, "低保什么时候发", at=MONDAY - 90 * DAY, answered_at=MONDAY - 88 * DAY))
    house.work(a_letter(2, "殡仪馆几点上班", at=MONDAY - HOUR, answered_at=MONDAY))
    state, batches = house.desk().state(UNIT), list(house.log.read(UNIT, 0))

    count = count_week(state, batches, MONDAY + 7 * DAY)

    assert len(count.new) == len(count.answered) == 1
    assert len(without_history(state, batches, MONDAY + 7 * DAY)) == 1


def test_orders_that_share_their_wording_are_matters_of_their_own() -> None:
    """Settling one would answer all; the same words again are one matter."""
    house = Office()
    frame = "市民来电反映：{}。诉求：请相关部门尽快核实处理，并将处理结果及时答复来电人。"
    said = ["低保金三个月没有发放到账", "敬老院伙食费上涨没有公示过", "低保金三个月没有发放到账", "殡仪馆收费没有清单"]
    house.work(*(a_letter(number, frame.format(text), at=MONDAY) for number, text in enumerate(said)))

    assert sorted(len(incident.lines) for incident in house.incidents()) == [1, 1, 2]
