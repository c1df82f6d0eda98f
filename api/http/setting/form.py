"""
What the form of a setting is: it shows what holds, reads what was typed, and says what is wrong beside each field.

A form's template holds fields only; the page around it has the <form>, the revision that was seen, and the buttons. So
the first run and 设置 show the same fields.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from api.http.form import Option
from api.words import Words
from pipeline.domain.service_line import ServiceLines
from pipeline.domain.unit_settings import Table
from pipeline.workflow.settings import UnitSettings

Typed: TypeAlias = Mapping[str, Sequence[str]]
"""What was typed: name of the field → its values, in the order of the page."""
NOTHING: Typed = {}
MOST_WORDS = 2_000
"""So many lines of one box are taken; a county has some hundred villages, a list some hundred words."""

_LINE_ENDS = re.compile(r"[\n\r\t,，、;；]+")


@dataclass(frozen=True, slots=True)
class Held:
    """What holds for a unit while one of its settings is shown: its tables by key, and what ships."""

    unit: str
    own: UnitSettings
    shipped_rules: Sequence[Table] = ()
    shipped_lines: ServiceLines = field(default_factory=ServiceLines)

    def table(self, key: str) -> Table | None:
        """Return what the unit has set under a key; None where what ships holds."""
        return self.own.tables.get(key)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was typed, read: the table to set, and what is wrong, by the name of the field. None is what ships."""

    table: Table | None
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Box:
    """One field as a template shows it; `control` is text, number, textarea, check, checks, select or radio."""

    name: str
    label: str
    control: str = "text"
    value: str = ""
    hint: str = ""
    problem: str = ""
    options: Sequence[Option] = ()
    rows: int = 4
    is_wanted: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Boxes that belong together, under a heading; "" where they need none."""

    title: str
    boxes: Sequence[Box]
    hint: str = ""


class SettingForm(Protocol):
    """The form of one setting."""

    @property
    def key(self) -> str:
        """The setting's key."""

    @property
    def template(self) -> str:
        """The template that shows what `view` returns, as `form`."""

    @property
    def is_tried(self) -> bool:
        """Whether a change is tried on stored posts before it is saved."""

    def typed_of(self, held: Held, words: Words) -> Typed:
        """Return the fields as they stand when the page is opened: what holds now."""

    def read(self, typed: Typed, held: Held, words: Words) -> Reading:
        """Return the table that was typed, with every problem beside its field."""

    def view(self, typed: Typed, held: Held, problems: Mapping[str, str], words: Words) -> object:
        """Return what the template shows."""

    def said(self, held: Held, words: Words) -> str:
        """Return what holds now in one line of plain words."""


@dataclass(frozen=True, slots=True)
class BoxForm:
    """A form that is a list of sections of boxes: what most settings need."""

    key: str
    boxes: Callable[[Typed, Held, Mapping[str, str], Words], Sequence[Section]]
    typed: Callable[[Held, Words], Typed]
    reads: Callable[[Typed, Held, Words], Reading]
    says: Callable[[Held, Words], str]
    is_tried: bool = False
    template: str = "setting/boxes.html"

    def typed_of(self, held: Held, words: Words) -> Typed:
        """Return the fields as they stand when the page is opened."""
        return self.typed(held, words)

    def read(self, typed: Typed, held: Held, words: Words) -> Reading:
        """Return the table that was typed, with every problem beside its field."""
        return self.reads(typed, held, words)

    def view(self, typed: Typed, held: Held, problems: Mapping[str, str], words: Words) -> Sequence[Section]:
        """Return the sections."""
        return self.boxes(typed, held, problems, words)

    def said(self, held: Held, words: Words) -> str:
        """Return what holds now in one line of plain words."""
        return self.says(held, words)


def one(typed: Typed, name: str) -> str:
    """Return what was typed in a field, without what surrounds it, its lines ended as ours; "" where nothing was."""
    values = typed.get(name, ())
    return values[0].replace("\r\n", "\n").strip() if values else ""


def listed(text: str) -> tuple[str, ...]:
    """Return the words of a box, one a line or with marks between, each once, in order."""
    found = (" ".join(each.split()) for each in _LINE_ENDS.split(text))
    return tuple(dict.fromkeys(each for each in found if each))


def lines(values: Iterable[str]) -> str:
    """Return words as a box shows them, one a line."""
    return "\n".join(values)


def shown_list(values: Sequence[str], words: Words, most: int = 6) -> str:
    """Return a list in one line, cut off where it is long."""
    said = words("common.and").join(values[:most])
    return words("setting.and_more", said=said, count=len(values)) if len(values) > most else said
