"""Settings as processes see them: every change is noticed, a removal too."""

import json

from pipeline.adapters.memory.records import MemoryRecords
from pipeline.ports import Record
from pipeline.workflow.settings import SETTING, read_settings

PROFILE = {"id": "yunxi-mz", "name": "云汐县民政局"}


def put(records: MemoryRecords, unit: str, key: str, table: object) -> None:
    records.put(Record(SETTING, unit, key, 0, json.dumps(table), 0, "a", ""), expect=None)


def test_a_setting_that_was_removed_is_noticed() -> None:
    """The counter moved and no record stands behind it."""
    records = MemoryRecords()
    put(records, "yunxi-mz", "unit", PROFILE)
    put(records, "yunxi-mz", "places", {"places": ["柳湾镇"]})
    settings = read_settings(records, ())
    records.remove(SETTING, "yunxi-mz", "places")

    assert settings.refresh()
    assert settings.units["yunxi-mz"].places == ()
    assert not settings.refresh()


def test_settings_that_did_not_change_are_not_read_again() -> None:
    """Asking each second costs next to nothing, also where there is none yet."""
    settings = read_settings(MemoryRecords(), ())

    assert not settings.refresh()
