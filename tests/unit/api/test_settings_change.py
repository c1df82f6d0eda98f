"""One setting is changed or undone: with author and reason, checked beside the others, never over somebody's head."""

import json
from pathlib import Path

import pytest

from api.bundled import bundled_lines
from api.settings import SETTING, Moved, Undone, Wanted, apply_folder, change_setting, export_folder, undo_change
from api.settings.change import problems_of
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.errors import BadInput
from pipeline.domain.service_line import LABELS
from pipeline.ports import Record
from pipeline.workflow.settings import read_settings
from tests.builders import UNIT, HeldClock, a_rule

CARE = {"id": "care", "any": ["养老院"]}
MANIFEST = {"id": "forum"}


def unit_of(*, places: list[str] | None = None) -> MemoryRecords:
    records = MemoryRecords()
    sets(records, "unit", {"id": UNIT, "name": "云汐县民政局"}, 0)
    if places is not None:
        sets(records, "places", {"places": places}, 0)
    return records


def sets(records: MemoryRecords, key: str, table: dict[str, object] | None, seen: int, reason: str = "试") -> int:
    wanted = Wanted(UNIT, key, table, seen)
    return change_setting(records, HeldClock(), wanted, author="account:a", reason=reason).revision


def undoes(records: MemoryRecords, key: str, revision: int) -> int:
    undone = Undone(UNIT, key, revision)
    return undo_change(records, HeldClock(), undone, author="account:b", reason="改错了").revision


def test_a_change_is_a_record_with_author_and_reason() -> None:
    """The next revision of the one setting, and nothing else."""
    records = unit_of(places=["柳湾镇"])
    assert sets(records, "places", {"places": ["柳湾镇", "石桥乡"]}, 1, "补上石桥") == 2

    kept = records.get(SETTING, UNIT, "places")
    assert kept is not None
    assert (kept.revision, kept.author, kept.reason) == (2, "account:a", "补上石桥")


def test_a_reason_is_masked_before_it_is_kept(tmp_path: Path) -> None:
    """Everybody who may read settings reads it, and it is never erased: neither a number nor a name stands in it."""
    records = unit_of()
    said = "来电要求，联系人：张伟，13800000000"
    sets(records, "places", {"places": ["柳湾镇"]}, 0, said)
    undo_change(records, HeldClock(), Undone(UNIT, "places", 1), author="account:b", reason=said)
    (tmp_path / "unit.toml").write_text(f'id = "{UNIT}"\nname = "云汐县民政"\n', encoding="utf-8")
    apply_folder(tmp_path, records, HeldClock(), author="operator", reason=said)

    kept = [*records.history(SETTING, UNIT, "places"), records.get(SETTING, UNIT, "unit")]
    assert len(kept) == 3
    assert all(one and "来电要求" in one.reason for one in kept)
    assert not [one for one in kept if one and ("13800000000" in one.reason or "张伟" in one.reason)]


def test_what_holds_already_is_not_written_again() -> None:
    """A second click makes no revision."""
    records = unit_of(places=["柳湾镇"])

    assert sets(records, "places", {"places": ["柳湾镇"]}, 1) == 1
    assert len(records.history(SETTING, UNIT, "places")) == 1


def test_whoever_saw_an_older_revision_is_told_and_overwrites_nothing() -> None:
    """CFG-210 names who was first; what he set holds."""
    records = unit_of(places=["柳湾镇"])
    sets(records, "places", {"places": ["石桥乡"]}, 1)
    with pytest.raises(Moved) as refusal:
        sets(records, "places", {"places": ["青石镇"]}, 1)

    assert refusal.value.code == "CFG-210"
    assert refusal.value.now is not None
    assert json.loads(refusal.value.now.value) == {"places": ["石桥乡"]}


class Raced(MemoryRecords):
    """Records into which somebody else writes at the very moment of the second put of places."""

    def put(self, record: Record, *, expect: int | None) -> bool:
        """The other is first where a revision of places is expected to be there."""
        if record.key == "places" and expect == 1:
            super().put(record, expect=None)
        return super().put(record, expect=expect)


