"""Which business line a post belongs to, and the two-level table that a unit sets."""

import pytest

from api.bundled import bundled_lines
from pipeline.domain.errors import BadInput
from pipeline.domain.service_line import LABELS, NO_LINES, OTHER, ServiceLines, read_lines, unknown_line

SHIPPED = bundled_lines()
LABELLED = dict.fromkeys(LABELS, "甲")


def problems_of(*lines: dict[str, object], labels: dict[str, str] | None = None) -> str:
    with pytest.raises(BadInput) as refused:
        read_lines({"line": list(lines), "labels": LABELLED if labels is None else labels})
    assert refused.value.code == "CFG-420"
    return str(refused.value)


def test_a_rule_that_names_a_line_wins() -> None:
    """It was written on purpose; the classifier only guesses."""
    assert SHIPPED.line_of("社会救助", ["其他", "养老服务"]) == "养老服务"


def test_the_classifier_speaks_where_rules_say_only_other() -> None:
    """Its label is mapped onto the unit's table."""
    assert SHIPPED.line_of("殡葬服务", ["其他"]) == "殡葬管理"
    assert SHIPPED.line_of("儿童福利", [None]) == "儿童福利和未成年人保护"


def test_without_either_the_line_is_what_the_rule_said() -> None:
    """An abstention changes nothing, and no rule at all gives no line."""
    assert SHIPPED.line_of(None, ["其他"]) == "其他"
    assert SHIPPED.line_of(None, []) is None


def test_a_line_of_level_two_says_more_than_its_own_parent() -> None:
    """One rule names 社会救助, another 低保: it is 低保; a line of another parent does not win."""
    assert SHIPPED.line_of(None, ["社会救助", "低保"]) == "低保"
    assert SHIPPED.line_of(None, ["社会救助", "公墓"]) == "社会救助"


def test_what_holds_for_a_line_holds_for_the_lines_below_it() -> None:
    """A line of level two stands for itself alone."""
    assert {"社会救助", "低保", "特困", "临时救助", "医疗救助"} <= SHIPPED.within("社会救助")
    assert SHIPPED.within("低保") == {"低保"}


def test_the_screen_shows_a_line_of_level_two_behind_its_parent() -> None:
    """The id stays what it is; the name may be changed."""
    assert SHIPPED.name_of("低保") == "社会救助·最低生活保障"
    assert SHIPPED.name_of("殡葬管理") == "殡葬管理"
    assert SHIPPED.name_of("从前的") == "从前的"


def test_the_shipped_table_has_two_levels_and_maps_every_label() -> None:
    """The lines of civil affairs, and 基层治理 and 社工志愿 as another unit's."""
    ours = [line.id for line in SHIPPED.lines if line.parent is None and not line.elsewhere]

    assert len(ours) == 10
    assert ours[-1] == OTHER
    assert {line.id for line in SHIPPED.lines if line.elsewhere} == {"基层治理", "社工志愿"}
    assert {line.parent for line in SHIPPED.lines if line.parent} == set(ours) - {OTHER}
    assert set(SHIPPED.of_label) == set(LABELS)


def test_without_a_table_labels_and_lines_are_taken_as_they_are() -> None:
    """Nothing is invented where nobody has said what is what."""
    assert NO_LINES.line_of("殡葬服务", [OTHER]) == "殡葬服务"
    assert NO_LINES.within("殡葬管理") == {"殡葬管理"}


def test_a_table_is_read_with_its_levels_names_and_labels() -> None:
    """The name is the id where none is given."""
    read = read_lines({"line": [{"id": "甲"}, {"id": "乙", "name": "乙类", "parent": "甲"}], "labels": LABELLED})

    assert isinstance(read, ServiceLines)
    assert [(line.id, line.name, line.parent) for line in read.lines] == [("甲", "甲", None), ("乙", "乙类", "甲")]
    assert read.line_of("殡葬服务", []) == "甲"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([{"id": "甲"}, {"id": "乙", "parent": "丙"}], "no line is called '丙'"),
        ([{"id": "甲"}, {"id": "乙", "parent": "乙"}], "'乙' stands below '乙' and above it"),
        ([{"id": "甲", "parent": "乙"}, {"id": "乙", "parent": "甲"}], "'甲' stands below '乙' and above it"),
        ([{"id": "甲"}, {"id": "乙", "parent": "甲"}, {"id": "丙", "parent": "乙"}], "there are two levels"),
        ([{"id": "甲"}, {"id": "甲"}], "another line is called '甲'"),
        ([{"id": "甲", "nmae": "x"}], "did you mean name?"),
        ([{"id": "甲 乙"}], "without spaces"),
        ([], "no [[line]] table"),
    ],
)
def test_a_table_that_cannot_be_is_refused(lines: list[dict[str, object]], said: str) -> None:
    """Unknown parent, itself, a circle, three levels, an id twice, an unknown key, an id with spaces, nothing."""
    assert said in problems_of(*lines)


def test_every_problem_of_a_table_is_named_at_once() -> None:
    """A lost parent, a label that leads to nothing, one that leads nowhere, one that is none."""
    labels = {label: "甲" for label in LABELS if label != "婚姻登记"} | {"养老服务": "养老", "殡仪": "甲"}
    said = problems_of({"id": "甲"}, {"id": "乙", "parent": "丙"}, labels=labels)

    assert "has 4 problems; nothing of it is used" in said
    assert "line 2: parent: no line is called '丙'" in said
    assert "labels: 婚姻登记: is mapped to nothing" in said
    assert "labels: 养老服务: is mapped to '养老', which is no line" in said
    assert "labels: 殡仪: no such label of the classifier" in said


def test_a_line_that_the_table_does_not_hold_is_named_with_the_nearest() -> None:
    """For rules and clocks, which may name a line of either level."""
    assert unknown_line("低保", SHIPPED) is None
    assert unknown_line("殡葬服务", SHIPPED) == "no business line '殡葬服务'; did you mean 殡仪服务? (lines.toml)"
