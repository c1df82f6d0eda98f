"""The desk, the classifier and the worker."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from api.bundled import bundled_lines, bundled_rules
from api.halves import Halves
from api.stores import Stores
from classifier.absent import AbsentClassifier
from classifier.bundled import bundled_classifier
from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.calendar_setting import read_calendar
from pipeline.domain.clock import read_clocks
from pipeline.domain.deadline import clocks_from, due_times, with_lines_below
from pipeline.domain.errors import BadInput, HuiyinError
from pipeline.domain.escalation import DEFAULT_REMINDERS
from pipeline.domain.read_policy import read_policy
from pipeline.domain.read_sending import read_escalation
from pipeline.domain.service_line import ServiceLines
from pipeline.domain.shipped_clocks import SHIPPED_CLOCKS
from pipeline.domain.unit_settings import Table
from pipeline.domain.watch import Watch
from pipeline.domain.watch_rule import WatchRule
from pipeline.domain.working_calendar import working_calendar
from pipeline.finder import Finder
from pipeline.grouper import Grouper
from pipeline.ports import Classifier
from pipeline.runner import Asking, Worker
from pipeline.runner import Stores as WorkerStores
from pipeline.stages.match import Matcher
from pipeline.stages.watching import PostMatcher
from pipeline.workflow.burial import Burial
from pipeline.workflow.desk import Desk, Practice
from pipeline.workflow.settings import Settings, read_settings

log = logging.getLogger(__name__)


def settings_of(stores: Stores) -> Settings:
    """Return the settings as they are now."""
    return read_settings(stores.records, bundled_rules(), bundled_lines())


def open_desk(stores: Stores, settings: Settings) -> Desk:
    """Return the desk over the stores, with each unit's practice."""
    return Desk(stores.log, stores.posts, stores.clock, practice_of(settings))


def practice_of(settings: Settings) -> Callable[[str], Practice]:
    """Return how to find what a unit has set about alerts and clocks; the shipped figures where it has set nothing."""
    of_change: dict[int, dict[str, Practice]] = {}

    def practice(unit: str) -> Practice:
        if settings.change not in of_change:
            of_change.clear()
        known = of_change.setdefault(settings.change, {})
        if unit not in known:
            own = settings.units.get(unit)
            known[unit] = _practice(own.tables, own.lines) if own else _practice({}, settings.default_lines)
        return known[unit]

    return practice


def _practice(tables: Mapping[str, Table], lines: ServiceLines) -> Practice:
    calendar = read_calendar(tables["calendar"]) if "calendar" in tables else working_calendar()
    rules = with_lines_below(read_clocks(tables["clocks"]) if "clocks" in tables else SHIPPED_CLOCKS, lines)
    policy = read_policy(tables["alerts"]) if "alerts" in tables else DEFAULT_POLICY
    reminders = read_escalation(tables["escalation"]) if "escalation" in tables else DEFAULT_REMINDERS
    return Practice(policy, due_times(rules, calendar), clocks_from(rules), reminders)


def open_classifier() -> Classifier:
    """Return the bundled classifier; where it cannot be loaded everything abstains, and the reason is shown."""
    try:
        return bundled_classifier()
    except (HuiyinError, OSError, ImportError) as cause:
        log.exception("classifier.absent: every head abstains")
        return AbsentClassifier(str(cause))


def of_unit(rule: WatchRule, unit: str) -> WatchRule:
    """Return the rule as this unit's."""
    return replace(rule, unit=unit)


def open_rehearsed_worker(
    stores: Stores, watch: Watch, matcher: Callable[[Sequence[WatchRule]], PostMatcher] | None
) -> Worker:
    """Return a worker over stores in memory; with a matcher of its own nothing closes the gate."""
    shipped = Practice(DEFAULT_POLICY, due_times(SHIPPED_CLOCKS, working_calendar()), clocks_from(SHIPPED_CLOCKS))
    desk = Desk(stores.log, stores.posts, stores.clock, lambda _unit: shipped)
    return Worker(
        stores=WorkerStores(stores.bus, stores.posts, stores.tokens),
        classifier=AbsentClassifier("a rehearsal without a gate") if matcher else open_classifier(),
        clock=stores.clock,
        asking=Asking(desk.ask, desk.head, desk.standing, desk.splits),
        watch=watch,
        burial=Burial(stores.bus, stores.clock),
        matcher_of=matcher or Matcher,
    )


def open_worker(stores: Stores, settings: Settings, desk: Desk, classifier: Classifier) -> Worker:
    """Return the worker over the stores; `load` it before the first step."""
    return Worker(
        stores=WorkerStores(stores.bus, stores.posts, stores.tokens),
        classifier=classifier,
        clock=stores.clock,
        asking=Asking(desk.ask, desk.head, desk.standing, desk.splits),
        watch=settings.watch(),
        burial=Burial(stores.bus, stores.clock),
    )


def open_halves(stores: Stores, settings: Settings, desk: Desk, classifier: Classifier) -> Halves:
    """Return both halves of the worker over the stores of a cluster; raises BadInput where none lies between."""
    if stores.mentions is None:
        raise BadInput("these stores have no bus of mentions: the worker is one here, not two halves", code="HUI-000")
    shared, watch = WorkerStores(stores.bus, stores.posts, stores.tokens), settings.watch()
    burial = Burial(stores.bus, stores.clock)
    asking = Asking(desk.ask, desk.head, desk.standing, desk.splits)
    return Halves(
        Finder(shared, stores.mentions, classifier, watch, burial),
        Grouper(shared, stores.mentions, stores.clock, asking, watch, burial),
        burial,
    )
