"""The form of each setting: what holds reads back as it holds, and every wrong field is said in its own words."""

import json
from typing import Any

import pytest

from api.http.setting.catalogue import FORMS, form_of
from api.http.setting.clocks import plain_length
from api.http.setting.form import Held, SettingForm, Typed, listed, one
from api.http.setting.toml_form import TomlForm
from api.settings.checks import CHECKS
from api.settings.shipped import shipped_lines, shipped_rules, shipped_table
from api.words import words_of
from pipeline.domain.clock import Counting
from pipeline.domain.unit_settings import Table
from pipeline.workflow.settings import Settings
from tests.builders import UNIT

ZH = words_of("zh")
HOLIDAY = {"reason": "县庆", "days": ["2031-05-01"], "worked": False}
OWN: dict[str, dict[str, Any]] = {
    "unit": {"id": UNIT, "name": "云汐县民政局", "short_names": ["云汐民政", "县民政"], "county": "云汐县"},
    "places": {"places": ["柳湾镇", "石桥乡"]},
    "rules": {
        "rule": [
            {"id": "care", "any": ["养老院"], "exclude_phrases": ["养老院路"], "needs_place": True},
            {"id": "death", "near": {"a": ["养老院"], "b": ["去世"], "within": 20}, "grave": True, "grave_level": 1},
            {"id": "own-1", "all": ["福乐园"], "none": ["招聘"], "off": True, "anywhere": True},
        ]
    },
    "notices": {"alerts": ["day", "day", "working", "queue"], "budget": 3, "digest_roles": ["leader", "account:zhang"]},
    "escalation": {"after_hours": [1, 8], "gives_back_after_hours": 48},
    "alerts": {"new_posts": 5, "addressed_opens_within_hours": 48, "version": "2"},
    "clocks": {"clock": [{**shipped_table("clocks")["clock"][0], "length": "3h"}]},  # type: ignore[index]
    "calendar": {"hours": ["08:30-12:00", "14:00-17:30"], "local": [HOLIDAY]},
    "conduct": {"staff": ["民政助理员"], "acts": ["甩脸"]},
    "lines": {"line": [{"id": "甲", "name": "甲类"}, {"id": "乙", "parent": "甲"}], "labels": {}},
}  # fmt: skip


def held(**tables: Table) -> Held:
    own = Settings.of_tables(
        Settings(None, (), {}, default_lines=shipped_lines()),  # type: ignore[arg-type]  # reads no record
        {"unit": {"id": UNIT, "name": "云汐县民政局"}, **tables},
    )
    return Held(UNIT, own, shipped_rules(), shipped_lines())


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.key)
def test_what_ships_reads_back_as_nothing_set(form: SettingForm) -> None:
    """A form that is sent as it stands changes nothing, and goes on with what ships."""
    now = held()
    reading = form.read(form.typed_of(now, ZH), now, ZH)

    assert reading.problems == {}
    assert reading.table == (now.table("unit") if form.key == "unit" else None)
    assert form.said(now, ZH)


@pytest.mark.parametrize("key", OWN)
@pytest.mark.parametrize("as_text", [False, True])
def test_what_a_unit_has_set_reads_back_unchanged(key: str, as_text: bool) -> None:
    """By the form and by the text: keys that a form does not show stay."""
    table = dict(OWN[key])
    if key == "lines":
        table["labels"] = dict.fromkeys(shipped_lines().of_label, "甲")
    now, form = held(**{key: table}), form_of(key, as_text=as_text)
    assert form is not None
    reading = form.read(form.typed_of(now, ZH), now, ZH)

    assert reading.problems == {}
    assert json.loads(json.dumps(reading.table)) == json.loads(json.dumps(table))
    CHECKS[key](reading.table or {})


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.key)
def test_an_empty_form_breaks_nothing(form: SettingForm) -> None:
    """Whatever a program sends: a reading, with problems or without, and a page."""
    now = held()
    reading = form.read({}, now, ZH)

    form.view({}, now, reading.problems, ZH)
    form.view({"ids": ["none", "yanglao"], "on.none": ["yes"]}, now, {}, ZH)


def wrong(key: str, typed: dict[str, str]) -> dict[str, str]:
    """Return the problems of a form that is as it stands but for some fields."""
    now, form = held(), form_of(key, as_text=False)
    assert form is not None
    fields: Typed = {**form.typed_of(now, ZH), **{name.replace("__", "."): [value] for name, value in typed.items()}}
    return dict(form.read(fields, now, ZH).problems)


@pytest.mark.parametrize(
    ("key", "typed", "fields"),
    [
        ("places", {"places": "柳湾镇\n镇\n12"}, {"places"}),
        ("places", {"places": "\n".join(f"第{n}村" for n in range(2_001))}, {"places"}),
        ("escalation", {"after_hours": "4、1", "gives_back_after_hours": "x"},
         {"after_hours", "gives_back_after_hours"}),
        ("alerts", {"new_posts": "0", "new_level": "5", "growth_factor": "²"},
         {"new_posts", "new_level", "growth_factor"}),
        ("notices", {"day_from": "22:00", "day_to": "07:00", "budget": "0"}, {"day_to", "budget"}),
        ("notices", {"alerts_1": "queue", "roll_up_at": "25:00"}, {"alerts_1", "roll_up_at"}),
        ("clocks", {"length__0": "很快", "basis__1": "", "warning__0": "0小时"}, {"length.0", "basis.1", "warning.0"}),
        ("conduct", {"staff": "某", "acts": "甩，！脸"}, {"staff", "acts"}),
        ("lines", {"name__社会救助": "", "new_name": "养老服务"}, {"name.社会救助", "new_name"}),
    ],
)  # fmt: skip
def test_every_wrong_field_is_said_at_once(key: str, typed: dict[str, str], fields: set[str]) -> None:
    """Beside the field that is wrong, and nowhere else."""
    assert set(wrong(key, typed)) == fields


@pytest.mark.parametrize(
    ("said", "written"),
    [("2小时", "2h"), ("2 个小时", "2h"), ("90分钟", "90min"), ("2天", "2d"), ("3个工作日", "3d"), ("48h", "48h"),
     ("一会", "一会")],
)  # fmt: skip
def test_lengths_are_typed_as_people_say_them(said: str, written: str) -> None:
    """What is no length stays as it was typed, for its problem."""
    assert plain_length(said) == written
    assert Counting.WORKING.value == "working"


def test_lines_are_ended_as_ours_whatever_a_browser_sends() -> None:
    """Browsers end them by two characters, of which one would come back as a sign."""
    assert one({"any.a": [" 低保\r\n特困\r\n"]}, "any.a") == "低保\n特困"


def test_a_box_of_words_takes_a_column_or_a_list_with_marks() -> None:
    """Tabs, commas of both kinds, repeats, blanks."""
    assert listed(" 柳湾镇\t石桥乡\n\n青石 镇，柳湾镇；南岭村、") == ("柳湾镇", "石桥乡", "青石 镇", "南岭村")


@pytest.mark.parametrize("text", ["new_posts = " + "[" * 5_000, "a." * 5_000 + "a = 1", "new_posts = " + "9" * 5_000])
def test_a_text_that_no_program_reads_is_refused_and_kept(text: str) -> None:
    """Nested without end, or a number without end: said beside the field, never an error of the machine."""
    reading = TomlForm("alerts").read({"toml": [text]}, held(), ZH)

    assert (reading.table, list(reading.problems)) == (None, ["toml"])
