"""An order that has been read: the typed command, what lies beside the log, and the digest of what was asked. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .attachment import MOST, masked_name, problem_of
from .bad_order import BadOrder, Problem
from .command import Command, Note
from .event import Memo, commitment
from .incident_command import Reply
from .intake import masked_text
from .order import Order
from .order_form import OrderForm
from .read_order import Asking, Known, command_of, form_of, plain_bytes, read_fields
from .sign_off import PAPER

LONGEST_TEXT = 20_000
"""Characters (code points) of a typed text."""
LONGEST_KEY = 200
SIGN_OFF = ("signed_how", "signed_by")
"""What an offline sign-off must say; its time is now where none is given."""


@dataclass(frozen=True, slots=True)
class UnitWords:
    """What a unit knows: terms that masking never eats (places, terms of its rules), and ids that fields may name."""

    keep: frozenset[str]
    known: Known


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    An order that has been read. `memos` have no incident yet: the text, the files, and last the post that signed.

    `digest` is equal exactly where command and fields are; it says nothing of the text.
    """

    form: OrderForm
    command: Command
    memos: tuple[Memo, ...]
    digest: str


def read_sheet(order: Order, words: UnitWords, salt: str) -> Sheet:
    """
    Return the order as a typed command with its masked text and files; `salt` is drawn anew for each order.

    Raises BadOrder with every problem of name, key, fields, text and files.
    """
    form = form_of(order.command)
    values, problems = read_fields(form, order.fields, words.known)
    problems += [*_problems_of_text(form, order), *_problems_around(form, order), *_problems_of_files(order)]
    if values.get("signed_how") and not values.get("second"):
        values = {**values, "offline": True}  # whoever chose how, meant it
    problems += _problems_of_sign_off(values, order)
    if problems:
        raise BadOrder(order.command, problems)
    text = masked_text(order.text.strip(), words.keep)
    files = [(masked_name(one, words.keep), hashlib.sha256(one.data).hexdigest()) for one in order.attachments]
    memos = _memos(order, text, files, salt)
    note = Note(order.memo_id, commitment(salt, said(text, files))) if memos else None
    attached = tuple(memo.id for memo in memos[1:])
    if values.get("signed_by"):
        signer = _signer(order, masked_text(str(values["signed_by"]), words.keep), salt)
        memos = [*memos, signer]
        values = {**values, "signed_by": Note(signer.id, commitment(signer.salt, signer.text))}
    command = command_of(form, values, Asking(order.command_id, order.actor, note, attached, order.expected_revision))
    if isinstance(command, Reply) and command.kind == "public":
        memos = [replace(memo, public=True) for memo in memos]
    return Sheet(form, command, tuple(memos), hashlib.sha256(plain_bytes(command)).hexdigest())


def said(text: str, files: Sequence[tuple[str, str]]) -> str:
    """Return what a note's commitment covers: the text alone, or with a line for each file (name, hash)."""
    return "\n".join([text, *(f"{blob} {name}" for name, blob in files)])


def is_same_content(order: Order, kept: Sequence[Memo | None], sheet: Sheet, named: Sequence[str]) -> bool:
    """
    Whether the texts and files of the order are those that the first batch of its key named.

    `kept` are the memos of this order as they are stored, None where erased: what was erased is not compared.
    """
    if {memo.id for memo in sheet.memos} != {memo for memo in named if memo.startswith(order.memo_id)}:
        return False
    return all(
        was is None or (was.text, was.attachment) == (now.text, now.attachment)
        for was, now in zip(kept, sheet.memos, strict=True)
    )


def _memos(order: Order, text: str, files: Sequence[tuple[str, str]], salt: str) -> list[Memo]:
    """The text comes first, and is there, if empty, where files are; a file's name is a text of its own."""
    if not text and not files:
        return []
    memos = [Memo(order.unit, order.memo_id, "", text, salt)]
    for number, (name, blob) in enumerate(files, start=1):
        own = hashlib.sha256(f"{salt}\n{number}".encode()).hexdigest()[:32]
        memos.append(Memo(order.unit, f"{order.memo_id}-{number}", "", name, own, attachment=blob))
    return memos


def _signer(order: Order, text: str, salt: str) -> Memo:
    """Return the memo that names the post which signed; where one signed, nothing else may have been typed."""
    return Memo(
        order.unit, f"{order.memo_id}-signer", "", text, hashlib.sha256(f"{salt}\nsigner".encode()).hexdigest()[:32]
    )


def _problems_of_sign_off(values: Mapping[str, object], order: Order) -> list[Problem]:
    """An offline sign-off names a post and a way; on paper it has a picture. Neither is left out by half."""
    if not values.get("offline"):
        given = [name for name in SIGN_OFF if values.get(name)]
        return [Problem(name, "this belongs to an offline sign-off: say offline, or leave it empty") for name in given]
    problems = [Problem(name, "an offline sign-off needs this") for name in SIGN_OFF if not values.get(name)]
    if values.get("signed_how") == PAPER and not order.attachments:
        problems.append(Problem("attachments", "a sign-off on paper needs its picture; attach one, or choose phone"))
    return problems


def _problems_of_text(form: OrderForm, order: Order) -> list[Problem]:
    if len(order.text) > LONGEST_TEXT:
        sentence = f"{len(order.text)} characters are too many; a text has at most {LONGEST_TEXT}; attach the rest"
        return [Problem("text", sentence)]
    if form.needs_text and not order.text.strip() and not order.attachments:
        return [Problem("text", f"{form.label} needs a reason or a text; write one")]
    return []


def _problems_around(form: OrderForm, order: Order) -> list[Problem]:
    problems = []
    if not order.key or len(order.key) > LONGEST_KEY:
        problems.append(Problem("key", f"give an Idempotency-Key of 1 to {LONGEST_KEY} characters, new for each order"))
    if order.expected_revision is not None and not form.has_revision:
        problems.append(Problem("expected_revision", "only incidents have a revision; leave it out (no If-Match)"))
    return problems


def _problems_of_files(order: Order) -> list[Problem]:
    if len(order.attachments) > MOST:
        return [Problem("attachments", f"{len(order.attachments)} files are too many; attach at most {MOST}")]
    problems = [problem_of(file, number) for number, file in enumerate(order.attachments, start=1)]
    return [problem for problem in problems if problem is not None]
