"""
What a desk must be like, written a second time and as simply as possible, to hold the decider against.

The model knows states, owners, groups and verdicts; it believes a command only where its own short list allows it.
"""

from dataclasses import dataclass, field, replace

from pipeline.domain.command import Acknowledge, Command, GroupJoined, GroupRestored, Open, Reopen
from pipeline.domain.incident import State, Verdict
from pipeline.domain.incident_command import (
    AcceptHandover,
    AssignOwner,
    BounceBack,
    Close,
    GiveVerdict,
    RecordClaim,
    Reply,
    Settle,
    Transfer,
    Unacknowledge,
)
from pipeline.domain.merge_command import Merge, Split, Unmerge
from pipeline.domain.unit_state import UnitState
from tests.matters import of_incident

Key = tuple[State, str | None]


@dataclass
class Modelled:
    """One incident as the model knows it."""

    state: State = State.DISCOVERED
    owner: str | None = None
    groups: set[str] = field(default_factory=set)
    verdicts: dict[str, Verdict | None] = field(default_factory=dict)
    inside: set[str] = field(default_factory=set)
    before: State | None = None


@dataclass
class DeskModel:
    """All incidents of a desk, told of every command that the decider accepted."""

    incidents: dict[str, Modelled] = field(default_factory=dict)

    def hears(self, command: Command) -> None:
        """The model has followed the command, which the decider accepted; it fails where it would have refused."""
        if isinstance(command, Open):
            assert not self.stands(of_incident(command.group))
            self.incidents[of_incident(command.group)] = Modelled(groups={command.group})
        elif isinstance(command, GroupJoined):
            assert not self.holders(command.group)
            self.incidents[command.incident].groups.add(command.group)
        elif isinstance(command, GroupRestored):
            for holder in self.holders(command.group):
                holder.groups.remove(command.group)
        elif isinstance(command, Merge | Unmerge | Split):
            self._surgery(command)
        else:
            self._work(command)

    def stands(self, name: str) -> bool:
        """Whether the incident was opened, and not only split off and taken back."""
        if name not in self.incidents:
            return False
        inside = any(name in one.inside for one in self.incidents.values())
        return inside or self.incidents[name].state is not State.MERGED

    def holders(self, group: str) -> list[Modelled]:
        """Return the incidents that hold the group by themselves: none or one."""
        return [one for name, one in self.incidents.items() if group in one.groups and self.stands(name)]

    def _surgery(self, command: Merge | Unmerge | Split) -> None:
        one = self.incidents[command.incident]
        if isinstance(command, Merge):
            for name in set(command.others):
                other = self.incidents[name]
                assert other.state in (State.DISCOVERED, State.VERIFYING, State.HANDLING, State.RESPONDED)
                assert one.owner is not None or other.owner is None
                other.before, other.state = other.state, State.MERGED
                one.inside.add(name)
        elif isinstance(command, Unmerge):
            one.inside.remove(command.released)
            back = self.incidents[command.released]
            assert back.before is not None
            back.state, back.before = back.before, None
        else:
            one.groups -= set(command.groups)
            state = State.DISCOVERED if one.owner is None else State.VERIFYING
            self.incidents[of_incident(command.groups[0])] = Modelled(state, one.owner, set(command.groups))

    def _work(self, command: Command) -> None:
        match command:
            case Acknowledge(incident=incident):
                self._goes(incident, State.VERIFYING, State.DISCOVERED)
                self.incidents[incident].owner = command.owner or command.actor
            case Unacknowledge(incident=incident):
                self._goes(incident, State.DISCOVERED, State.VERIFYING)
                self.incidents[incident].owner = None
            case AcceptHandover(incident=incident):
                self.incidents[incident].owner = command.actor
            case AssignOwner(incident=incident):
                self.incidents[incident].owner = command.to
            case RecordClaim() | GiveVerdict():
                self._verifies(command)
            case _:
                self._ends(command)

    def _verifies(self, command: RecordClaim | GiveVerdict) -> None:
        if isinstance(command, RecordClaim):
            assert command.note is not None
            self.incidents[command.incident].verdicts[command.note.memo] = None
            return
        for name in self.family(command.incident):
            if command.claim in self.incidents[name].verdicts:
                self.incidents[name].verdicts[command.claim] = command.verdict
        given = [
            verdict for name in self.family(command.incident) for verdict in self.incidents[name].verdicts.values()
        ]
        one = self.incidents[command.incident]
        if one.state is State.VERIFYING and None not in given and set(given) != {Verdict.UNVERIFIABLE}:
            one.state = State.HANDLING

    def family(self, name: str) -> list[str]:
        """Return the incident and all that is inside it."""
        return [name, *(inner for one in sorted(self.incidents[name].inside) for inner in self.family(one))]

    def _ends(self, command: Command) -> None:
        match command:
            case Reply(incident=incident) if self.incidents[incident].state is not State.TRANSFERRED:
                self._goes(incident, State.RESPONDED, State.HANDLING, State.RESPONDED)
            case Close(incident=incident):
                assert self.incidents[incident].state not in (State.DISCOVERED, State.MERGED, State.CLOSED)
                self.incidents[incident].state = State.CLOSED
            case Settle(incident=incident):
                one = self.incidents[incident]
                one.owner = one.owner or command.actor
                one.state = State.CLOSED
                self._settles_verdicts(command)
            case Reopen(incident=incident):
                was = self.incidents[incident].state
                self._goes(incident, State.HANDLING if was is State.RESPONDED else State.VERIFYING, was)
            case Transfer(incident=incident):
                self._goes(incident, State.TRANSFERRED, State.VERIFYING, State.HANDLING)
            case BounceBack(incident=incident):
                self._goes(incident, State.VERIFYING, State.TRANSFERRED)

    def _settles_verdicts(self, command: Settle) -> None:
        if command.verdict is None or command.note is None:
            return
        self.incidents[command.incident].verdicts[command.note.memo] = None
        for name in self.family(command.incident):
            verdicts = self.incidents[name].verdicts
            verdicts |= {claim: verdict or command.verdict for claim, verdict in verdicts.items()}

    def _goes(self, incident: str, to: State, *sources: State) -> None:
        assert self.incidents[incident].state in sources
        self.incidents[incident].state = to

    def agrees_with(self, state: UnitState) -> None:
        """Every incident of the state is as the model knows it, and there is no other."""
        real = {name: (one.state, one.owner, set(one.groups)) for name, one in state.incidents.items()}
        assert real == {name: (one.state, one.owner, one.groups) for name, one in self.incidents.items()}
        verdicts = {name: {claim.id: claim.verdict for claim in one.claims} for name, one in state.incidents.items()}
        assert verdicts == {name: one.verdicts for name, one in self.incidents.items()}

    def copy(self) -> "DeskModel":
        """Return a model that can be led elsewhere."""
        return DeskModel(
            {
                name: replace(one, groups=set(one.groups), verdicts=dict(one.verdicts), inside=set(one.inside))
                for name, one in self.incidents.items()
            }
        )
