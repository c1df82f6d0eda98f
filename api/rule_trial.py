"""
A trial of changed rules: stored posts through the real worker over stores in memory, on the posts' own clock.

It says what these rules would have found and raised, beside what is stored; nothing of the installation is changed.
People's decisions are not part of it, and who wrote is known for the newest 15 days only: before that every post counts
as one person's, so that a trial may raise what one person wrote alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.domain.group_merge import survivors
from pipeline.domain.mention import Mention
from pipeline.domain.post import Millis, Post
from pipeline.domain.unit_state import UnitState
from pipeline.domain.watch_rule import WatchRule
from pipeline.runner import Worker
from pipeline.stages.match import Matcher
from pipeline.workflow.settings import Settings

from . import bootstrap
from .rehearsal import FOR_EVER, FollowedClock, Push, play
from .stores import Stores


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What one rule meets that is no mention yet, what is a mention and would be none, and what stays."""

    rule: str
    new: int
    no_longer: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class TriedPush:
    """An alert that the stream would have raised; `is_known` where one of its posts is in an incident already."""

    push: Push
    is_known: bool


@dataclass(frozen=True, slots=True)
class UnitTrial:
    """What the trial says of one unit; groups are counted among the posts that were looked at."""

    unit: str
    rules: Sequence[RuleChange]
    groups_stored: int
    groups_found: int
    pushes: Sequence[TriedPush]


@dataclass(frozen=True, slots=True)
class Trial:
    """How many stored posts were looked at, and what came of it for each unit."""

    posts: int
    units: Sequence[UnitTrial]


@dataclass(slots=True)
class _Stored:
    """A unit's living mentions as they are stored, and which of their posts the trial has looked at."""

    groups: dict[str, str | None] = field(default_factory=dict)
    pairs: set[tuple[str, str]] = field(default_factory=set)


def try_rules(stores: Stores, settings: Settings, rules: Sequence[WatchRule], since: Millis) -> Trial:
    """Return what the rules would have made of the posts collected since, for every unit that they are for."""
    stored = {unit: _stored(stores, unit) for unit in settings.units}
    mentioned = {post for each in stored.values() for post in each.groups}
    stage = _Stage(stores, _changed(settings, rules))
    looked_at = 0
    seen: set[str] = set()
    for post in stores.posts.posts_since(since):
        looked_at += 1
        if post.id in mentioned:
            seen.add(post.id)
        stage.play(post)
    desk = bootstrap.open_desk(stores, settings)
    return Trial(looked_at, [_unit(stage, unit, stored[unit], seen, desk.state(unit)) for unit in settings.units])


class _Stage:
    """Stores in memory, and the worker over them with the changed rules."""

    def __init__(self, stores: Stores, settings: Settings) -> None:
        self._real = stores
        self._clock = FollowedClock()
        self._matcher = Matcher(settings.watch().rules())
        self.stores = bootstrap.memory_stores(self._clock)
        desk = bootstrap.open_desk(self.stores, settings)
        self._worker: Worker = bootstrap.open_worker(self.stores, settings, desk, bootstrap.open_classifier())

    def play(self, post: Post) -> None:
        """The post was worked under its own id; one that no rule meets changes nothing and is passed over."""
        if not post.is_addressed and not self._matcher.matches(post.title, post.text):
            return
        tokens = self._real.tokens.of([post.id]).get(post.id, ())
        self._clock.follow(post.collected_at)
        play(self.stores, self._worker, replace(post, heads=(post.id,), tokens=tokens))

    def found(self, unit: str) -> Sequence[Mention]:
        """Return what the rules found for a unit."""
        return [mention for mention, _ in self.stores.posts.mentions(unit, 0) if not mention.lapsed]

    def pushes(self, unit: str) -> Sequence[Push]:
        """Return what would have been told, in order, each with the posts that its incident has at the end."""
        notices = [notice for batch in self.stores.log.read(unit, 0, FOR_EVER) for notice in batch.notices]
        return [Push(n.incident, n.level, n.why, n.at, self._posts_of(unit, n.incident)) for n in notices]

    def _posts_of(self, unit: str, incident_id: str) -> tuple[str, ...]:
        incident = self.stores.log.incident(unit, incident_id)
        groups = incident.groups if incident else ()
        members = [mention for group in groups for mention in self.stores.posts.members(unit, group)]
        return tuple(dict.fromkeys(mention.post for mention in members))


def _changed(settings: Settings, rules: Sequence[WatchRule]) -> Settings:
    """Return the settings with these rules: those for every unit, and those that name theirs."""
    units = {
        unit: replace(own, rules=tuple(rule for rule in rules if rule.unit in (None, unit)))
        for unit, own in settings.units.items()
    }
    return replace(settings, default_rules=tuple(rules), units=units)


def _stored(stores: Stores, unit: str) -> _Stored:
    stored, now = _Stored(), survivors(stores.posts.merges(unit))
    for mention, _ in stores.posts.mentions(unit, 0):
        if not mention.lapsed:
            stored.groups[mention.post] = now.get(mention.group or "", mention.group)
            stored.pairs.add((mention.post, mention.rule))
    return stored


def _unit(stage: _Stage, unit: str, stored: _Stored, seen: set[str], state: UnitState) -> UnitTrial:
    found, now = stage.found(unit), survivors(stage.stores.posts.merges(unit))
    before = {(post, rule) for post, rule in stored.pairs if post in seen}
    after = {(mention.post, mention.rule) for mention in found}
    return UnitTrial(
        unit=unit,
        rules=_changes(before, after),
        groups_stored=len({stored.groups[post] for post, _ in before} - {None}),
        groups_found=len({now.get(mention.group or "", mention.group) for mention in found} - {None}),
        pushes=[TriedPush(push, _is_known(push, stored.groups, state)) for push in stage.pushes(unit)],
    )


def _changes(before: set[tuple[str, str]], after: set[tuple[str, str]]) -> Sequence[RuleChange]:
    new, gone, same = (Counter(rule for _, rule in pairs) for pairs in (after - before, before - after, before & after))
    return [RuleChange(rule, new[rule], gone[rule], same[rule]) for rule in sorted({*new, *gone, *same})]


def _is_known(push: Push, groups: Mapping[str, str | None], state: UnitState) -> bool:
    owned = (groups.get(post) for post in push.posts)
    return any(group is not None and state.incident_of(group) is not None for group in owned)
