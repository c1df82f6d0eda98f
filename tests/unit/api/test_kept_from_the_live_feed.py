"""What complains about staff is on the live feed for those alone who may read it, until a leader has decided."""

import asyncio
import json
from contextlib import aclosing

import pytest

from api.http.hub import Hub
from pipeline.domain.incident import DESK
from tests.desk_house import COMPLAINT, INCIDENT, DeskHouse, desk_house
from tests.http_house import UNIT


def heard(house: DeskHouse, role: str, *, live: bool) -> tuple[str, str]:
    """Return all that a role hears of opening and the changed groups, and the last id: as it happens, or told again."""
    hub: Hub = house.app.state.hub

    async def listen() -> list[bytes]:
        cursor = None if live else "0.0"
        async with aclosing(hub.frames(UNIT, cursor, "somebody", frozenset({role}))) as frames:
            told = [await anext(frames)]
            if not live:
                told += [await asyncio.wait_for(anext(frames), 5) for _ in range(2)]
                return told
            told.append(await anext(frames))
            house.order("open", "k", group=COMPLAINT)
            told.append(await asyncio.wait_for(anext(frames), 5))
            return told

    said = b"".join(asyncio.run(listen())).decode()
    return said, [line for line in said.splitlines() if line.startswith("id: ")][-1]


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize(
    ("role", "hears"),
    [("leader", True), ("reviewer", True), ("auditor", True), ("duty", False), ("monitor", False), ("liaison", False)],
)
def test_only_who_may_read_it_hears_of_it(role: str, *, hears: bool, live: bool) -> None:
    """The others' place moves on all the same."""
    house = desk_house()
    house.concerns_staff()
    if not live:
        house.order("open", "k", group=COMPLAINT)
    said, last = heard(house, role, live=live)
    assert (INCIDENT in said) is hears
    assert (f'"group":"{COMPLAINT}"' in said) is hears
    assert last == f"id: {house.app.state.hub.live.now(UNIT)}"


def test_when_a_leader_has_decided_the_desk_hears_of_it() -> None:
    """What is told again is told as it stands now."""
    house = desk_house()
    house.concerns_staff()
    house.order("open", "k", group=COMPLAINT)
    house.order("leader_note", "n", "请值班人员核实", incident=INCIDENT, to_desk=True)
    assert house.service.desk.state(UNIT).as_one(INCIDENT).permitted == {DESK}
    tidings = house.app.state.hub.live.behind(UNIT, house.app.state.hub.live.now(UNIT).__class__(0, 0))
    assert all(tiding.for_all is tiding.data for tiding in tidings)
    assert INCIDENT in json.dumps([tiding.for_all for tiding in tidings])
