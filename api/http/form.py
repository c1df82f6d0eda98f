"""The form of a command as a page shows it: what may be chosen, what was typed before, what was wrong with it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.words import Words
from pipeline.domain.attachment import LARGEST, TYPES
from pipeline.domain.bad_order import BadOrder, Problem
from pipeline.domain.order_catalogue import order_forms
from pipeline.domain.order_form import Field, FieldKind, field_named
from pipeline.domain.sheet import LONGEST_TEXT, SIGN_OFF

from .draft import Draft

AREAS: Mapping[str, str] = {
    "verdict": "verdict",
    "disposition": "disposition",
    "outcome": "outcome",
    "level": "level",
    "reply": "reply_kind",
    "kind": "reply_kind",
    "how": "means",
    "to": "superior",
    "what": "signed",
    "signed_how": "signed",
}
"""Field with a choice → the file of words that names its values."""
ASIDE = {"group_set_aside"}
TEXTLESS = frozenset(
    {
        "group_restored",
        "group_split",
        "merge",
        "unmerge",
        "split",
        "undo",
        "unsnooze",
        "resume",
        "escalate",
        "decline_merge",
    }
)
"""Commands whose form has no room for a text: nobody types one."""
FILED = frozenset(
    {
        "record_evidence",
        "reply",
        "answer_line",
        "office_answer",
        "office_return",
        "report_upward",
        "leader_note",
        "settle",
        "comment",
    }
    | {"assess", "consult", "sign", "close", "transfer"}
)
"""Commands whose form takes attachments."""


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a field, and what the page says for it."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field: `control` is radio, select, checks, check, time, text or hidden."""

    name: str
    label: str
    control: str
    options: Sequence[Option] = ()
    value: str = ""
    required: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FormView:
    """A form to be shown. `id` is unique on its page; `text` None where it has no room for one."""

    id: str
    command: str
    label: str
    action: str
    key: str
    back: str
    revision: int | None
    fields: Sequence[FieldView]
    text: FieldView | None
    takes_files: bool
    problem: str = ""
    button: str = ""
    is_quiet: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to fill in: the form is one button."""
        return self.text is None and all(each.control == "hidden" for each in self.fields)


Lists = Mapping[FieldKind, Sequence[Option]]
"""Kind of field → what it may name here; a kind that is not there is typed."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Makes forms for one reader of one unit. `back` is where he returns to; `lists` are what fields may name."""

    unit: str
    words: Words
    back: str
    lists: Lists = field(default_factory=dict)

    def form(
        self,
        command: str,
        given: Mapping[str, str | Sequence[str]] | None = None,
        *,
        revision: int | None = None,
        draft: Draft | None = None,
        lists: Lists | None = None,
    ) -> FormView:
        """Return the form; `given` fields are filled in by the page, `draft` is what was typed into it before."""
        wanted, words = order_forms()[command], self.words
        given, known = dict(given or {}), {**self.lists, **(lists or {})}
        views = [_view(each, command, words, known, draft) for each in wanted.fields if each.name not in given]
        views = [view for view in views if view.control != "hidden" or view.value]
        hidden = [FieldView(name, "", "hidden", value=one) for name, many in given.items() for one in _each(many)]
        return FormView(
            id=f"do-{command}" + "".join(f"-{value[:12]}" for name, value in _named(given) if name != "incident"),
            command=command,
            label=words(f"command.{command}"),
            action=f"/u/{self.unit}/do/{command}",
            key=secrets.token_urlsafe(16),
            back=self.back,
            revision=revision if wanted.has_revision else None,
            fields=[*hidden, *views],
            text=_text(command, words, draft, required=wanted.needs_text),
            takes_files=command in FILED,
            problem="；".join(_unplaced(draft, wanted.fields)) if draft else "",
        )


def named_problems(error: BadOrder, draft: Draft, words: Words) -> Mapping[str, str]:
    """Return field → what is wrong with it, in the reader's language."""
    return {problem.field: _sentence(problem, draft, words) for problem in error.problems}


def _sentence(problem: Problem, draft: Draft, words: Words) -> str:
    name = problem.field
    if name == "text":
        too_long = len(draft.text) > LONGEST_TEXT
        return words("problem.text_long", most=LONGEST_TEXT) if too_long else words("problem.text_missing")
    if name.startswith("attachment"):
        return _about_files(draft, words)
    if name in SIGN_OFF and draft.value(name):
        return words("problem.not_offline")
    wanted = field_named(draft.form.fields, name)
    if wanted is None:
        return f"{name}: {problem.sentence}"
    if not any(value.strip() for value in draft.fields.get(name, ())):
        return words("problem.missing", field=_label(wanted, draft.command, words))
    return words.named("problem", wanted.kind.value)


def _about_files(draft: Draft, words: Words) -> str:
    if any(len(file.data) > LARGEST for file in draft.files):
        return words("problem.file_large")
    if any(not file.data for file in draft.files):
        return words("problem.file_empty")
    if not draft.files:
        return words("problem.file_missing")
    return words("problem.file_type", types="、".join(dict.fromkeys(ending for ending, _ in TYPES.values())))


def _unplaced(draft: Draft, fields: Sequence[Field]) -> list[str]:
    """Return what is wrong with no field of the page: key, revision, attachments."""
    shown = {each.name for each in fields if not each.hidden} | {"text"}
    return [sentence for name, sentence in draft.problems.items() if name not in shown]


def _view(wanted: Field, command: str, words: Words, lists: Lists, draft: Draft | None) -> FieldView:
    typed = tuple(draft.fields.get(wanted.name, ())) if draft else ()
    options = [Option(each.value, each.label, each.value in typed) for each in _options(wanted, command, words, lists)]
    return FieldView(
        name=wanted.name,
        label=_label(wanted, command, words),
        control=_control(wanted, options),
        options=options,
        value=typed[0] if typed else "",
        required=wanted.required,
        problem=draft.problems.get(wanted.name, "") if draft else "",
    )


def _options(wanted: Field, command: str, words: Words, lists: Lists) -> Sequence[Option]:
    if wanted.kind is not FieldKind.CHOICE:
        return lists.get(wanted.kind, ())
    area = "aside" if command in ASIDE else AREAS[wanted.name]
    return [Option(choice.value, words(f"{area}.{choice.value}")) for choice in wanted.choices]


def _control(wanted: Field, options: Sequence[Option]) -> str:
    if wanted.hidden:
        return "hidden"
    if wanted.kind is FieldKind.BOOL:
        return "check"
    if wanted.kind is FieldKind.TIME:
        return "time"
    if wanted.kind is FieldKind.CHOICE:
        return "radio" if wanted.required else "select"
    if not options or wanted.kind is FieldKind.WORDS:
        return "text"
    return "checks" if wanted.many else "select"


def _label(wanted: Field, command: str, words: Words) -> str:
    own = f"field.{command}_{wanted.name}"
    return words(own) if own in words.texts else words(f"field.{wanted.name}")


def _text(command: str, words: Words, draft: Draft | None, *, required: bool) -> FieldView | None:
    if command in TEXTLESS:
        return None
    own = f"text.{command}"
    return FieldView(
        name="text",
        label=words(own) if own in words.texts else words("text.note"),
        control="textarea",
        value=draft.text if draft else "",
        required=required,
        problem=draft.problems.get("text", "") if draft else "",
    )


def _each(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _named(given: Mapping[str, str | Sequence[str]]) -> list[tuple[str, str]]:
    return [
        (name, value) for name, value in given.items() if isinstance(value, str) and name not in ("seen", "members")
    ]
