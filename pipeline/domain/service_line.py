"""
Business lines 业务领域: a unit's two-level table of them, and which line a matter belongs to (DESIGN §2).

The labels are those of data/classify/GUIDELINE.md, so that figures stay comparable; the table says which of the unit's
lines each of them is. An id stands in mentions, groups and clocks and never changes; the name is what the screen shows.

    CFG-421  a parent that cannot be    CFG-422  a label that is mapped to nothing, or is none
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .setting_table import Lines, SettingTable, Table, refuse_all, sentences, tables_of, unknown_keys

OTHER = "其他"
LABELS = (
    "社会救助",
    "养老服务",
    "殡葬服务",
    "婚姻登记",
    "儿童福利",
    "基层治理",
    "慈善社工",
    "区划地名",
    OTHER,
)
"""What the classifier's head `service_line` may say."""

_NO_LABELS: Mapping[str, str] = {}
_KEYS = ("id", "name", "parent", "elsewhere")
_LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One line. `parent` None is level one; `elsewhere` says that another unit works it (基层治理 in most counties)."""

    id: str
    name: str
    parent: str | None = None
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class ServiceLines:
    """A unit's table. An empty one knows nothing better: lines and labels are then taken as they are."""

    lines: tuple[ServiceLine, ...] = ()
    of_label: Mapping[str, str] = field(default_factory=lambda: _NO_LABELS)

    def line_of(self, label: object, of_rules: Iterable[str | None]) -> str | None:
        """
        Return the line of a post: what the rules that it met say, the classifier's label where they say only "其他".

        A rule names its line on purpose, so it wins; among rules the first that names a line of its own, or what
        another rule names within that line, which says more.
        """
        other = self.of_label.get(OTHER, OTHER)
        named = [line for line in of_rules if line]
        own = next((line for line in named if line != other), None)
        if own is not None:
            within = self.within(own)
            return next((line for line in named if line != own and line in within), own)
        if isinstance(label, str) and label != OTHER:
            return self.of_label.get(label, label)
        return named[0] if named else None

    def holds(self, line: str) -> bool:
        """Whether the table has the line; an empty table holds none."""
        return any(each.id == line for each in self.lines)

    def within(self, line: str) -> frozenset[str]:
        """Return the ids of the line and of the lines below it: what is asked of a line holds for these too."""
        return frozenset((line, *(each.id for each in self.lines if each.parent == line)))

    def name_of(self, line: str) -> str:
        """Return what the screen says: a line below another behind its parent's name; an unknown id as it is."""
        known = {each.id: each for each in self.lines}
        if line not in known:
            return line
        parent = known.get(known[line].parent or "")
        return f"{parent.name}·{known[line].name}" if parent else known[line].name


NO_LINES = ServiceLines()


def read_lines(document: Table, name: str = "lines.toml", places: Lines | None = None) -> ServiceLines:
    """Return the table of a document that is already parsed; raise BadInput (CFG-420) with every problem in it."""
    problems = unknown_keys(document, ("line", "labels"))
    lines: list[ServiceLine] = []
    tables = tables_of(document, "line", problems)
    if not tables and not problems:
        problems.append("  no [[line]] table in it, so there would be no business line [CFG-402]")
    parents = {str(table.get("id")): table.get("parent") for table in reversed(tables)}
    for number, table in enumerate(tables, start=1):
        reading = SettingTable(table, _KEYS)
        line = _line(reading)
        if any(line.id == before.id for before in lines):
            reading.refuse("id", f"another line is called {line.id!r}; give each its own", "CFG-405")
        if line.parent and (wrong := _parent_fault(line, parents)):
            reading.refuse("parent", wrong, "CFG-421")
        problems += sentences(f"line {number}", reading, places or {})
        lines.append(line)
    labels = document.get("labels", {})
    problems += _label_problems(labels, [line.id for line in lines])
    refuse_all(name, problems, "CFG-420")
    return ServiceLines(tuple(lines), dict(labels) if isinstance(labels, Mapping) else {})


def unknown_line(line: str, known: ServiceLines) -> str | None:
    """Return what is wrong with a line that a rule or a clock names; None where the table holds it."""
    ids = [each.id for each in known.lines]
    return None if line in ids else f"no business line {line!r}; {_nearest(line, ids)} (lines.toml)"


def _line(reading: SettingTable) -> ServiceLine:
    identity = reading.text("id")
    if len(identity) > _LONGEST_ID or len(identity.split()) > 1:
        reading.refuse("id", f"expected at most {_LONGEST_ID} characters without spaces", "CFG-404")
    return ServiceLine(
        id=identity,
        name=reading.text("name", required=False) or identity,
        parent=reading.text("parent", required=False) or None,
        elsewhere=reading.claim("elsewhere") is True,
    )


def _parent_fault(line: ServiceLine, parents: Mapping[str, object]) -> str | None:
    """Return why a line cannot stand below its parent; `parents` holds every line's."""
    parent = str(line.parent)
    if parent not in parents:
        return f"no line is called {parent!r}; {_nearest(parent, list(parents))}"
    above, seen = parent, {line.id}
    while above not in seen and (higher := parents.get(above)):
        seen.add(above)
        above = str(higher)
    if above in seen:
        return f"{line.id!r} stands below {parent!r} and above it; a line of level one has no parent"
    if above != parent:
        return f"{parent!r} itself stands below {parents[parent]!r}; there are two levels"
    return None


def _label_problems(labels: object, ids: Sequence[str]) -> Iterator[str]:
    """Yield a problem for each label of the guideline that leads to no line, and for each that is none."""
    if not isinstance(labels, Mapping):
        yield "  labels: write one table [labels] with a line for each label of the classifier [CFG-403]"
        return
    for label in (label for label in LABELS if label not in labels):
        yield f'  labels: {label}: is mapped to nothing; write {label} = "the id of a line" [CFG-422]'
    for label, line in labels.items():
        if label not in LABELS:
            yield f"  labels: {label}: no such label of the classifier; {_nearest(label, LABELS)} [CFG-422]"
        elif line not in ids:
            yield f"  labels: {label}: is mapped to {line!r}, which is no line; {_nearest(str(line), ids)} [CFG-422]"


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.4)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
