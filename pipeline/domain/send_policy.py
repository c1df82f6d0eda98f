"""
When a person is told: hours by level, a daily budget, one roll-up for the rest (MECHANICS §6). Decided when it sends.

The shipped figures are those of a one-person office: Ⅳ waits in the queue, Ⅲ goes in working hours, Ⅱ by day until
22:00, Ⅰ at any time; a person gets at most eight messages a day, Ⅰ not counted. A file or a system that is fed by
notices has no evening and gets everything at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from .event import Notice
from .level import HIGHEST, LOWEST
from .post import Millis
from .recused import is_kept, usual
from .week import told_at, week_named
from .working_calendar import DAY, MINUTE, Span, WorkingCalendar

ROLLED_UP = "rolled_up"
"""What the notice of a roll-up is called."""

DIGEST = "digest"
"""What the notice of a digest is called; its `why` is the week that it tells."""

LEVELS = range(HIGHEST, LOWEST + 1)


class Hours(StrEnum):
    """When messages of a level may go out."""

    ALWAYS = "always"
    DAY = "day"
    WORKING = "working"
    QUEUE = "queue"


class Why(StrEnum):
    """Why a send has not gone out, or never will by itself: kept with it as a code; api/wording.py has the words."""

    QUEUE = "queue_only"
    NIGHT = "outside_day_hours"
    CLOSED = "outside_working_hours"
    BUDGET = "over_budget"
    PACE = "channel_pace"
    CONDUCT = "staff_conduct"
    PAPER = "to_print"
    WITHDRAWN = "withdrawn"


class Way(StrEnum):
    """What becomes of a send whose turn it is."""

    NOW = "now"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of a send, why, and for `later` the moment at which it is asked again."""

    way: Way
    why: str = ""
    at: Millis = 0


GO = Ruling(Way.NOW)

_ONE_PERSON = (Hours.ALWAYS, Hours.DAY, Hours.WORKING, Hours.QUEUE)
_OWED = (Hours.ALWAYS, Hours.DAY, Hours.WORKING, Hours.WORKING)
_BY_DAY = Span(7 * 60, 22 * 60)
_DESK = ("duty", "monitor")
_ALL = ("duty", "monitor", "leader")


@dataclass(frozen=True, slots=True)
class SendPolicy:
    """
    Data of a unit. `alerts` are the hours of alerts, Ⅰ first; `reminders` those of what is due and of what concerns
    one person or office. `day` is the span of `Hours.DAY`. `budget` is the most messages a person gets on a day,
    `roll_up_at` the minute of the day at which what was too many is told in one. `feeds` are channels to systems, for
    which neither holds.

    `alert_roles` says whom an alert reaches, Ⅰ first; `step_roles` whom a reminder reaches, by its step, the last one
    for all that follow; `digest_roles` whom the digest reaches. A name is a role, or "account:NAME".
    """

    alerts: tuple[Hours, ...] = _ONE_PERSON
    reminders: tuple[Hours, ...] = _OWED
    day: Span = _BY_DAY
    budget: int = 8
    roll_up_at: int = 17 * 60
    feeds: frozenset[str] = frozenset({"journal", "webhook"})
    quotes: bool = True
    alert_roles: tuple[tuple[str, ...], ...] = (_ALL, _ALL, _DESK, _DESK)
    step_roles: tuple[tuple[str, ...], ...] = (("duty",), ("duty",), ("duty", "leader"))
    digest_roles: tuple[str, ...] = ("leader",)


DEFAULT_SENDING = SendPolicy()


def is_exempt(notice: Notice) -> bool:
    """Whether the budget does not hold for the notice: level Ⅰ, the weekly digest, and what is asked of an office."""
    return notice.level == HIGHEST or notice.to == "policy:digest" or notice.to.startswith("office:")


def reached(policy: SendPolicy, notice: Notice) -> Sequence[str]:
    """
    Return the roles and accounts that a notice is for: those of its policy, else the one that it names.

    Of a complaint about staff a leader is told, whatever the policy; the others are asked about when it is sent.
    """
    if is_kept(notice.to):
        return tuple(dict.fromkeys(("leader", *reached(policy, replace(notice, to=usual(notice.to))))))
    kind, _, name = notice.to.partition(":")
    if kind != "policy":
        return (notice.to.removeprefix("role:"),)
    which, _, step = name.partition(":")
    if which == "digest":
        return policy.digest_roles
    if which == "escalation" and step.isdigit():
        return policy.step_roles[min(int(step), len(policy.step_roles) - 1)]
    return policy.alert_roles[notice.level - 1] if which == "alert" and notice.level in LEVELS else ()


def rule_on(notice: Notice, policy: SendPolicy, calendar: WorkingCalendar, *, told: int, now: Millis) -> Ruling:
    """Return what becomes of a person's message now, when `told` that count have reached him since midnight."""
    if notice.what == DIGEST:
        opens = told_at(week_named(notice.why), calendar).at
        return GO if opens <= now else Ruling(Way.LATER, Why.CLOSED, opens)
    hours = hours_of(notice, policy)
    if hours is Hours.QUEUE:
        return Ruling(Way.NEVER, Why.QUEUE)
    opens = opening(hours, policy, calendar, now)
    if opens > now:
        return Ruling(Way.LATER, Why.NIGHT if hours is Hours.DAY else Why.CLOSED, opens)
    if is_exempt(notice):
        return GO
    return _within_budget(notice, policy, calendar, told, now)


def _within_budget(notice: Notice, policy: SendPolicy, calendar: WorkingCalendar, told: int, now: Millis) -> Ruling:
    """Until the roll-up's hour one message of the budget is kept for it."""
    midnight = midnight_before(now, calendar)
    roll_up = midnight + policy.roll_up_at * MINUTE
    keeps_one = now < roll_up and notice.what != ROLLED_UP
    if told < policy.budget - keeps_one:
        return GO
    again = roll_up if told < policy.budget and now < roll_up else midnight + DAY
    return Ruling(Way.LATER, Why.BUDGET, opening(hours_of(notice, policy), policy, calendar, again))


def hours_of(notice: Notice, policy: SendPolicy) -> Hours:
    """Return when the notice may go out."""
    if notice.to == "policy:digest":
        return Hours.ALWAYS
    is_alert = notice.what != ROLLED_UP and (notice.to == "policy:alert" or notice.to.startswith("role:"))
    table = policy.alerts if is_alert else policy.reminders
    return table[(notice.level if notice.level in LEVELS else LOWEST) - 1]


def opening(hours: Hours, policy: SendPolicy, calendar: WorkingCalendar, at: Millis) -> Millis:
    """Return the first moment from `at` on that lies in the hours."""
    if hours is Hours.WORKING:
        return calendar.add(at, 1).at - 1
    if hours is not Hours.DAY:
        return at
    minute = (at - midnight_before(at, calendar)) // MINUTE
    if policy.day.start <= minute < policy.day.end:
        return at
    day = midnight_before(at, calendar) + (DAY if minute >= policy.day.end else 0)
    return day + policy.day.start * MINUTE


def midnight_before(at: Millis, calendar: WorkingCalendar) -> Millis:
    """Return the midnight of the unit's zone with which the day of the moment began."""
    return (at + calendar.offset) // DAY * DAY - calendar.offset
