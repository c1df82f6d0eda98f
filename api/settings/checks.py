"""What each setting must pass: its own reader, and what it says together with the unit's other settings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from api.bundled import bundled_lines
from api.source_checklist import read_choices
from pipeline.domain.calendar_setting import read_calendar
from pipeline.domain.clock import read_clocks
from pipeline.domain.conduct import read_conduct
from pipeline.domain.errors import BadInput
from pipeline.domain.office import read_offices
from pipeline.domain.read_policy import read_policy
from pipeline.domain.read_sending import read_escalation, read_sending
from pipeline.domain.rule_linter import Finding, lint_rules
from pipeline.domain.service_line import read_lines, unknown_line
from pipeline.domain.unit_settings import (
    Table,
    read_places,
    read_profile,
    read_recipients,
    refuse_problems,
    unknown_settings,
)
from pipeline.domain.watch_rule import read_rules

from .installation import CONTACT, MAIL, read_contact, read_mail

Check: TypeAlias = Callable[[Table], object]
"""Reads a table; raises BadInput with every problem in it."""


def _check_rules(table: Table) -> None:
    problems = list(unknown_settings(table, ("rule",)))
    rows = table.get("rule", [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        problems.append("rule: write [[rule]] tables, with two brackets")
    refuse_problems(problems, "rules")
    read_rules(_rows(table), "rules.toml")


CHECKS: Mapping[str, Check] = {
    "unit": read_profile,
    "places": read_places,
    "rules": _check_rules,
    "recipients": read_recipients,
    "offices": read_offices,
    "lines": read_lines,
    "calendar": read_calendar,
    "clocks": read_clocks,
    "alerts": read_policy,
    "notices": read_sending,
    "escalation": read_escalation,
    "conduct": read_conduct,
    "checklist": read_choices,
}
"""What each setting of a unit must pass; a source's manifest passes the crawlers' own reader."""

INSTALLATION: Mapping[str, Check] = {CONTACT: read_contact, MAIL: read_mail}
"""What each setting of the whole installation must pass: records of unit "", beside the sources."""


def table_problems(key: str, table: Table, check: Check) -> list[str]:
    """Return every problem of one table by itself; none where its reader takes it."""
    try:
        check(table)
    except BadInput as refusal:
        return [f"{key}.toml: {refusal}"]
    return []


def cross_problems(tables: Mapping[str, Table]) -> list[str]:
    """Return what is wrong with a unit's tables together, each of which its reader has taken."""
    return [*_refused_triggers(tables), *_unknown_lines(tables)]


def refused_triggers(tables: Mapping[str, Table]) -> Sequence[Finding]:
    """Return what the rule linter finds; the unit's places are no persons, whatever they are called."""
    places = read_places(tables.get("places", {}))
    return lint_rules(read_rules(_rows(tables.get("rules", {})), "rules.toml"), frozenset(places))


def _refused_triggers(tables: Mapping[str, Table]) -> Iterator[str]:
    for found in refused_triggers(tables):
        yield f"rules.toml: rule {found.rule}: {found.term}: {found.why} [CFG-320]"


def _unknown_lines(tables: Mapping[str, Table]) -> Iterator[str]:
    """Yield which rules and clocks name a business line that the unit's table does not hold, at either level."""
    known = read_lines(tables["lines"]) if "lines" in tables else bundled_lines()
    rules = read_rules(_rows(tables.get("rules", {})))
    named = [("rules.toml: rule", rule.id, rule.service_line) for rule in rules if rule.service_line]
    clocks = read_clocks(tables["clocks"]) if "clocks" in tables else ()
    named += [("clocks.toml: clock", clock.id, line) for clock in clocks for line in sorted(clock.lines)]
    offices = read_offices(tables.get("offices", {}))
    named += [("offices.toml: office", office.id, line) for office in offices for line in office.lines]
    for where, of, line in named:
        if sentence := unknown_line(line, known):
            yield f"{where} {of}: {sentence} [CFG-423]"


def _rows(table: Table) -> Sequence[Table]:
    rows = table.get("rule", [])
    return rows if isinstance(rows, list) else []
