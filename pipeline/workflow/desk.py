"""
The desk: load, decide, append. People, alert rules and clocks all come through here (MECHANICS §4).

A command is decided on the log's true head; a lost race is read and decided again. A command that was carried out
before (same command id) gives the batch that it caused then.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.domain.alert_policy import AlertPolicy
from pipeline.domain.alert_rule import ask
from pipeline.domain.command import Command, GroupCommand, GroupJoined, GroupSplit, IncidentCommand
from pipeline.domain.decide import decide
from pipeline.domain.errors import LostRace, Refused, StoreUnavailable
from pipeline.domain.escalation import DEFAULT_REMINDERS, EscalationPolicy, wanted_by_clocks
from pipeline.domain.event import Batch, Memo
from pipeline.domain.facts import AddressedPost, Decision, Due, Facts, GroupFacts, addressed_post
from pipeline.domain.group import GroupRow
from pipeline.domain.group_merge import Standing
from pipeline.domain.merge_command import Merge
from pipeline.domain.recused import is_for_leader
from pipeline.domain.unit_state import UnitState
from pipeline.ports import Clock, IncidentLog, PostStore

from .folds import Folds
from .own_finds import found_at
from .proposals import Proposed, open_proposals
from .visibility import rows_of

log = logging.getLogger(__name__)

TRIES = 20
"""How often a lost race is decided again before the command is given up with an error."""


@dataclass(frozen=True, slots=True)
class Practice:
    """What a unit has set about alerts, clocks and reminders, as the desk needs it."""

    policy: AlertPolicy
    due: Due
    clocks: Mapping[str, tuple[str, ...]]
    reminders: EscalationPolicy = DEFAULT_REMINDERS


@dataclass(frozen=True, slots=True)
class DueCheck:
    """How many incidents are open, and by unit those that nobody is reminded of: there must be none."""

    open_incidents: int
    undated: Mapping[str, frozenset[str]]


@dataclass(slots=True)
class Desk:
    """
    Decides commands of all units, for as many threads as ask. Holds a fold of each log, which is only a cache of it.

    Two threads that decide at once race for the log's next seq, like two processes; who loses decides again.
    """

    log: IncidentLog
    posts: PostStore
    clock: Clock
    practice: Callable[[str], Practice]
    refusals: int = 0
    _folds: Folds = field(init=False)

    def __post_init__(self) -> None:
        """The folds are those of the log."""
        self._folds = Folds(self.log)

    def state(self, unit: str) -> UnitState:
        """Return what the unit's log says now; only new batches are read."""
        return self._folds.state(unit)

    def splits(self, unit: str) -> int:
        """Return how often people have moved mentions to other groups, as far as the log was read."""
        return self._folds.splits(unit)

    def head(self, unit: str) -> int:
        """Return the seq of the newest batch, with the state read up to it."""
        return self.state(unit).seq

    def standing(self, unit: str, group: str) -> Standing:
        """Return what was decided about the group, as far as the log was read."""
        return self._folds.known(unit).standing_of(group)

    def proposals(self, unit: str) -> Sequence[Proposed]:
        """Return the merges of opened incidents that the machine proposes now, the newest first."""
        made = self.posts.proposals(unit)
        return open_proposals(self.state(unit), made) if made else ()

    def ask(self, unit: str, rows: Sequence[GroupRow]) -> None:
        """Everything that the alert rules want of these groups is so."""
        state = self.state(unit)
        for matter in self._matters(state, rows):
            for command in ask(state, matter, self.practice(unit).policy, self.clock.now()):
                self._carry_out(unit, command)
                state = self._folds.known(unit)

    def remind(self) -> int:
        """Everything that the clocks of open incidents want by now is so; returns how many batches that took."""
        return sum(self._remind(unit) for unit in self.log.units())

    def _remind(self, unit: str) -> int:
        """Only incidents whose moment has come are looked at, however many are open."""
        done, policy, now = 0, self.practice(unit).reminders, self.clock.now()
        for incident in self._folds.due(unit, policy, now):
            for command in wanted_by_clocks(self._folds.known(unit).as_one(incident), policy, now):
                done += self._carry_out(unit, command)
        return done

    def due_check(self) -> DueCheck:
        """Return how many incidents are open, and which of them have neither a due time nor a reason to wait."""
        units = self.log.units()
        undated = {unit: found for unit in units if (found := self._folds.undated(unit))}
        return DueCheck(sum(map(self._folds.open_incidents, units)), undated)

    def is_for_leader(self, unit: str, incident: str) -> bool:
        """Whether an incident complains about staff conduct, and no leader has decided yet."""
        state = self.state(unit)
        if incident not in state.incidents:
            return False
        one = state.as_one(incident)
        return is_for_leader(rows_of(self.posts, unit, one), one)

    def wants(self, unit: str, rows: Sequence[GroupRow]) -> Sequence[Command]:
        """Return what the alert rules want of these groups and is not so; nothing is carried out."""
        state, policy, now = self.state(unit), self.practice(unit).policy, self.clock.now()
        return [command for matter in self._matters(state, rows) for command in ask(state, matter, policy, now)]

    def decide_now(self, unit: str, command: Command, *, roles: frozenset[str]) -> Decision:
        """Return what the command would cause as things stand; nothing is written. Raises Refused as `execute` does."""
        state = self.state(unit)
        return decide(state, command, self.clock.now(), self._facts(unit, state, command, roles))

    def execute(self, unit: str, command: Command, *, roles: frozenset[str], memos: Sequence[Memo] = ()) -> Batch:
        """
        The command is in the log; returns its batch, an earlier one where it was carried out before.

        Raises Refused with the legal moves where it is not legal now, LostRace where the log did not stand still.
        """
        for _ in range(TRIES):
            state = self.state(unit)
            done = self.log.batch_of_command(unit, command.command_id)
            if done is not None:
                return done
            facts = self._facts(unit, state, command, roles)
            decision = decide(state, command, self.clock.now(), facts)
            seq, previous = self.log.head(unit)
            if seq != state.seq:
                continue
            batch = Batch(
                unit, seq + 1, previous, command.command_id, decision.events, decision.notices, decision.memos
            )
            try:
                self.log.append(batch, memos)
            except LostRace:
                continue
            self._folds.appended(batch)
            return batch
        raise LostRace(f"{command.name}: the log of {unit} moved {TRIES} times while this was decided; try again")

    def _carry_out(self, unit: str, command: Command) -> bool:
        try:
            self.execute(unit, command, roles=frozenset())
        except Refused as refusal:
            self.refusals += 1
            log.debug("desk.rule_refused %s: %s", command.name, refusal)
            return False
        return True

    def _matters(self, state: UnitState, rows: Iterable[GroupRow]) -> Iterable[Sequence[GroupRow]]:
        """Yield the rows of each matter once: a free group alone, the groups of one incident together."""
        seen: set[str] = set()
        for row in rows:
            incident = state.incident_of(row.id)
            if incident is None:
                yield [row]
            elif incident.id not in seen:
                seen.add(incident.id)
                others = (self.posts.group(state.unit, group) for group in incident.groups if group != row.id)
                yield [row, *(other.row for other in others if other)]

    def _facts(self, unit: str, state: UnitState, command: Command, roles: frozenset[str]) -> Facts:
        groups: set[str] = set()
        if isinstance(command, GroupCommand):
            groups.add(command.group)
        if isinstance(command, IncidentCommand | GroupJoined) and command.incident in state.incidents:
            groups.update(state.as_one(command.incident).groups)
        if isinstance(command, Merge):
            others = [one for one in command.others if one in state.incidents]
            groups.update(group for one in others for group in state.as_one(one).groups)
        groups.update(group for group in (getattr(command, "group", None),) if group)
        known = {group: facts for group in groups if (facts := self._group_facts(unit, group))}
        practice = self.practice(unit)
        decided_on = Facts(known, roles, practice.due, practice.clocks, practice.policy, practice.reminders)
        if not isinstance(command, GroupSplit):
            return decided_on
        return replace(decided_on, absorbed=frozenset(merge.absorbed for merge in self.posts.merges(unit)))

    def _group_facts(self, unit: str, group: str) -> GroupFacts | None:
        view = self.posts.group(unit, group)
        if view is None:
            return None
        if view.row.id != group:
            raise Refused(f"group {group} is part of group {view.row.id} by now; look at that one", code="INC-301")
        mentions = self.posts.members(unit, group)
        members = list(dict.fromkeys(mention.post for mention in mentions))
        addressed = {mention.post: mention for mention in mentions if mention.addressed and not mention.backfilled}
        return GroupFacts(
            row=view.row,
            members=tuple(members),
            addressed=tuple(self._addressed(post, mention.occurred_at) for post, mention in addressed.items()),
            found_at=found_at(self.posts, mentions),
        )

    def _addressed(self, post_id: str, at: int) -> AddressedPost:
        stored = self.posts.post(post_id)
        if stored is None:
            raise StoreUnavailable(
                f"post {post_id} has a mention but is not stored; run `huiyin verify`", code="STO-301"
            )
        return addressed_post(stored.post, at)
