"""
Offline sign-off 线下审签: the post that signed, when, and by which proof; or that a signature is still to come 待补签.

A person who works alone has nobody to name as the second one. He goes to his leader with paper, asks by telephone, or
ends the matter now and has it signed when the leader is back: none of the three ever waits for another account.
"""

from .case import Case
from .event import Value
from .incident import Gap, Incident
from .incident_command import Close, Sign
from .unit_state import UnitState

PAPER, PHONE, LATER = "paper", "phone", "later"
"""附审签单 (a picture is attached), 电话请示, and 先办结、后补签."""
MISSING = "INC-221"
LEADER = "role:leader"
"""Who is asked to sign where no account was named: whoever leads, himself or on paper."""


def sign_off_data(case: Case, incident: Incident, command: Close | Sign) -> dict[str, Value]:
    """Return what an event holds of an offline sign-off. Refuses one without post, proof, or with a time to come."""
    signer, how = command.signed_by, command.signed_how
    if signer is None or how not in (PAPER, PHONE, LATER):
        raise case.refusal(
            "an offline sign-off names the post that signs, and its proof: paper, phone, or later",
            incident,
            code=MISSING,
        )
    if how == PAPER and not command.attached:
        raise case.refusal("a sign-off on paper needs its picture; attach one, or say phone", incident, code=MISSING)
    at = case.now if command.signed_at is None else command.signed_at
    if at > case.now:
        raise case.refusal("a sign-off lies behind us; give the time at which it was made", incident, code=MISSING)
    named: dict[str, Value] = {"memo": signer.memo, "commitment": signer.commitment}
    return {"signed_by": named, "signed_how": how, "signed_at": at}


def may_sign(state: UnitState, incident: str, gap: Gap, actor: str, roles: frozenset[str]) -> bool:
    """Whether the account's own signature fills the gap: it was asked, and did not itself take the step."""
    is_asked = actor == gap.of or (gap.of == LEADER and "leader" in roles)
    return is_asked and actor != taken_by(state, incident, gap)


def taken_by(state: UnitState, incident: str, gap: Gap) -> str:
    """Return who took the step that waits for its signature; "" where the incident no longer remembers."""
    steps = (step for one in state.family(incident) for step in one.trail)
    return next((step.actor for step in steps if step.type == "sign_asked" and step.at == gap.at), "")
