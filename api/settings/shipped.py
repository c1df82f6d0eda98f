"""What ships, as the tables that a unit would write to say the same: what holds where a unit has set nothing."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from api.bundled import bundled_lines, bundled_rules
from pipeline.domain.clock import clock_tables
from pipeline.domain.service_line import ServiceLines
from pipeline.domain.shipped_clocks import SHIPPED_CLOCKS
from pipeline.domain.unit_settings import Table
from pipeline.domain.watch_rule import rule_table


@cache
def shipped_rules() -> Sequence[Table]:
    """Return the bundled rules as tables, in their order."""
    return tuple(rule_table(rule) for rule in bundled_rules())


@cache
def shipped_lines() -> ServiceLines:
    """Return the bundled business lines."""
    return bundled_lines()


def shipped_table(key: str) -> Table:
    """Return what ships under a key; an empty table where it is not written as one (figures, hours, nobody told)."""
    made = _MADE.get(key)
    return made() if made else {}


def lines_table(lines: ServiceLines) -> Table:
    """Return the table that reads back as these business lines."""
    rows = []
    for line in lines.lines:
        row: dict[str, object] = {"id": line.id}
        row |= {"name": line.name} if line.name != line.id else {}
        row |= {"parent": line.parent} if line.parent else {}
        row |= {"elsewhere": True} if line.elsewhere else {}
        rows.append(row)
    return {"line": rows, "labels": dict(lines.of_label)}


_MADE: Mapping[str, Callable[[], Table]] = {
    "rules": lambda: {"rule": list(shipped_rules())},
    "lines": lambda: lines_table(shipped_lines()),
    "clocks": lambda: clock_tables(SHIPPED_CLOCKS),
}
