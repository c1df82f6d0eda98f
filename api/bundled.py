"""What ships with Huiyin: civil affairs rules and business lines, which hold until a unit has its own."""

import tomllib
from importlib import resources

from pipeline.domain.service_line import ServiceLines, read_lines
from pipeline.domain.watch_rule import WatchRule, parse_rules


def bundled_rules_text() -> str:
    """Return the bundled civil affairs rules as TOML."""
    return _data("civil_affairs.toml")


def bundled_rules() -> tuple[WatchRule, ...]:
    """Return the bundled civil affairs rules."""
    return parse_rules(bundled_rules_text(), "the bundled rules")


def bundled_lines() -> ServiceLines:
    """Return the bundled business lines of a civil affairs bureau."""
    return read_lines(tomllib.loads(_data("service_lines.toml")), "the bundled business lines")


def _data(name: str) -> str:
    return resources.files("pipeline.stages").joinpath(f"data/{name}").read_text(encoding="utf-8")
