"""Housekeeping: what is over age goes; what somebody still has to look at stays."""

from dataclasses import replace

import pytest

from pipeline.adapters.memory.blobs import MemoryBlobs
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.command import NeedOutcome
from pipeline.domain.mention import Opinion
from pipeline.domain.post import Millis
from pipeline.ports import ErasureReceipt, Record
from pipeline.workflow.erase import Wanted
from pipeline.workflow.housekeeping import DROPPED, MENTIONED_KEPT, Housekeeper
from tests.builders import DAY, MONDAY, UNIT, FixedClassifier, a_post, an_opinion
from tests.worker_house import House

PLEA = an_opinion(about=True, act="表扬", need=True)
PRAISE = an_opinion(about=True, act="表扬")
PLEA_OF_ANOTHER_MATTER = an_opinion(about=False, act="求助", need=True)


def destroy_nothing(_at: Millis) -> int:
    return 0


def erase_nothing(wanted: Wanted) -> ErasureReceipt:
    raise AssertionError(f"nothing was kept for three years, yet {wanted} is to be erased")


def tidied(house: House, records: MemoryRecords) -> Housekeeper:
    """Return a housekeeper who has tidied the house long after everything in it was written."""
    records.put(Record("setting", UNIT, "unit", 0, "{}", 0, "a", ""), expect=None)
    house.clock.at = MONDAY + MENTIONED_KEPT + 40 * DAY
    keeper = Housekeeper(
        house.bus,
        house.posts,
        house.log,
        records,
        house.tokens,
        house.clock,
        destroy_nothing,
        erase_nothing,
        MemoryBlobs(),
    )
    keeper.tidy()
    return keeper


@pytest.mark.parametrize(("opinion", "stays"), [(an_opinion(about=True), True), (PLEA, True), (PRAISE, False)])
def test_open_to_dos_and_needs_outlive_the_parts_of_a_unit_without_a_log(opinion: Opinion, *, stays: bool) -> None:
    """Nobody has decided anything yet, so there is no batch; the queue is kept all the same."""
    house = House(classifier=FixedClassifier({"养老院": opinion}))
    house.work(a_post(1, "养老院的饭是凉的"))
    tidied(house, MemoryRecords())

    assert bool(list(house.posts.mentions(UNIT, 0))) is stays


@pytest.mark.parametrize(("outcome", "stays"), [(None, True), ("helped", False)])
def test_a_plea_without_a_group_stays_until_it_has_an_outcome(outcome: str | None, *, stays: bool) -> None:
    """Its matter is not ours, so no group holds it: its post is kept for the need alone."""
    house = House(classifier=FixedClassifier({"养老院": PLEA_OF_ANOTHER_MATTER}))
    plea = a_post(1, "求好心人帮帮养老院旁边的孩子")
    house.work(plea)
    if outcome:
        ended = NeedOutcome(command_id="n", actor="account:a", post=plea.id, outcome=outcome)
        house.desk().execute(UNIT, ended, roles=frozenset({"duty"}))
    tidied(house, MemoryRecords())

    assert bool(house.posts.needs(UNIT, 9)) is stays
    assert (house.posts.post(plea.id) is not None) is stays


def test_dropped_posts_are_told_to_the_worker_and_the_rows_follow() -> None:
    """A group of which a part was dropped says what is left of it."""
    house, records = House(classifier=FixedClassifier({"养老院": PRAISE})), MemoryRecords()
    said = a_post(1, "柳湾养老院的饭菜真不错，老人吃了都说好，感谢", title="柳湾养老院饭菜好")
    house.work(said)
    later = MONDAY + MENTIONED_KEPT
    house.work(replace(a_post(2, "我爸住柳湾养老院，天天有鱼有肉", at=later, title=said.title)))
    tidied(house, records)
    house.worker.load()
    rows = house.posts.groups(UNIT, todo_only=False, cursor=None, limit=10).rows

    assert records.changed_since(DROPPED, 0)[0] == 1
    assert [view.row.posts for view in rows] == [1]


def test_a_house_in_which_nothing_is_over_age_tells_the_worker_nothing() -> None:
    """Otherwise every hour would load half a year anew."""
    records = MemoryRecords()
    keeper = tidied(House(), records)
    keeper.tidy()

    assert records.changed_since(DROPPED, 0)[0] == 0
