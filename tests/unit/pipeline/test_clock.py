"""Clock rules as data: what is shipped, how a file of them is read, and what is refused."""

import tomllib
from dataclasses import replace

import pytest

from pipeline.domain.clock import (
    SWITCHED_KINDS,
    ClockKind,
    Counting,
    Length,
    Start,
    clock_tables,
    parse_clocks,
    read_clocks,
)
from pipeline.domain.errors import BadInput
from pipeline.domain.post import Origin
from pipeline.domain.shipped_clocks import SHIPPED_CLOCKS

ONE_CLOCK = """
[[clock]]
id = "hotline"
kind = "answer"
basis = "云汐县12345工单办理办法第九条"
start = "assigned"
calendar = "working"
length = "3d"
warning = "3h"
levels = [3, 4]
origins = ["12345工单"]
lines = ["养老服务"]
"""


def changed(**keys: str) -> str:
    """Return the one clock's file with other values; a key that is not in it is added."""
    lines = [line for line in ONE_CLOCK.splitlines() if line.partition(" =")[0] not in keys]
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in keys.items())])


def complaint_about(text: str) -> str:
    """Return what is said of a file that cannot be used."""
    with pytest.raises(BadInput, match="nothing of it is used") as caught:
        parse_clocks(text)
    return str(caught.value)


def test_a_clock_is_read_with_all_its_conditions() -> None:
    """Every key of the file arrives in the rule."""
    (rule,) = parse_clocks(ONE_CLOCK)
    assert (rule.kind, rule.start, rule.calendar) == (ClockKind.ANSWER, Start.ASSIGNED, Counting.WORKING)
    assert (rule.length, rule.warning) == (Length(days=3), Length(minutes=180))
    assert (set(rule.levels), set(rule.origins), set(rule.lines)) == ({3, 4}, {Origin.HOTLINE}, {"养老服务"})
    assert (rule.basis, rule.switch) == ("云汐县12345工单办理办法第九条", "")


def test_the_shipped_clocks_are_the_promised_ones() -> None:
    """Acknowledge 2 h and verify 2 days of working time, reply 48 h, 5 h and 24 h; a plea 4 h of working time."""
    shipped = {rule.kind.value: (str(rule.length), rule.calendar.value) for rule in SHIPPED_CLOCKS}
    assert shipped == {
        "acknowledge": ("2h", "working"),
        "verify": ("2d", "working"),
        "reply": ("48h", "continuous"),
        "statement": ("5h", "continuous"),
        "press_conference": ("24h", "continuous"),
        "contact": ("4h", "working"),
    }


def test_only_emergencies_have_the_short_clocks() -> None:
    """Five hours and one day run for levels Ⅰ and Ⅱ that a person switched on, the others for everything."""
    for rule in SHIPPED_CLOCKS:
        assert set(rule.levels) == ({1, 2} if rule.kind in SWITCHED_KINDS else set())
        assert rule.switch == ("emergency" if rule.kind in SWITCHED_KINDS else "")


def test_written_rules_read_back_as_the_same_rules() -> None:
    """Exporting settings and applying them changes nothing."""
    assert read_clocks(clock_tables(SHIPPED_CLOCKS)) == SHIPPED_CLOCKS
    assert read_clocks(clock_tables(parse_clocks(ONE_CLOCK))) == parse_clocks(ONE_CLOCK)
    assert read_clocks(tomllib.loads(ONE_CLOCK)) == parse_clocks(ONE_CLOCK)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"lenght": '"2h"'}, "clock 1, line 13: lenght: no such key; did you mean length? [CFG-401]"),
        ({"basis": '""'}, "line 12: basis: expected a text in quotes, got '' [CFG-403]"),
        ({"id": '"a b"'}, "id: expected 1 to 64 letters (a-z), digits, - _ or . without spaces [CFG-404]"),
        ({"kind": '"repyl"'}, "kind: 'repyl' is none of them; did you mean reply? [CFG-404]"),
        ({"start": "5"}, "start: expected a text in quotes, got 5 [CFG-403]"),
        ({"calendar": '"lunar"'}, "known: continuous, working [CFG-404]"),
        ({"length": '"soon"'}, 'expected a length such as "2h", "90min" or "2d" (at most 366d), got \'soon\''),
        ({"length": '"0h"'}, "got '0h' [CFG-404]"),
        ({"length": '"400d"'}, "got '400d' [CFG-404]"),
        ({"warning": '"3d"'}, "warning: must be shorter than the clock itself (3d) [CFG-404]"),
        ({"levels": "[0]"}, "levels: expected numbers from 1 (Ⅰ) to 4 (Ⅳ) [CFG-404]"),
        ({"levels": "[true]"}, "levels: expected a list of whole numbers, [1, 2], got [True] [CFG-403]"),
        ({"origins": '["12345"]'}, "origins: '12345' is none of them; did you mean 12345工单? [CFG-404]"),
        ({"lines": "[]"}, "lines: is an empty list; remove the key, or name something [CFG-404]"),
        ({"lines": '"养老服务"'}, "lines: expected a list of texts"),
        ({"switch": '"crisis"'}, "switch: 'crisis' is none of them; known: emergency [CFG-404]"),
    ],
)
def test_a_mistake_is_named_with_its_key_and_a_suggestion(keys: dict[str, str], sentence: str) -> None:
    """One mistake, one sentence that says what to write instead."""
    assert sentence in complaint_about(changed(**keys))