def test_a_race_at_the_very_moment_is_lost_aloud() -> None:
    """Between looking and writing too."""
    records = Raced()
    sets(records, "places", {"places": ["柳湾镇"]}, 0)

    with pytest.raises(Moved):
        sets(records, "places", {"places": ["石桥乡"]}, 1)


def test_every_problem_is_named_and_nothing_written() -> None:
    """Unknown keys and wrong values of one table, together."""
    records = unit_of()
    with pytest.raises(BadInput) as refusal:
        sets(records, "unit", {"id": UNIT, "name": "", "county": 3, "colour": "x"}, 1)

    said = str(refusal.value)
    assert all(each in said for each in ("name: expected", "county: expected", "colour: no such setting"))
    assert len(records.history(SETTING, UNIT, "unit")) == 1


@pytest.mark.parametrize("rule", [{"id": "care", "any": ["养老院"]}, "养老院", 7, ["养老院"], [["养老院"]], [7]])
def test_rules_that_are_no_tables_are_refused_so_that_no_process_ever_reads_them(rule: object) -> None:
    """[rule] with one bracket is TOML too; it must not reach the readers of all processes."""
    records = unit_of()
    with pytest.raises(BadInput, match=r"write \[\[rule\]\] tables"):
        sets(records, "rules", {"rule": rule}, 0)

    assert read_settings(records, ()).units[UNIT].tables.keys() == {"unit"}


def test_a_table_that_is_no_rule_is_not_left_out_in_silence() -> None:
    """[[rules]] would be stored and watched by nobody."""
    with pytest.raises(BadInput, match="did you mean rule"):
        sets(unit_of(), "rules", {"rules": [CARE]}, 0)


def test_one_setting_is_checked_beside_the_others() -> None:
    """The linter knows the unit's places, and rules the unit's lines, as in apply."""
    rules = {"rule": [{"id": "a", "any": ["石桥", "上访"], "service_line": "没有的"}]}
    said = "\n".join(problems_of(unit_of(places=["石桥"]), Wanted(UNIT, "rules", rules, 0)))

    assert "石桥" not in said
    assert "上访" in said
    assert "CFG-423" in said
    assert "石桥" in "\n".join(problems_of(unit_of(), Wanted(UNIT, "rules", rules, 0)))


def test_a_folder_is_checked_beside_what_the_unit_has_set_already(tmp_path: Path) -> None:
    """Lines go while stored rules name them: the folder is refused, else no setting could be changed any more."""
    records = unit_of()
    sets(records, "rules", {"rule": [{**CARE, "service_line": "养老服务"}]}, 0)
    (tmp_path / "unit.toml").write_text(f'id = "{UNIT}"\nname = "云汐县民政局"\n', encoding="utf-8")
    labels = "".join(f'"{label}" = "其他"\n' for label in LABELS)
    (tmp_path / "lines.toml").write_text(f'[[line]]\nid = "其他"\n[labels]\n{labels}', encoding="utf-8")
    with pytest.raises(BadInput, match="CFG-423"):
        apply_folder(tmp_path, records, HeldClock(), author="operator", reason="")

    assert records.get(SETTING, UNIT, "lines") is None
    sets(records, "places", {"places": ["柳湾镇"]}, 0)


def test_a_folder_may_name_the_places_that_the_unit_has_set_before(tmp_path: Path) -> None:
    """A rule on a place that reads like a person is none, also where the folder itself holds no places."""
    records = unit_of(places=["石桥"])
    (tmp_path / "unit.toml").write_text(f'id = "{UNIT}"\nname = "云汐县民政局"\n', encoding="utf-8")
    (tmp_path / "rules.toml").write_text('[[rule]]\nid = "a"\nany = ["石桥"]\n', encoding="utf-8")

    assert [each.key for each in apply_folder(tmp_path, records, HeldClock(), author="operator", reason="")] == [
        "rules"
    ]


def test_a_place_cannot_go_while_a_rule_needs_it() -> None:
    """What would refuse the folder as a whole refuses the one change too."""
    records = unit_of(places=["石桥"])
    sets(records, "rules", {"rule": [{"id": "a", "any": ["石桥"]}]}, 0)

    with pytest.raises(BadInput, match="CFG-320"):
        sets(records, "places", {"places": ["柳湾镇"]}, 1)


