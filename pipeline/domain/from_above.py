"""
上级交办: a paper from a superior. Its due time is that of the matter, and it ends by a recorded 反馈 alone.

The 反馈 is the answer of its line: what was said (a memo), how, when, to whom. Until it stands in the log the matter is
not closed, settled or set aside, and the line is not declined: INC-225 in every case.
"""

from collections.abc import Iterable

from .case import Case
from .errors import Refused
from .facts import AddressedPost
from .incident import AnswerLine, Incident, RunningClock, State
from .post import Millis, Origin

UNANSWERED = "INC-225"
WARNED_BEFORE: Millis = 24 * 3_600_000
"""So long before their due time the duty staff is reminded of it; where less is left, when half of it is gone."""


def refuse_without_feedback(case: Case, incident: Incident, arrived: Iterable[AddressedPost] = ()) -> None:
    """Refuse what would end the matter while a superior waits for the 反馈; `arrived` have no line yet."""
    listed = {line.post for line in incident.lines}
    waiting = [line.post for line in incident.waiting_lines if is_from_above(line)]
    waiting += [post.post for post in arrived if is_from_above(post) and post.post not in listed]
    if waiting:
        raise must_feed_back(case, incident, waiting)


def must_feed_back(case: Case, incident: Incident, posts: Iterable[str]) -> Refused:
    """Return the refusal that names the papers, and the step that is legal now."""
    first = "acknowledge it, then " if incident.state is State.DISCOVERED else ""
    sentence = f"a superior waits for the feedback (反馈) on {', '.join(posts)}; {first}record it with answer_line"
    return case.refusal(sentence, incident, code=UNANSWERED)


def is_from_above(line: AnswerLine | AddressedPost) -> bool:
    """Whether it is a superior's."""
    return line.origin is Origin.SUPERIOR


def ordered_clock(post: AddressedPost, due: Millis, now: Millis) -> RunningClock:
    """Return the clock of a due time that a message brought along; it wins over the one that we would set."""
    left = due - now
    warn_at = None if left <= 0 else due - min(WARNED_BEFORE, left // 2)
    return RunningClock("reply", post.at, due, basis="ordered", ordered=True, warn_at=warn_at)


def still_ordered(incident: Incident) -> tuple[RunningClock, ...]:
    """Return the clocks of due times that came with messages which wait still: no step of ours puts them off."""
    waits = {line.due_at for line in incident.waiting_lines}
    return tuple(clock for clock in incident.clocks if clock.ordered and clock.due_at in waits)
