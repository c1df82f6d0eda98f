"""An incident as the API shows it: all of it on one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.incident import AnswerLine, Assignment, Incident, RunningClock, Times
from pipeline.domain.row import iso_of
from pipeline.workflow.dossier import Dossier
from pipeline.workflow.memo_texts import MemoText

from .count import Count, Coverage, decided
from .post import MemberShown, member_shown, moment
from .row import DueShown, RowShown, due_shown, row_shown


@dataclass(frozen=True, slots=True)
class ClockShown:
    """A clock that runs: from when until when, on which basis. `provisional`: the year's calendar is not announced."""

    kind: str
    start_at: str
    due_at: str
    warn_at: str | None
    basis: str
    provisional: bool
    ordered: bool


@dataclass(frozen=True, slots=True)
class TimesShown:
    """The moments that are measured; null where the step was not made. `took_ms` is how long each step took."""

    published_at: str
    discovered_at: str
    opened_at: str
    acknowledged_at: str | None
    verified_at: str | None
    handled_at: str | None
    responded_at: str | None
    closed_at: str | None
    took_ms: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ClaimShown:
    """What is said to be so. Its words are the text with the same memo; `evidence` are ids of posts and memos."""

    id: str
    verdict: str | None
    evidence: Sequence[str]
    by: str


@dataclass(frozen=True, slots=True)
class LineShown:
    """A message addressed to the unit, and whether it was answered: `outcome` is "" while it waits."""

    post: str
    group: str
    at: str
    origin: str
    due_at: str | None
    outcome: str
    how: str
    ended_at: str | None


@dataclass(frozen=True, slots=True)
class TaskShown:
    """What an office must do, by when, and how often it was chased."""

    office: str
    at: str
    due_at: str
    answered_at: str | None
    chased: int


@dataclass(frozen=True, slots=True)
class GapShown:
    """A second person was named for a step and has not signed yet."""

    what: str
    of: str
    at: str


@dataclass(frozen=True, slots=True)
class FileShown:
    """An attached file; erased, it has neither name nor content."""

    memo: str
    blob: str
    name: str
    type: str
    erased: bool


@dataclass(frozen=True, slots=True)
class TextShown:
    """
    What a person typed, masked, with the events that it was typed with; null where it was erased.

    `signer` is the post that signed offline, "" where none did.
    """

    memo: str
    seq: int
    at: str
    actor: str
    types: Sequence[str]
    text: str | None
    files: Sequence[FileShown]
    is_public: bool
    taken_back: bool
    signer: str


@dataclass(frozen=True, slots=True)
class IncidentShown:
    """
    All of one incident, as one with what it absorbed. `row` is its line in lists, `row.revision` the one for If-Match.

    `moves` are the commands that the reader may ask for now. `posts` are the newest; `all_posts` counts every one.
    """

    row: RowShown
    moves: Sequence[str]
    rule: str
    rule_version: str
    opened_by: str
    origin: str
    offered_to: str | None
    disposition: str | None
    outside: str | None
    into: str | None
    linked: str | None
    absorbed: Sequence[str]
    groups: Sequence[str]
    times: TimesShown
    clocks: Sequence[ClockShown]
    due: DueShown | None
    claims: Sequence[ClaimShown]
    lines: Sequence[LineShown]
    tasks: Sequence[TaskShown]
    gaps: Sequence[GapShown]
    complained_of: Sequence[str]
    permitted: Sequence[str]
    assessed: bool
    reports: int
    consulted: int
    emergency_at: str | None
    held_until: str | None
    snoozed_until: str | None
    texts: Sequence[TextShown]
    posts: Sequence[MemberShown]
    all_posts: Count
    coverage: Coverage


def incident_shown(
    found: Dossier, texts: Sequence[MemoText], moves: Sequence[str], coverage: Coverage
) -> IncidentShown:
    """Return an incident, as it was read for the reader's roles."""
    one = found.incident
    return IncidentShown(
        row=row_shown(found.line),
        moves=moves,
        clocks=[_clock(clock) for clock in found.clocks],
        due=due_shown(found.due),
        texts=[text_shown(text) for text in texts],
        posts=[member_shown(post) for post in found.posts],
        all_posts=decided(found.all_posts),
        coverage=coverage,
        times=_times(one.times),
        **_facts(one),  # type: ignore[arg-type]  # a mapping of fields by their names
    )


def _facts(one: Incident) -> dict[str, object]:
    return {
        "rule": one.rule,
        "rule_version": one.rule_version,
        "opened_by": one.opened_by,
        "origin": one.origin.value,
        "offered_to": one.offered_to,
        "disposition": None if one.disposition is None else one.disposition.value,
        "outside": one.outside,
        "into": one.into,
        "linked": one.linked,
        "absorbed": one.absorbed,
        "groups": one.groups,
        "claims": [ClaimShown(each.id, each.verdict, each.evidence, each.by) for each in one.claims],
        "lines": [_line(line) for line in one.lines],
        "tasks": [_task(task) for task in one.assignments],
        "gaps": [GapShown(gap.what, gap.of, iso_of(gap.at)) for gap in one.gaps],
        "complained_of": sorted(one.complained_of),
        "permitted": sorted(one.permitted),
        "assessed": one.assessed,
        "reports": one.reports,
        "consulted": one.consulted,
        "emergency_at": moment(one.emergency_at),
        "held_until": moment(one.held_until),
        "snoozed_until": moment(one.snoozed_until),
    }


def text_shown(text: MemoText) -> TextShown:
    """Return what a person typed and attached."""
    return TextShown(
        memo=text.memo,
        seq=text.seq,
        at=iso_of(text.at),
        actor=text.actor,
        types=text.types,
        text=None if text.erased else text.text,
        files=[FileShown(one.memo, one.blob, one.name, one.type, one.erased) for one in text.files],
        is_public=text.is_public,
        taken_back=text.taken_back,
        signer=text.signer,
    )


def _clock(clock: RunningClock) -> ClockShown:
    return ClockShown(
        kind=clock.kind,
        start_at=iso_of(clock.start_at),
        due_at=iso_of(clock.due_at),
        warn_at=moment(clock.warn_at),
        basis=clock.basis,
        provisional=clock.provisional,
        ordered=clock.ordered,
    )


def _times(times: Times) -> TimesShown:
    return TimesShown(
        published_at=iso_of(times.published_at),
        discovered_at=iso_of(times.discovered_at),
        opened_at=iso_of(times.opened_at),
        acknowledged_at=moment(times.acknowledged_at),
        verified_at=moment(times.verified_at),
        handled_at=moment(times.handled_at),
        responded_at=moment(times.responded_at),
        closed_at=moment(times.closed_at),
        took_ms=dict(times.intervals()),
    )


def _line(line: AnswerLine) -> LineShown:
    ended_at, due_at = moment(line.ended_at), moment(line.due_at)
    return LineShown(
        line.post, line.group, iso_of(line.at), line.origin.value, due_at, line.outcome, line.how, ended_at
    )


def _task(task: Assignment) -> TaskShown:
    return TaskShown(task.office, iso_of(task.at), iso_of(task.due_at), moment(task.answered_at), task.chased)
