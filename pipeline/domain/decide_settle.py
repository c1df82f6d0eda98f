"""一屏办结: what one screen, filled in once, asks for: everything from acknowledge to close (DESIGN §3)."""

from .case import Case
from .command import Acknowledge, Command
from .incident import Disposition, Incident, State
from .incident_command import AnswerLine, Close, GiveVerdict, RecordClaim, Reply, Settle
from .level import HIGHEST_TO_SETTLE

SETTLED_CLAIM = "settled"


def refuse_to_settle(case: Case, incident: Incident) -> None:
    """Refuse a matter that is too grave for one screen, or a screen without a word."""
    if incident.level < HIGHEST_TO_SETTLE:
        raise case.refusal(f"incident {incident.id} is of level {incident.level}; work it step by step", incident)
    if case.command.note is None:
        raise case.refusal("settling needs a note: what was found and done", incident, code="INC-221")


def steps_to_settle(incident: Incident, command: Settle) -> tuple[Command, ...]:
    """Return the commands that the screen stands for; each is decided upon what the ones before it made."""
    steps: list[Command] = []
    by = {"command_id": command.command_id, "actor": command.actor}
    if incident.state is State.DISCOVERED:
        steps.append(Acknowledge(incident=incident.id, **by))
    if command.verdict is not None and command.note is not None:
        note = command.note
        if all(claim.id != note.memo for claim in incident.claims):
            steps.append(RecordClaim(incident=incident.id, note=note, **by))
        steps += [
            GiveVerdict(incident=incident.id, note=note, claim=claim, verdict=command.verdict, **by)
            for claim in (*(claim.id for claim in incident.claims if claim.verdict is None), note.memo)
        ]
    if command.disposition in (Disposition.RESOLVED, Disposition.CLARIFIED):
        steps.append(Reply(incident=incident.id, note=command.note, kind=command.reply, how=command.how, **by))
    steps += [
        AnswerLine(incident=incident.id, post=line.post, how=command.how, **by) for line in incident.waiting_lines
    ]
    close = Close(
        incident=incident.id,
        note=command.note,
        disposition=command.disposition,
        second=command.second,
        offline=command.offline,
        **by,
    )
    return (*steps, close)
