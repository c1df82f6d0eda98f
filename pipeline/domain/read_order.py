"""
Plain fields, as a form or an API body gives them, become a typed command; every problem is named at once. Pure.

Times are ISO 8601 with an offset, or milliseconds since 1970 (UTC). Lists are lists, or one text with commas or spaces.
"""

import difflib
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from .bad_order import BadOrder, Problem
from .command import Command, Note
from .decide import DECIDERS
from .errors import MalformedEvent
from .event import Value, canonical
from .incident import Disposition, Verdict
from .incident_command import Settle
from .order_catalogue import order_forms
from .order_form import Field, FieldKind, OrderForm, field_named
from .seen import MOST, REASONS, Seen, data_of_seen, seen_from

EARLIEST, LATEST = 946_684_800_000, 4_102_444_800_000
"""2000 and 2100: a time outside was given in seconds, or is a slip."""
LONGEST_WORDS = 60
"""So many characters have words that go into a memo of their own."""
MOST_VALUES = 500
"""So many values a list holds at most."""

COMMANDS: Mapping[str, type[Command]] = {**{command.name: command for command in DECIDERS}, Settle.name: Settle}
"""Name → command, for people and machines."""
_ID = re.compile(r"[!-~]{1,200}")
_CODE = re.compile(r"(?!(.*[0-9]){7})[a-z][a-z0-9-]{1,40}")
"""An office's or unit's id where none are listed: a short word, with too few digits for the number of a person."""
_CODED = frozenset({FieldKind.OFFICE, FieldKind.UNIT})
_BETWEEN = re.compile(r"[\s,，、;；]+")
_YES, _NO = ("true", "on", "yes", "1"), ("false", "off", "no", "0", "")
_TYPED: Mapping[str, Callable[[str], object]] = {"verdict": Verdict, "disposition": Disposition, "level": int}

Known = Callable[[FieldKind], Collection[str] | None]
"""Kind of field → the ids that may be named (accounts, offices …), None where that is not known."""


