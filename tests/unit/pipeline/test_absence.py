"""Absences: when a missing page counts as gone, and what becomes of the post that stood there."""

from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.absence import ABSENCE, BACK, SURE_AFTER, Absence, absence_from_json, absence_to_json, missing
from pipeline.ports import Record
from pipeline.workflow.absences import Absences, forget_absences
from tests.builders import DAY, HOUR, MONDAY, UNIT, a_post
from tests.worker_house import House

COLD = a_post(1, "养老院的饭是凉的", heads=("address-1",))


def missed(*times: tuple[int, str], is_meant: bool = False) -> Absence:
    """Return the absence after the page was missing at these times, in these rounds."""
    absence: Absence | None = None
    for at, in_round in times:
        absence = missing(absence, at=at, in_round=in_round, is_meant=is_meant)
    assert absence is not None
    return absence


def note(records: MemoryRecords, absence: Absence, key: str = "address-1", at: int = MONDAY) -> None:
    records.put(Record(ABSENCE, "", key, 0, absence_to_json(absence), at, "crawler", ""), expect=None)


def gone_at(house: House) -> int | None:
    stored = house.posts.post(COLD.id)
    assert stored is not None
    return stored.gone_at


def test_one_answer_may_be_a_mistake() -> None:
    """Neither one nor two in a hurry, nor two of one round are sure; and the first time is kept."""
    assert missed((MONDAY, "r1")).gone_at is None
    assert missed((MONDAY, "r1"), (MONDAY + SURE_AFTER - 1, "r2")).gone_at is None
    assert missed((MONDAY, "r1"), (MONDAY + SURE_AFTER, "r1")).gone_at is None
    assert missed((MONDAY, "r1"), (MONDAY + 1, "r2")).first_at == MONDAY


def test_a_second_answer_an_hour_later_is_sure_and_says_since_when() -> None:
    """It was gone when it was missing first; what comes later changes nothing."""
    sure = missed((MONDAY, "r1"), (MONDAY + SURE_AFTER, "r2"))

    assert sure.gone_at == MONDAY
    assert missing(sure, at=MONDAY + DAY, in_round="r9", is_meant=True) == sure
    assert absence_from_json(absence_to_json(sure)) == sure


def test_a_page_that_is_said_to_be_gone_for_good_needs_no_second_answer() -> None:
    """410 is meant."""
    assert missed((MONDAY, "r1"), is_meant=True).gone_at == MONDAY


def test_a_page_that_was_back_must_be_missing_twice_again() -> None:
    """What was before it came back counts no more."""
    assert missing(BACK, at=MONDAY + DAY, in_round="r3", is_meant=False) == Absence(MONDAY + DAY, None, "r3")


def test_a_post_says_since_when_its_page_is_gone_until_it_is_back() -> None:
    """The worker's position stays where it is, and saying it again changes nothing."""
    house, records = House(), MemoryRecords()
    house.work(COLD)
    at = house.posts.position(house.bus.stream, 0)
    absences = Absences(records, house.posts)
    note(records, Absence(MONDAY + DAY, None, "r1"))
    assert (absences.mark(), gone_at(house)) == (0, None)
    note(records, Absence(MONDAY + DAY, MONDAY + DAY, "r2"))
    assert (absences.mark(), gone_at(house)) == (1, MONDAY + DAY)
    assert Absences(records, house.posts).mark() == 0
    note(records, BACK)
    assert (absences.mark(), gone_at(house)) == (1, None)
    assert house.posts.position(house.bus.stream, 0) == at


def test_a_post_that_is_still_on_its_way_is_marked_when_it_has_come() -> None:
    """The crawler is faster than the worker."""
    house, records = House(), MemoryRecords()
    absences = Absences(records, house.posts)
    note(records, Absence(MONDAY + DAY, MONDAY + DAY, "r2"))
    assert absences.mark() == 0
    house.work(COLD)

    assert (absences.mark(), gone_at(house)) == (1, MONDAY + DAY)
    assert absences.mark() == 0


def test_a_post_that_was_seen_elsewhere_since_is_not_gone() -> None:
    """A feed brought a newer version after its page was missing."""
    house, records = House(), MemoryRecords()
    house.work(COLD, a_post(1, "养老院的饭还是凉的", heads=("address-1",), collected_at=MONDAY + 2 * DAY))
    note(records, Absence(MONDAY + DAY, MONDAY + DAY, "r2"))

    assert (Absences(records, house.posts).mark(), gone_at(house)) == (0, None)


def test_an_erased_post_stays_as_it_is() -> None:
    """Nothing more is said of it."""
    house, records = House(), MemoryRecords()
    house.work(COLD)
    house.posts.erase(frozenset({COLD.id}), MONDAY)
    note(records, Absence(MONDAY + DAY, MONDAY + DAY, "r2"))

    assert (Absences(records, house.posts).mark(), gone_at(house)) == (0, None)


def test_the_group_and_its_to_do_stay_when_the_page_is_gone() -> None:
    """A deleted complaint is still a matter; the desk shows that its page is gone."""
    house, records = House(), MemoryRecords()
    house.work(COLD)
    note(records, Absence(MONDAY + DAY, MONDAY + DAY, "r2"))
    Absences(records, house.posts).mark()

    assert len(house.posts.groups(UNIT, todo_only=True, cursor=None, limit=9).rows) == 1


def test_what_was_noted_long_ago_is_forgotten() -> None:
    """The posts say it themselves."""
    records = MemoryRecords()
    note(records, BACK, "address-1", MONDAY)
    note(records, BACK, "address-2", MONDAY + HOUR)

    assert forget_absences(records, MONDAY + HOUR) == 1
    assert [record.key for record in records.list(ABSENCE)] == ["address-2"]
