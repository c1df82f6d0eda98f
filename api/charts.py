"""
One chart renderer for page and mail: bars as cells of a table, for mail programs show no picture that must be fetched.

A bar's length is the cell's `width` in percent, an attribute and no style, so that the console's strict policy lets it
stand. What is not known is said and has no bar; the number always stands beside its bar.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

Look: TypeAlias = Callable[[str], str]
"""Name of a part of the chart → its attributes as markup; a mail adds styles, since it has no style sheet."""

LONGEST = 100
FILL = "#3d7dc4"
"""A bar's colour for mail programs that read no style: 3:1 on white and on black."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is called, and its value; None is unknown."""

    label: str
    value: int | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its title, the heads of its two columns, the word for what is unknown, and its bars in order."""

    title: str
    label_head: str
    value_head: str
    unknown: str
    bars: Sequence[Bar]


def class_only(name: str) -> str:
    """Return the attributes of a part on a page: its class, which the style sheet knows."""
    return f' class="{escape(name)}"'


def length_of(value: int | None, most: int) -> int:
    """Return a bar's length in percent of the longest; what is there at all is at least 1 long."""
    return max(1, round(LONGEST * value / most)) if value and most > 0 else 0


def html_of(chart: Chart, look: Look = class_only) -> str:
    """Return the chart as one table of label, bar and number; every text in it is escaped."""
    most = max((bar.value or 0 for bar in chart.bars), default=0)
    rows = "".join(_row(bar, chart.unknown, length_of(bar.value, most), look) for bar in chart.bars)
    return (
        f'<table{look("chart")} width="100%"><caption{look("caption")}>{escape(chart.title)}</caption>'
        f'<thead><tr><th{look("head")} scope="col">{escape(chart.label_head)}</th>'
        f'<th{look("head")} scope="col" colspan="2">{escape(chart.value_head)}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _row(bar: Bar, unknown: str, length: int, look: Look) -> str:
    shown = unknown if bar.value is None else str(bar.value)
    fill = (
        f'<table{look("fill")} role="presentation" width="{length}%" cellpadding="0" cellspacing="0">'
        f'<tr><td{look("filled")} bgcolor="{FILL}" height="12"></td></tr></table>'
        if length
        else ""
    )
    return (
        f'<tr><th{look("label")} scope="row">{escape(bar.label)}</th>'
        f"<td{look('bar')}>{fill}</td><td{look('number')}>{escape(shown)}</td></tr>"
    )
