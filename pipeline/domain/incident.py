"""
An incident 舆情事件 as its events have made it. `evolve_incident` makes it; nothing here decides.

Facts such as owner, level, hold or assignments stand beside the state and are not states (DESIGN §3 "Incidents").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from .level import Level
from .post import Millis, Origin
from .seen import Seen


class State(StrEnum):
    """Where an incident stands."""

    DISCOVERED = "discovered"
    VERIFYING = "verifying"
    HANDLING = "handling"
    RESPONDED = "responded"
    CLOSED = "closed"
    TRANSFERRED = "transferred"
    MERGED = "merged"


DESK = "desk"
"""The unit's own staff, named like an office: it gets a complaint about its conduct when a leader's note permits it."""

OPEN_STATES = (State.DISCOVERED, State.VERIFYING, State.HANDLING, State.RESPONDED, State.TRANSFERRED)
"""States in which somebody still owes something: each has a next due time or a stated reason."""


class Disposition(StrEnum):
    """How an incident ended."""

    RESOLVED = "resolved"
    CLARIFIED = "clarified"
    FILED = "filed"
    IRRELEVANT = "irrelevant"


class Verdict(StrEnum):
    """What verification found of one claim."""

    TRUE = "true"
    PARTLY_TRUE = "partly_true"
    UNTRUE = "untrue"
    UNVERIFIABLE = "unverifiable"


@dataclass(frozen=True, slots=True)
class RunningClock:
    """
    A deadline that was promised when it was computed. `ordered`: a due time that came with the matter, which wins.

    `warn_at` is when the duty staff is reminded of it; None means never.
    """

    kind: str
    start_at: Millis
    due_at: Millis
    provisional: bool = False
    basis: str = ""
    ordered: bool = False
    warn_at: Millis | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """反映问题: what is said to be so. Its text is the memo with the same id; `evidence` are ids of posts and memos."""

    id: str
    verdict: Verdict | None = None
    evidence: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """
    A message addressed to the unit that must be answered. `outcome`: "" while it waits, answered or declined.

    `whom`: from which superior it is, to whom the 反馈 goes; "" where it is nobody's or not said.
    """

    post: str
    group: str
    at: Millis
    origin: Origin
    due_at: Millis | None = None
    outcome: str = ""
    how: str = ""
    ended_at: Millis | None = None
    whom: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """
    交办: an office must act. `answered_at` is its answer 反馈, `chased` how often it was chased 催办.

    `received_at` is its 签收, `returned_at` its 退回, `recalled_at` when the desk took it back. `by_leader`: it was
    given out while the matter was kept for the leader, so by him.
    """

    office: str
    at: Millis
    due_at: Millis
    answered_at: Millis | None = None
    chased: int = 0
    received_at: Millis | None = None
    returned_at: Millis | None = None
    recalled_at: Millis | None = None
    by_leader: bool = False

    @property
    def reminds_at(self) -> Millis:
        """When the office is reminded: when half of the time is gone."""
        return self.at + max(0, self.due_at - self.at) // 2

    @property
    def ended_at(self) -> Millis | None:
        """When the office answered, returned it, or had it taken away."""
        return next((at for at in (self.answered_at, self.returned_at, self.recalled_at) if at is not None), None)

    @property
    def waits(self) -> bool:
        """Whether the office still owes its answer."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Gap:
    """
    待补签: a second person was named for a step and has not signed yet; work goes on meanwhile.

    `of` is an account, or role:leader where the step was taken before anybody had signed.
    """

    what: str
    of: str
    at: Millis


