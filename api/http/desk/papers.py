"""Papers from above on the page of a matter: their facts, and the form of the 反馈."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.http.form import FieldView, FormView
from pipeline.workflow.papers import Paper, papers_of
from pipeline.workflow.visibility import may_read

from .board import Asked
from .clocks import tone_of
from .reader import Reader


@dataclass(frozen=True, slots=True)
class PaperView:
    """One paper, in words. `is_withheld`: this reader may not read it; then only that it is there is said."""

    post: str
    whom: str
    ref: str
    received: str
    due: str
    tone: str
    wants: str
    is_withheld: bool
    fed_back: str
    feedback: str
    forms: Sequence[FormView]


def papers_view(asked: Asked) -> Sequence[PaperView]:
    """Return the papers of the matter, those that wait first."""
    reader = asked.reader
    stores = reader.service.stores
    return [_view(asked, one) for one in papers_of(stores.posts, stores.log, reader.state, asked.incident.id)]


def _view(asked: Asked, paper: Paper) -> PaperView:
    reader = asked.reader
    stored = reader.service.stores.posts.post(paper.post)
    is_withheld = stored is not None and not may_read(reader.who.roles, stored.post)
    waits = paper.fed_back_at is None
    return PaperView(
        post=paper.post,
        whom="" if is_withheld else _whom(reader, paper),
        ref="" if is_withheld else paper.ref,
        received=reader.at(paper.received_at),
        due=reader.at(paper.due_at),
        tone=tone_of(reader.moments.now, paper.due_at, None) if waits and paper.due_at is not None else "",
        wants="" if is_withheld else paper.wants,
        is_withheld=is_withheld,
        fed_back="" if waits else _fed_back(reader, paper),
        feedback="" if is_withheld else paper.feedback,
        forms=[_form(reader, form, paper) for form in asked.form("answer_line", post=paper.post)] if waits else [],
    )


def _whom(reader: Reader, paper: Paper) -> str:
    named = reader.words.named("superior", paper.whom) if paper.whom else reader.words("paper.whom_unsaid")
    return f"{named} {paper.office}".strip()


def _fed_back(reader: Reader, paper: Paper) -> str:
    to = reader.words.named("superior", paper.to) if paper.to else _whom(reader, paper)
    how = reader.words.named("means", paper.how)
    said = reader.words("paper.given", to=to, how=how, when=reader.at(paper.fed_back_at))
    return said + (reader.words("paper.late") if paper.is_late else "")


def _form(reader: Reader, form: FormView, paper: Paper) -> FormView:
    """The form of the answer, worded as 反馈; to whom is chosen already where the paper says it."""
    text = replace(form.text, label=reader.words("paper.text"), required=True) if form.text else None
    fields = [_of_paper(reader, field, paper) for field in form.fields]
    return replace(form, label=reader.words("paper.give"), text=text, fields=fields)


def _of_paper(reader: Reader, field: FieldView, paper: Paper) -> FieldView:
    if field.name == "answered_at":
        return replace(field, label=reader.words("paper.given_at"))
    if field.name != "to":
        return field
    is_chosen = any(option.is_chosen for option in field.options)
    options = [
        replace(one, is_chosen=one.is_chosen or (not is_chosen and one.value == paper.whom)) for one in field.options
    ]
    return replace(field, label=reader.words("paper.to"), options=options, required=not paper.whom)
