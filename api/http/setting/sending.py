"""何时通知: at what hours messages of each level go out, how many a day, and which roles they reach."""

from collections.abc import Iterator, Mapping, Sequence

from api.http.form import Option
from api.words import Words
from pipeline.domain.read_sending import read_sending
from pipeline.domain.send_policy import DEFAULT_SENDING, LEVELS, Hours, SendPolicy
from pipeline.domain.unit_settings import ROLE_NAMES, Table

from .form import Box, BoxForm, Held, Reading, Section, Typed, one
from .minute import minute_of, said_minute

MOST_BUDGET = 100
ROLES = tuple(role for role in ROLE_NAMES if role not in ("admin", "auditor"))
TABLES = ("alerts", "reminders")
LEAST_STEPS = 3
"""So many steps of reminders are shown; a unit that has set more has more."""


def _policy(held: Held) -> SendPolicy:
    return read_sending(held.table("notices") or {})


def _steps(held: Held) -> range:
    return range(max(LEAST_STEPS, len(_policy(held).step_roles)))


def _typed(held: Held, words: Words) -> Typed:
    del words
    return _typed_of(_policy(held))


def _typed_of(policy: SendPolicy) -> Typed:
    typed: dict[str, Sequence[str]] = {
        "day_from": [said_minute(policy.day.start)],
        "day_to": [said_minute(policy.day.end)],
        "budget": [str(policy.budget)],
        "roll_up_at": [said_minute(policy.roll_up_at)],
        "digest_roles": list(policy.digest_roles),
    }
    if policy.quotes:
        typed["quotes"] = ["yes"]
    for level in LEVELS:
        typed |= {f"{name}_{level}": [getattr(policy, name)[level - 1].value] for name in TABLES}
        typed[f"roles_{level}"] = list(policy.alert_roles[level - 1])
    for step in range(max(LEAST_STEPS, len(policy.step_roles))):
        typed[f"step_{step}"] = list(policy.step_roles[min(step, len(policy.step_roles) - 1)])
    return typed


def _reads(typed: Typed, held: Held, words: Words) -> Reading:
    problems: dict[str, str] = {}
    own = held.table("notices") or {}
    told: dict[str, object] = {key: own[key] for key in ("feeds",) if key in own}
    told |= {name: [one(typed, f"{name}_{level}") for level in LEVELS] for name in TABLES}
    for name in TABLES:
        for level in LEVELS:
            if one(typed, f"{name}_{level}") not in _choices(level):
                problems[f"{name}_{level}"] = words("problem.choice")
    start, end = minute_of(one(typed, "day_from")), minute_of(one(typed, "day_to"))
    if start is None or end is None or start >= end:
        problems["day_to"] = words("setting_notices.day_bad")
    told["day"] = f"{one(typed, 'day_from')}-{one(typed, 'day_to')}"
    budget, roll_up = one(typed, "budget"), minute_of(one(typed, "roll_up_at"))
    if not (budget.isascii() and budget.isdecimal() and len(budget) < 4 and 1 <= int(budget) <= MOST_BUDGET):
        problems["budget"] = words("setting.whole_number", least=1, most=MOST_BUDGET)
    if roll_up is None:
        problems["roll_up_at"] = words("setting_notices.time_bad")
    told |= {"roll_up_at": one(typed, "roll_up_at"), "quotes": "quotes" in typed}
    told |= {"budget": int(budget)} if "budget" not in problems else {}
    told |= _roles(typed, _steps(held), problems, words)
    if problems:
        return Reading(None, problems)
    return Reading(_without_shipped(told) or None)


def _roles(typed: Typed, steps: range, problems: dict[str, str], words: Words) -> Table:
    for name in (*(f"roles_{level}" for level in LEVELS), *(f"step_{step}" for step in steps), "digest_roles"):
        if not typed.get(name):
            problems[name] = words("setting_notices.nobody")
    return {
        "alert_roles": [list(typed.get(f"roles_{level}", ())) for level in LEVELS],
        "step_roles": [list(typed.get(f"step_{step}", ())) for step in steps],
        "digest_roles": list(typed.get("digest_roles", ())),
    }


def _without_shipped(told: Table) -> dict[str, object]:
    """Return what differs from what ships: the rest goes on with what ships, whatever a later version makes of it."""
    usual = _plain(DEFAULT_SENDING)
    return {key: value for key, value in told.items() if key == "feeds" or value != usual.get(key)}


def _plain(policy: SendPolicy) -> Table:
    return {
        "alerts": [hours.value for hours in policy.alerts],
        "reminders": [hours.value for hours in policy.reminders],
        "day": f"{said_minute(policy.day.start)}-{said_minute(policy.day.end)}",
        "budget": policy.budget,
        "roll_up_at": said_minute(policy.roll_up_at),
        "quotes": policy.quotes,
        "alert_roles": [list(roles) for roles in policy.alert_roles],
        "step_roles": [list(roles) for roles in policy.step_roles],
        "digest_roles": list(policy.digest_roles),
    }


def _choices(level: int) -> Sequence[str]:
    """Return the hours that a level may have: the first is always told."""
    return [hours.value for hours in Hours if level > 1 or hours is not Hours.QUEUE]


def _boxes(typed: Typed, held: Held, problems: Mapping[str, str], words: Words) -> Sequence[Section]:
    extra = tuple(
        dict.fromkeys(
            name for names in _typed_of(_policy(held)).values() for name in names if name.startswith("account:")
        )
    )

    def hours(name: str) -> Iterator[Box]:
        for level in LEVELS:
            said = one(typed, f"{name}_{level}")
            options = [Option(each, words(f"setting_notices.{each}"), each == said) for each in _choices(level)]
            label = words(f"level.{level}")
            yield Box(f"{name}_{level}", label, "select", said, "", problems.get(f"{name}_{level}", ""), options)

    def roles(name: str, label: str) -> Box:
        chosen = typed.get(name, ())
        options = [Option(role, words.named("role", role), role in chosen) for role in (*ROLES, *extra)]
        return Box(name, label, "checks", "", "", problems.get(name, ""), options)

    def box(name: str, control: str = "text") -> Box:
        label = words(f"setting_notices.{name}")
        return Box(name, label, control, one(typed, name), "", problems.get(name, ""))

    return [
        Section(words("setting_notices.title_alerts"), list(hours("alerts"))),
        Section(words("setting_notices.title_reminders"), list(hours("reminders"))),
        Section(words("setting_notices.title_day"), [box("day_from"), box("day_to"), box("budget", "number"),
                                                     box("roll_up_at"), box("quotes", "check")]),
        Section(words("setting_notices.title_who"),
                [roles(f"roles_{level}", words(f"level.{level}")) for level in LEVELS]),
        Section(words("setting_notices.title_steps"),
                [roles(f"step_{step}", _step_said(step, words)) for step in _steps(held)]),
        Section(words("setting_notices.title_digest"), [roles("digest_roles", words("setting_notices.digest_roles"))]),
    ]  # fmt: skip


def _step_said(step: int, words: Words) -> str:
    return words(f"setting_notices.step_{step}") if step < LEAST_STEPS else words("setting_notices.step", number=step)


def _says(held: Held, words: Words) -> str:
    policy = _policy(held)
    hours = [words(f"setting_notices.{each}") for each in policy.alerts]
    each = [
        words("setting_notices.of_level", level=words(f"level.{level}"), hours=hours[level - 1]) for level in LEVELS
    ]
    return words("setting_notices.said", each="；".join(each), budget=policy.budget)


NOTICES = BoxForm("notices", _boxes, _typed, _reads, _says)
