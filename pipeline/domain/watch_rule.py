"""
Watch rules: which words make a post a mention of a unit, and how such rules are read (DESIGN §4).

A rule file is TOML with one `[[rule]]` table per rule. It is read as a whole: every problem is named at once, with the
rule, the line and a suggestion, and then nothing of it is used.
"""

import difflib
import hashlib
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TypeAlias, cast

from .errors import BadInput

GRAVE_LEVELS = (1, 2)
"""Ⅰ for a death, abuse or a child at risk, Ⅱ for every other grave matter (MECHANICS §5)."""

Problem: TypeAlias = tuple[str, str, str]
"""The key, what is wrong with it and what to do, and a code of the runbook."""

_TERM_LISTS = ("any", "all", "none", "exclude_phrases")
_TABLE = re.compile(r"^\s*\[\[\s*rule\s*\]\]")


@dataclass(frozen=True, slots=True)
class Near:
    """A term of `a` and a term of `b` with at most `within` characters between them, separators not counted."""

    a: tuple[str, ...]
    b: tuple[str, ...]
    within: int


@dataclass(frozen=True, slots=True)
class WatchRule:
    """
    Words that make a post a mention. A condition that is not given holds always; all that are given must hold.

    `any`: one of the terms occurs. `all`: each occurs. `none`: none occurs anywhere. `near`: two occur together.
    `exclude_phrases` act where they stand: a term inside one of them does not count, the same term elsewhere does.
    `unit` None means every unit. `grave_level` is the level that a grave mention asks for, None where it is not grave.
    A post of a wide source (national media) must also name the unit's area; `anywhere` spares it that, `needs_place`
    asks it of every source, save what is addressed to the unit.
    """

    id: str
    unit: str | None = None
    service_line: str | None = None
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    exclude_phrases: tuple[str, ...] = ()
    near: Near | None = None
    pinyin: bool = False
    grave: bool = False
    grave_level: int | None = None
    anywhere: bool = False
    needs_place: bool = False
    version: str = field(init=False)

    def __post_init__(self) -> None:
        """The version is a hash of the content; the order of terms and repeats among them do not change it."""
        content = json.dumps(_content(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        object.__setattr__(self, "version", hashlib.sha256(content.encode()).hexdigest()[:16])

    @property
    def triggers(self) -> tuple[str, ...]:
        """Every term whose presence can make a mention."""
        near = self.near.a + self.near.b if self.near else ()
        return tuple(dict.fromkeys(self.any + self.all + near))


_KEYS = tuple(f.name for f in fields(WatchRule) if f.init)
OFF = "off"
"""The key of a table that is kept and not watched: `off = true`. Its words are checked when it is switched on again."""
_NEWER = ("needs_place",)
"""Keys that stand in a version only where they are given, so that the versions of rules without them stay."""


def _content(rule: WatchRule) -> dict[str, object]:
    content: dict[str, object] = {key: getattr(rule, key) for key in _KEYS if key not in _NEWER or getattr(rule, key)}
    for key in _TERM_LISTS:
        content[key] = sorted(set(getattr(rule, key)))
    if rule.near:
        content["near"] = [sorted(set(rule.near.a)), sorted(set(rule.near.b)), rule.near.within]
    return content


def rule_table(rule: WatchRule) -> dict[str, object]:
    """Return the table that reads back as this rule, without the keys that say nothing."""
    table: dict[str, object] = {}
    for key in _KEYS:
        value = getattr(rule, key)
        if isinstance(value, Near):
            table[key] = {"a": list(value.a), "b": list(value.b), "within": value.within}
        elif value not in (None, (), False):
            table[key] = list(value) if isinstance(value, tuple) else value
    return table


def parse_rules(text: str, name: str = "the rule file") -> tuple[WatchRule, ...]:
    """Return the rules of a TOML text; raise BadInput with every problem in it, each with its line."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        raise BadInput(
            f"{name} is not TOML: {cause}. Mend that line, then run `huiyin check` again", code="CFG-301"
        ) from cause
    strays = [
        f"  {key}: no such table; rules stand in [[rule]] tables [CFG-302]" for key in sorted(document) if key != "rule"
    ]
    tables = document.get("rule", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        strays.append("  rule: write [[rule]] with two brackets, one table per rule [CFG-303]")
        tables = []
    rules, problems = _read(tables, _lines(text))
    if not tables and not strays:
        strays.append("  no [[rule]] table in it, so nothing would be watched [CFG-305]")
    return _checked(rules, strays + problems, name)


def read_rules(tables: Sequence[Mapping[str, object]], name: str = "the rules") -> tuple[WatchRule, ...]:
    """Return the rules of tables that are already parsed (settings); raise BadInput with every problem in them."""
    rules, problems = _read(tables, [])
    return _checked(rules, problems, name)


def _checked(rules: list[WatchRule], problems: list[str], name: str) -> tuple[WatchRule, ...]:
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise BadInput("\n".join([f"{name} has {count}; no rule was loaded.", *problems]), code="CFG-300")
    return tuple(rules)


def _read(tables: Sequence[Mapping[str, object]], lines: list[dict[str, int]]) -> tuple[list[WatchRule], list[str]]:
    rules: list[WatchRule] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for number, table in enumerate(tables, start=1):
        places = lines[number - 1] if number <= len(lines) else {}
        found = list(_problems(table))
        identity = table.get("id")
        if isinstance(identity, str) and seen.setdefault(identity, number) != number:
            found.append(("id", f"rule {seen[identity]} has the same id; give each its own", "CFG-304"))
        problems.extend(_sentence(number, identity, places, problem) for problem in found)
        if not found and table.get(OFF) is not True:
            rules.append(_rule(table))
    return rules, problems


def _sentence(number: int, identity: object, places: Mapping[str, int], problem: Problem) -> str:
    key, wrong, code = problem
    named = f" ({identity})" if isinstance(identity, str) and identity else ""
    line = places.get(key.partition(".")[0], places.get("", 0))
    at = f", line {line}" if line else ""
    return f"  rule {number}{named}{at}: {key}: {wrong} [{code}]"


def _problems(table: Mapping[str, object]) -> Iterator[Problem]:
    for key in table:
        if key not in (*_KEYS, OFF):
            yield key, _unknown(key, _KEYS), "CFG-302"
    yield from _scalar_problems(table)
    for key in _TERM_LISTS:
        if key in table:
            yield from _term_problems(key, table[key])
    if "near" in table:
        yield from _near_problems(table["near"])
    yield from _meaning_problems(table)


def _unknown(key: str, known: Sequence[str]) -> str:
    guesses = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    return f"no such key. Did you mean {guesses[0]}?" if guesses else f"no such key. Known: {', '.join(known)}"


def _scalar_problems(table: Mapping[str, object]) -> Iterator[Problem]:
    identity = table.get("id")
    if not isinstance(identity, str) or not re.fullmatch(r"[\w.-]{1,64}", identity):
        yield "id", "a rule needs an id of 1 to 64 letters, digits, - _ or . without spaces", "CFG-304"
    for key in ("unit", "service_line"):
        value = table.get(key)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            yield key, f"expected a name in quotes, got {value!r}", "CFG-303"
    for key in ("pinyin", "grave", "anywhere", "needs_place", OFF):
        if not isinstance(table.get(key, False), bool):
            yield key, f"expected true or false, got {table[key]!r}", "CFG-303"
    level = table.get("grave_level")
    if level is not None and (isinstance(level, bool) or level not in GRAVE_LEVELS):
        yield "grave_level", f"expected 1 or 2, got {level!r}", "CFG-303"
    if level is not None and table.get("grave") is not True:
        yield "grave_level", "has a meaning only together with grave = true", "CFG-305"


def _term_problems(key: str, value: object) -> Iterator[Problem]:
    if not isinstance(value, list | tuple):
        yield key, f'expected a list of terms, ["…", "…"], got {value!r}', "CFG-303"
        return
    if not value:
        yield key, "is an empty list; remove it or name a term", "CFG-305"
    for term in value:
        if not isinstance(term, str):
            yield key, f"expected terms in quotes, got {term!r}", "CFG-303"
        elif not any(character.isalnum() for character in term):
            yield key, f"{term!r} holds no letter, digit or character, so it can never be found", "CFG-303"
        elif len(term) > 64:
            yield key, f"{term[:16]!r}… is longer than 64 characters; a term is a word or a phrase", "CFG-303"


def _near_problems(value: object) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield "near", 'expected { a = ["…"], b = ["…"], within = 10 }', "CFG-303"
        return
    for key in value:
        if key not in ("a", "b", "within"):
            yield f"near.{key}", _unknown(str(key), ("a", "b", "within")), "CFG-302"
    for key in ("a", "b"):
        terms = value.get(key)
        yield from _term_problems(f"near.{key}", [terms] if isinstance(terms, str) else terms)
    within = value.get("within")
    if isinstance(within, bool) or not isinstance(within, int) or not 0 <= within <= 200:
        yield "near.within", f"expected a number of characters from 0 to 200, got {within!r}", "CFG-303"


def _meaning_problems(table: Mapping[str, object]) -> Iterator[Problem]:
    """Find rules that are well written and yet can do nothing, or not what they say."""
    if not any(key in table for key in ("any", "all", "near")):
        yield "any", "the rule names no term that can be found (any, all or near), so it would find nothing", "CFG-305"
    if table.get("pinyin") is True:
        yield "pinyin", "this version cannot match by sound; remove the line, or list the spellings in any", "CFG-307"
    if table.get("anywhere") is True and table.get("needs_place") is True:
        yield "needs_place", "says the opposite of anywhere = true; remove one of the two", "CFG-305"
    near = table.get("near")
    sides = (near.get("a"), near.get("b")) if isinstance(near, Mapping) else ()
    spoken = {folded(term) for terms in (table.get("any"), table.get("all"), *sides) for term in _terms(terms)}
    for phrase in _terms(table.get("exclude_phrases")):
        if not any(term in folded(phrase) for term in spoken):
            yield "exclude_phrases", f"{phrase!r} contains no term of this rule, so it excludes nothing", "CFG-306"


def folded(term: str) -> str:
    """Return the letters, digits and characters of a term alone: an excluded phrase must hold a term of its rule."""
    return "".join(c for c in unicodedata.normalize("NFKC", term).lower() if c.isalnum())


def _terms(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(term for term in value if isinstance(term, str)) if isinstance(value, list | tuple) else ()


def _rule(table: Mapping[str, object]) -> WatchRule:
    """Return the rule of a table in which no problem was found."""
    near = table.get("near")
    grave = table.get("grave") is True
    return WatchRule(
        id=str(table["id"]),
        unit=cast("str | None", table.get("unit")),
        service_line=cast("str | None", table.get("service_line")),
        any=_terms(table.get("any")),
        all=_terms(table.get("all")),
        none=_terms(table.get("none")),
        exclude_phrases=_terms(table.get("exclude_phrases")),
        near=Near(_terms(near["a"]), _terms(near["b"]), near["within"]) if isinstance(near, Mapping) else None,
        pinyin=table.get("pinyin") is True,
        grave=grave,
        grave_level=cast("int", table.get("grave_level", 2)) if grave else None,
        anywhere=table.get("anywhere") is True,
        needs_place=table.get("needs_place") is True,
    )


def _lines(text: str) -> list[dict[str, int]]:
    """Return for each `[[rule]]` table the line of its header (under "") and of its keys."""
    tables: list[dict[str, int]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if _TABLE.match(line):
            tables.append({"": number})
        elif tables and (key := re.match(r"\s*\"?([\w.-]+?)\"?\s*(?:\.\w+\s*)?=", line)):
            tables[-1].setdefault(key[1], number)
    return tables
