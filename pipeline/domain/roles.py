"""Which role may ask for what, as data (DESIGN §2). What is not named is refused; one account may hold several."""

from collections.abc import Mapping

_WORK = frozenset({"duty", "leader"})
_DESK = frozenset({"monitor", "duty", "leader"})
_EVERYONE = frozenset({"monitor", "duty", "reviewer", "leader", "liaison"})

ROLES: Mapping[str, frozenset[str]] = {
    "open": _DESK,
    "group_set_aside": _DESK,
    "group_joined": _DESK,
    "group_restored": _DESK,
    "group_split": _DESK,
    "acknowledge": _WORK,
    "unacknowledge": _WORK,
    "offer_handover": _WORK,
    "accept_handover": _WORK,
    "decline_handover": _WORK,
    "assign_owner": _WORK,
    "record_claim": _WORK,
    "record_evidence": _DESK,
    "give_verdict": _WORK,
    "assess": _DESK | {"reviewer"},
    "report_upward": _WORK,
    "leader_note": _WORK,
    "consult": _WORK,
    "assign_office": _WORK,
    "chase": _WORK,
    "recall_office": _WORK,
    "office_receive": _WORK | {"liaison"},
    "office_answer": _WORK | {"liaison"},
    "office_return": _WORK | {"liaison"},
    "reply": _WORK,
    "answer_line": _WORK,
    "decline_line": _WORK,
    "settle": _WORK,
    "close": _WORK,
    "reopen": _WORK,
    "transfer": _WORK,
    "bounce_back": _WORK,
    "merge": _WORK,
    "unmerge": _WORK,
    "decline_merge": _WORK,
    "split": _WORK,
    "snooze": _WORK,
    "unsnooze": _WORK,
    "hold": _WORK,
    "resume": _WORK,
    "set_level": _WORK,
    "declare_emergency": _WORK,
    "end_emergency": _WORK,
    "escalate": _WORK,
    "sign": _WORK | {"reviewer"},
    "comment": _EVERYONE,
    "undo": _EVERYONE,
    "need_contacted": _DESK | {"liaison"},
    "need_outcome": _DESK | {"liaison"},
}
"""Command → roles of people. A leader's note on paper is recorded by duty staff, hence no role of its own."""

OPERATOR = "operator"
"""Whoever keeps the book of accounts: "operator:NAME" is an admin's account, or the one at the command line."""

MACHINES: Mapping[str, frozenset[str]] = {
    "rule": frozenset({"open", "raise_level", "reopen", "add_lines"}),
    "clock": frozenset(
        {"escalate", "unacknowledge", "unsnooze", "resume", "week_closed", "roll_up", "replace_account"}
    ),
    OPERATOR: frozenset({"replace_account"}),
    "office": frozenset({"office_receive", "office_answer", "office_return", "comment"}),
}
"""What alert rules, clocks, the book of accounts and handling offices may ask for."""


def may_ask(command: str, actor: str, roles: frozenset[str]) -> bool:
    """Whether the actor may ask for the command: an account by its roles, a rule or a clock by what it is."""
    kind, _, name = actor.partition(":")
    if not name:
        return False
    if kind == "account":
        return bool(ROLES.get(command, frozenset()) & roles)
    return command in MACHINES.get(kind, frozenset())
