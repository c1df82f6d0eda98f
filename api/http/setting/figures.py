"""Settings that are figures, one box each: when alerts are raised, and how reminders climb."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from api.http.form import Option
from api.words import Words
from pipeline.domain.alert_policy import HOUR, AlertPolicy
from pipeline.domain.escalation import DEFAULT_REMINDERS
from pipeline.domain.level import HIGHEST, LOWEST
from pipeline.domain.read_policy import read_policy
from pipeline.domain.read_sending import read_escalation

from .form import Box, BoxForm, Held, Reading, Section, Typed, listed, one

MOST = 1_000
MOST_HOURS = 24 * 60
MOST_STEPS = 9
_LEVELS = range(HIGHEST, LOWEST + 1)


@dataclass(frozen=True, slots=True)
class Figure:
    """One whole number of a setting: its key in the table, and between what it lies; a level has words of its own."""

    key: str
    least: int = 1
    most: int = MOST
    is_level: bool = False


FIGURES = (
    Figure("new_posts"),
    Figure("new_posters"),
    Figure("new_level", HIGHEST, LOWEST, is_level=True),
    Figure("addressed_level", HIGHEST, LOWEST, is_level=True),
    Figure("growth_factor"),
    Figure("growth_posts"),
    Figure("spread_sources"),
    Figure("growth_up_to", HIGHEST, LOWEST, is_level=True),
    Figure("raises_within_hours", 1, MOST_HOURS),
    Figure("addressed_opens_within_hours", 1, 366 * 24),
)
"""Every figure of the alert rules, in the order of the page."""


def _figures_of(policy: AlertPolicy) -> Mapping[str, int]:
    values = {field.name: getattr(policy, field.name) for field in fields(policy)}
    hours = {f"{name}_hours": values[name] // HOUR for name in ("raises_within", "addressed_opens_within")}
    return {**{name: value for name, value in values.items() if isinstance(value, int)}, **hours}


def _held(held: Held) -> Mapping[str, int]:
    return _figures_of(read_policy(held.table("alerts") or {}))


def _typed_alerts(held: Held, words: Words) -> Typed:
    del words
    now = _held(held)
    return {figure.key: [str(now[figure.key])] for figure in FIGURES}


def _read_alerts(typed: Typed, held: Held, words: Words) -> Reading:
    shipped, problems = _figures_of(AlertPolicy()), {}
    own = held.table("alerts") or {}
    table: dict[str, object] = {"version": own["version"]} if "version" in own else {}
    for figure in FIGURES:
        value = _whole(one(typed, figure.key), figure.least, figure.most)
        if value is None:
            problems[figure.key] = words("setting.whole_number", least=figure.least, most=figure.most)
        elif value != shipped[figure.key]:
            table[figure.key] = value
    return Reading(table or None, problems)


def _whole(said: str, least: int, most: int) -> int | None:
    is_number = said.isascii() and said.isdecimal() and len(said) < 6
    return int(said) if is_number and least <= int(said) <= most else None


def _alert_boxes(typed: Typed, held: Held, problems: Mapping[str, str], words: Words) -> Sequence[Section]:
    del held
    shipped = _figures_of(AlertPolicy())

    def box(figure: Figure) -> Box:
        said = one(typed, figure.key)
        usual = words(f"level.{shipped[figure.key]}") if figure.is_level else shipped[figure.key]
        return Box(
            figure.key,
            words(f"setting_alerts.{figure.key}"),
            "select" if figure.is_level else "number",
            said,
            words("setting.usually", value=usual),
            problems.get(figure.key, ""),
            [Option(str(level), words(f"level.{level}"), str(level) == said) for level in _LEVELS],
        )

    return [
        Section(words("setting_alerts.title_new"), [box(figure) for figure in FIGURES[:4]]),
        Section(words("setting_alerts.title_growth"), [box(figure) for figure in FIGURES[4:8]]),
        Section(words("setting_alerts.title_age"), [box(figure) for figure in FIGURES[8:]]),
    ]


def _alerts_said(held: Held, words: Words) -> str:
    now = _held(held)
    return words(
        "setting_alerts.said",
        posts=now["new_posts"],
        posters=now["new_posters"],
        level=words(f"level.{now['new_level']}"),
        factor=now["growth_factor"],
    )


def _typed_escalation(held: Held, words: Words) -> Typed:
    del words
    policy = read_escalation(held.table("escalation") or {})
    steps = "、".join(str(step // HOUR) for step in policy.steps)
    pause = str(policy.gives_back_after // HOUR) if policy.gives_back_after else ""
    return {"after_hours": [steps], "gives_back_after_hours": [pause]}


def _read_escalation(typed: Typed, held: Held, words: Words) -> Reading:
    del held
    problems: dict[str, str] = {}
    steps = [_whole(each, 0, MOST_HOURS) for each in listed(one(typed, "after_hours").replace(" ", "、"))]
    grow = [step for step in steps if step is not None]
    if not 1 <= len(steps) <= MOST_STEPS or len(grow) != len(steps) or grow != sorted(set(grow)):
        problems["after_hours"] = words("setting_escalation.steps_bad", most=MOST_STEPS)
    said = one(typed, "gives_back_after_hours")
    pause = _whole(said, 1, MOST_HOURS)
    if said and pause is None:
        problems["gives_back_after_hours"] = words("setting.whole_number", least=1, most=MOST_HOURS)
    if problems:
        return Reading(None, problems)
    table: dict[str, object] = {}
    if tuple(step * HOUR for step in grow) != DEFAULT_REMINDERS.steps:
        table["after_hours"] = grow
    if pause is not None:
        table["gives_back_after_hours"] = pause
    return Reading(table or None)


def _escalation_boxes(typed: Typed, held: Held, problems: Mapping[str, str], words: Words) -> Sequence[Section]:
    del held
    usual = {
        "after_hours": "、".join(str(step // HOUR) for step in DEFAULT_REMINDERS.steps),
        "gives_back_after_hours": "",
    }
    boxes = [
        Box(
            name,
            words(f"setting_escalation.{name}"),
            "text" if name == "after_hours" else "number",
            one(typed, name),
            words(f"setting_escalation.{name}_hint", value=usual[name]),
            problems.get(name, ""),
        )
        for name in usual
    ]
    return [Section("", boxes)]


def _escalation_said(held: Held, words: Words) -> str:
    typed = _typed_escalation(held, words)
    steps, pause = one(typed, "after_hours"), one(typed, "gives_back_after_hours")
    said = words("setting_escalation.said", steps=steps)
    return said + (words("setting_escalation.said_pause", pause=pause) if pause else "")


ALERTS = BoxForm("alerts", _alert_boxes, _typed_alerts, _read_alerts, _alerts_said)
ESCALATION = BoxForm("escalation", _escalation_boxes, _typed_escalation, _read_escalation, _escalation_said)
