"""The live feed tells decisions once and groups as they stand, behind a cursor."""

import pytest

from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.domain.command import Acknowledge, Open
from pipeline.domain.errors import BadInput
from pipeline.workflow.live import REPLAYED, Live, LivePlace, place_from
from tests.builders import MINUTE, MONDAY, UNIT, a_post
from tests.worker_house import House

DUTY = frozenset({"duty"})


class LongLog(MemoryIncidentLog):
    """A log that has grown further than a listener is told again."""

    def head(self, unit: str) -> tuple[int, str]:
        """Return a far head."""
        return REPLAYED + 1, unit


def a_house() -> House:
    house = House()
    house.work(a_post(1, "城东养老院的饭菜总是凉的，老人吃不下。", at=MONDAY))
    return house


def test_a_listener_hears_each_decision_once_and_the_groups_that_changed() -> None:
    """Whatever he heard before is not told again."""
    house = a_house()
    live = Live(house.log, house.posts, house.desk().is_for_leader)
    begun = live.now(UNIT)
    group = house.posts.groups(UNIT, todo_only=True, cursor=None, limit=1).rows[0].row
    house.desk().execute(UNIT, Open(command_id="o", actor="account:duty", group=group.id), roles=DUTY)
    house.work(a_post(2, "北山养老院电梯坏了一个月没有人修。", at=MONDAY + MINUTE))
    told = live.behind(UNIT, begun)

    assert told is not None
    assert [tiding.kind for tiding in told] == ["decision", "groups"]
    assert told[0].data["types"] == ["opened"]
    assert live.behind(UNIT, told[-1].place) == []
    assert told[-1].place == live.now(UNIT)


def test_a_cut_after_any_tiding_loses_nothing_and_doubles_nothing() -> None:
    """The cursor of each frame is where the next one begins."""
    house = a_house()
    live = Live(house.log, house.posts, house.desk().is_for_leader)
    row = house.posts.groups(UNIT, todo_only=True, cursor=None, limit=1).rows[0].row
    begun = live.now(UNIT)
    house.desk().execute(UNIT, Open(command_id="o", actor="account:duty", group=row.id), roles=DUTY)
    acknowledge = Acknowledge(command_id="a", actor="account:duty", incident=row.incident)
    house.desk().execute(UNIT, acknowledge, roles=DUTY)
    whole = live.behind(UNIT, begun)

    assert whole is not None
    for cut, tiding in enumerate(whole):
        assert live.behind(UNIT, place_from(str(tiding.place))) == whole[cut + 1 :]


def test_who_is_too_far_behind_or_ahead_begins_anew() -> None:
    """A restored store has another log; an old tab is told to look again."""
    house = a_house()
    live = Live(house.log, house.posts, house.desk().is_for_leader)

    assert live.behind(UNIT, LivePlace(house.log.head(UNIT)[0] + 1, 0)) is None
    assert Live(LongLog(), house.posts, lambda *_: False).behind(UNIT, LivePlace(0, 0)) is None


def test_no_tiding_holds_a_text() -> None:
    """A page fetches what its reader may see."""
    house = a_house()
    told = Live(house.log, house.posts, house.desk().is_for_leader).behind(UNIT, LivePlace(0, 0))

    assert told
    assert "饭菜" not in str(told)


@pytest.mark.parametrize("cursor", ["", "1", "1.", ".1", "a.b", "1.2.3", "-1.2", "１.2", "1" * 50 + ".1"])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    """With the next step."""
    with pytest.raises(BadInput, match="INP-151"):
        place_from(cursor)
