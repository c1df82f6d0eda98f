"""How the page shows the lists of words: by business line, with what they find in samples and in one's own text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from api.http.form import Option
from api.http.highlight import Piece, pieces
from api.watch_trial import TriedText, try_texts
from api.words import Words
from pipeline.domain.service_line import OTHER
from pipeline.domain.unit_settings import Table, area_of
from pipeline.domain.watch import UnitWatch
from pipeline.domain.watch_rule import read_rules

from .form import Held, Typed, listed, one
from .rule_title import rule_title

LONGEST_SAMPLE = 2_000
SAMPLES = 9


@dataclass(frozen=True, slots=True)
class ListView:
    """One list: its words and exclusions as typed, its two sides where it is of pairs, and whether it is on."""

    id: str
    title: str
    is_on: bool
    is_near: bool
    has_words: bool
    count: int
    fields: Mapping[str, str]
    places: Sequence[Option]
    problems: Mapping[str, str]
    tags: Sequence[str]


@dataclass(frozen=True, slots=True)
class LineView:
    """The lists of one business line; `is_open` where one of them has a problem."""

    name: str
    lists: Sequence[ListView]
    is_open: bool

    @property
    def on(self) -> int:
        """How many of its lists are on."""
        return sum(each.is_on for each in self.lists)

    @property
    def count(self) -> int:
        """How many words its lists hold."""
        return sum(each.count for each in self.lists)


@dataclass(frozen=True, slots=True)
class SampleView:
    """What the words as typed make of a text."""

    pieces: Sequence[Piece]
    lists: Sequence[str]
    place: str
    counts_locally: bool
    counts_widely: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class RulesView:
    """Everything that the template of the words shows."""

    ids: Sequence[str]
    lines: Sequence[LineView]
    new: ListView
    new_lines: Sequence[Option]
    samples: Sequence[SampleView]
    sample: str
    has_area: bool
    problems: Mapping[str, str]


def rules_view(typed: Typed, held: Held, problems: Mapping[str, str], words: Words, rows: Sequence[Table]) -> RulesView:
    """Return what the template shows of what was typed; `rows` are the lists that can be read."""
    bases = _bases(held)
    ids = [name for name in dict.fromkeys(typed.get("ids", ())) if name in bases]
    by_line: dict[str, list[ListView]] = {line.id: [] for line in held.own.lines.lines}
    for name in ids:
        row = bases[name]
        by_line.setdefault(str(row.get("service_line", OTHER)), []).append(_list(typed, name, row, problems, words))
    lines = [_line(held.own.lines.name_of(line), lists) for line, lists in by_line.items() if lists]
    chosen = one(typed, "line.new")
    return RulesView(
        ids=ids,
        lines=lines,
        new=_list(typed, "new", {"any": []}, problems, words),
        new_lines=[
            Option(line.id, held.own.lines.name_of(line.id), line.id == chosen) for line in held.own.lines.lines
        ],
        samples=list(_samples(typed, held, words, rows)),
        sample=one(typed, "sample"),
        has_area=bool(area_of(held.own.profile, held.own.places)),
        problems=problems,
    )


def _bases(held: Held) -> Mapping[str, Table]:
    own = held.table("rules")
    rows = own.get("rule", []) if own else []
    of_unit = {str(row["id"]): row for row in rows} if isinstance(rows, list) else {}
    return {str(row["id"]): row for row in held.shipped_rules} | of_unit


def _line(name: str, lists: Sequence[ListView]) -> LineView:
    return LineView(name, lists, is_open=any(each.problems for each in lists))


def _list(typed: Typed, name: str, row: Table, problems: Mapping[str, str], words: Words) -> ListView:
    fields = {field: one(typed, f"{field}.{name}") for field in ("any", "exclude", "a", "b", "within")}
    chosen = one(typed, f"place.{name}") or "wide"
    places = [Option(one, words(f"setting_rules.place_{one}"), one == chosen) for one in ("wide", "always", "anywhere")]
    return ListView(
        id=name,
        title=rule_title(name, words),
        is_on=f"on.{name}" in typed,
        is_near="near" in row,
        has_words="any" in row or "near" not in row,
        count=sum(len(listed(fields[field])) for field in ("any", "a", "b")),
        fields=fields,
        places=places,
        problems={field: problems[f"{field}.{name}"] for field in _FIELDS if f"{field}.{name}" in problems},
        tags=list(_tags(row, words)),
    )


_FIELDS = ("any", "exclude", "a", "b", "within", "line")


def _tags(row: Table, words: Words) -> Iterator[str]:
    """Yield what the form does not change and the officer must know of a list."""
    if row.get("grave") is True:
        yield words("rule_page.grave", level=words(f"level.{row.get('grave_level', 2)}"))
    for key in ("all", "none"):
        found = row.get(key)
        if isinstance(found, list | tuple) and found:
            yield f"{words(f'rule_page.{key}')}：{words('common.and').join(map(str, found))}"


def _samples(typed: Typed, held: Held, words: Words, rows: Sequence[Table]) -> Iterator[SampleView]:
    """Yield what the words as typed find in our own samples, and first in the officer's text."""
    own = held.own
    rules = tuple(replace(rule, unit=held.unit) for rule in read_rules(rows))
    watch = UnitWatch(held.unit, rules, own.places, own.lines, area_of(own.profile, own.places))
    mine = [line[:LONGEST_SAMPLE] for line in one(typed, "sample")[: 5 * LONGEST_SAMPLE].splitlines() if line.strip()]
    place = own.places[0] if own.places else own.profile.county
    ours = [words(f"rule_sample.s{number}", place=place) for number in range(1, SAMPLES + 1)]
    tried = try_texts(watch, [*mine, *ours])
    for number, each in enumerate(tried):
        yield _sample(each, words, is_own=number < len(mine))


def _sample(tried: TriedText, words: Words, *, is_own: bool) -> SampleView:
    hits = [hit for match in tried.matches for hit in match.hits]
    lists = dict.fromkeys(rule_title(match.rule.id, words) for match in tried.matches)
    return SampleView(
        pieces(tried.text, hits, "text"),
        list(lists),
        tried.place or "",
        tried.counts_locally,
        tried.counts_widely,
        is_own,
    )
