"""Whether a person may work a matter that complains about staff: before the leader has decided, only he may."""

from .case import Case
from .errors import Refused
from .merge_command import Merge
from .recused import DECIDES, is_for_leader


def refuse_recused(case: Case) -> None:
    """Refuse a person who is of the office that the matter complains about: he neither works nor ends it."""
    command = case.command
    if not command.by_person or case.facts.roles & DECIDES:
        return
    named = {getattr(command, "incident", ""), *(command.others if isinstance(command, Merge) else ())}
    known = [case.state.as_one(one) for one in sorted(named) if one in case.state.incidents]
    facts = case.facts.groups.get(getattr(command, "group", ""))
    is_free = facts is not None and case.state.incident_of(facts.row.id) is None
    free = [facts.row] if facts is not None and is_free else []
    if any(map(case.is_kept_for_leader, known)) or is_for_leader(free):
        raise Refused("this matter concerns staff conduct; a leader decides first what becomes of it", code="INC-232")
