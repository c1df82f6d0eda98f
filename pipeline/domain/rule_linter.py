"""
The rule linter: topics and services are watched, never persons, beliefs or gatherings (DESIGN §1.1, §1.5).

A trigger that it refuses stands in no rule in force. Terms that only keep a rule away (`none`, `exclude_phrases`) are
free.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .lexicon import OFFICES
from .masking import mask
from .name_rule import reads_as_name
from .watch_rule import WatchRule


@dataclass(frozen=True, slots=True)
class Finding:
    """A trigger that is refused: the id of the rule, the term, and why, with the way out; `topic` is why as a code."""

    rule: str
    term: str
    why: str
    topic: str


@dataclass(frozen=True, slots=True)
class _Group:
    """Terms that are refused for one reason. `harmless` are words of another meaning that contain one of them."""

    topic: str
    terms: re.Pattern[str]
    harmless: re.Pattern[str]
    why: str


_GROUPS = (
    _Group(
        "gathering",
        re.compile(r"集会|游行|示威|静坐|聚集|集结|横幅|抗议|请愿|罢工|罢课|罢市|围堵|堵路|堵门|串联|聚众"),
        re.compile(r"召集会|征集会|旅游行|并联串联"),
        "an announced gathering is no signal (DESIGN §1.5); name the service that people speak of",
    ),
    _Group(
        "petition",
        re.compile(r"上访|信访|集访|非访|缠访|越级|进京|联名"),
        re.compile(r"信访(?:件|复查|答复)|越级诊疗"),
        "a petition is people's right and no signal (DESIGN §1.5); name the matter that it is about",
    ),
    _Group(
        "religion",
        re.compile(
            r"宗教|信教|传教|教会|教堂|教徒|基督|天主教|伊斯兰|穆斯林|清真|佛教|道教|法轮|邪教|礼拜(?!天|日|[一二三四五六])|信仰"
        ),
        re.compile(r"教会了|教会老人"),
        "religion is never a label (DESIGN §1.5); name the service or place that the matter is about",
    ),
    _Group(
        "politics",
        re.compile(
            r"意识形态|政治|政见|异见|政权|颠覆|反动|反党|敌对|台独|港独|藏独|疆独|分裂国家|民主运动|民运|维稳|敏感人物|重点人员"
            r"|言论自由|政府下台|领导人"
        ),
        re.compile(r"政治面貌"),
        "politics and ideology are never a label (DESIGN §1.5); name the service that the matter is about",
    ),
)
_OFFICE = re.compile(rf"^{OFFICES}|{OFFICES}$")
_PERSON = "people are never watched (DESIGN §1.1); name the service. If it is a place, add it to the unit's places"
_TRACE = "this leads to one person (DESIGN §1.1); name the service instead"


def lint_rules(rules: Iterable[WatchRule], known: frozenset[str] = frozenset()) -> tuple[Finding, ...]:
    """Return every trigger of the rules that is refused, all at once. `known` are places and words of the service."""
    return tuple(
        Finding(rule.id, term, why, topic)
        for rule in rules
        for term in rule.triggers
        for topic, why in _reasons(term, known)
    )


def _reasons(term: str, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield why a term is refused, as a code and in words, once for each reason."""
    plain = re.sub(r"\s+", "", term)
    for group in _GROUPS:
        if group.terms.search(group.harmless.sub("", plain)):
            yield group.topic, group.why
    if plain in known:
        return
    if reads_as_name(plain, known) or reads_as_name(_OFFICE.sub("", plain, count=1), known):
        yield "person", _PERSON
    elif mask(plain, known) != plain:
        yield "trace", _TRACE
