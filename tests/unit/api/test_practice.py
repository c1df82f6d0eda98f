"""What a unit has set about alerts and clocks is read once per change, however many units there are."""

from api.bootstrap import practice_of
from api.bundled import bundled_lines
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.post import Origin
from pipeline.domain.unit_settings import UnitProfile
from pipeline.workflow.settings import Settings, UnitSettings
from tests.builders import MONDAY, UNIT

BELOW = ("社会救助", "低保", "养老机构")


def test_two_units_do_not_drive_each_other_out() -> None:
    """Each asks in turn, thousands of times an hour."""
    practice = practice_of(Settings(MemoryRecords(), (), {}, change=1))
    first = practice("yunxi-mz")
    practice("dongpo-mz")

    assert practice("yunxi-mz") is first


def test_changed_settings_are_read_again() -> None:
    """And only the newest are kept."""
    settings = Settings(MemoryRecords(), (), {}, change=1)
    practice = practice_of(settings)
    first = practice("yunxi-mz")
    settings.change = 2

    assert practice("yunxi-mz") is not first


def test_a_clock_for_a_line_holds_for_the_lines_below_it() -> None:
    """低保 is due when 社会救助 is; 养老机构 is not."""
    clock = {
        "id": "r",
        "kind": "reply",
        "basis": "承诺",
        "start": "discovered",
        "calendar": "continuous",
        "length": "1h",
    }
    table = {"clock": [clock | {"lines": ["社会救助"]}]}
    own = UnitSettings(UnitProfile(UNIT, "云汐县民政局"), (), (), (), {"clocks": table}, bundled_lines())
    due = practice_of(Settings(MemoryRecords(), (), {UNIT: own}, change=1))(UNIT).due

    assert [due("reply", MONDAY, 3, Origin.MONITORED, line) is not None for line in BELOW] == [True, True, False]
