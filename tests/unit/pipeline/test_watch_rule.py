"""Watch rules are read as a whole: every problem at once, or all rules."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pipeline.domain.errors import BadInput
from pipeline.domain.watch_rule import Near, WatchRule, parse_rules, read_rules, rule_table

EVERYTHING = """
[[rule]]
id = "binzang"
unit = "yunxi-mz"
service_line = "殡葬管理"
any = ["殡仪馆", "公墓"]
all = ["价格"]
none = ["招聘"]
exclude_phrases = ["英雄公墓路"]
near = { a = "火化", b = ["收费", "费用"], within = 10 }
grave = true
grave_level = 1
"""


def problems(text: str) -> str:
    """Return what is said about a rule file that cannot be used."""
    with pytest.raises(BadInput) as raised:
        parse_rules(text)
    return str(raised.value)


def test_every_key_of_a_rule_is_read() -> None:
    """What stands in the file stands in the rule; a single term of `near` may be written without brackets."""
    (rule,) = parse_rules(EVERYTHING)
    assert rule == WatchRule(
        id="binzang",
        unit="yunxi-mz",
        service_line="殡葬管理",
        any=("殡仪馆", "公墓"),
        all=("价格",),
        none=("招聘",),
        exclude_phrases=("英雄公墓路",),
        near=Near(("火化",), ("收费", "费用"), 10),
        grave=True,
        grave_level=1,
    )


def test_a_rule_survives_the_way_into_settings_and_back() -> None:
    """Export and import of settings change no rule and no version."""
    (rule,) = parse_rules(EVERYTHING)
    (again,) = read_rules([rule_table(rule)])
    assert again == rule
    assert again.version == rule.version


def test_a_version_changes_with_the_content_and_not_with_its_order() -> None:
    """Sorting one's terms must not make every stored mention look outdated."""
    rule = WatchRule("a", any=("低保", "特困"))
    assert rule.version == WatchRule("a", any=("特困", "低保", "低保")).version
    assert rule.version != WatchRule("a", any=("低保",)).version
    assert rule.version != WatchRule("a", all=("低保", "特困")).version
    assert rule.version != WatchRule("a", any=("低保", "特困"), grave=True, grave_level=2).version


def test_a_grave_rule_without_a_level_asks_for_level_two() -> None:
    """A grave class is level Ⅱ unless the rule says that it is a death, abuse or a child at risk."""
    grave, plain = parse_rules('[[rule]]\nid="a"\nany=["虐待"]\ngrave=true\n[[rule]]\nid="b"\nany=["低保"]')
    assert grave.grave_level == 2
    assert plain.grave_level is None


def test_all_problems_are_named_at_once_with_rule_and_line() -> None:
    """An officer mends a file once, not once per mistake."""
    said = problems('[[rule]]\nid = "one"\nany = ["低保"]\nexclude_phrase = ["低保真"]\n\n[[rule]]\nany = "养老院"\n')
    assert "3 problems" in said
    assert "rule 1 (one), line 4: exclude_phrase: no such key. Did you mean exclude_phrases? [CFG-302]" in said
    assert "rule 2, line 6: id: a rule needs an id" in said
    assert "rule 2, line 7: any: expected a list of terms" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("any = []", "any: is an empty list"),
        ("any = ['低保', 3]", "expected terms in quotes, got 3"),
        ("any = ['！？']", "can never be found"),
        ("none = ['招聘']", "would find nothing"),
        ("exclude_phrases = ['黑社会组织']", "would find nothing"),
        ("any = ['低保']\nexclude_phrases = ['养老金']", "'养老金' contains no term of this rule"),
        ("any = ['低保']\ngrave = 'yes'", "grave: expected true or false, got 'yes'"),
        ("any = ['低保']\ngrave_level = 1", "has a meaning only together with grave = true"),
        ("any = ['低保']\ngrave = true\ngrave_level = 3", "grave_level: expected 1 or 2, got 3"),
        ("any = ['低保']\nunit = 7", "unit: expected a name in quotes, got 7"),
        ("near = { a = '低保', within = 5 }", "near.b: expected a list of terms"),
        ("near = { a = '低保', b = '停发', within = -1 }", "from 0 to 200, got -1"),
        ("near = { a = '低保', b = '停发', within = 5, wthin = 3 }", "Did you mean within?"),
        ("near = '低保'", "near: expected { a ="),
        ("any = ['低保']\nanywhere = true\nneeds_place = true", "needs_place: says the opposite of anywhere"),
        ("any = ['低保']\noff = 'no'", "off: expected true or false, got 'no'"),
        ("any = ['" + "低" * 65 + "']", "longer than 64 characters"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_loaded(line: str, said: str) -> None:
    """Each mistake of a rule says what is wrong with it."""
    assert said in problems(f'[[rule]]\nid = "one"\n{line}\n')


def test_two_rules_with_one_id_are_a_mistake() -> None:
    """Mentions are keyed by the rule's id, so it must name one rule."""
    said = problems('[[rule]]\nid="a"\nany=["低保"]\n[[rule]]\nid="a"\nany=["特困"]')
    assert "rule 2 (a), line 5: id: rule 1 has the same id" in said


@pytest.mark.parametrize(
    ("text", "code"),
    [("[[rule]\n", "CFG-301"), ("", "CFG-305"), ('[rule]\nid="a"', "CFG-303"), ('[[rules]]\nid="a"', "CFG-302")],
)
def test_a_file_that_holds_no_rules_says_so(text: str, code: str) -> None:
    """An empty or misspelt file must not look like a unit that watches nothing."""
    assert code in problems(text)


def test_a_rule_that_is_switched_off_is_kept_and_not_watched() -> None:
    """Its words are still read, so that switching it on again brings no surprise."""
    rows: list[Mapping[str, object]] = [{"id": "a", "any": ["低保"], "off": True}, {"id": "b", "any": ["特困"]}]

    assert [rule.id for rule in read_rules(rows)] == ["b"]
    with pytest.raises(BadInput, match="CFG-303"):
        read_rules([{"id": "a", "any": ["！"], "off": True}])


def test_the_version_of_a_rule_that_needs_no_place_is_as_it_was() -> None:
    """Mentions name versions; a new key must not make every stored rule another."""
    rule = WatchRule("a", any=("低保",))

    assert replace(rule, needs_place=True).version != rule.version
    assert rule.version == "fd5fac824bf7d4f1"
