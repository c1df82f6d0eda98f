"""The body of each command as a JSON schema with an example, made from the catalogue: nothing is said twice."""

from collections.abc import Mapping
from typing import Any

from pipeline.domain.attachment import MOST, TYPES
from pipeline.domain.order_form import Field, FieldKind, OrderForm
from pipeline.domain.read_order import LONGEST_WORDS, MOST_VALUES
from pipeline.domain.seen import MOST as LARGEST
from pipeline.domain.seen import NOTHING, REASONS, data_of_seen
from pipeline.domain.sheet import LONGEST_TEXT, SIGN_OFF

Schema = dict[str, Any]

ID = "^[!-~]{1,200}$"
DATE_TIME = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$"
_EXAMPLES: Mapping[FieldKind, object] = {
    FieldKind.TEXT: "reply",
    FieldKind.TIME: "2026-11-24T09:30:00+08:00",
    FieldKind.NUMBER: 1,
    FieldKind.BOOL: False,
    FieldKind.ACCOUNT: "duty-2",
    FieldKind.OFFICE: "welfare",
    FieldKind.UNIT: "linxi-mz",
    FieldKind.POST: "9f86d081884c7d659a2feaa0c55ad015",
    FieldKind.GROUP: "0b6a54f1d2c34e7a9f108b3c",
    FieldKind.INCIDENT: "5f2c0a9d1b7e4c3f8a6d0e21",
    FieldKind.CLAIM: "d4735e3a265e16eee03f59718b9b5d03",
    FieldKind.WORDS: "分管副局长",
    FieldKind.SEEN: {**data_of_seen(NOTHING), "posts": 2, "posters": 2, "sources": 1, "reasons": ["new_matter"]},
}


OFFLINE = frozenset({*SIGN_OFF, "signed_at"})
"""What only an offline sign-off says; an example names a second person instead."""


def own_fields(form: OrderForm) -> tuple[Field, ...]:
    """Return the fields of a body: all but the target, which stands in the address."""
    return tuple(field for field in form.fields if field.name != form.target_field)


def body_of(form: OrderForm) -> Schema:
    """Return what OpenAPI says of a command's request: JSON, or a form with files."""
    fields = {field.name: _schema(field) for field in own_fields(form)}
    needed = [field.name for field in own_fields(form) if field.required]
    text: Schema = {"type": "string", "maxLength": LONGEST_TEXT, "title": "文字", "description": "It is masked first."}
    json_text = {**text, "pattern": r"\S"} if form.needs_text else text
    by_json = {
        "type": "object",
        "title": form.label,
        "properties": {**fields, "text": json_text},
        "required": [*needed, "text"] if form.needs_text else needed,
        "additionalProperties": False,
    }
    files: Schema = {"type": "array", "maxItems": MOST, "items": {"type": "string", "format": "binary"}}
    files["description"] = f"At most 10 MB each, of {', '.join(ending for ending, _ in TYPES.values())}"
    by_form = {
        "type": "object",
        "title": form.label,
        "properties": {**fields, "text": text, "attachments": files},
        "required": needed,
    }
    content = {
        "application/json": {"schema": by_json, "examples": {"order": {"value": example_of(form)}}},
        "multipart/form-data": {"schema": by_form},
    }
    return {"required": bool(by_json["required"]), "content": content}


def example_of(form: OrderForm) -> dict[str, object]:
    """Return a body that can be read: every field that a person fills in, and a text."""
    shown = (field for field in own_fields(form) if field.required or not (field.hidden or field.name in OFFLINE))
    filled = {field.name: _example(field) for field in shown}
    return {**filled, "text": "已电话联系反映人，正在核实。"}


def _example(field: Field) -> object:
    one = field.choices[0].value if field.kind is FieldKind.CHOICE else _EXAMPLES[field.kind]
    return [one] if field.many else one


def _schema(field: Field) -> Schema:
    one = _one(field)
    schema: Schema = {"type": "array", "items": one, "maxItems": MOST_VALUES} if field.many else one
    if field.many and field.required:
        schema["minItems"] = 1
    return {"title": field.label, **schema}


def _one(field: Field) -> Schema:
    if field.kind is FieldKind.CHOICE:
        said = "；".join(f"{choice.value} {choice.label}" for choice in field.choices)
        return {"type": "string", "enum": list(field.values), "description": said}
    if field.kind is FieldKind.SEEN:
        counts = {
            name: {"type": "integer", "minimum": 0, "maximum": LARGEST}
            for name in data_of_seen(NOTHING)
            if name != "reasons"
        }
        reasons = {"type": "array", "items": {"enum": list(REASONS)}}
        return {"type": "object", "properties": {**counts, "reasons": reasons}, "additionalProperties": False}
    plain: Mapping[FieldKind, Schema] = {
        FieldKind.TIME: {"type": "string", "format": "date-time", "pattern": DATE_TIME},
        FieldKind.NUMBER: {"type": "integer", "minimum": 0, "maximum": (1 << 53) - 1},
        FieldKind.BOOL: {"type": "boolean"},
        FieldKind.WORDS: {"type": "string", "maxLength": LONGEST_WORDS, "description": "It is masked first."},
    }
    return plain.get(field.kind, {"type": "string", "pattern": ID})
