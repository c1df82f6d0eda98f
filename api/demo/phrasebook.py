"""The county's phrases and matters, read from the TOML files beside this module."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import TypeAlias

from pipeline.domain.errors import BadInput

from .grammar import Grammar, Template
from .private import MAKERS

Row: TypeAlias = Mapping[str, object]
Wordings: TypeAlias = tuple[Template, ...]
"""Ways to say one thing."""

PLACES = (
    *("town", "community", "home", "estate", "road", "school", "hospital", "market", "park", "care_home", "canteen"),
    *("cemetery", "funeral_home", "registry", "charity", "office", "village"),
)
"""Phrases that name where something is."""

_STORIES = ("title", "core")
_TEXTS = ("facts", "ask", "reply", "answer", "clarify")
_LABELS = ("act", "stance", "urgency", "venue")
_FLAGS = ("need", "grave", "rumour", "conduct")
_NUMBERS = ("weight", "spread")


@dataclass(frozen=True, slots=True)
class MatterTemplate:
    """
    What a matter of this kind is and how it is told.

    A kind has one or more stories, each with its wordings: a matter keeps to one story, its tellers choose the words.
    `title` has as many stories as `core`, or one for all. A text is one wording of `core`, some `facts` in their order
    and an `ask`; `reply` are other people's answers, `answer` the bureau's, `clarify` what ends a rumour. `weight` says
    how often the kind comes up, `seasons` how many times more often in a feast, `spread` how likely it is that several
    people write about one matter. `venue` names the one source that carries it, "" means that people choose. `conduct`
    marks a complaint about people of the bureau's own office. `anchors` are the phrases that name the place of each
    story: two people who complain of the same place speak of one matter.
    """

    id: str
    line: str | None
    title: tuple[Wordings, ...]
    core: tuple[Wordings, ...]
    anchors: tuple[str, ...]
    facts: Wordings = ()
    ask: Wordings = ()
    reply: Wordings = ()
    answer: Wordings = ()
    clarify: Wordings = ()
    act: str = "其他"
    stance: str = "neutral"
    urgency: str = "normal"
    venue: str = ""
    need: bool = False
    grave: bool = False
    rumour: bool = False
    conduct: bool = False
    weight: float = 1.0
    spread: float = 0.0
    seasons: Mapping[str, float] = field(default_factory=dict)

    @property
    def about(self) -> bool:
        """Whether the matter is a civil affairs matter: then it has a service line."""
        return self.line is not None


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The compiled grammar and the matters that people write about."""

    grammar: Grammar
    matters: tuple[MatterTemplate, ...]


def read_phrasebook(chance: Callable[[], float], *, districts: int = 1) -> Phrasebook:
    """
    Return the county's phrasebook, drawing from `chance`; raise BadInput where a phrase file is wrong.

    With more than one district every place gets a district's name before its own.
    """
    phrases: dict[str, Sequence[str]] = {}
    rows: list[tuple[str | None, Row]] = []
    for name, content in _files():
        for key, options in _table(content.get("phrases", {}), name).items():
            if key in phrases:
                raise BadInput(f"{name}: the phrase {key!r} is defined twice; rename one of them")
            phrases[key] = _strings(options, f"{name}: {key}")
        line = content.get("line")
        own_line = line if isinstance(line, str) else None
        rows.extend((own_line, row) for row in _rows(content.get("matter", []), name))
    if districts > 1:
        _spread_over(phrases, districts)
    grammar = Grammar(phrases, MAKERS, chance)
    return Phrasebook(grammar, tuple(_matter(grammar, line, row) for line, row in rows))


def _spread_over(phrases: dict[str, Sequence[str]], districts: int) -> None:
    names = [first + second for first in "鹭梨苇雾萤棉檀笛陶槿" for second in "桨箩哨帆篾灯铃橹笙伞"]
    phrases["district"] = names[:districts]
    for place in PLACES:
        options = phrases.get(place, ())
        phrases[place] = [option if option.startswith("{@") else "{@district}" + option for option in options]


def _files() -> list[tuple[str, Row]]:
    folder = resources.files("api.demo") / "phrases"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return [(name, tomllib.loads((folder / name).read_text(encoding="utf-8"))) for name in names]


def _matter(grammar: Grammar, line: str | None, row: Row) -> MatterTemplate:
    name = str(row.get("id"))
    unknown = set(row) - {"id", "seasons", "line", *_STORIES, *_TEXTS, *_LABELS, *_FLAGS, *_NUMBERS}
    if unknown:
        raise BadInput(f"matter {name}: {', '.join(sorted(unknown))} means nothing here; remove or correct it")
    own_line = row.get("line", line)
    texts = {key: _compiled(grammar, row[key], f"{name}: {key}") for key in _TEXTS if key in row}
    stories = {key: _stories(grammar, row.get(key), f"{name}: {key}") for key in _STORIES}
    if len(stories["title"]) not in {1, len(stories["core"])}:
        raise BadInput(f"matter {name}: title needs one list for all stories of core, or one list for each")
    return MatterTemplate(
        id=name,
        line=own_line if isinstance(own_line, str) and own_line else None,
        title=stories["title"],
        core=stories["core"],
        anchors=_anchors(row.get("core")),
        facts=texts.get("facts", ()),
        ask=texts.get("ask", ()),
        reply=texts.get("reply", ()),
        answer=texts.get("answer", ()),
        clarify=texts.get("clarify", ()),
        act=str(row.get("act", "其他")),
        stance=str(row.get("stance", "neutral")),
        urgency=str(row.get("urgency", "normal")),
        venue=str(row.get("venue", "")),
        need=row.get("need") is True,
        grave=row.get("grave") is True,
        rumour=row.get("rumour") is True,
        conduct=row.get("conduct") is True,
        weight=_number(row.get("weight", 1.0)),
        spread=_number(row.get("spread", 0.0)),
        seasons={key: _number(value) for key, value in _table(row.get("seasons", {}), name).items()},
    )


def _compiled(grammar: Grammar, value: object, where: str) -> tuple[Template, ...]:
    return tuple(grammar.compile(text) for text in _strings(value, where))


def _stories(grammar: Grammar, value: object, where: str) -> tuple[Wordings, ...]:
    """Return the stories of a list of lists; a flat list is one story."""
    stories = value if isinstance(value, list) and value and isinstance(value[0], list) else [value]
    return tuple(_compiled(grammar, wordings, where) for wordings in stories)


def _anchors(core: object) -> tuple[str, ...]:
    """Return the first place that the first wording of each story names; "" where it names none."""
    stories = core if isinstance(core, list) and core and isinstance(core[0], list) else [core]
    firsts = [str(story[0]) if isinstance(story, list) and story else "" for story in stories]
    named = [[name for name in re.findall(r"\{@(\w+)\}", first) if name in PLACES] for first in firsts]
    return tuple(names[0] if names else "" for names in named)


def _strings(value: object, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value) or not value:
        raise BadInput(f"{where}: a list of texts is needed here")
    return value


def _table(value: object, where: str) -> Row:
    if not isinstance(value, dict):
        raise BadInput(f"{where}: a table is needed here")
    return value


def _rows(value: object, where: str) -> list[Row]:
    if not isinstance(value, list):
        raise BadInput(f"{where}: [[matter]] must be a list of tables")
    return [_table(item, where) for item in value]


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise BadInput(f"{value!r}: a number is needed here")
    return float(value)