@dataclass(frozen=True, slots=True)
class Times:
    """The moments that are measured for each incident."""

    published_at: Millis
    discovered_at: Millis
    opened_at: Millis
    acknowledged_at: Millis | None = None
    verified_at: Millis | None = None
    handled_at: Millis | None = None
    responded_at: Millis | None = None
    closed_at: Millis | None = None

    def intervals(self) -> Mapping[str, Millis]:
        """Return how long each step took that has been made: 发现, 签收, 核实, 处置 and 回应, in milliseconds."""
        moments = {
            "published": self.published_at,
            "discovered": self.discovered_at,
            "acknowledged": self.acknowledged_at,
            "verified": self.verified_at,
            "handled": self.handled_at,
            "responded": self.responded_at,
        }
        made = [(step, at) for step, at in moments.items() if at is not None]
        return {f"{one}→{then}": end - start for (one, start), (then, end) in pairwise(made)}


@dataclass(frozen=True, slots=True)
class Step:
    """One event of the incident's recent past, for a person whose screen was older."""

    revision: int
    type: str
    actor: str
    at: Millis


@dataclass(frozen=True, slots=True)
class UndoPoint:
    """The incident before its last batch, and who made that batch, so that it can be taken back for a while."""

    seq: int
    actor: str
    at: Millis
    types: tuple[str, ...]
    before: "Incident"


@dataclass(frozen=True, slots=True)
class Incident:
    """
    One matter that was opened.

    `revision` counts its events. `groups` are those that it owns by itself; what a merge gave it is owned by the
    incidents in `absorbed`, so that an unmerge gives back all that came through them (`UnitState.as_one` shows both
    together). `overruled` are those absorbed whose level somebody has set since, `outlived` those whose clocks a
    reopening has replaced. `seen` keeps, per group, what the last person or alert saw. `rung` are the steps that were
    told of a due time: kind, subject, due time, step. `found` says of groups when the unit itself first had a post of
    them, by monitoring or by its own people. `linked` is the closed incident that this one
    continues. `state_before` is the state that an unmerge returns to.
    """

    id: str
    state: State
    level: Level
    revision: int
    group: str
    groups: tuple[str, ...]
    reason: str
    rule: str
    rule_version: str
    opened_by: str
    origin: Origin
    times: Times
    owner: str | None = None
    offered_to: str | None = None
    disposition: Disposition | None = None
    outside: str | None = None
    claims: tuple[Claim, ...] = ()
    lines: tuple[AnswerLine, ...] = ()
    clocks: tuple[RunningClock, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    gaps: tuple[Gap, ...] = ()
    complained_of: frozenset[str] = frozenset()
    permitted: frozenset[str] = frozenset()
    reports: int = 0
    consulted: int = 0
    assessed: bool = False
    emergency_at: Millis | None = None
    snoozed_until: Millis | None = None
    held_until: Millis | None = None
    rung: frozenset[tuple[str, str, Millis, int]] = frozenset()
    seen: Mapping[str, Seen] = field(default_factory=dict)
    absorbed: tuple[str, ...] = ()
    found: Mapping[str, Millis] = field(default_factory=dict)
    overruled: frozenset[str] = frozenset()
    outlived: frozenset[str] = frozenset()
    into: str | None = None
    linked: str | None = None
    state_before: State | None = None
    trail: tuple[Step, ...] = ()
    undo: UndoPoint | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes something."""
        return self.state in OPEN_STATES

    @property
    def is_judged_by_people(self) -> bool:
        """Whether a person has said that this matter is the unit's: he opened it, or he owns it."""
        return self.owner is not None or self.opened_by.startswith("account:")

    @property
    def waiting_lines(self) -> tuple[AnswerLine, ...]:
        """Messages addressed to the unit that are neither answered nor declined."""
        return tuple(line for line in self.lines if not line.outcome)

    @property
    def avoided(self) -> frozenset[str]:
        """Offices that may not work on the matter: the complaint is about them, and no leader has permitted it."""
        return self.complained_of - self.permitted

    @property
    def is_permitted_to_desk(self) -> bool:
        """Whether a leader has decided that the desk may see and work a complaint about its own staff."""
        return DESK in self.permitted

    @property
    def must_clarify(self) -> bool:
        """Whether a claim was found untrue: then the matter is clarified in public, never called irrelevant."""
        return any(claim.verdict is Verdict.UNTRUE for claim in self.claims)
