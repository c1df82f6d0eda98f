"""Which rules a post meets, and where their terms stand in the stored text."""

import pytest

from pipeline.domain.errors import BadInput
from pipeline.domain.mention import Hit
from pipeline.domain.watch_rule import Near, WatchRule
from pipeline.stages.match import Matcher


def hits(rule: WatchRule, text: str, title: str = "") -> list[tuple[str, str, int, int]]:
    """Return the hits of one rule in a post as plain tuples."""
    return [(h.field, h.term, h.start, h.end) for m in Matcher([rule]).matches(title, text) for h in m.hits]


def meets(rule: WatchRule, text: str, title: str = "") -> bool:
    """Whether the post meets the rule."""
    return bool(Matcher([rule]).matches(title, text))


def test_hits_stand_in_title_and_text_as_stored() -> None:
    """Offsets are code points of the stored field, and the term is spelt as in the rule."""
    rule = WatchRule("a", any=("低保",))
    assert hits(rule, "我家低.保停了，低 保！", title="問低保") == [
        ("title", "低保", 1, 3),
        ("text", "低保", 2, 5),
        ("text", "低保", 8, 11),
    ]


def test_all_terms_may_stand_anywhere_in_the_post() -> None:
    """One in the title and one in the text is enough; one alone is not."""
    rule = WatchRule("a", all=("养老院", "收费"))
    assert meets(rule, "收费太贵", title="东风养老院")
    assert not meets(rule, "太贵", title="东风养老院")


def test_any_and_all_and_none_must_hold_together() -> None:
    """A condition that is given must hold."""
    rule = WatchRule("a", any=("养老院", "敬老院"), all=("收费",), none=("招聘",))
    assert meets(rule, "敬老院乱收费")
    assert not meets(rule, "敬老院很好")
    assert not meets(rule, "学校乱收费")
    assert not meets(rule, "敬老院招聘，不收费")


def test_an_exclusion_phrase_acts_only_where_it_stands() -> None:
    """社会组织 inside 黑社会组织 does not count, the same term elsewhere in the post does."""
    rule = WatchRule("a", any=("社会组织",), exclude_phrases=("黑社会组织",))
    assert not meets(rule, "打掉一个黑社会组织")
    assert hits(rule, "打掉黑社会组织，表彰社会组织") == [("text", "社会组织", 10, 14)]


def test_an_exclusion_phrase_acts_on_other_spellings_too() -> None:
    """Traditional characters or separators do not free a term from its exclusion phrase."""
    rule = WatchRule("a", any=("社会组织",), exclude_phrases=("黑社会组织",))
    assert not meets(rule, "打掉黑社會組織")
    assert not meets(rule, "打掉黑.社.会.组.织")


def test_an_exclusion_phrase_of_one_rule_leaves_the_others_alone() -> None:
    """Rules do not know each other."""
    rules = [WatchRule("a", any=("养老",), exclude_phrases=("养老保险",)), WatchRule("b", any=("养老保险",))]
    assert [match.rule.id for match in Matcher(rules).matches("", "养老保险怎么交")] == ["b"]


def test_a_term_that_only_overlaps_an_exclusion_phrase_counts() -> None:
    """A hit is excluded where the phrase covers it, not where they share a character."""
    rule = WatchRule("a", any=("低保", "保障"), exclude_phrases=("降低保",))
    assert hits(rule, "降低保障") == [("text", "保障", 2, 4)]


def test_near_terms_must_stand_near_in_the_same_field() -> None:
    """The distance counts characters between the two, without separators, in either order."""
    rule = WatchRule("a", near=Near(("残疾",), ("补贴",), 4))
    assert hits(rule, "残疾人的补贴") == [("text", "残疾", 0, 2), ("text", "补贴", 4, 6)]
    assert meets(rule, "补贴给残疾人")
    assert meets(rule, "残疾 / 人 / 的 / 补贴")
    assert not meets(rule, "残疾人今年应该的补贴")
    assert not meets(rule, "补贴没发", title="残疾")


def test_of_terms_inside_each_other_the_longest_is_shown() -> None:
    """One place in the text is one hit."""
    assert hits(WatchRule("a", any=("低保", "低保金", "保金")), "低保金没发") == [("text", "低保金", 0, 3)]


def test_no_term_reaches_from_the_title_into_the_text_or_over_a_clause() -> None:
    """社会。组织 and a title that ends in 社会 are no 社会组织."""
    rule = WatchRule("a", any=("社会组织",))
    assert not meets(rule, "组织", title="社会")
    assert not meets(rule, "为了社会，组织活动")
    assert not meets(rule, "社会＊组织")


def test_an_emote_is_no_part_of_a_word() -> None:
    """精彩[礼物] is no 彩礼."""
    assert not meets(WatchRule("a", any=("彩礼",)), "太精彩[礼物]")


def test_rules_come_in_their_own_order_with_their_own_hits() -> None:
    """A post may meet several rules, each with its evidence."""
    rules = [WatchRule("b", any=("公墓",)), WatchRule("a", any=("低保",)), WatchRule("c", any=("孤儿",))]
    found = Matcher(rules).matches("", "低保户买不起公墓")
    assert [(m.rule.id, m.hits) for m in found] == [
        ("b", (Hit("text", "公墓", 6, 8),)),
        ("a", (Hit("text", "低保", 0, 2),)),
    ]


def test_a_matcher_without_rules_finds_nothing() -> None:
    """A unit without rules has no mentions, and that is no error."""
    assert Matcher([]).matches("低保", "低保") == ()


def test_a_term_without_a_normal_form_is_refused() -> None:
    """A rule that was made in code, past the reader, is checked too."""
    with pytest.raises(BadInput, match="rule a: nothing of the term '！' is left"):
        Matcher([WatchRule("a", any=("！",))])
