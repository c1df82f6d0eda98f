"""上级交办: the papers of a matter with their facts: from whom, number, due time, what they want, and the 反馈."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.domain.event import Event
from pipeline.domain.event_data import table, text
from pipeline.domain.from_above import is_from_above
from pipeline.domain.incident import AnswerLine, Incident
from pipeline.domain.post import Millis
from pipeline.domain.stated import Stated
from pipeline.domain.unit_state import UnitState
from pipeline.ports import IncidentLog, PostStore

_SAID_NOTHING = Stated()


@dataclass(frozen=True, slots=True)
class Paper:
    """
    One paper from above. What was erased is "". `whom` and `to` are codes (stated.SUPERIORS), `how` one of the means.

    `fed_back_at` is when the 反馈 was given, None while they wait; `feedback` is its text, "" where it was erased.
    """

    post: str
    received_at: Millis
    whom: str
    office: str
    ref: str
    due_at: Millis | None
    wants: str
    text: str
    fed_back_at: Millis | None = None
    to: str = ""
    how: str = ""
    feedback: str = ""

    @property
    def is_late(self) -> bool:
        """Whether the 反馈 came after their due time."""
        return self.fed_back_at is not None and self.due_at is not None and self.fed_back_at > self.due_at


def papers_of(posts: PostStore, log: IncidentLog, state: UnitState, incident: str) -> tuple[Paper, ...]:
    """
    Return the papers from above of an incident (as one with what it has absorbed), those that wait first.

    They are internal: whoever shows them asks `may_read` of their posts first.
    """
    lines = [line for line in state.as_one(incident).lines if is_from_above(line)]
    if not lines:
        return ()
    answers = _answers(log, state, incident)
    papers = [_paper(posts, log, state.unit, line, answers.get(line.post)) for line in lines]
    return tuple(sorted(papers, key=lambda paper: (paper.fed_back_at is not None, paper.received_at, paper.post)))


def _answers(log: IncidentLog, state: UnitState, incident: str) -> Mapping[str, Event]:
    """Return message → the last event that answered it."""
    family: list[Incident] = list(state.family(incident))
    batches = {batch.seq: batch for one in family for batch in log.batches_of(state.unit, one.id)}
    events = [event for seq in sorted(batches) for event in batches[seq].events if event.type == "line_answered"]
    return {text(event.data, "post"): event for event in events}


def _paper(posts: PostStore, log: IncidentLog, unit: str, line: AnswerLine, answer: Event | None) -> Paper:
    stored = posts.post(line.post)
    is_there = stored is not None and not stored.erased
    post = stored.post if stored is not None and is_there else None
    said = post.stated if post is not None and post.stated is not None else _SAID_NOTHING
    is_answered = line.outcome == "answered" and answer is not None
    memo = log.memo(unit, text(table(answer.data, "note"), "memo")) if is_answered and answer is not None else None
    return Paper(
        post=line.post,
        received_at=line.at,
        whom=line.whom,
        office=said.office,
        ref=(post.ref or "") if post is not None else "",
        due_at=stored.post.due_at if stored is not None else line.due_at,
        wants=said.wants,
        text=post.text if post is not None else "",
        fed_back_at=line.ended_at if is_answered else None,
        to=text(answer.data, "to") if is_answered and answer is not None else "",
        how=line.how if is_answered else "",
        feedback=memo.text if memo is not None else "",
    )
