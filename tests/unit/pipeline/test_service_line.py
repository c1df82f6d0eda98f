"""Which business line a post belongs to."""

from pipeline.domain.service_line import line_of


def test_a_rule_that_names_a_line_wins() -> None:
    """It was written on purpose; the classifier only guesses."""
    assert line_of("社会救助", ["其他", "养老服务"]) == "养老服务"


def test_the_classifier_speaks_where_rules_say_only_other() -> None:
    """Its label is mapped onto the unit's table."""
    assert line_of("殡葬服务", ["其他"]) == "殡葬管理"
    assert line_of("儿童福利", [None]) == "儿童福利和未成年人保护"


def test_without_either_the_line_is_what_the_rule_said() -> None:
    """An abstention changes nothing, and no rule at all gives no line."""
    assert line_of(None, ["其他"]) == "其他"
    assert line_of(None, []) is None
