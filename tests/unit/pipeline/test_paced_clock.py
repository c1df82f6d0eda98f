"""The clock of a story: faster than the wall, the same for every process, and never backwards."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.adapters.paced_clock import ANNOUNCED, LOOKED_AT_EACH, PacedClock, change_pace, read_legs
from pipeline.domain.errors import BadInput
from tests.builders import HeldClock

BEGIN = 1_790_000_000_000


@pytest.fixture(name="path")
def a_path(tmp_path: Path) -> Path:
    return tmp_path / "demo-clock.json"


def test_without_a_story_it_is_the_machines_time(path: Path) -> None:
    """No file, no pace."""
    assert PacedClock(path, HeldClock(BEGIN)).now() == BEGIN


def test_sixty_times_as_fast_a_second_is_a_minute(path: Path) -> None:
    """It begins at the machine's time."""
    machine = HeldClock(BEGIN)
    change_pace(path, 60, machine)
    clock = PacedClock(path, machine)
    assert clock.now() == BEGIN
    machine.at += 1_000
    assert clock.now() == BEGIN + 60_000


def test_another_pace_is_announced_and_both_processes_change_at_the_same_moment(path: Path) -> None:
    """One looked at the file just before it was written: it looks again before the leg begins."""
    machine = HeldClock(BEGIN)
    change_pace(path, 60, machine)
    early, late = PacedClock(path, machine), PacedClock(path, machine)
    machine.at += 10_000
    early.now()
    assert change_pace(path, 1, machine) == machine.at + ANNOUNCED
    late.now()
    for moved in (LOOKED_AT_EACH, ANNOUNCED - LOOKED_AT_EACH, 5_000):
        machine.at += moved
        assert early.now() == late.now()
    assert early.now() == BEGIN + 60 * (10_000 + ANNOUNCED) + 5_000


def test_a_demo_that_is_begun_again_goes_on_from_where_it_was(path: Path) -> None:
    """What was stored then does not lie in the future."""
    machine = HeldClock(BEGIN)
    change_pace(path, 60, machine)
    machine.at += 60_000
    before = PacedClock(path, machine).now()
    change_pace(path, 60, machine)
    assert PacedClock(path, machine).now() >= before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5_000), st.sampled_from([None, None, 1, 60, 600])), max_size=30))
def test_it_never_runs_backwards(tmp_path: Path, steps: list[tuple[int, int | None]]) -> None:
    """However often the pace changes, also before an announced change has begun."""
    path = tmp_path / "pace.json"
    path.unlink(missing_ok=True)
    machine = HeldClock(BEGIN)
    change_pace(path, 60, machine)
    clock, last = PacedClock(path, machine), 0
    for moved, speed in steps:
        machine.at += moved
        if speed:
            change_pace(path, speed, machine)
        now = clock.now()
        assert now >= max(last, machine.at)
        last = now


@pytest.mark.parametrize(
    "held", ["{", "[]", '{"legs": [{"since": 1, "at": 1, "speed": 0}]}', '{"legs": [{"since": "x"}]}']
)
def test_a_file_that_holds_no_pace_is_refused_by_name(path: Path, held: str) -> None:
    """Never a clock that stands still or runs back."""
    path.write_text(held)
    with pytest.raises(BadInput, match="DEM-104"):
        read_legs(path)


def test_legs_that_are_not_in_order_are_refused(path: Path) -> None:
    """A later leg begins later."""
    legs = [{"since": 5, "at": 5, "speed": 1}, {"since": 5, "at": 9, "speed": 1}]
    path.write_text(json.dumps({"legs": legs}))
    with pytest.raises(BadInput, match="DEM-104"):
        read_legs(path)
