"""
The state × command table, as data: which command is legal in which state, and where it may lead (DESIGN §3).

What is not in the table is refused. Facts beside the state (hold, snooze, level …) lead back to the same state.
"""

from collections.abc import Mapping

from .incident import State

_DISCOVERED, _VERIFYING, _HANDLING = State.DISCOVERED, State.VERIFYING, State.HANDLING
_RESPONDED, _CLOSED, _TRANSFERRED = State.RESPONDED, State.CLOSED, State.TRANSFERRED
_OWNED = (_VERIFYING, _HANDLING, _RESPONDED, _TRANSFERRED)
_OPEN = (_DISCOVERED, *_OWNED)
_ANY = (*_OPEN, _CLOSED)
_WITH_OFFICES = (_VERIFYING, _HANDLING, _RESPONDED, _DISCOVERED, _TRANSFERRED)
"""An office answers what it was given also where the matter waits for an owner again, or went to another unit."""


def _stay(*states: State) -> dict[State, tuple[State, ...]]:
    return {state: (state,) for state in states}


MOVES: Mapping[str, Mapping[State, tuple[State, ...]]] = {
    "acknowledge": {_DISCOVERED: (_VERIFYING,)},
    "unacknowledge": {_VERIFYING: (_DISCOVERED,)},
    "offer_handover": _stay(*_OWNED),
    "accept_handover": _stay(*_OWNED),
    "decline_handover": _stay(*_OWNED),
    "assign_owner": _stay(*_OWNED),
    "record_claim": _stay(_VERIFYING, _HANDLING),
    "record_evidence": _stay(_VERIFYING, _HANDLING, _RESPONDED),
    "give_verdict": {_VERIFYING: (_VERIFYING, _HANDLING), _HANDLING: (_HANDLING,)},
    "assess": _stay(*_OPEN),
    "report_upward": _stay(*_OPEN),
    "leader_note": _stay(*_ANY),
    "consult": _stay(*_OPEN),
    "assign_office": _stay(_VERIFYING, _HANDLING, _RESPONDED),
    "chase": _stay(_VERIFYING, _HANDLING, _RESPONDED),
    "recall_office": _stay(*_WITH_OFFICES),
    "office_receive": _stay(*_WITH_OFFICES),
    "office_answer": _stay(*_WITH_OFFICES),
    "office_return": _stay(*_WITH_OFFICES),
    "reply": {_HANDLING: (_RESPONDED,), _RESPONDED: (_RESPONDED,), _TRANSFERRED: (_TRANSFERRED,)},
    "settle": dict.fromkeys((_DISCOVERED, _VERIFYING, _HANDLING, _RESPONDED), (_CLOSED,)),
    "close": dict.fromkeys(_OWNED, (_CLOSED,)),
    "reopen": {_RESPONDED: (_HANDLING,), _CLOSED: (_VERIFYING,)},
    "transfer": {_VERIFYING: (_TRANSFERRED,), _HANDLING: (_TRANSFERRED,)},
    "bounce_back": {_TRANSFERRED: (_VERIFYING,)},
    "merge": {state: (state, State.MERGED) for state in (_DISCOVERED, _VERIFYING, _HANDLING, _RESPONDED)},
    "unmerge": _stay(*_ANY),
    "decline_merge": _stay(*_OPEN),
    "split": _stay(*_OPEN),
    "group_joined": _stay(*_OPEN),
    "group_restored": _stay(*_OPEN),
    "group_split": _stay(*_OPEN),
    "snooze": _stay(*_OPEN),
    "unsnooze": _stay(*_OPEN),
    "hold": _stay(*_OWNED),
    "resume": _stay(*_OWNED),
    "set_level": _stay(*_OPEN),
    "raise_level": _stay(*_OPEN),
    "declare_emergency": _stay(*_OPEN),
    "end_emergency": _stay(*_OPEN),
    "escalate": _stay(*_OPEN),
    "sign": _stay(*_OWNED, _CLOSED),
    "replace_account": _stay(*_ANY),
    "add_lines": _stay(*_OPEN),
    "answer_line": _stay(*_OWNED),
    "decline_line": _stay(*_OWNED),
    "comment": _stay(*_ANY),
    "undo": dict.fromkeys(_ANY, _ANY),
}
"""
Command → state → the states that it may lead to.

Merge is asked of the incident that stays; the others, in the same states, are merged and come back by unmerge only.
"""


NEEDS_NOTE = frozenset({"set_level", "record_claim", "assess", "report_upward", "leader_note", "consult"}) | frozenset(
    {"office_answer", "office_return", "decline_line", "reopen", "transfer", "bounce_back", "hold", "comment", "settle"}
)
"""What a person asks for only with a reason, or whose text is the note."""


def legal_moves(state: State) -> tuple[str, ...]:
    """Return the commands that are legal in the state, in the table's order."""
    return tuple(command for command, states in MOVES.items() if state in states)


def as_markdown() -> str:
    """Return the table as Markdown: a row per command, a column per state, the states that it may lead to."""
    states = list(State)
    head = ["| command | " + " | ".join(states) + " |", "|---" * (len(states) + 1) + "|"]
    rows = [
        f"| {command} | " + " | ".join(_cell(state, moves.get(state, ())) for state in states) + " |"
        for command, moves in MOVES.items()
    ]
    return "\n".join([*head, *rows]) + "\n"


def _cell(state: State, targets: tuple[State, ...]) -> str:
    return ", ".join("stays" if target is state else f"→ {target}" for target in targets)


def as_mermaid() -> str:
    """Return the changes of state as a Mermaid diagram; what stays in a state, and undo, is left out."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for command, moves in MOVES.items():
        for state, targets in moves.items():
            for target in targets:
                if target is not state and command != "undo":
                    arrows.setdefault((state, target), []).append(command)
    lines = [f"    {state} --> {target}: {', '.join(commands)}" for (state, target), commands in arrows.items()]
    return "\n".join(["stateDiagram-v2", "    [*] --> discovered: open", *lines]) + "\n"


def is_legal(command: str, state: State) -> bool:
    """Whether the command may be asked of an incident in this state."""
    return state in MOVES.get(command, {})
