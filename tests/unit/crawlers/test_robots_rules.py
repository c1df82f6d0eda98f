"""RFC 9309: what an answer to /robots.txt allows, and for how long."""

import pytest

from crawlers.robots_rules import KEPT_FOR, RobotsAnswer, RobotsRules, without_comments

PAGE = "https://yunxi.example/t/1"
RULES = "User-agent: *\nDisallow: /\n\nUser-agent: Huiyin\nDisallow: /private\nAllow: /private/open\nCrawl-delay: 7\n"


def rules(status: int, text: str = "") -> RobotsRules:
    return RobotsRules(RobotsAnswer(status, text, at=1_000), "Huiyin")


@pytest.mark.parametrize("status", [0, 301, 429, 500, 503, 599])
def test_a_host_that_does_not_answer_for_its_rules_is_not_fetched(status: int) -> None:
    """5xx, silence, 429 and a redirect without end all disallow everything."""
    verdict = rules(status).verdict(PAGE)

    assert not verdict.is_allowed
    assert not verdict.is_reachable


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_host_without_rules_is_open(status: int) -> None:
    """Other 4xx mean that there are no rules (RFC 9309 §2.3.1.3)."""
    assert rules(status).verdict(PAGE).is_allowed


def test_the_group_of_our_name_counts_and_not_the_one_for_all() -> None:
    """The group of `*` forbids everything; ours does not."""
    verdict = rules(200, RULES).verdict(PAGE)

    assert verdict.is_allowed
    assert verdict.delay_seconds == 7


def test_the_line_that_decided_is_told_with_the_verdict() -> None:
    """The longest match decides, for and against."""
    asked = rules(200, RULES)

    assert asked.verdict("https://yunxi.example/private/x").rule == "Disallow: /private"
    assert not asked.verdict("https://yunxi.example/private/x").is_allowed
    assert asked.verdict("https://yunxi.example/private/open/1").rule == "Allow: /private/open"
    assert asked.verdict("https://yunxi.example/private/open/1").is_allowed


@pytest.mark.parametrize(
    ("line", "path", "allowed"),
    [
        ("Disallow: /*.php$", "/a.php", False),
        ("Disallow: /*.php$", "/a.php5", True),
        ("Disallow: /%E4%BD%8E%E4%BF%9D", "/低保/1", False),
        ("Disallow:", "/a", True),
        ("Disallow: /a?b=", "/a?b=1", False),
    ],
)
def test_patterns_are_read_as_the_rfc_has_them(line: str, path: str, allowed: bool) -> None:
    """Wildcards, anchors, escapes, empty rules and queries."""
    assert rules(200, f"User-agent: *\n{line}").verdict(f"https://yunxi.example{path}").is_allowed is allowed


def test_a_rule_that_names_a_person_is_not_written_down() -> None:
    """It is obeyed, but the record only says what kind of path it was."""
    verdict = rules(200, "User-agent: *\nDisallow: /@ouyangming/").verdict("https://yunxi.example/@ouyangming/1")

    assert not verdict.is_allowed
    assert "ouyangming" not in verdict.rule


def test_comments_are_not_kept() -> None:
    """Webmasters write names and numbers into them."""
    assert without_comments("# 欧阳明 13800000000\nUser-agent: * # x\nSitemap: /s.xml\nDisallow: /a") == (
        "User-agent: *\nDisallow: /a"
    )


def test_an_answer_is_kept_for_a_day_and_a_failure_never() -> None:
    """After 24 hours the file is asked for again; an unreachable one at once."""
    answer = RobotsAnswer(200, RULES, at=1_000)

    assert answer.is_fresh(1_000 + KEPT_FOR - 1)
    assert not answer.is_fresh(1_000 + KEPT_FOR)
    assert not RobotsAnswer(503, "", at=1_000).is_fresh(1_001)
