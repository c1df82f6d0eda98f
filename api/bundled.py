"""What ships with Huiyin: the civil affairs rules that hold until a unit has its own."""

from importlib import resources

from pipeline.domain.watch_rule import WatchRule, parse_rules


def bundled_rules_text() -> str:
    """Return the bundled civil affairs rules as TOML."""
    return resources.files("pipeline.stages").joinpath("data/civil_affairs.toml").read_text(encoding="utf-8")


def bundled_rules() -> tuple[WatchRule, ...]:
    """Return the bundled civil affairs rules."""
    return parse_rules(bundled_rules_text(), "the bundled rules")
