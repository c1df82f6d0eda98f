"""Decisions by which a matter is answered: replies, and the lines of messages addressed to the unit."""

from .case import ALREADY, Case, clock_data
from .command import AddAnswerLines
from .decide_group import line_added
from .decide_imported import answers, is_history
from .event import Value
from .facts import Decision
from .from_above import is_from_above, must_feed_back
from .incident import AnswerLine as Line
from .incident import Incident, State
from .incident_command import AnswerLine, DeclineLine, Reply

REPLIES = ("public", "answered", "unified", "in_writing", "none")
NOTED_REPLIES = ("public", "in_writing", "none")
"""Replies that need a note: the link or picture, the letter, the reason."""


def reply(case: Case, command: Reply) -> Decision:
    """The matter is answered in public, to the person, by a superior, in writing, or not at all by decision."""
    incident = case.incident(command.incident)
    if command.kind not in REPLIES:
        raise case.refusal(f"a reply is one of {', '.join(REPLIES)}, not {command.kind}", incident)
    if command.kind in NOTED_REPLIES and command.note is None:
        raise case.refusal(f"a reply {command.kind} needs a note: link, letter or reason", incident, code="INC-221")
    if command.kind == "none" and not command.leader:
        raise case.refusal("no reply is a leader's decision; name the leader", incident, code="INC-222")
    state = State.TRANSFERRED if incident.state is State.TRANSFERRED else State.RESPONDED
    data: dict[str, Value] = {
        "kind": command.kind,
        "how": command.how,
        "leader": command.leader,
        "state": state.value,
        "clocks": clock_data(case.clocks_on(incident, state, "responded")),
    }
    return Decision((case.event("replied", incident.id, data),))


def answer_line(case: Case, command: AnswerLine) -> Decision:
    """The message is answered: how, and when. To a superior that is the 反馈: its text is on record, and to whom."""
    incident = case.incident(command.incident)
    line = _waiting_line(case, incident, command.post)
    answered_at = command.answered_at or case.now
    data: dict[str, Value] = {"post": line.post, "how": command.how, "answered_at": answered_at}
    data |= _fed_back(case, incident, line, command)
    return Decision(case.on_holder(incident, _line_holder(case, incident, line), "line_answered", data))


def _fed_back(case: Case, incident: Incident, line: Line, command: AnswerLine) -> dict[str, Value]:
    """Return to whom the 反馈 goes: whom the officer names, else who sent the paper."""
    if not is_from_above(line):
        if command.to:
            raise case.refusal(f"message {line.post} is no superior's; leave out to whom", incident)
        return {}
    to = command.to or line.whom
    if command.note is None or not to:
        lacks = "what was fed back" if command.note is None else "to whom"
        raise case.refusal(f"the feedback (反馈) needs {lacks}; write it", incident, code="INC-221")
    return {"to": to}


def decline_line(case: Case, command: DeclineLine) -> Decision:
    """The message is not answered, for the reason in the note."""
    incident = case.incident(command.incident)
    line = _waiting_line(case, incident, command.post)
    if is_from_above(line):
        raise must_feed_back(case, incident, [line.post])
    return Decision(case.on_holder(incident, _line_holder(case, incident, line), "line_declined", {"post": line.post}))


def _waiting_line(case: Case, incident: Incident, post: str) -> Line:
    found = next((line for line in incident.lines if line.post == post), None)
    if found is None:
        raise case.refusal(f"incident {incident.id} has no message {post} to answer", incident, code="INC-301")
    if found.outcome:
        raise case.refusal(f"message {post} is {found.outcome} already", incident, code=ALREADY)
    return found


def _line_holder(case: Case, incident: Incident, line: Line) -> str:
    return next(one.id for one in case.state.family(incident.id) if line in one.lines)


def add_answer_lines(case: Case, command: AddAnswerLines) -> Decision:
    """Every message of the group that is addressed to the unit has its answer line."""
    incident = case.incident(command.incident)
    listed = {line.post for line in incident.lines}
    facts = case.group(command.group)
    missing = [post for post in case.letters(command.group) if post.post not in listed]
    holder = case.holder(command.group)
    if holder is None or command.group not in incident.groups or not missing:
        raise case.refusal(f"incident {incident.id} lists every message of group {command.group}", code=ALREADY)
    events = [*(line_added(case, holder, facts, post) for post in missing), *answers(case, holder, missing)]
    if is_history(case, missing) and not facts.row.conduct:
        return Decision(case.on_both(incident, events))
    told = case.notice("line_added", "addressed", incident.owner or "policy:alert", incident)
    return Decision(case.on_both(incident, events), (told,))
