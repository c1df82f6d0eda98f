"""
监测词: one list of words per business line with its exclusions, each on or off, and where a place must be named.

What the form does not change of a rule (all, none, grave) stays as it is. Lists of the bundled pack that the unit has
left out are shown switched off, so that they can come back.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.settings.change import text_of
from api.words import Words
from pipeline.domain.errors import BadInput
from pipeline.domain.rule_linter import Finding, lint_rules
from pipeline.domain.unit_settings import Table, strings
from pipeline.domain.watch_rule import OFF, WatchRule, folded, read_rules

from .form import MOST_WORDS, Held, Reading, Typed, lines, listed, one
from .rules_view import RulesView, rules_view

LONGEST_WORD = 64
WIDEST = 200
PLACE_WORDS = ("wide", "always", "anywhere")
"""Where a place must be named: in sources of a wide area, in every source, in none."""
NEW = "new"
_OWN = re.compile(r"own-(\d+)")


@dataclass(frozen=True, slots=True)
class RulesForm:
    """The form of the unit's words."""

    key: str = "rules"
    is_tried: bool = True
    template: str = "setting/rules.html"

    def typed_of(self, held: Held, words: Words) -> Typed:
        """Return the lists as they hold."""
        del words
        typed: dict[str, Sequence[str]] = {"ids": [str(row["id"]) for row, _ in rows_shown(held)]}
        for row, is_kept in rows_shown(held):
            typed |= _fields_of(row, is_on=is_kept and row.get(OFF) is not True)
        return typed

    def read(self, typed: Typed, held: Held, words: Words) -> Reading:
        """Return the rules that were typed; every refused word is named beside its list, with the reason."""
        problems: dict[str, list[str]] = {}
        typed = _with_unseen(typed, held)
        rows = list(_rows(typed, held, problems, words))
        for row, found in _refused(rows, held):
            at = f"{_side_of(row, found.term)}.{_field_of(row, held)}"
            problems.setdefault(at, []).append(words(f"setting_rules.topic_{found.topic}", term=found.term))
        if all(row.get(OFF) is True for row in rows):
            problems.setdefault("lists", []).append(words("setting_rules.all_off"))
        table: Table | None = {"rule": rows}
        if text_of(table) == text_of({"rule": list(held.shipped_rules)}):
            table = None
        return Reading(table, {name: "；".join(said) for name, said in problems.items()})

    def view(self, typed: Typed, held: Held, problems: Mapping[str, str], words: Words) -> RulesView:
        """Return the lists by business line, and what they find in samples."""
        collected: dict[str, list[str]] = {}
        typed = _with_unseen(typed, held)
        rows = [row for row in _rows(typed, held, collected, words) if _is_readable(row)]
        return rules_view(typed, held, problems, words, rows)

    def said(self, held: Held, words: Words) -> str:
        """Return how many lists are on, and how many are off."""
        rows = [row for row, is_kept in rows_shown(held) if is_kept]
        off = sum(row.get(OFF) is True for row in rows)
        found = sum(len(rule.triggers) for rule in held.own.rules)
        return words("setting_rules.said", lists=len(rows) - off, words=found, off=off)


def rows_shown(held: Held) -> Sequence[tuple[Table, bool]]:
    """Return every list that the page shows, and whether the unit has it; bundled ones that it has not come last."""
    own = held.table("rules")
    rows: Any = own.get("rule", []) if own else []
    if not rows:
        return [(row, True) for row in held.shipped_rules]
    known = {row["id"] for row in rows}
    return [(row, True) for row in rows] + [(row, False) for row in held.shipped_rules if row["id"] not in known]


def _with_unseen(typed: Typed, held: Held) -> Typed:
    """Return what was typed with the lists that the page did not show, as they hold: others added them meanwhile."""
    seen = set(typed.get("ids", ()))
    whole: dict[str, Sequence[str]] = dict(typed)
    unseen = [row for row, is_kept in rows_shown(held) if is_kept and row["id"] not in seen]
    whole["ids"] = [*typed.get("ids", ()), *(str(row["id"]) for row in unseen)]
    for row in unseen:
        whole |= _fields_of(row, is_on=row.get(OFF) is not True)
    return whole


