"""Verification names what is missing from a projection, what is wrong in it, and what nothing stands behind."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.domain.incident import Incident
from pipeline.domain.post import Origin
from pipeline.workflow.verify import verify
from tests.builders import UNIT, a_post
from tests.worker_house import House


def worked() -> House:
    house = House()
    house.work(a_post(1, "养老院怎么申请", origin=Origin.MESSAGE))
    return house


def codes(house: House) -> list[str]:
    return [problem.rpartition("[")[2].rstrip("]") for problem in verify(house.log, house.posts, [UNIT]).problems]


def test_what_the_worker_wrote_verifies() -> None:
    """Log, incidents and rows."""
    assert codes(worked()) == []


def test_a_row_that_no_mention_stands_behind_is_named() -> None:
    """It would be a to-do about nothing."""
    house = worked()
    (view,) = house.posts.groups(UNIT, todo_only=False, cursor=None, limit=10).rows
    house.posts.rebuild_groups(UNIT, [view.row, replace(view.row, id="ghost")])

    assert codes(house) == ["PRJ-203"]


def test_an_incident_that_the_log_did_not_open_is_named() -> None:
    """A projection invents nothing."""

    class Haunted(MemoryIncidentLog):
        def incidents(self, unit: str, *, open_only: bool, limit: int = 1000) -> Sequence[Incident]:
            found = super().incidents(unit, open_only=open_only, limit=limit)
            return [*found, *(replace(one, id="ghost") for one in found)]

    house = House()
    house.log = Haunted()
    house.worker = house.hire()
    house.work(a_post(1, "养老院怎么申请", origin=Origin.MESSAGE))

    assert codes(house) == ["PRJ-102"]
