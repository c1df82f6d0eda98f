"""The queue lists what somebody must look at now, and the dossier all of one incident."""

import pytest

from pipeline.domain.command import Acknowledge, GroupSetAside, Open
from pipeline.domain.errors import BadInput, Refused
from pipeline.domain.incident import State
from pipeline.workflow.dossier import dossier, members_of
from pipeline.workflow.queue import Queue
from tests.builders import HOUR, MINUTE, MONDAY, UNIT, a_post
from tests.worker_house import House

DUTY = frozenset({"duty", "monitor"})


def a_queue(house: House) -> Queue:
    return Queue(house.posts, house.desk().state(UNIT), DUTY)


def three_matters() -> House:
    """Two to-dos, and one matter that a person opened."""
    house = House()
    house.work(
        a_post(1, "城东养老院的饭菜总是凉的，老人吃不下。", at=MONDAY),
        a_post(2, "请问养老院的补贴什么时候发放？", at=MONDAY + MINUTE),
        a_post(3, "北山养老院电梯坏了一个月没有人修。", at=MONDAY + 2 * MINUTE),
    )
    todo = a_queue(house).page(house.clock.now()).rows
    house.desk().execute(UNIT, Open(command_id="open-1", actor="account:duty", group=todo[-1].group), roles=DUTY)
    return house


def test_pushes_stand_before_to_dos_and_to_dos_newest_first() -> None:
    """Whatever is younger: a push is somebody's duty already."""
    house = three_matters()
    page = a_queue(house).page(house.clock.now())

    assert [row.key.partition(":")[0] for row in page.rows] == ["incident", "group", "group"]
    assert [row.headline.text[:2] for row in page.rows] == ["城东", "北山", "请问"]
    assert (page.pushes, page.cursor) == (1, None)
    assert page.rows[0].state is State.DISCOVERED
    assert page.rows[0].revision == 1


def test_what_is_acknowledged_is_work_and_no_longer_in_the_queue() -> None:
    """The owner finds it among his work, with what is due next."""
    house = three_matters()
    incident = a_queue(house).page(house.clock.now()).rows[0].incident
    command = Acknowledge(command_id="ack-1", actor="account:duty", incident=incident)
    house.desk().execute(UNIT, command, roles=DUTY)
    queue = a_queue(house)

    assert [row.incident for row in queue.work("account:duty")] == [incident]
    assert queue.work("account:other") == []
    assert queue.page(house.clock.now()).pushes == 0
    assert queue.work()[0].due is not None


def test_a_set_aside_group_leaves_the_queue() -> None:
    """One key; the next row is the one below."""
    house = three_matters()
    todo = a_queue(house).page(house.clock.now()).rows[1]
    house.desk().execute(UNIT, GroupSetAside(command_id="x-1", actor="account:duty", group=todo.group), roles=DUTY)

    assert todo.key not in {row.key for row in a_queue(house).page(house.clock.now()).rows}


def test_pages_follow_each_other_without_a_hole_or_a_repeat() -> None:
    """Every push stands on the first page."""
    house = three_matters()
    queue = a_queue(house)
    first = queue.page(house.clock.now(), limit=1)
    second = queue.page(house.clock.now(), first.cursor, limit=1)
    keys = [row.key for row in [*first.rows, *second.rows]]

    assert len(keys) == len(set(keys)) == 3
    with pytest.raises(BadInput, match="INP-150"):
        queue.page(house.clock.now(), "nonsense")


def test_an_overdue_incident_is_counted() -> None:
    """However far down it stands."""
    house = three_matters()
    queue = a_queue(house)

    assert queue.page(house.clock.now()).overdue == 0
    assert queue.page(house.clock.now() + 30 * 24 * HOUR).overdue == 1


def test_a_dossier_holds_timeline_posts_hits_and_legal_moves() -> None:
    """Everything that the incident's page shows comes by id."""
    house = three_matters()
    incident = a_queue(house).page(house.clock.now()).rows[0].incident
    house.desk().execute(UNIT, Acknowledge(command_id="ack-1", actor="account:duty", incident=incident), roles=DUTY)
    found = dossier(house.log, house.posts, house.desk().state(UNIT), incident, DUTY)

    assert [moment.event.type for moment in found.timeline] == ["opened", "acknowledged"]
    assert [moment.revision for moment in found.timeline] == [1, 2]
    assert found.timeline[-1].revision == found.incident.revision
    assert [(hit.term, post.stored.post.text[hit.start : hit.end]) for post in found.posts for hit in post.hits] == [
        ("养老院", "养老院")
    ]
    assert (found.all_posts, found.posts[0].is_edited) == (1, False)
    assert "give_verdict" in found.moves
    assert "acknowledge" not in found.moves


def test_an_unknown_incident_is_refused_and_a_free_group_shows_its_posts() -> None:
    """Another unit's incident is as unknown as none."""
    house = three_matters()
    todo = a_queue(house).page(house.clock.now()).rows[1]

    with pytest.raises(Refused, match="INC-301"):
        dossier(house.log, house.posts, house.desk().state("other-unit"), "i1")
    assert [seen.stored.post.text[:2] for seen in members_of(house.posts, UNIT, todo.group)] == ["北山"]
