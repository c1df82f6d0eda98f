"""The decider against a simple model, over random posts, decisions, rules and clocks in any order."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.alert_rule import ask, standing_reasons
from pipeline.domain.command import Command, GroupSplit
from pipeline.domain.errors import Refused
from pipeline.domain.escalation import EscalationPolicy, ask_clocks
from pipeline.domain.facts import AddressedPost
from pipeline.domain.group import GroupRow
from pipeline.domain.incident import OPEN_STATES, Incident, State
from pipeline.domain.incident_command import Undo
from pipeline.domain.incident_json import bytes_of_incident, incident_from_bytes
from pipeline.domain.merge_command import Merge, Unmerge
from pipeline.domain.moves import MOVES
from pipeline.domain.next_due import next_due
from pipeline.domain.people import MarkState, fold_marks, is_todo
from pipeline.domain.post import Origin
from pipeline.domain.unit_state import replay
from tests.matters import DUTY, HOUR, OTHER, UNIT, Desk, a_desk, a_row
from tests.properties.desk_model import DeskModel
from tests.properties.desk_moves import any_command

GROUPS = st.sampled_from(["g1", "g2", "g3", "g4"])
CLOCKS = EscalationPolicy()


def apart(incident: Incident) -> Incident:
    """Return the incident without what only counts its steps."""
    return replace(incident, revision=0, trail=(), undo=None)


class DeskOfAUnit(RuleBasedStateMachine):
    """Posts arrive, rules and clocks ask, people decide; after each step the desk is as the model says."""

    def __init__(self) -> None:
        super().__init__()
        self.desk: Desk = a_desk()
        self.model = DeskModel()
        self.number = 0
        for group in ("g1", "g2", "g3", "g4"):
            self.desk.has(a_row(group))

    def does(self, command: Command) -> bool:
        """The command is carried out by both, or refused and changes nothing; returns which."""
        before = self.desk.state
        try:
            self.desk.does(command)
        except Refused:
            return False
        if isinstance(command, GroupSplit):
            fold_follows(self.desk, command)
        elif command.name != "undo":
            self.model.hears(command)
        self.moves_are_of_the_table(command, before.incidents)
        return True

    def moves_are_of_the_table(self, command: Command, before: Any) -> None:
        """Whatever changed its state did so as the table says."""
        for name, was in before.items():
            now = self.desk.state.incidents[name].state
            came_back = command.name in ("unmerge", "undo")
            assert now is was.state or came_back or now in MOVES[command.name][was.state]

    @rule(group=GROUPS, kind=st.sampled_from(["plain", "same person", "grave", "letter", "elsewhere"]))
    def a_post_arrives(self, group: str, kind: str) -> None:
        """A message to the unit never joins a closed incident: the fold begins a group of its own."""
        incident = self.desk.state.incident_of(group)
        if kind == "letter" and incident is not None and incident.state is State.CLOSED:
            group = f"g{len(self.desk.rows) + 1}"
            self.desk.has(a_row(group, posts=0))
        self.number += 1
        arrives(self.desk, group, kind, f"p{self.number}")

    @rule()
    def the_rules_ask(self) -> None:
        """Asked once more, they want nothing: all is so, or people have said otherwise."""
        for command in self.wanted():
            assert self.does(command), command
        assert self.wanted() == []

    def wanted(self) -> list[Command]:
        """Return what the rules want of every matter, each asked for once."""
        matters: dict[str, list[GroupRow]] = {}
        for group in sorted(self.desk.rows):
            owner = self.desk.state.incident_of(group)
            matters.setdefault(group if owner is None else owner.id, []).append(self.desk.rows[group])
        return [one for rows in matters.values() for one in ask(self.desk.state, rows, DEFAULT_POLICY, self.desk.now)]

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        """The clocks tell what they want, once; the rules are asked as every hour."""
        self.the_rules_ask()
        self.desk.now += hours * HOUR
        for _ in range(3):
            for command in ask_clocks(self.desk.state, CLOCKS, self.desk.now):
                assert self.does(command), command
        assert ask_clocks(self.desk.state, CLOCKS, self.desk.now) == ()

    @rule(data=st.data(), times=st.integers(1, 4))
    def people_decide(self, data: st.DataObject, times: int) -> None:
        """Some commands are legal, some are not; the model hears of those that were accepted."""
        for _ in range(times):
            self.number += 1
            self.does(any_command(data.draw, self.desk, self.number))

    @precondition(lambda self: self.desk.state.incidents)
    @rule(data=st.data())
    def a_step_is_taken_back(self, data: st.DataObject) -> None:
        """Undo leaves the incidents of the step as they were before it."""
        name = data.draw(st.sampled_from(sorted(self.desk.state.incidents)))
        point = self.desk.state.incidents[name].undo
        model = self.model.copy()
        if point is None or not self.does(Undo(command_id="u", actor=point.actor, incident=name)):
            return
        assert apart(self.desk.state.incidents[name]) == apart(point.before)
        self.model = model
        for incident, now in self.desk.state.incidents.items():
            one = self.model.incidents[incident]
            one.state, one.owner, one.groups = now.state, now.owner, set(now.groups)
            one.inside, one.before = set(now.absorbed), now.state_before
            one.verdicts = {claim.id: claim.verdict for claim in now.claims}

    @precondition(lambda self: len(self.desk.state.incidents) > 1)
    @rule(data=st.data())
    def merging_and_unmerging_changes_nothing(self, data: st.DataObject) -> None:
        """Members, owners, levels, clocks, messages are what they were; tried beside the desk, not on it."""
        names = sorted(self.desk.state.incidents)
        one = data.draw(st.sampled_from(names))
        others = tuple(data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)))
        aside = replace(self.desk, log=list(self.desk.log))
        before = {name: apart(aside.state.as_one(name)) for name in names}
        owners = {group: mark.owner for group, mark in aside.state.marks.items()}
        try:
            aside.does(Merge(command_id="m", actor=DUTY, incident=one, others=others))
        except Refused:
            return
        starts = {name: {clock.kind: clock.start_at for clock in was.clocks} for name, was in before.items()}
        merged_clocks_take_the_earliest_start(aside.state.as_one(one), [starts[name] for name in {one, *others}])
        for other in others:
            aside.does(Unmerge(command_id="u", actor=OTHER, incident=one, released=other))
        assert {name: apart(aside.state.as_one(name)) for name in names} == before
        assert {group: mark.owner for group, mark in aside.state.marks.items()} == owners

    @invariant()
    def the_model_agrees(self) -> None:
        """States, owners, groups and verdicts, of every incident."""
        self.model.agrees_with(self.desk.state)

    @invariant()
    def there_is_exactly_one_owner_from_acknowledgement_on(self) -> None:
        """And none before."""
        for incident in self.desk.state.incidents.values():
            state = incident.state_before if incident.state is State.MERGED else incident.state
            assert (incident.owner is None) == (state is State.DISCOVERED)

    @invariant()
    def every_group_is_in_one_living_incident_at_most(self) -> None:
        """The marks say in which, merges followed."""
        living = [one for one in self.desk.state.incidents.values() if one.state is not State.MERGED]
        owners = [(group, one.id) for one in living for group in self.desk.state.as_one(one.id).groups]
        assert len({group for group, _ in owners}) == len(owners)
        assert dict(owners) == {group: mark.owner for group, mark in self.desk.state.marks.items() if mark.owner}

    @invariant()
    def what_is_open_is_due_and_what_is_closed_has_answered(self) -> None:
        """Always a next due time or a stated reason; 件件有回音."""
        for incident in self.desk.state.incidents.values():
            whole = self.desk.state.as_one(incident.id)
            assert (next_due(whole) is not None) == (incident.state in OPEN_STATES)
            assert not (incident.state is State.CLOSED and whole.waiting_lines)

    @invariant()
    def the_revision_counts_the_events(self) -> None:
        """Growth never moves it; every event of the incident does."""
        counts = dict.fromkeys(self.desk.state.incidents, 0)
        for event in (event for batch in self.desk.log for event in batch.events if event.incident):
            counts[event.incident] += 1
        assert counts == {name: one.revision for name, one in self.desk.state.incidents.items()}

    def teardown(self) -> None:
        """Nothing was lost, and the log alone gives everything again, byte for byte."""
        self.the_rules_ask()
        for group, row in self.desk.rows.items():
            nothing_was_lost(self.desk, group, row)
        again = replay(UNIT, self.desk.log)
        assert again == self.desk.state
        marks: dict[str, Any] = {}
        for batch in self.desk.log:
            marks = fold_marks(marks, batch)
        assert marks == self.desk.state.marks
        for name, incident in self.desk.state.incidents.items():
            assert bytes_of_incident(again.incidents[name]) == bytes_of_incident(incident)
            assert incident_from_bytes(bytes_of_incident(incident)) == incident


def fold_follows(desk: Desk, split: GroupSplit) -> None:
    """The fold has moved the posts that a person has split off: both rows stand as their members make them."""
    into = desk.state.moved[split.posts[0]]
    letters = desk.addressed.get(split.group, ())
    desk.addressed[into] = tuple(letter for letter in letters if letter.post in split.posts)
    desk.addressed[split.group] = tuple(letter for letter in letters if letter.post not in split.posts)
    desk.members[into] = split.posts
    left = desk.members_of(desk.rows[split.group])
    desk.members[split.group] = tuple(post for post in left if post not in split.posts)
    desk.has(a_row(into, last_at=desk.now), less(desk.rows[split.group], len(split.posts)))
    for group in (split.group, into):
        lettered = desk.addressed[group]
        latest = lettered[-1].post if lettered else None
        desk.has(replace(desk.rows[group], addressed_posts=len(lettered), latest_addressed=latest))


def less(row: GroupRow, posts: int) -> GroupRow:
    """Return the row with so many posts less."""
    return replace(row, posts=row.posts - posts, recent_posts=row.recent_posts - posts)


def arrives(desk: Desk, group: str, kind: str, post: str) -> None:
    """The group has one more post, of this kind."""
    row = desk.rows[group]
    desk.members[group] = (*desk.members_of(row), post)
    if kind == "letter":
        desk.addressed[group] = (*desk.addressed.get(group, ()), AddressedPost(post, desk.now, Origin.MESSAGE))
    posters = row.posters if kind == "same person" else row.posters + 1
    more = replace(row, posts=row.posts + 1, posters=posters, recent_posts=row.posts + 1, recent_posters=posters)
    changes: dict[str, Any] = {
        "grave": {"grave": True, "grave_posts": row.grave_posts + 1, "grave_at": desk.now, "grave_level": 2},
        "letter": {"addressed_posts": row.addressed_posts + 1, "addressed_at": desk.now, "latest_addressed": post},
        "elsewhere": {"sources": row.sources + 1},
    }
    desk.has(replace(more, last_at=desk.now, **changes.get(kind, {})))


def merged_clocks_take_the_earliest_start(whole: Incident, starts: list[dict[str, int]]) -> None:
    """Of each kind, over all that was merged; ordered ones aside, which no case here has."""
    for clock in whole.clocks:
        assert clock.start_at == min(one[clock.kind] for one in starts if clock.kind in one)


def nothing_was_lost(desk: Desk, group: str, row: GroupRow) -> None:
    """Each message has its line, each standing reason was seen by somebody, however posts and people interleaved."""
    incident, mark = desk.state.incident_of(group), desk.state.mark_of(group)
    if incident is None:
        aside = mark is not None and mark.state == MarkState.SET_ASIDE
        left_to_people = is_todo(mark, row) and desk.now - row.last_at > DEFAULT_POLICY.raises_within
        assert aside or left_to_people or not standing_reasons(row, DEFAULT_POLICY)
        return
    letters = {post.post for post in desk.addressed.get(group, ()) if desk.state.moved.get(post.post, group) == group}
    assert letters <= {line.post for line in incident.lines}
    if row.grave_posts and incident.state is not State.CLOSED:
        assert incident.seen[group].grave_posts or incident.level <= row.grave_level


TestDecider = DeskOfAUnit.TestCase
TestDecider.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
