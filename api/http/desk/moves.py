"""Which moves a page offers: those that are legal, that the reader may make, and that fit the facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from api.http.draft import Draft
from api.http.form import Forms, FormView
from pipeline.domain.from_above import is_from_above
from pipeline.domain.incident import Incident, State
from pipeline.domain.level import HIGHEST, HIGHEST_TO_SETTLE, LOWEST_FOR_EMERGENCY
from pipeline.domain.next_moves import moves_for

PRIMARY: Mapping[State, Sequence[str]] = {
    State.DISCOVERED: ("acknowledge",),
    State.VERIFYING: ("transfer",),
    State.HANDLING: ("reply", "close"),
    State.RESPONDED: ("close", "reopen"),
    State.TRANSFERRED: ("close", "bounce_back"),
    State.CLOSED: ("reopen",),
    State.MERGED: (),
}
"""State → the moves that stand first."""

MORE = (
    *("accept_handover", "decline_handover", "acknowledge", "reply", "transfer", "close", "reopen", "bounce_back"),
    *("set_level", "assess", "report_upward", "leader_note", "consult", "offer_handover", "assign_owner"),
    *("unacknowledge", "snooze", "unsnooze", "hold", "resume", "declare_emergency", "end_emergency", "comment"),
)
"""The other moves of the bar, in this order; what stands elsewhere on the page is not named here."""

_FITS: Mapping[str, Callable[[Incident, str], bool]] = {
    "accept_handover": lambda incident, me: incident.offered_to == me,
    "decline_handover": lambda incident, me: (
        incident.offered_to is not None and me in (incident.offered_to, incident.owner)
    ),
    "unsnooze": lambda incident, _: incident.snoozed_until is not None,
    "snooze": lambda incident, _: incident.level != HIGHEST and incident.snoozed_until is None,
    "hold": lambda incident, _: incident.held_until is None,
    "resume": lambda incident, _: incident.held_until is not None,
    "declare_emergency": lambda incident, _: incident.level <= LOWEST_FOR_EMERGENCY and incident.emergency_at is None,
    "end_emergency": lambda incident, _: incident.emergency_at is not None,
    "settle": lambda incident, _: (
        incident.level >= HIGHEST_TO_SETTLE and not any(map(is_from_above, incident.waiting_lines))
    ),
    "unacknowledge": lambda incident, _: all(claim.verdict is None for claim in incident.claims),
    **dict.fromkeys(
        ("chase", "recall_office", "office_receive", "office_answer", "office_return"),
        lambda incident, _: any(one.waits for one in incident.assignments),
    ),
    "sign": lambda incident, _: bool(incident.gaps),
    "unmerge": lambda incident, _: bool(incident.absorbed),
}
"""Moves that are legal in a state, and make sense only beside certain facts."""


@dataclass(frozen=True, slots=True)
class MoveBar:
    """The forms of the bar. `may` are all moves of this reader, for the other parts of the page."""

    primary: Sequence[FormView]
    more: Sequence[FormView]
    may: frozenset[str]
    settles: bool


def moves_of(incident: Incident, actor: str, roles: frozenset[str]) -> frozenset[str]:
    """Return the moves of this account that are legal now and fit the facts."""
    legal = moves_for(incident.state, actor, roles)
    return frozenset(move for move in legal if move not in _FITS or _FITS[move](incident, actor))


def move_bar(forms: Forms, incident: Incident, may: frozenset[str], draft: Draft | None = None) -> MoveBar:
    """Return the bar; a move stands in it once, those of the state first."""
    first = [move for move in PRIMARY[incident.state] if move in may]
    rest = [move for move in MORE if move in may and move not in first]
    given = {"incident": incident.id}

    def form(move: str) -> FormView:
        mine = draft if draft is not None and draft.command == move else None
        made = forms.form(move, given, revision=incident.revision, draft=mine)
        return as_button(made) if move == "acknowledge" else made

    return MoveBar([form(move) for move in first], [form(move) for move in rest], may, "settle" in may)


def as_button(form: FormView) -> FormView:
    """Return the form with nothing left to fill in: whoever presses it is meant."""
    return replace(form, text=None, fields=[field for field in form.fields if field.control == "hidden"])
