"""The body of a command as it arrives, JSON or a form with files; every field of another type is named at once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile

from pipeline.domain.attachment import Attached
from pipeline.domain.bad_order import BadOrder
from pipeline.domain.bad_order import Problem as FieldProblem
from pipeline.domain.order_form import Field, FieldKind, OrderForm, field_named

from .gate import CSRF_FIELD
from .order_schema import own_fields
from .problem import Problem

TEXT, ATTACHMENTS = "text", "attachments"
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


@dataclass(frozen=True, slots=True)
class Body:
    """What a request asks for, beside its target: plain fields, a text, files."""

    fields: Mapping[str, object]
    text: str = ""
    attachments: tuple[Attached, ...] = ()


async def read_body(request: Request, form: OrderForm) -> Body:
    """
    Return the body of a command.

    Raises Problem (HTP-415, HTP-422) where it is no form and no JSON object, BadOrder with every field that has another
    type than the schema says.
    """
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said in FORMS:
        return await _read_form(request, form)
    data = await request.body()
    if data and said != "application/json":
        raise Problem(415, "HTP-415", f"a body of type {said or 'unknown'} is not read", "send JSON, or a form")
    return _read_json(data, form)


def _read_json(data: bytes, form: OrderForm) -> Body:
    try:
        said = json.loads(data) if data else {}
    except (ValueError, RecursionError):
        raise _no_object() from None
    if not isinstance(said, dict):
        raise _no_object()
    plain: dict[str, object] = said
    problems = [problem for name, value in plain.items() if (problem := _wrong(form, name, value))]
    if problems:
        raise BadOrder(form.name, problems)
    text = plain.pop(TEXT, "")
    return Body(plain, str(text))


async def _read_form(request: Request, form: OrderForm) -> Body:
    fields: dict[str, list[str]] = {}
    files = []
    async with request.form() as parts:
        for name, value in parts.multi_items():
            if isinstance(value, UploadFile):
                files.append((name, Attached(value.filename or "", value.content_type or "", await value.read())))
            elif name != CSRF_FIELD:
                fields.setdefault(name, []).append(value)
    text = "\n".join(fields.pop(TEXT, []))
    problems = _misplaced(form, fields, [name for name, _ in files])
    if problems:
        raise BadOrder(form.name, problems)
    plain: dict[str, object] = {
        name: values if _is_list(form, name) and len(values) > 1 else values[0] for name, values in fields.items()
    }
    return Body(plain, text, tuple(file for _, file in files))


def _is_list(form: OrderForm, name: str) -> bool:
    field = field_named(form.fields, name)
    return field is not None and field.many


def _misplaced(form: OrderForm, fields: Mapping[str, Sequence[str]], files: Sequence[str]) -> list[FieldProblem]:
    """Return what stands twice, in the wrong place, or as a file where a value belongs."""
    problems = [_in_address(name) for name in fields if name == form.target_field]
    twice = [name for name, values in fields.items() if len(values) > 1 and not _is_list(form, name)]
    problems += [FieldProblem(name, "is given twice; give it once") for name in twice]
    wrong = sorted({name for name in files if name != ATTACHMENTS})
    return problems + [FieldProblem(name, f"a file belongs under {ATTACHMENTS}") for name in wrong]


def _wrong(form: OrderForm, name: str, value: object) -> FieldProblem | None:
    """Return what is wrong with the type of a field in JSON; what its value may be, the reader of orders says."""
    if name == TEXT:
        return None if _is_text(value) else FieldProblem(TEXT, "expected a text in Unicode")
    if name == form.target_field:
        return _in_address(name)
    field = field_named(own_fields(form), name)
    if field is None:
        return None
    if field.many and not isinstance(value, list):
        return FieldProblem(name, f"expected a list ({field.label})")
    values = value if field.many and isinstance(value, list) else [value]
    return None if all(_has_type(field, one) for one in values) else _of_type(field)


def _has_type(field: Field, value: object) -> bool:
    if field.kind is FieldKind.BOOL:
        return isinstance(value, bool)
    if field.kind is FieldKind.NUMBER:
        return isinstance(value, int) and not isinstance(value, bool)
    if field.kind is FieldKind.SEEN:
        return isinstance(value, dict)
    return _is_text(value) and bool(str(value).strip())


def _is_text(value: object) -> bool:
    """Whether it is a text that can be written down: JSON can hold halves of characters."""
    try:
        return isinstance(value, str) and value.encode() is not None
    except UnicodeEncodeError:
        return False


def _of_type(field: Field) -> FieldProblem:
    types = {FieldKind.BOOL: "true or false", FieldKind.NUMBER: "a whole number", FieldKind.SEEN: "an object of counts"}
    return FieldProblem(field.name, f"expected {types.get(field.kind, 'a text')} ({field.label})", field.values)


def _in_address(name: str) -> FieldProblem:
    return FieldProblem(name, "stands in the address; leave it out of the body")


def _no_object() -> Problem:
    return Problem(422, "HTP-422", "the body is no JSON object", "send an object with the command's fields")
