"""The offices of a matter: what each was given and how that stands, how the mail to it fares, and who is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.http.called import offices_of
from api.http.form import FieldView, FormView, Option
from api.words import Words
from pipeline.domain.incident import Assignment
from pipeline.domain.office import Reach, date_at, reach_of
from pipeline.domain.order_form import FieldKind
from pipeline.domain.routing import Proposed, proposed_offices
from pipeline.ports import Send
from pipeline.workflow.dossier import Dossier
from pipeline.workflow.office_sends import ASKS

from .board import Asked
from .clocks import tone_of
from .reader import Reader

MOST_SENDS = 200


@dataclass(frozen=True, slots=True)
class MailView:
    """How the newest mail to the office fares. `needs_paper`: nothing reaches the office but paper."""

    said: str
    tone: str = ""
    needs_paper: bool = False


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """What one office was asked to do; `state` says how it stands, `mail` None where it ended."""

    office: str
    assigned: str
    due: str
    tone: str
    state: str
    received: str
    chased: int
    mail: MailView | None
    print_at: str
    forms: Sequence[FormView]


def assignments_view(asked: Asked) -> Sequence[AssignmentView]:
    """Return what offices were asked to do, the newest first."""
    reader, incident = asked.reader, asked.incident
    sends = reader.service.stores.outbox.sends(reader.unit, limit=MOST_SENDS, incident=incident.id)
    return [_assignment(asked, one, sends) for one in reversed(incident.assignments)]


def _assignment(asked: Asked, one: Assignment, sends: Sequence[Send]) -> AssignmentView:
    reader, incident = asked.reader, asked.incident
    given = {"office": one.office}
    receive = () if one.received_at is not None else ("office_receive",)
    moves = (*receive, "office_answer", "office_return", "chase", "recall_office")
    return AssignmentView(
        office=reader.called.office(one.office),
        assigned=reader.at(one.at),
        due=reader.at(one.due_at),
        tone=tone_of(reader.moments.now, one.due_at, None) if one.waits else "",
        state=_state(reader, one),
        received=reader.at(one.received_at),
        chased=one.chased,
        mail=mail_view(reader, one, sends, is_avoided=one.office in incident.avoided) if one.waits else None,
        print_at=f"/u/{reader.unit}/incidents/{incident.id}/assignments/{one.office}/print",
        forms=[form for move in moves for form in asked.form(move, **given)] if one.waits else [],
    )


def _state(reader: Reader, one: Assignment) -> str:
    """Return what became of an assignment: answered, returned or recalled; "" while it waits."""
    ends = {"answered": one.answered_at, "returned": one.returned_at, "recalled": one.recalled_at}
    return next((reader.words(f"offices.{how}", when=reader.at(at)) for how, at in ends.items() if at is not None), "")


def mail_view(reader: Reader, task: Assignment, sends: Sequence[Send], *, is_avoided: bool) -> MailView:
    """Return how the newest mail about an assignment fares; nothing of it ends without a word to the desk."""
    words = reader.words
    if is_avoided:
        return MailView(words("offices.mail_conduct"), "late")
    own = [
        one
        for one in sends
        if one.recipient == f"office:{task.office}" and one.notice.what in ASKS and one.notice.at >= task.at
    ]
    if not own:
        is_reached = bool(_reach(reader, task.office).mail)
        said = words("offices.mail_waiting" if is_reached else "offices.mail_to_print")
        return MailView(said, "" if is_reached else "soon", needs_paper=not is_reached and task.received_at is None)
    newest = own[0]
    if newest.state == "queued":
        said = words("offices.mail_to_print" if newest.reason == "to_print" else "offices.mail_conduct")
        return MailView(said, "soon", needs_paper=newest.reason == "to_print" and task.received_at is None)
    if newest.state == "delivered":
        key = "offices.mail_delivered" if reader.service.editor.site else "offices.mail_no_link"
        return MailView(words(key, when=reader.at(newest.attempts[-1].at)))
    if newest.state in ("failed", "dropped", "unclear"):
        said = words(f"offices.mail_{newest.state}", why=words.named("notice", newest.reason))
        return MailView(said, "late", needs_paper=task.received_at is None)
    return MailView(words(f"offices.mail_{'held' if newest.state == 'held' else 'waiting'}"))


def _reach(reader: Reader, office: str) -> Reach:
    """Return which mailbox of the office is written to today."""
    offset = reader.service.editor.calendar(reader.unit).offset
    known = next((one for one in offices_of(reader.service, reader.unit) if one.id == office), None)
    return Reach() if known is None else reach_of(known, date_at(reader.moments.now, offset))


def assign_forms(asked: Asked, whole: Dossier) -> list[FormView]:
    """
    Return the form by which the matter is given to an office: those that fit line and place first, with the reasons.

    The office complained about is not offered before a leader has permitted it (回避), and nobody is proposed while
    the matter is kept for the leader: who is complained about is not known then.
    """
    offices = [one for one in asked.forms.lists[FieldKind.OFFICE] if one.value not in asked.incident.avoided]
    found = proposals(asked, whole)
    labels = {one.office.id: reasons_said(one, asked.reader.words) for one in found}
    first = [Option(one.office.id, labels[one.office.id]) for one in found]
    rest = [one for one in offices if one.value not in labels]
    forms = replace(asked.forms, lists={**asked.forms.lists, FieldKind.OFFICE: [*first, *rest]})
    made = replace(asked, forms=forms).form("assign_office")
    return [_with_choice(form, first[0].value) if first else form for form in made]


def proposals(asked: Asked, whole: Dossier) -> Sequence[Proposed]:
    """Return the offices that are proposed for the matter."""
    reader = asked.reader
    own = reader.service.settings.units.get(reader.unit)
    row = whole.line.rows[0] if whole.line.rows else None
    if own is None or row is None or reader.service.desk.is_for_leader(reader.unit, whole.incident.id):
        return ()
    busy = {one.office for one in whole.incident.assignments if one.waits or one.returned_at is not None}
    return proposed_offices(
        offices_of(reader.service, reader.unit),
        row.line,
        row.place,
        lines=own.lines,
        avoided=whole.incident.avoided | busy,
    )


def reasons_said(one: Proposed, words: Words) -> str:
    """Return a proposed office with the reasons: 社会救助股（推荐：业务 社会救助，辖区 青石镇）."""
    said = words("common.and").join(words(f"offices.because_{why}", what=what) for why, what in one.because)
    return words("offices.proposed", office=one.office.name, why=said)


def _with_choice(form: FormView, office: str) -> FormView:
    """Return the form with the first proposal chosen, unless somebody has chosen already."""
    return replace(form, fields=[_chosen(field, office) if field.name == "office" else field for field in form.fields])


def _chosen(field: FieldView, office: str) -> FieldView:
    if any(option.is_chosen for option in field.options):
        return field
    return replace(field, options=[replace(one, is_chosen=one.value == office) for one in field.options])
