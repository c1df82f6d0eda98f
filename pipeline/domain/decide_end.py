"""Decisions by which a matter ends, begins again, or goes to another unit."""

from dataclasses import replace

from .alert_rule import wanted
from .case import ALREADY, Case, clock_data
from .command import Command, Reopen
from .event import Event, Value
from .facts import Decision
from .from_above import refuse_without_feedback, still_ordered
from .incident import Disposition, Incident, RunningClock, State, Verdict
from .incident_command import BounceBack, Close, Transfer
from .level import LOWEST_FOR_FOUR_EYES
from .sign_off import LATER, LEADER, sign_off_data

FOUND = (Verdict.TRUE, Verdict.PARTLY_TRUE, Verdict.UNTRUE)
"""Verdicts that found something out; such a matter is never irrelevant."""

ENDS_IN = {
    Disposition.RESOLVED: (State.RESPONDED, State.TRANSFERRED),
    Disposition.CLARIFIED: (State.RESPONDED,),
    Disposition.FILED: (State.VERIFYING, State.HANDLING, State.RESPONDED, State.TRANSFERRED),
    Disposition.IRRELEVANT: (State.VERIFYING,),
}
"""From which states each ending is legal; the table of moves only says that closing is."""


def close(case: Case, command: Close) -> Decision:
    """办结. Nothing waits any more, or it is said what does; a second person is named where one is required."""
    incident = case.incident(command.incident)
    _refuse_while_lines_wait(case, incident)
    _refuse_disposition(case, incident, command.disposition)
    events = [_closed(case, incident, command)]
    asked = _asked_to_sign(case, incident, command) if _needs_second(incident, command.disposition) else ""
    if not asked:
        return Decision(tuple(events))
    events.append(case.event("sign_asked", incident.id, {"what": "close", "of": asked}))
    return Decision(tuple(events), case.told("sign_asked", "close", incident, asked))


def _asked_to_sign(case: Case, incident: Incident, command: Close) -> str:
    """Return who is to sign; "" where it was signed offline. He who works alone is never kept from going on."""
    if command.offline:
        return LEADER if command.signed_how == LATER else ""
    if command.second is None or command.second == command.actor:
        sentence = "this step needs a second person: name one, or record an offline sign-off (paper, phone, later)"
        raise case.refusal(sentence, incident, code="INC-222")
    return command.second


def _closed(case: Case, incident: Incident, command: Close) -> Event:
    data: dict[str, Value] = {
        "disposition": command.disposition.value,
        "offline": int(command.offline and command.signed_how != LATER),
        "seen": case.seen_data(incident.groups),
        **(sign_off_data(case, incident, command) if command.offline else {}),
    }
    return case.event("closed", incident.id, data)


def _refuse_while_lines_wait(case: Case, incident: Incident) -> None:
    listed = {line.post for line in incident.lines}
    arrived = [group for group in incident.groups if group in case.facts.groups]
    letters = [letter for group in arrived for letter in case.letters(group)]
    refuse_without_feedback(case, incident, letters)
    new = [letter.post for letter in letters if letter.post not in listed]
    posts = ", ".join([*(line.post for line in incident.waiting_lines), *new])
    if posts:
        raise case.refusal(f"answer or decline every message first; these wait: {posts}", incident, code="INC-223")


def _refuse_disposition(case: Case, incident: Incident, disposition: Disposition) -> None:
    """What was found must agree with how the matter ends: 不属实 is clarified, never called irrelevant."""
    verdicts = [claim.verdict for claim in incident.claims]
    if disposition is Disposition.IRRELEVANT and any(verdict in FOUND for verdict in verdicts):
        raise case.refusal("a matter with a verdict is not irrelevant; answer or clarify it", incident, code="INC-224")
    if disposition is not Disposition.IRRELEVANT and None in verdicts:
        raise case.refusal("a claim has no verdict yet; give one, 暂无法核实 if need be", incident, code="INC-223")
    if disposition is Disposition.CLARIFIED and not incident.must_clarify:
        raise case.refusal("nothing was found untrue, so nothing is clarified", incident, code="INC-224")
    if disposition is Disposition.FILED and incident.must_clarify and incident.state is not State.RESPONDED:
        raise case.refusal("a claim was found untrue: reply to clarify it first", incident, code="INC-224")
    if incident.state not in ENDS_IN[disposition]:
        states = ", ".join(ENDS_IN[disposition])
        raise case.refusal(f"an incident ends as {disposition} from {states}, not from {incident.state}", incident)


def _needs_second(incident: Incident, disposition: Disposition) -> bool:
    if disposition is Disposition.IRRELEVANT:
        return incident.level <= LOWEST_FOR_FOUR_EYES
    unverifiable = any(claim.verdict is Verdict.UNVERIFIABLE for claim in incident.claims)
    return disposition is Disposition.FILED and unverifiable


def reopen(case: Case, command: Reopen) -> Decision:
    """The incident is worked again, by its last owner."""
    incident = case.incident(command.incident)
    if not command.by_person:
        refuse_unless_wanted(case, incident, command)
    state = State.HANDLING if incident.state is State.RESPONDED else State.VERIFYING
    data: dict[str, Value] = {
        "reason": command.reason,
        "state": state.value,
        "seen": case.seen_data(incident.groups),
        "stopped": [clock.kind for clock in incident.clocks],
        "clocks": clock_data(_clocks_again(case, incident, state)),
    }
    told = case.notice("reopened", command.reason, "policy:alert", incident)
    return Decision((case.event("reopened", incident.id, data),), () if command.by_person else (told,))


def _clocks_again(case: Case, incident: Incident, state: State) -> list[RunningClock]:
    """Return the clocks of what is owed once more; a due time from outside is not put off by our working again."""
    ordered = still_ordered(incident)
    kept = {clock.kind for clock in ordered}
    fresh = case.clocks_on(replace(incident, clocks=ordered), state, "reopened")
    return [*ordered, *(clock for clock in fresh if clock.kind not in kept)]


def transfer(case: Case, command: Transfer) -> Decision:
    """Another unit has accepted the matter; it comes back for review until it is closed."""
    incident = case.incident(command.incident)
    data: dict[str, Value] = {
        "to": command.to,
        "clocks": clock_data(case.clocks_on(incident, State.TRANSFERRED, "transferred")),
    }
    return Decision((case.event("transferred", incident.id, data),))


def bounce_back(case: Case, command: BounceBack) -> Decision:
    """The matter is ours again and is verified anew."""
    incident = case.incident(command.incident)
    data: dict[str, Value] = {"clocks": clock_data(case.clocks_on(incident, State.VERIFYING, "bounced"))}
    event = case.event("bounced_back", incident.id, data)
    return Decision((event,), case.told("bounced_back", "transfer", incident, incident.owner))


def refuse_unless_wanted(case: Case, incident: Incident, command: Command) -> None:
    """Refuse a rule's command that the matter does not ask for as it stands now: it is already so, or so no more."""
    rows = [case.facts.groups[group].row for group in incident.groups if group in case.facts.groups]
    asked = wanted(rows, None, incident, case.facts.policy, case.now) if rows else ()
    if any(replace(one, command_id=command.command_id) == command for one in asked):
        return
    raise case.refusal(f"nothing asks for {command.name} of incident {incident.id} now", incident, code=ALREADY)