def _fields_of(row: Table, *, is_on: bool) -> dict[str, Sequence[str]]:
    name, near = str(row["id"]), row.get("near")
    place = "anywhere" if row.get("anywhere") is True else "always" if row.get("needs_place") is True else "wide"
    fields: dict[str, Sequence[str]] = {
        f"any.{name}": [lines(strings(row, "any"))],
        f"exclude.{name}": [lines(strings(row, "exclude_phrases"))],
        f"place.{name}": [place],
    }
    if isinstance(near, Mapping):
        fields |= {f"{side}.{name}": [lines(strings(near, side))] for side in ("a", "b")}
        fields[f"within.{name}"] = [str(near.get("within", ""))]
    return fields | ({f"on.{name}": ["yes"]} if is_on else {})


def _rows(typed: Typed, held: Held, problems: dict[str, list[str]], words: Words) -> Iterator[Table]:
    """Yield the rows that were typed; problems are added by field."""
    known = {str(row["id"]): (row, is_kept) for row, is_kept in rows_shown(held)}
    shown = set(typed.get("ids", ()))
    for name, (row, is_kept) in known.items():
        is_on = f"on.{name}" in typed
        if name in shown and (is_on or is_kept):
            yield _row(typed, row, problems, words, is_on=is_on)
    if one(typed, f"any.{NEW}"):
        yield _new_row(typed, held, problems, words, known)


def _row(typed: Typed, row: Table, problems: dict[str, list[str]], words: Words, *, is_on: bool) -> Table:
    name = str(row["id"])
    changed = {key: value for key, value in row.items() if key not in (OFF, "anywhere", "needs_place")}
    for key, field in (("any", "any"), ("exclude_phrases", "exclude")):
        if f"{field}.{name}" in typed:
            changed.pop(key, None)
            found = listed(one(typed, f"{field}.{name}"))
            changed |= {key: list(found)} if found else {}
    near = row.get("near")
    if isinstance(near, Mapping) and f"a.{name}" in typed:
        changed["near"] = _near(typed, name, problems, words)
    changed |= _place(one(typed, f"place.{name}"))
    changed |= {} if is_on else {OFF: True}
    if phrases := strings(changed, "exclude_phrases"):
        changed["exclude_phrases"] = list(_not_left_behind(changed, phrases, strings(row, "exclude_phrases")))
    if not changed.get("exclude_phrases"):
        changed.pop("exclude_phrases", None)
    _check(changed, problems, words)
    return changed


def _near(typed: Typed, name: str, problems: dict[str, list[str]], words: Words) -> Table:
    within = one(typed, f"within.{name}")
    if not within.isdecimal() or not within.isascii() or len(within) > 3 or int(within) > WIDEST:
        problems.setdefault(f"within.{name}", []).append(words("setting_rules.within_bad", most=WIDEST))
        within = "0"
    sides: dict[str, object] = {side: list(listed(one(typed, f"{side}.{name}"))) for side in ("a", "b")}
    for side in ("a", "b"):
        if not sides[side]:
            problems.setdefault(f"{side}.{name}", []).append(words("setting_rules.empty"))
    return {**sides, "within": int(within)}


def _new_row(
    typed: Typed, held: Held, problems: dict[str, list[str]], words: Words, known: Mapping[str, object]
) -> Table:
    numbers = [int(found[1]) for name in known if (found := _OWN.fullmatch(name))]
    line = one(typed, f"line.{NEW}")
    row: dict[str, object] = {"id": f"own-{max(numbers, default=0) + 1}", "any": list(listed(one(typed, f"any.{NEW}")))}
    if exclude := listed(one(typed, f"exclude.{NEW}")):
        row["exclude_phrases"] = list(exclude)
    if line:
        row["service_line"] = line
    if line and line not in {each.id for each in held.own.lines.lines}:
        problems.setdefault(f"line.{NEW}", []).append(words("setting_rules.no_line"))
    row |= _place(one(typed, f"place.{NEW}"))
    _check(row, problems, words, field_of=NEW)
    return row