def test_undo_sets_what_held_before_as_a_revision_of_its_own() -> None:
    """And undoing the undo brings the change back."""
    records = unit_of(places=["柳湾镇"])
    sets(records, "places", {"places": ["石桥乡"]}, 1)

    assert undoes(records, "places", 2) == 3
    assert read_settings(records, []).units[UNIT].places == ("柳湾镇",)
    assert undoes(records, "places", 3) == 4
    assert read_settings(records, []).units[UNIT].places == ("石桥乡",)


def test_undoing_the_first_revision_is_not_set_again_and_stays_in_the_history() -> None:
    """What ships holds for every reader; revisions go on, so that nobody's old form fits by chance."""
    records = unit_of()
    sets(records, "rules", {"rule": [CARE]}, 0)
    assert undoes(records, "rules", 1) == 2

    shipped = read_settings(records, [a_rule("低保")]).units[UNIT]
    assert [rule.any for rule in shipped.rules] == [("低保",)]
    assert "rules" not in shipped.tables
    newest = records.history(SETTING, UNIT, "rules")[0]
    assert (newest.author, newest.reason) == ("account:b", "改错了")
    with pytest.raises(Moved):
        sets(records, "rules", {"rule": [CARE]}, 0)
    assert sets(records, "rules", {"rule": [CARE]}, 2) == 3


def test_what_is_not_set_is_exported_by_no_file(tmp_path: Path) -> None:
    """The folder applies again."""
    records = unit_of()
    sets(records, "lines", None, 0)
    sets(records, "rules", {"rule": [CARE]}, 0)
    undoes(records, "rules", 1)

    assert [path.name for path in export_folder(tmp_path, records, UNIT)] == ["unit.toml"]


def test_an_older_revision_cannot_be_undone() -> None:
    """Somebody changed it since: he must look first."""
    records = unit_of(places=["柳湾镇"])
    sets(records, "places", {"places": ["石桥乡"]}, 1)

    with pytest.raises(Moved):
        undoes(records, "places", 1)


def test_what_held_before_is_checked_as_it_stands_now() -> None:
    """A rule that names a line which has gone meanwhile does not come back unseen."""
    records = unit_of()
    rule = {**CARE, "service_line": bundled_lines().lines[0].id}
    sets(records, "rules", {"rule": [rule]}, 0)
    sets(records, "rules", {"rule": [CARE]}, 1)
    labels = dict.fromkeys(bundled_lines().of_label, "甲")
    sets(records, "lines", {"line": [{"id": "甲"}], "labels": labels}, 0)

    with pytest.raises(BadInput, match="CFG-423"):
        undoes(records, "rules", 2)


def test_a_unit_always_has_a_profile_of_its_own_id() -> None:
    """It can be changed, and neither unset nor made another unit."""
    records = unit_of()

    with pytest.raises(BadInput, match="CFG-211"):
        undoes(records, "unit", 1)
    with pytest.raises(BadInput, match="never changes"):
        sets(records, "unit", {"id": "linxi-mz", "name": "临汐县民政局"}, 1)


def test_a_setting_that_nobody_knows_is_refused_unless_its_reader_comes_along() -> None:
    """A source's manifest is read by the crawlers, whom this package does not know."""
    records = unit_of()
    with pytest.raises(BadInput, match="CFG-203"):
        change_setting(records, HeldClock(), Wanted("", "source/forum", MANIFEST, 0), author="a", reason="")

    wanted = Wanted("", "source/forum", MANIFEST, 0, check=lambda table: table["id"])
    assert change_setting(records, HeldClock(), wanted, author="a", reason="").revision == 1


@pytest.mark.parametrize("text", ["day = " + "[" * 5_000, "day = 07:00:00"])
def test_a_file_that_no_record_can_hold_is_a_problem_of_its_folder(text: str, tmp_path: Path) -> None:
    """Named with its file like every other problem."""
    (tmp_path / "unit.toml").write_text(f'id = "{UNIT}"\nname = "云汐县民政局"\n', encoding="utf-8")
    (tmp_path / "notices.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"notices\.toml: .*CFG-002"):
        apply_folder(tmp_path, unit_of(), HeldClock(), author="operator", reason="")
