"""Commands drawn at random: every command that a person may ask of an incident, with whatever it may name."""

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from pipeline.domain.command import Command, GroupJoined, GroupRestored, GroupSetAside, GroupSplit, Open, SetLevel
from pipeline.domain.incident import Disposition, State, Verdict
from pipeline.domain.incident_command import (
    AcceptHandover,
    AnswerLine,
    AssignOwner,
    Close,
    DeclineLine,
    GiveVerdict,
    Hold,
    OfferHandover,
    RecordClaim,
    Reply,
    Settle,
    Sign,
    Snooze,
)
from pipeline.domain.merge_command import DeclineMerge, Merge, Split, Unmerge
from pipeline.domain.moves import legal_moves
from tests.command_samples import SAMPLES
from tests.matters import DAY, DUTY, LEADER, OTHER, Desk, a_note

Draw = Callable[[st.SearchStrategy[Any]], Any]

PLAIN = tuple(
    name
    for name in SAMPLES
    if name
    not in {"raise_level", "add_lines", "replace_account", "escalate", "merge", "unmerge", "split", "undo"}
    | {"group_joined", "group_restored", "group_split"}
)
"""Commands whose sample is good enough: what they name does not matter to the model."""
PERSONS = st.sampled_from([DUTY, OTHER, LEADER])
VERDICTS = st.sampled_from(list(Verdict))
CLAIMS = st.sampled_from(["k1", "k2"])
DISPOSITIONS = st.sampled_from(list(Disposition))


def any_command(draw: Draw, desk: Desk, number: int) -> Command:
    """Return a command of a person to some incident or group of the desk; mostly legal, sometimes anything."""
    incidents = sorted(desk.state.incidents)
    if not incidents or draw(st.integers(0, 5)) == 0:
        return _of_a_group(draw, desk, number)
    anything = draw(st.integers(0, 9)) == 0
    living = [name for name in incidents if desk.state.incidents[name].state is not State.MERGED]
    incident = draw(st.sampled_from(incidents if anything else living))
    who = {"command_id": f"c{number}", "actor": draw(PERSONS), "incident": incident}
    legal = legal_moves(desk.state.incidents[incident].state)
    names = [name for name in (*_DRAWN, *PLAIN) if anything or name in legal]
    name = draw(st.sampled_from(names))
    return _DRAWN[name](draw, desk, who, f"n{number}") if name in _DRAWN else SAMPLES[name](incident)


def _of_a_group(draw: Draw, desk: Desk, number: int) -> Command:
    group = draw(st.sampled_from(sorted(desk.rows)))
    who: Any = {"command_id": f"c{number}", "actor": DUTY, "group": group}
    commands: list[Command] = [
        Open(**who),
        GroupSetAside(how=draw(st.sampled_from(["irrelevant", "filed"])), **who),
        GroupRestored(**who),
        GroupSplit(posts=(draw(st.sampled_from(desk.members_of(desk.rows[group]) or ("none",))),), **who),
    ]
    if desk.state.incidents:
        incident = draw(st.sampled_from(sorted(desk.state.incidents)))
        commands.append(GroupJoined(incident=incident, **who))
    chosen: Command = draw(st.sampled_from(commands))
    return chosen


def _some(draw: Draw, values: list[str]) -> tuple[str, ...]:
    return tuple(draw(st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)))


def _line(desk: Desk, incident: str, draw: Draw) -> str:
    lines = [line.post for line in desk.state.as_one(incident).waiting_lines]
    return draw(st.sampled_from(lines)) if lines else "nothing"


_DRAWN: Mapping[str, Callable[[Draw, Desk, Any, str], Command]] = {
    "offer_handover": lambda draw, _desk, who, _n: OfferHandover(to=draw(PERSONS), **who),
    "accept_handover": lambda _draw, _desk, who, _n: AcceptHandover(**who),
    "assign_owner": lambda draw, _desk, who, _n: AssignOwner(to=draw(PERSONS), **who),
    "record_claim": lambda draw, _desk, who, _n: RecordClaim(note=a_note(f"{who['incident']}-{draw(CLAIMS)}"), **who),
    "give_verdict": lambda draw, desk, who, n: GiveVerdict(
        claim=draw(st.sampled_from([c.id for c in desk.state.as_one(who["incident"]).claims] or ["none"])),
        verdict=draw(VERDICTS),
        note=a_note(n),
        **who,
    ),
    "reply": lambda draw, _desk, who, n: Reply(
        kind=draw(st.sampled_from(["public", "answered", "none"])), leader=LEADER, note=a_note(n), **who
    ),
    "close": lambda draw, _desk, who, n: Close(
        disposition=draw(DISPOSITIONS), second=draw(st.sampled_from([None, OTHER])), note=a_note(n), **who
    ),
    "settle": lambda draw, _desk, who, n: Settle(
        disposition=draw(DISPOSITIONS), verdict=draw(st.none() | VERDICTS), second=LEADER, note=a_note(n), **who
    ),
    "merge": lambda draw, desk, who, _n: Merge(others=_some(draw, sorted(desk.state.incidents)), **who),
    "unmerge": lambda draw, desk, who, _n: Unmerge(
        released=draw(st.sampled_from([*desk.state.incidents[who["incident"]].absorbed, "none"])), **who
    ),
    "decline_merge": lambda draw, desk, who, _n: DeclineMerge(
        other=draw(st.sampled_from(sorted(desk.state.incidents))), **who
    ),
    "split": lambda draw, desk, who, _n: Split(groups=_some(draw, sorted(desk.rows)), **who),
    "snooze": lambda draw, desk, who, _n: Snooze(until=desk.now + draw(st.integers(0, 3)) * DAY, **who),
    "hold": lambda draw, desk, who, n: Hold(until=desk.now + draw(st.integers(1, 3)) * DAY, note=a_note(n), **who),
    "set_level": lambda draw, _desk, who, n: SetLevel(level=draw(st.integers(1, 4)), note=a_note(n), **who),
    "answer_line": lambda draw, desk, who, _n: AnswerLine(post=_line(desk, who["incident"], draw), how="phone", **who),
    "decline_line": lambda draw, desk, who, n: DeclineLine(
        post=_line(desk, who["incident"], draw), note=a_note(n), **who
    ),
    "sign": lambda _draw, _desk, who, n: Sign(
        what="close", offline=True, signed_by=a_note(f"{n}-signer"), signed_how="phone", note=a_note(n), **who
    ),
}
