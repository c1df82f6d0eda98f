"""
A draft: a command's form as it was sent, before it is an order. Whatever becomes of it, what was typed is kept.

Besides the fields of the order's form (pipeline/domain/order_catalogue) a form carries:
    csrf      this session's token                          key    the Idempotency-Key, one per form that was shown
    revision  the incident's revision on the screen         back   the page of ours to which the browser returns
    text      what was typed                                files  attachments (multipart/form-data)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fastapi import Request
from starlette.datastructures import UploadFile

from api.accounts.principal import Principal
from pipeline.domain.attachment import LARGEST, Attached
from pipeline.domain.order import Order
from pipeline.domain.order_catalogue import order_forms
from pipeline.domain.order_form import FieldKind, OrderForm, field_named
from pipeline.domain.post import Millis

from .gate import CSRF_FIELD
from .problem import missing
from .typed_time import typed_moment

AROUND = frozenset({CSRF_FIELD, "key", "revision", "back", "text", "files"})
JOINT = "@"
"""One box holds two fields: `others` of a merge the incident and its revision, `post` of evidence the version."""
JOINED = {("merge", "others"): "others_revisions", ("record_evidence", "post"): "version"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was sent for one command. `problems` are field → sentence, filled in when it could not be carried out."""

    command: str
    fields: Mapping[str, Sequence[str]]
    text: str = ""
    key: str = ""
    revision: int | None = None
    back: str = ""
    files: tuple[Attached, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def form(self) -> OrderForm:
        """The form of the command."""
        return order_forms()[self.command]

    def value(self, name: str) -> str:
        """Return what was given for a field; "" where nothing was, the first of several."""
        given = self.fields.get(name, ())
        return given[0] if given else ""

    def with_problems(self, problems: Mapping[str, str]) -> "Draft":
        """Return the draft with what is wrong beside each field."""
        return replace(self, problems=problems)


async def read_draft(request: Request, command: str) -> Draft:
    """Return what was sent. Raises Problem (HTP-404) where there is no such command."""
    if command not in order_forms():
        raise missing(f"command {command[:40]}")
    sent = await request.form()
    fields: dict[str, list[str]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, str) and name not in AROUND:
            fields.setdefault(name, []).append(value)

    def said(name: str) -> str:
        value = sent.get(name, "")
        return value if isinstance(value, str) else ""

    files = [value for name, value in sent.multi_items() if name == "files" and isinstance(value, UploadFile)]
    revision = said("revision").strip()
    draft = Draft(
        command=command,
        fields=fields,
        text=said("text").replace("\r\n", "\n"),
        key=said("key"),
        revision=int(revision) if revision.isdecimal() and len(revision) < 12 else None,
        back=said("back"),
        files=tuple([await _attached(file) for file in files if file.filename]),
    )
    await sent.close()
    return draft


async def _attached(file: UploadFile) -> Attached:
    """Return the file; of one that is too large only so much that it is known to be."""
    data = await file.read(LARGEST + 1)
    return Attached(file.filename or "", file.content_type or "", data)


def order_of(draft: Draft, unit: str, who: Principal, now: Millis) -> Order:
    """Return what the draft asks for, as the clerk takes it."""
    form = draft.form
    return Order(
        unit=unit,
        command=draft.command,
        fields=_plain(draft, form, now),
        account=who.account,
        roles=who.roles,
        key=draft.key,
        text=draft.text,
        attachments=draft.files,
        expected_revision=draft.revision if form.has_revision else None,
    )


def _plain(draft: Draft, form: OrderForm, now: Millis) -> dict[str, object]:
    plain: dict[str, object] = {}
    for name, given in draft.fields.items():
        wanted = field_named(form.fields, name)
        values = [value for value in given if value.strip()]
        second = JOINED.get((draft.command, name))
        if second:
            seconds = [value.partition(JOINT)[2] for value in values]
            values = [value.partition(JOINT)[0] for value in values]
            plain[second] = seconds if wanted is not None and wanted.many else "".join(seconds[:1])
        if wanted is not None and wanted.kind is FieldKind.TIME:
            values = [typed_moment(value, now) for value in values]
        plain[name] = values if wanted is not None and wanted.many else "".join(values[:1])
    return plain
