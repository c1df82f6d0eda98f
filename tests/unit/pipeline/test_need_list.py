"""Pleas for help have a queue and a clock of their own."""

from pipeline.domain.command import NeedContacted, NeedOutcome
from pipeline.domain.deadline import clocks_from, due_times
from pipeline.domain.shipped_clocks import SHIPPED_CLOCKS
from pipeline.domain.working_calendar import working_calendar
from pipeline.workflow.need_list import NeedRow, need_list
from tests.builders import HOUR, MONDAY, UNIT, FixedClassifier, a_post, an_opinion
from tests.worker_house import House

DUTY = frozenset({"duty", "monitor"})
DUE = due_times(SHIPPED_CLOCKS, working_calendar())


def listed(house: House, *, with_ended: bool = False) -> list[NeedRow]:
    return list(need_list(house.posts, house.desk().state(UNIT), DUE, with_ended=with_ended))


def two_pleas() -> House:
    """One about the unit's business, one about something else; both ask for help."""
    house = House(classifier=FixedClassifier({"养老院": an_opinion(about=False, need=True)}))
    house.work(
        a_post(1, "求助：养老院里的老人走失了，家人很着急。", at=MONDAY),
        a_post(2, "养老院外面有人需要帮助，雨很大。", at=MONDAY + HOUR),
    )
    return house


def test_every_plea_is_listed_with_a_clock_to_first_contact() -> None:
    """Also where it is no matter of the unit; the oldest stands at the top."""
    rows = listed(two_pleas())

    assert [row.post.text[:2] for row in rows] == ["求助", "养老"]
    assert all(row.contact_due_at and row.contact_due_at > row.found_at for row in rows)
    assert not rows[0].is_late(rows[0].found_at)
    assert rows[0].is_late(rows[0].found_at + 10 * 24 * HOUR)


def test_a_plea_that_was_contacted_stands_below_and_one_with_an_outcome_is_gone() -> None:
    """It is open until somebody says what became of it."""
    house = two_pleas()
    first = listed(house)[0].post.id
    house.desk().execute(UNIT, NeedContacted(command_id="c1", actor="account:duty", post=first), roles=DUTY)
    assert [row.post.id for row in listed(house)][-1] == first
    assert not listed(house)[-1].is_late(MONDAY + 10**12)

    outcome = NeedOutcome(command_id="c2", actor="account:duty", post=first, outcome="helped")
    house.desk().execute(UNIT, outcome, roles=DUTY)
    assert first not in {row.post.id for row in listed(house)}
    assert listed(house, with_ended=True)[-1].done.outcome == "helped"


def test_no_incident_gets_the_clock_of_a_plea() -> None:
    """The first contact belongs to the person who asked, not to the matter."""
    assert "contact" not in {kind for kinds in clocks_from(SHIPPED_CLOCKS).values() for kind in kinds}
