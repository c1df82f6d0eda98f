"""Decisions that belong to no incident: pleas for help, the cut of the weekly digest, a roll-up of messages."""

from .case import ALREADY, Case
from .closed_week import data_of_cut
from .command import NeedContacted, NeedOutcome, RollUp, WeekClosed
from .event import Notice, Value
from .facts import Decision
from .level import LOWEST
from .send_policy import ROLLED_UP

OUTCOMES = ("helped", "already_covered", "not_found", "referred", "no_need")


def contact_need(case: Case, command: NeedContacted) -> Decision:
    """Somebody has contacted the person who asked for help; it may take more than one try."""
    return Decision((case.event("need_contacted", "", {"post": command.post, "how": command.how}),))


def end_need(case: Case, command: NeedOutcome) -> Decision:
    """The plea for help has an outcome; a later one replaces it."""
    if command.outcome not in OUTCOMES:
        raise case.refusal(f"an outcome is one of {', '.join(OUTCOMES)}, not {command.outcome}")
    need = case.state.needs.get(command.post)
    if need is not None and need.outcome == command.outcome:
        raise case.refusal(f"the outcome of {command.post} is {command.outcome} already", code=ALREADY)
    return Decision((case.event("need_outcome", "", {"post": command.post, "outcome": command.outcome}),))


def close_week(case: Case, command: WeekClosed) -> Decision:
    """The week is cut here: the digest is a pure function of the log up to `until_seq`, and of the texts by id."""
    cut = command.cut
    if cut.week in case.state.weeks:
        raise case.refusal(f"week {cut.week} is closed already", code=ALREADY)
    told = max((week.until_seq for week in case.state.weeks.values()), default=0)
    if not told <= cut.until_seq <= case.state.seq:
        sentence = f"a week is cut between batch {told} and {case.state.seq}, not at {cut.until_seq}; close it anew"
        raise case.refusal(sentence)
    notice = Notice("digest", cut.week, "policy:digest", "", LOWEST, case.now)
    return Decision((case.event("week_closed", "", data_of_cut(cut)),), (notice,))


def roll_up(case: Case, command: RollUp) -> Decision:
    """What was too much for one day, or is stale after a gap in running, is told in one message."""
    if len(command.sends) < 2:
        raise case.refusal("a roll-up takes two sends at least; one goes out as it is")
    data: dict[str, Value] = {"channel": command.channel, "why": command.why, "sends": list(command.sends)}
    notice = Notice(ROLLED_UP, command.why, f"account:{command.account}", "", command.level, case.now)
    return Decision((case.event(ROLLED_UP, "", data),), (notice,))
