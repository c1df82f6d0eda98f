"""Settings between files and records: checked as a whole, written as revisions, read back unchanged."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from api.bundled import bundled_lines
from api.settings import SETTING, apply_folder, export_folder, read_folder
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain import service_line
from pipeline.domain.errors import BadInput
from pipeline.ports import Record
from pipeline.workflow.settings import read_settings
from tests.builders import UNIT, HeldClock, a_rule

BOTH = ("社会救助", "低保")
CLOCK = (
    '[[clock]]\nid = "reply"\nkind = "reply"\nbasis = "承诺"\nstart = "discovered"\ncalendar = "continuous"\n'
    'length = "48h"\nlines = ["殡葬管理"]\n'
)
UNIT_FILE = 'id = "yunxi-mz"\nname = "云汐县民政局"\nshort_names = ["云汐民政"]\n'


def write(folder: Path, **files: str) -> Path:
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    for name, text in {"unit": UNIT_FILE, **files}.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def apply(folder: Path, records: MemoryRecords, reason: str = "") -> list[tuple[str, int]]:
    changes = apply_folder(folder, records, HeldClock(), author="account:a", reason=reason)
    return [(change.key, change.revision) for change in changes]


def test_applied_settings_are_records_with_author_and_reason(tmp_path: Path) -> None:
    """Each revision says who changed it and why."""
    records = MemoryRecords()
    apply(write(tmp_path, places='places = ["柳湾镇"]\n'), records, reason="首次设置")
    kept = records.get(SETTING, UNIT, "places")

    assert kept is not None
    assert (kept.author, kept.reason, json.loads(kept.value)) == ("account:a", "首次设置", {"places": ["柳湾镇"]})


def test_what_did_not_change_is_not_written(tmp_path: Path) -> None:
    """Applying a folder twice changes nothing; changing one file writes one revision."""
    records = MemoryRecords()
    apply(write(tmp_path, places='places = ["柳湾镇"]\n'), records)

    assert apply(tmp_path, records) == []
    assert apply(write(tmp_path, places='places = ["柳湾镇", "石桥乡"]\n'), records) == [("places", 2)]


def test_exported_settings_apply_unchanged(tmp_path: Path) -> None:
    """What is written out reads back as the same settings."""
    records = MemoryRecords()
    rules = '[[rule]]\nid = "care"\nany = ["养老院"]\nexclude_phrases = ["养老院路"]\n'
    apply(write(tmp_path / "in", rules=rules, alerts="new_posts = 4\n"), records)
    export_folder(tmp_path / "out", records, UNIT)

    assert apply(tmp_path / "out", records) == []
    assert read_folder(tmp_path / "out") == read_folder(tmp_path / "in")


def test_every_problem_of_a_folder_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    """A misspelt key, a wrong figure and an unknown file, all at once."""
    records = MemoryRecords()
    write(tmp_path, places='place = ["柳湾镇"]\n', alerts="new_posts = 0\n", color="x = 1\n")
    with pytest.raises(BadInput) as refusal:
        apply(tmp_path, records)

    said = str(refusal.value)
    assert "place: no such setting; did you mean places?" in said
    assert "new_posts: expected a whole number of at least 1" in said
    assert "color.toml: no such settings file" in said
    assert records.list(SETTING) == []


def test_a_rule_that_watches_for_gatherings_is_refused(tmp_path: Path) -> None:
    """The boundary outranks what a unit may want to watch."""
    write(tmp_path, rules='[[rule]]\nid = "a"\nany = ["上访", "集会"]\n')

    with pytest.raises(BadInput, match="CFG-320"):
        apply(tmp_path, MemoryRecords())


def test_a_unit_without_rules_of_its_own_has_the_bundled_ones(tmp_path: Path) -> None:
    """A new unit watches from the first minute."""
    records = MemoryRecords()
    apply(write(tmp_path), records)
    settings = read_settings(records, [a_rule("养老院")])

    assert [rule.id for rule in settings.watch().units[UNIT].rules] == ["care"]
    assert {rule.unit for rule in settings.watch().rules()} == {UNIT}


def test_a_reader_notices_a_change_and_nothing_else(tmp_path: Path) -> None:
    """Refreshing is cheap where nothing has changed."""
    records = MemoryRecords()
    apply(write(tmp_path), records)
    settings = read_settings(records, [])

    assert not settings.refresh()
    apply(write(tmp_path, places='places = ["柳湾镇"]\n'), records)
    assert settings.refresh()
    assert settings.watch().units[UNIT].places == ("柳湾镇",)


def test_a_place_that_is_called_like_a_person_may_be_watched(tmp_path: Path) -> None:
    """石桥 is a town of the unit, and no private person."""
    rules, records = '[[rule]]\nid = "a"\nany = ["石桥"]\n', MemoryRecords()
    with pytest.raises(BadInput, match="石桥"):
        apply(write(tmp_path, rules=rules), records)

    apply(write(tmp_path, rules=rules, places='places = ["石桥", "石桥乡"]\n'), records)
    assert [rule.any for rule in read_settings(records, [], bundled_lines()).units[UNIT].rules] == [("石桥",)]


class Raced(MemoryRecords):
    """Records into which another process writes just before the first put."""

    def __init__(self, instead: str) -> None:
        super().__init__()
        self._instead = instead

    def put(self, record: Record, *, expect: int | None) -> bool:
        """Let the other go first, once: with the same value where `instead` is empty."""
        if self._instead != "done":
            value, self._instead = self._instead or record.value, "done"
            super().put(replace(record, value=value), expect=None)
        return super().put(record, expect=expect)


def test_processes_that_start_together_on_new_data_apply_the_same_folder(tmp_path: Path) -> None:
    """What the other set meanwhile is what this one wants: nobody is sent away."""
    assert apply(write(tmp_path, places='places = ["柳湾镇"]\n'), Raced("")) == [("unit", 1)]


def test_whoever_loses_a_race_to_another_value_is_told(tmp_path: Path) -> None:
    """His change is not lost in silence, and the other's is not overwritten."""
    with pytest.raises(BadInput, match="CFG-210"):
        apply(write(tmp_path), Raced('{"id":"other"}'))


