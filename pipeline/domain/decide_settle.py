"""一屏办结: what one screen, filled in once, asks for: everything from acknowledge to close (DESIGN §3)."""

from .case import Case
from .command import Acknowledge, Command
from .from_above import refuse_without_feedback
from .incident import Disposition, Incident, State
from .incident_command import AnswerLine, Close, GiveVerdict, RecordClaim, Reply, Settle
from .level import HIGHEST_TO_SETTLE

_ANSWERED = frozenset({Disposition.RESOLVED, Disposition.CLARIFIED})
"""How a matter ends that people were told about; before it stands what was found."""


def refuse_to_settle(case: Case, incident: Incident) -> None:
    """Refuse a matter that is too grave for one screen, or a screen without a word."""
    if incident.level < HIGHEST_TO_SETTLE:
        raise case.refusal(f"incident {incident.id} is of level {incident.level}; work it step by step", incident)
    refuse_without_feedback(case, incident)
    if case.command.note is None:
        raise case.refusal("settling needs a note: what was found and done", incident, code="INC-221")
    command = case.command
    is_unjudged = incident.state in (State.DISCOVERED, State.VERIFYING)
    if isinstance(command, Settle) and command.verdict is None and is_unjudged and command.disposition in _ANSWERED:
        sentence = "what is resolved or clarified was found true or untrue: give the verdict (核实结论)"
        raise case.refusal(sentence, incident, code="INC-226")


def steps_to_settle(incident: Incident, command: Settle) -> tuple[Command, ...]:
    """Return the commands that the screen stands for; each is decided upon what the ones before it made."""
    ident, actor, at, note = command.command_id, command.actor, incident.id, command.note
    steps: list[Command] = []
    if incident.state is State.DISCOVERED:
        steps.append(Acknowledge(command_id=ident, actor=actor, incident=at))
    steps += _verdicts(incident, command)
    if command.disposition in _ANSWERED:
        kind, how = command.reply, command.how
        steps.append(Reply(command_id=ident, actor=actor, incident=at, note=note, kind=kind, how=how))
    steps += [
        AnswerLine(command_id=ident, actor=actor, incident=at, post=line.post, how=command.how)
        for line in incident.waiting_lines
    ]
    close = Close(
        command_id=ident,
        actor=actor,
        incident=at,
        note=note,
        attached=command.attached,
        disposition=command.disposition,
        second=command.second,
        offline=command.offline,
        signed_by=command.signed_by,
        signed_at=command.signed_at,
        signed_how=command.signed_how,
    )
    return (*steps, close)


def _verdicts(incident: Incident, command: Settle) -> list[Command]:
    """The note is a claim of its own, and its verdict that of every claim that still waits for one."""
    verdict, note = command.verdict, command.note
    if verdict is None or note is None:
        return []
    ident, actor, at = command.command_id, command.actor, incident.id
    waiting = [claim.id for claim in incident.claims if claim.verdict is None]
    return [
        RecordClaim(command_id=ident, actor=actor, incident=at, note=note),
        *(
            GiveVerdict(command_id=ident, actor=actor, incident=at, note=note, claim=claim, verdict=verdict)
            for claim in (*waiting, note.memo)
        ),
    ]
