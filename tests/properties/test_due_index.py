"""The index of what is due says at any moment exactly what a look at every incident would say."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.domain.errors import Refused
from pipeline.domain.escalation import EscalationPolicy, ask_clocks, wanted_by_clocks
from pipeline.domain.next_due import next_due
from pipeline.domain.unit_state import UnitState, empty
from pipeline.workflow.due_index import DueIndex
from tests.matters import DAY, HOUR, UNIT, Desk, a_desk, a_row
from tests.properties.desk_moves import any_command

POLICY = EscalationPolicy(gives_back_after=20 * HOUR)


def waiting(state: UnitState, now: int) -> list[str]:
    """Return the open incidents of which the clocks want something, by looking at each."""
    open_now = sorted(one.id for one in state.incidents.values() if one.is_open)
    return [one for one in open_now if wanted_by_clocks(state.as_one(one), POLICY, now)]


def step(data: st.DataObject, desk: Desk, number: int) -> None:
    """A person does something, or time passes and the clocks have their turn."""
    if data.draw(st.booleans(), label="time passes"):
        desk.now += data.draw(st.integers(1, 30), label="hours") * HOUR
        commands = ask_clocks(desk.state, POLICY, desk.now) if data.draw(st.booleans()) else ()
    else:
        commands = (any_command(data.draw, desk, number),)
    for command in commands:
        try:
            desk.does(command)
        except Refused:
            continue


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_the_index_finds_due_is_what_a_look_at_every_incident_finds(data: st.DataObject) -> None:
    """Now and later; whatever was merged, split, held or undone, and also where it is begun in the middle."""
    desk = a_desk().has(*(a_row(f"g{number}") for number in range(1, 5)))
    index = DueIndex(POLICY)
    index.begin(empty(UNIT), POLICY)
    for number in range(data.draw(st.integers(1, 25), label="steps")):
        before = len(desk.log)
        step(data, desk, number)
        index.follow(desk.state, desk.log[before:])
    anew = DueIndex(POLICY)
    anew.begin(desk.state, POLICY)
    for later in (0, HOUR, 5 * HOUR, 2 * DAY, 60 * DAY):
        found = waiting(desk.state, desk.now + later)
        assert list(index.due(desk.now + later)) == found
        assert list(anew.due(desk.now + later)) == found
    undated = {
        one.id for one in desk.state.incidents.values() if one.is_open and not next_due(desk.state.as_one(one.id))
    }
    assert index.undated == anew.undated == undated == set()
    assert index.open_now == anew.open_now == {one.id for one in desk.state.incidents.values() if one.is_open}
