"""What a person may ask for next: the legal moves of what he looks at, as far as his roles may make them."""

from .incident import State
from .moves import legal_moves
from .people import GroupMark, MarkState
from .roles import may_ask

_FREE = ("open", "group_set_aside", "group_joined", "group_split")
_ASIDE = ("open", "group_joined", "group_restored", "group_split")


def moves_for(state: State, actor: str, roles: frozenset[str]) -> tuple[str, ...]:
    """Return the commands that are legal in the state and that the actor may ask for, in the table's order."""
    return tuple(move for move in legal_moves(state) if may_ask(move, actor, roles))


def moves_of_group(mark: GroupMark | None, actor: str, roles: frozenset[str]) -> tuple[str, ...]:
    """Return the commands that the actor may ask of a group that no incident owns; none for an owned one."""
    if mark is not None and mark.owner is not None:
        return ()
    moves = _ASIDE if mark is not None and mark.state == MarkState.SET_ASIDE else _FREE
    return tuple(move for move in moves if may_ask(move, actor, roles))
