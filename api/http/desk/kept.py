"""What a page says where an order was not carried out: why, what is possible now, and everything that was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from api.http.draft import Draft
from api.http.form import Forms, FormView, named_problems
from pipeline.domain.bad_order import BadOrder
from pipeline.domain.errors import BadInput, HuiyinError, Refused
from pipeline.domain.moved import Moved

from .reader import Reader

ELSEWHERE = frozenset({"escalate", "undo", "group_joined", "group_restored", "group_split", "decline_merge"})
"""Moves that have no place of their own on the page to which a link could lead."""


@dataclass(frozen=True, slots=True)
class Kept:
    """
    An order that was not carried out. `form` is the form again with all that was typed, None where it is not legal now.

    `since` are the steps of others behind the screen; `allowed` what is possible now; `detail` the system's sentence.
    """

    cause: str
    detail: str
    draft: Draft
    form: FormView | None
    since: Sequence[str]
    allowed: Sequence[tuple[str, str]]
    has_files: bool
    status: int


def with_what_is_wrong(reader: Reader, draft: Draft, error: HuiyinError) -> Draft:
    """Return the draft with each problem at its field; where others were first, upon the revision of now."""
    if isinstance(error, BadOrder):
        return draft.with_problems(named_problems(error, draft, reader.words))
    if isinstance(error, Moved):
        return replace(draft, revision=error.revision)
    return draft


def kept(reader: Reader, draft: Draft, error: HuiyinError, forms: Forms, may: frozenset[str]) -> Kept:
    """Return what the page says; `may` are the moves that are possible now, `forms` makes the form again."""
    is_legal = draft.command in may or isinstance(error, BadInput)
    given = {name: values if len(values) > 1 else values[0] for name, values in _targets(draft).items()}
    form = forms.form(draft.command, given, revision=draft.revision, draft=draft) if is_legal else None
    allowed = [] if form else [move for move in getattr(error, "allowed", ()) if move in may and move not in ELSEWHERE]
    return Kept(
        cause=_cause(reader, error),
        detail=str(error) if not isinstance(error, BadOrder) else "",
        draft=draft,
        form=replace(form, button=_button(reader, draft, error)) if form else None,
        since=_since(reader, error),
        allowed=[(move, reader.words(f"command.{move}")) for move in allowed],
        has_files=bool(draft.files),
        status=412 if isinstance(error, Moved) else 409 if isinstance(error, Refused) else 422,
    )


def _targets(draft: Draft) -> Mapping[str, Sequence[str]]:
    """Return what the page had filled in: the target, and hidden fields."""
    hidden = {field.name for field in draft.form.fields if field.hidden} | {draft.form.target_field or ""}
    subjects = {"claim", "office", "released", "other"}
    if draft.value("group") and draft.command == "settle":
        hidden = hidden | {"group"}
    names = (hidden | (subjects if draft.command != "assign_office" else set())) & set(draft.fields)
    return {name: draft.fields[name] for name in sorted(names) if draft.fields[name]}


def _cause(reader: Reader, error: HuiyinError) -> str:
    words = reader.words
    if isinstance(error, BadOrder):
        return words("problem.heading")
    return words.texts.get(f"refusal.{error.code}", words("refusal.other"))


def _button(reader: Reader, draft: Draft, error: HuiyinError) -> str:
    named = reader.words(f"command.{draft.command}")
    key = "problem.moved_button" if isinstance(error, Moved) else "problem.again"
    return reader.words(key, command=named)


def _since(reader: Reader, error: HuiyinError) -> Sequence[str]:
    if not isinstance(error, Moved):
        return ()
    words = reader.words
    return [
        words(
            "problem.moved_by",
            who=reader.called.who(step.actor),
            what=words.named("done", step.type),
            when=reader.at(step.at),
        )
        for step in error.since
    ]
