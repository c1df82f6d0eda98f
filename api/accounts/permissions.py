"""
Which role may do what, as data: the decider's commands, and everything else that a route can ask for.

What is not named here does not exist: a route that declares an unknown permission cannot be assembled.
"""

from collections.abc import Mapping

from pipeline.domain.roles import ROLES

from .account import ROLES_OF_PEOPLE

_EVERYONE = frozenset(ROLES_OF_PEOPLE)
_DESK = frozenset({"monitor", "duty", "leader"})
_WORKERS = _DESK | {"reviewer"}

PERMISSIONS: Mapping[str, frozenset[str]] = {
    **ROLES,
    "be_signed_in": _EVERYONE,
    "decide": _WORKERS | {"liaison"},
    "read_queue": _WORKERS,
    "read_incident": _WORKERS,
    "read_posts": _WORKERS,
    "open_original": _DESK,
    "read_needs": _DESK,
    "search": _WORKERS,
    "enter_by_hand": _DESK,
    "read_letters": _WORKERS,
    "import_letters": frozenset({"duty", "leader"}),
    "read_ledger": _WORKERS,
    "read_overview": _WORKERS | {"auditor"},
    "read_digest": _WORKERS | {"auditor"},
    "read_sources": _WORKERS | {"admin", "auditor"},
    "read_settings": _WORKERS | {"admin", "auditor"},
    "change_settings": frozenset({"admin", "leader"}),
    "read_accounts": frozenset({"admin", "auditor"}),
    "change_accounts": frozenset({"admin"}),
    "read_audit": frozenset({"auditor"}),
    "read_entries": frozenset({"admin", "auditor"}),
    "read_health": _EVERYONE - {"liaison"},
}
"""Permission → roles of people. `decide` opens the door to commands; the decider asks for each command's own roles."""


def may(permission: str, roles: frozenset[str]) -> bool:
    """Whether one of the roles has the permission; what is not named is refused."""
    return bool(PERMISSIONS.get(permission, frozenset()) & roles)
