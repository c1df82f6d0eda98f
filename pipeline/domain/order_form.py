"""
What a person fills in to ask for a command: the shape of a form, as data. `order_catalogue` holds one for each command.

From these the console's forms, the API's schema and the reader of orders are made, so that all three ask the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """
    What a field takes. Every value but a choice, a time, a number, a yes or no and words is an id, never a name.

    Words are short and of one line; they go into a memo of their own, masked, and never into the log.
    """

    CHOICE = "choice"
    TEXT = "text"
    TIME = "time"
    NUMBER = "number"
    BOOL = "bool"
    WORDS = "words"
    ACCOUNT = "account"
    OFFICE = "office"
    UNIT = "unit"
    POST = "post"
    GROUP = "group"
    INCIDENT = "incident"
    CLAIM = "claim"
    SEEN = "seen"


class Target(StrEnum):
    """What a command is asked of. `undo` alone is asked of the unit: it takes back the person's own last step."""

    INCIDENT = "incident"
    GROUP = "group"
    NEED = "need"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a choice, and what the screen says for it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """
    One field of a form. `many` takes a list; `hidden` is filled in by the page, not by the person.

    A field that is not required and is left empty means what the command says without it.
    """

    name: str
    label: str
    kind: FieldKind
    required: bool = False
    many: bool = False
    choices: tuple[Choice, ...] = ()
    hidden: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """The allowed values of a choice."""
        return tuple(choice.value for choice in self.choices)


@dataclass(frozen=True, slots=True)
class OrderForm:
    """
    The form of one command. The target's id stands among the fields too, under `target_field`.

    `needs_text`: without a typed text (or an attachment) it is not decided. `has_revision`: the revision that was on
    the screen may be given.
    """

    name: str
    label: str
    target: Target
    fields: tuple[Field, ...]
    needs_text: bool
    has_revision: bool

    @property
    def target_field(self) -> str | None:
        """The name of the field that holds the target's id; None where the unit itself is the target."""
        named = {Target.INCIDENT: "incident", Target.GROUP: "group", Target.NEED: "post"}
        return named.get(self.target)


def choices_of(*pairs: tuple[str, str]) -> tuple[Choice, ...]:
    """Return the choices of (value, label) pairs, in their order."""
    return tuple(Choice(value, label) for value, label in pairs)


def field_named(fields: Sequence[Field], name: str) -> Field | None:
    """Return the field of that name."""
    return next((field for field in fields if field.name == name), None)