def _place(chosen: str) -> dict[str, object]:
    return {"anywhere": True} if chosen == "anywhere" else {"needs_place": True} if chosen == "always" else {}


def _check(row: Table, problems: dict[str, list[str]], words: Words, field_of: str = "") -> None:
    """Add what is wrong with the words of one list: none at all, words that can never be found, idle exclusions."""
    name, near = field_of or str(row["id"]), row.get("near")
    terms = {"any": strings(row, "any"), "exclude": strings(row, "exclude_phrases")}
    terms |= {side: strings(near, side) for side in ("a", "b")} if isinstance(near, Mapping) else {}
    for field, found in terms.items():
        bad = [term for term in found if not folded(term) or len(term) > LONGEST_WORD]
        if bad:
            said = words("setting_rules.bad_word", term=bad[0][:LONGEST_WORD], most=LONGEST_WORD)
            problems.setdefault(f"{field}.{name}", []).append(said)
        if len(found) > MOST_WORDS:
            said = words("setting.many", count=len(found), most=MOST_WORDS)
            problems.setdefault(f"{field}.{name}", []).append(said)
    if not any(key in row for key in ("any", "all", "near")):
        problems.setdefault(f"any.{name}", []).append(words("setting_rules.empty"))
    spoken = _spoken(row)
    for phrase in terms["exclude"]:
        if _is_idle(spoken, phrase):
            problems.setdefault(f"exclude.{name}", []).append(words("setting_rules.idle", phrase=phrase))


def _spoken(row: Table) -> Sequence[str]:
    """Return the words of a list that an exclusion may hold, in the form in which they are compared."""
    near = row.get("near")
    sides = strings(near, "a") + strings(near, "b") if isinstance(near, Mapping) else ()
    return [form for term in (*strings(row, "any"), *strings(row, "all"), *sides) if (form := folded(term))]


def _is_idle(spoken: Sequence[str], phrase: str) -> bool:
    """Whether an exclusion holds no word of its list, so that it excludes nothing."""
    whole = folded(phrase)
    return not any(term in whole for term in spoken)


def _not_left_behind(row: Table, phrases: Sequence[str], before: Sequence[str]) -> Iterator[str]:
    """Yield the exclusions, without those of a word that was taken out: they stood here before, and exclude nothing."""
    spoken = _spoken(row)
    return (phrase for phrase in phrases if phrase not in before or not _is_idle(spoken, phrase))


def _refused(rows: Sequence[Table], held: Held) -> Iterator[tuple[Table, Finding]]:
    """Yield what the linter refuses, also of lists that have other problems; a list that is off is not in force."""
    places = frozenset(held.own.places)
    for row in rows:
        if row.get(OFF) is not True:
            near = row.get("near")
            sides = strings(near, "a") + strings(near, "b") if isinstance(near, Mapping) else ()
            terms = WatchRule(str(row["id"]), any=strings(row, "any") + strings(row, "all") + sides)
            yield from ((row, found) for found in lint_rules([terms], places))


def _side_of(row: Table, term: str) -> str:
    """Return the box of a list in which a term stands."""
    near = row.get("near")
    sides = {side: strings(near, side) for side in ("a", "b")} if isinstance(near, Mapping) else {}
    return next((side for side, found in sides.items() if term in found), "any")


def _field_of(row: Table, held: Held) -> str:
    """Return by which name the page knows a list: its id, or that of the one that is being added."""
    return str(row["id"]) if any(row["id"] == known["id"] for known, _ in rows_shown(held)) else NEW


def _is_readable(row: Table) -> bool:
    try:
        read_rules([row])
    except BadInput:
        return False
    return True


RULES = RulesForm()