LABELS = "\n".join(f'"{label}" = "甲"' for label in service_line.LABELS)
LINES = f'[[line]]\nid = "甲"\n\n[[line]]\nid = "乙"\nname = "乙类"\nparent = "甲"\n\n[labels]\n{LABELS}\n'


def test_a_unit_sets_its_own_business_lines(tmp_path: Path) -> None:
    """Applied, seen by the worker's watch, and exported as files that apply unchanged."""
    records = MemoryRecords()
    apply(write(tmp_path / "in", lines=LINES), records)
    export_folder(tmp_path / "out", records, UNIT)
    own = read_settings(records, [], bundled_lines()).watch().units[UNIT].lines

    assert (own.line_of("养老服务", []), own.name_of("乙")) == ("甲", "甲·乙类")
    assert apply(tmp_path / "out", records) == []


def test_a_unit_without_business_lines_of_its_own_has_the_bundled_ones(tmp_path: Path) -> None:
    """A new unit's matters have their line from the first minute."""
    records = MemoryRecords()
    apply(write(tmp_path), records)

    assert read_settings(records, [], bundled_lines()).units[UNIT].lines == bundled_lines()


def test_rules_and_clocks_may_name_a_line_of_either_level(tmp_path: Path) -> None:
    """The bundled table holds 社会救助 and 低保."""
    rules = "".join(
        f'[[rule]]\nid = "r{n}"\nservice_line = "{line}"\nany = ["{line}"]\n' for n, line in enumerate(BOTH)
    )
    records = MemoryRecords()
    apply(write(tmp_path, rules=rules), records)

    assert tuple(rule.service_line for rule in read_settings(records, [], bundled_lines()).units[UNIT].rules) == BOTH


def test_rules_and_clocks_that_name_no_line_are_refused_together(tmp_path: Path) -> None:
    """With the nearest line there is, of the unit's own table."""
    rules = '[[rule]]\nid = "a"\nservice_line = "养老服务"\nany = ["养老院"]\n'
    write(tmp_path, lines=LINES, rules=rules, clocks=CLOCK)
    with pytest.raises(BadInput) as refusal:
        apply(tmp_path, MemoryRecords())

    said = str(refusal.value)
    assert "rules.toml: rule a: no business line '养老服务'; known: 甲, 乙 (lines.toml) [CFG-423]" in said
    assert "clocks.toml: clock reply: no business line '殡葬管理'" in said
