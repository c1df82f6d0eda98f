"""What a unit has set about alerts and clocks is read once per change, however many units there are."""

from api.bootstrap import practice_of
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.workflow.settings import Settings


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
