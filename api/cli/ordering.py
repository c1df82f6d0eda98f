"""Orders from the command line: options made from the form of a command, as pages and API make theirs."""

import argparse
import mimetypes
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from api.accounts.account import Account
from pipeline.domain.attachment import TYPES, Attached
from pipeline.domain.errors import BadInput
from pipeline.domain.order import Order
from pipeline.domain.order_form import Field, FieldKind, OrderForm


def parser_of(form: OrderForm) -> argparse.ArgumentParser:
    """Return the parser of one command: its target, one option per field, a note, files, and who asks."""
    needs = "，需要 --note" if form.needs_text else ""
    parser = argparse.ArgumentParser(
        prog=f"huiyin incident {form.name}", description=f"{form.label}{needs}", allow_abbrev=False
    )
    if form.target_field is not None:
        parser.add_argument("target", metavar="ID", help=f"{form.target.value}")
    for field in form.fields:
        if field.name != form.target_field:
            _add(parser, field)
    parser.add_argument(
        "--note", default="", metavar="TEXT", help="a reason or a text, masked first; - reads it from stdin"
    )
    parser.add_argument("--attach", action="append", default=[], metavar="FILE", help="a file; may be repeated")
    parser.add_argument("--key", default="", metavar="KEY", help="the same key again does nothing again")
    parser.add_argument("--revision", type=int, metavar="N", help="refuse if others changed it since this revision")
    add_asking(parser)
    return parser


def add_asking(parser: argparse.ArgumentParser) -> None:
    """The parser asks where, as whom, and in which form."""
    parser.add_argument("--as", dest="account", default="", metavar="ACCOUNT", help="who acts: an account of the book")
    parser.add_argument("--unit", default="", metavar="ID", help="which unit, where there are several")
    parser.add_argument("--config", default="huiyin.toml", metavar="FILE", help="the operator's file")
    parser.add_argument("--json", action="store_true", help="print JSON for machines")


def order_of(form: OrderForm, given: argparse.Namespace, account: Account, unit: str) -> Order:
    """Return what was asked for on the command line. Raises BadInput where a file cannot be read (INP-172)."""
    fields = {field.name: getattr(given, field.name) for field in form.fields if field.name != form.target_field}
    if form.target_field is not None:
        fields[form.target_field] = given.target
    return Order(
        unit=unit,
        command=form.name,
        fields={name: value for name, value in fields.items() if value not in (None, [])},
        account=account.id,
        roles=account.roles,
        key=given.key or uuid.uuid4().hex,
        text=sys.stdin.read() if given.note == "-" else given.note,
        attachments=tuple(map(_file, given.attach)),
        expected_revision=given.revision,
    )


def _add(parser: argparse.ArgumentParser, field: Field) -> None:
    said = "、".join(f"{choice.value} {choice.label}" for choice in field.choices)
    help_ = " ".join(filter(None, (field.label, said, "*" if field.required else "")))
    option = f"--{field.name.replace('_', '-')}"
    if field.kind is FieldKind.BOOL:
        parser.add_argument(option, dest=field.name, action="store_const", const="true", help=help_)
    elif field.many:
        parser.add_argument(option, dest=field.name, action="append", default=[], metavar="ID", help=help_)
    else:
        parser.add_argument(option, dest=field.name, metavar="VALUE", help=help_)


def _file(name: str) -> Attached:
    path = Path(name)
    try:
        data = path.read_bytes()
    except OSError as cause:
        raise BadInput(f"{name}: the file cannot be read ({cause}); name another", code="INP-172") from cause
    ending = path.suffix.removeprefix(".").lower()
    kind = next((kind for kind, (own, _) in TYPES.items() if own == ending), mimetypes.guess_type(name)[0] or "")
    return Attached(path.name, kind, data)


def words_of_command(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return what is asked for, and the words behind it."""
    return (words[0], words[1:]) if words else ("", ())