def test_all_mistakes_of_a_file_are_named_at_once() -> None:
    """A stray key, a table with five keys missing and one with two wrong values make one complaint."""
    said = complaint_about('clocks = 1\n[[clock]]\nid = "a"\n' + changed(kind='"repyl"', origins='["电话"]'))
    assert said.startswith("clocks.toml has 8 problems; nothing of it is used.")
    assert "clocks: no such key; did you mean clock? [CFG-401]" in said
    assert said.count("is missing") == 5
    assert said.endswith("[CFG-400]")


def test_what_is_no_toml_is_said_to_be_none() -> None:
    """The parser's own line number is kept."""
    with pytest.raises(BadInput, match=r"clocks.toml is not TOML: .*line 1.*CFG-400"):
        parse_clocks("[[clock]")


@pytest.mark.parametrize("text", ["", "clock = 5", "[clock]\nid = 'a'"])
def test_a_file_without_clocks_is_refused(text: str) -> None:
    """An empty file would mean that nothing is ever due."""
    assert "[[clock]]" in complaint_about(text)


def test_an_id_that_stands_twice_is_refused() -> None:
    """The log names a deadline's rule by its id."""
    assert "id: 'hotline' stands above already" in complaint_about(ONE_CLOCK + changed(levels="[1]"))


def test_a_rule_that_can_never_count_is_refused() -> None:
    """Of each kind the first that applies counts, so a special rule behind a general one is dead."""
    special = ONE_CLOCK.replace("hotline", "special")
    general = ONE_CLOCK.replace("levels = [3, 4]", "").replace('lines = ["养老服务"]', "")
    assert "'hotline' above applies wherever it does; move it up [CFG-406]" in complaint_about(general + special)
    assert [rule.id for rule in parse_clocks(special + general)] == ["special", "hotline"]


@pytest.mark.parametrize("without", [{"levels": "[1, 2, 3]"}, {"switch": None}])
def test_a_short_clock_without_an_emergency_is_refused(without: dict[str, str | None]) -> None:
    """A press conference within a day is never promised for an ordinary matter."""
    keys = {"kind": '"press_conference"', "levels": "[1, 2]", "switch": '"emergency"'} | without
    text = changed(**{key: value for key, value in keys.items() if value})
    assert 'press_conference is for emergencies: give levels = [1, 2] and switch = "emergency"' in complaint_about(text)


def test_a_warning_is_compared_in_the_time_that_counts() -> None:
    """A day before 48 continuous hours is fine; a day before 48 working hours is for the calendar to say."""
    assert parse_clocks(changed(calendar='"continuous"', length='"48h"', warning='"1d"'))
    assert "must be shorter" in complaint_about(changed(calendar='"continuous"', length='"48h"', warning='"2d"'))
    assert "must be shorter" in complaint_about(changed(length='"3h"', warning='"3h"'))


def test_a_rule_covers_what_it_applies_to_and_no_more() -> None:
    """A rule for everything covers every special one of its kind; a special one never covers it."""
    (special,) = parse_clocks(ONE_CLOCK)
    general = replace(special, levels=frozenset(), origins=frozenset(), lines=frozenset())
    assert general.covers(special)
    assert not special.covers(general)
    assert not general.covers(replace(special, kind=ClockKind.REPLY))
    assert not replace(general, switch="emergency").covers(special)