class _Wrong(ValueError):
    """A value cannot be used; `allowed` are those that can."""

    def __init__(self, sentence: str, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, under which id, with what text, and what was on the screen."""

    command_id: str
    actor: str
    note: Note | None = None
    attached: tuple[str, ...] = ()
    expected_revision: int | None = None


def form_of(name: str) -> OrderForm:
    """Return the form of the command; raise BadOrder where no person may ask for one of that name."""
    forms = order_forms()
    if name in forms:
        return forms[name]
    near = tuple(difflib.get_close_matches(name, forms, n=3)) or tuple(forms)
    raise BadOrder(name, [Problem("command", f"no such command; known: {', '.join(near)}", near)], code="ORD-102")


def nothing_known(_kind: FieldKind) -> None:
    """Say that it is not known which ids may be named."""


def read_fields(
    form: OrderForm, plain: Mapping[str, object], known: Known = nothing_known
) -> tuple[Mapping[str, object], list[Problem]]:
    """Return the typed values of the fields that were filled in, and every problem."""
    names = tuple(field.name for field in form.fields)
    problems = [
        Problem(name, f"no such field; known: {', '.join(names)}", names) for name in plain if name not in names
    ]
    values: dict[str, object] = {}
    for field in form.fields:
        given = plain.get(field.name)
        if _is_empty(given):
            if field.required:
                problems.append(Problem(field.name, f"fill this in: {field.label}", field.values))
            continue
        try:
            values[field.name] = _read(field, given, known)
        except _Wrong as wrong:
            problems.append(Problem(field.name, str(wrong), wrong.allowed))
    return values, problems


def command_of(form: OrderForm, values: Mapping[str, object], asking: Asking) -> Command:
    """Return the typed command of the values that `read_fields` gave without a problem."""
    given: dict[str, Any] = dict(values)
    if form.has_revision:
        given["expected_revision"] = asking.expected_revision
    kind: Callable[..., Command] = COMMANDS[form.name]
    return kind(command_id=asking.command_id, actor=asking.actor, note=asking.note, attached=asking.attached, **given)


def plain_of(command: Command) -> dict[str, Value]:
    """Return what was asked for as plain fields, without who asked, his words and his screen's revision."""
    form = form_of(command.name)
    values = {one.name: getattr(command, one.name) for one in fields(command) if field_named(form.fields, one.name)}
    return {name: _plain(value) for name, value in values.items() if not isinstance(value, Note)}


def plain_bytes(command: Command) -> bytes:
    """Return the command's name and plain fields as canonical bytes: equal exactly where the same was asked for."""
    return canonical({"command": command.name, "fields": plain_of(command)})


def _plain(value: object) -> Value:
    if isinstance(value, Seen):
        return data_of_seen(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, int | str):
        return value
    raise MalformedEvent(f"{type(value).__name__} is no value of an order's field; add it to read_order")


def _is_empty(given: object) -> bool:
    return given is None or given in ("", [], ()) or (isinstance(given, str) and not given.strip())


def _read(field: Field, given: object, known: Known) -> object:
    if not field.many:
        return _read_one(field, given, known)
    parts = _BETWEEN.split(given.strip()) if isinstance(given, str) else given
    if not isinstance(parts, list | tuple):
        raise _Wrong("expected a list of ids")
    if len(parts) > MOST_VALUES:
        raise _Wrong(f"a list holds at most {MOST_VALUES} values, not {len(parts)}")
    return tuple(dict.fromkeys(_read_one(field, part, known) for part in parts if not _is_empty(part)))


def _read_one(field: Field, given: object, known: Known) -> object:
    return _READERS[field.kind](field, given, known)


def _read_choice(field: Field, given: object, _known: Known) -> object:
    value = str(given) if isinstance(given, int) and not isinstance(given, bool) else given
    if not isinstance(value, str) or value not in field.values:
        labels = "、".join(f"{choice.value}（{choice.label}）" for choice in field.choices)
        raise _Wrong(f"choose one of {labels}", field.values)
    return _TYPED.get(field.name, str)(value)


def _read_time(_field: Field, given: object, _known: Known) -> object:
    at = _moment(given)
    if not EARLIEST <= at < LATEST:
        raise _Wrong("a time between 2000 and 2100 is expected; a number counts milliseconds since 1970")
    return at


def _moment(given: object) -> int:
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    if isinstance(given, str) and re.fullmatch(r"[0-9]{1,15}", given.strip()):
        return int(given)
    try:
        moment = datetime.fromisoformat(given.strip()) if isinstance(given, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _Wrong("write a time with its offset, such as 2026-11-24T09:30+08:00, or milliseconds since 1970")
    return round(moment.astimezone(UTC).timestamp() * 1_000)


def _read_number(_field: Field, given: object, _known: Known) -> object:
    if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < 1 << 53:
        return given
    if isinstance(given, str) and re.fullmatch(r"[0-9]{1,15}", given.strip()):
        return int(given)
    raise _Wrong("expected a whole number, not less than 0")


def _read_bool(_field: Field, given: object, _known: Known) -> object:
    if isinstance(given, bool):
        return given
    said = str(given).strip().lower()
    if said not in (*_YES, *_NO):
        raise _Wrong("expected true or false", ("true", "false"))
    return said in _YES


def _read_words(_field: Field, given: object, _known: Known) -> object:
    said = " ".join(given.split()) if isinstance(given, str) else ""
    if not said or not said.isprintable() or len(said) > LONGEST_WORDS:
        raise _Wrong(f"write one line of at most {LONGEST_WORDS} characters")
    return said


def _read_id(field: Field, given: object, known: Known) -> object:
    said = given.strip() if isinstance(given, str) else ""
    if not _ID.fullmatch(said):
        raise _Wrong(f"expected an id ({field.label}): letters and digits without spaces, never a name")
    allowed = known(field.kind)
    if allowed is None and field.kind in _CODED and not _CODE.fullmatch(said):
        raise _Wrong(f"expected an id ({field.label}): 2 to 41 small letters, digits (at most 6) and hyphens")
    if allowed is not None and said not in allowed:
        raise _Wrong(f"{said} is not known here ({field.label}); choose one from the list", tuple(sorted(allowed)))
    return said


def _read_account(field: Field, given: object, known: Known) -> object:
    """An account may be given with or without the word before it; commands hold it with the word."""
    bare = given.strip().removeprefix("account:") if isinstance(given, str) else given
    return f"account:{_read_id(field, bare, known)}"


def _read_seen(_field: Field, given: object, _known: Known) -> object:
    try:
        data = json.loads(given) if isinstance(given, str) else given
        if isinstance(data, Mapping) and set(data) <= {*data_of_seen(Seen())} and _are_counts(data):
            return seen_from(data)
    except (ValueError, MalformedEvent):
        pass
    raise _Wrong(f"expected counts as the page gives them: {', '.join(data_of_seen(Seen()))}")


def _are_counts(data: Mapping[str, object]) -> bool:
    reasons = data.get("reasons", [])
    counts = [value for name, value in data.items() if name != "reasons"]
    return (
        isinstance(reasons, list)
        and all(isinstance(reason, str) and reason in REASONS for reason in reasons)
        and all(isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= MOST for count in counts)
    )


_READERS: Mapping[FieldKind, Callable[[Field, object, Known], object]] = {
    FieldKind.CHOICE: _read_choice,
    FieldKind.TIME: _read_time,
    FieldKind.NUMBER: _read_number,
    FieldKind.BOOL: _read_bool,
    FieldKind.WORDS: _read_words,
    FieldKind.ACCOUNT: _read_account,
    FieldKind.SEEN: _read_seen,
    **dict.fromkeys(
        (
            FieldKind.TEXT,
            FieldKind.OFFICE,
            FieldKind.UNIT,
            FieldKind.POST,
            FieldKind.GROUP,
            FieldKind.INCIDENT,
            FieldKind.CLAIM,
        ),
        _read_id,
    ),
}
