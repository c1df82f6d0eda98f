"""
What a digest says, in words: one list of sections, from which mail, plain text and page are made alike.

Each sentence and number keeps the ids behind it. Names of units and sources are given; nothing is read here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from api.charts import Bar, Chart
from api.words import Words
from pipeline.domain.digest import LISTED, Digest, Number, Quote
from pipeline.domain.for_leader import Asked

from .digest_ground import coverage, evidence
from .digest_matters import DecideRow, MatterRow, decide_row, due_line, matter_row
from .phrases import Namer, Phrases, Said, week_name


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One of the five numbers with its comparison, as they are shown."""

    label: str
    value: Said
    last: str
    median: str
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class DigestView:
    """A digest in the words of one language. `quoted` are the posts of which it carries words."""

    t: Words
    subject: str
    title: str
    span: str
    preview: str
    sentences: tuple[Said, ...]
    decide: tuple[DecideRow, ...]
    decide_more: str
    numbers: tuple[NumberRow, ...]
    trend: Chart
    matters: tuple[MatterRow, ...]
    own: Said | None
    needs: Said
    praise: tuple[Said, ...]
    due: tuple[Said, ...]
    due_more: str
    coverage: tuple[Said, ...]
    evidence: tuple[str, ...]
    quoted: tuple[str, ...]


def view_of(digest: Digest, names: Namer, words: Words) -> DigestView:
    """Return what the digest says."""
    say, cut = Phrases(words, digest.cut.until), digest.cut
    week = week_name(words, cut.week)
    rest, due_rest = len(digest.leader) - LISTED, digest.due_in_all - len(digest.due)
    span = words("digest.span", since=say.day(cut.since), until=say.day(cut.until - 1))
    return DigestView(
        t=words,
        subject=_subject(digest, names, words, week),
        title=words("digest.title", unit=names.unit),
        span=f"{week} · {span}",
        preview=words("digest.preview") if digest.is_preview else "",
        sentences=(_said_new(say, digest), _said_answered(say, digest), _said_decide(say, digest)),
        decide=tuple(decide_row(say, item, quote) for item, quote in digest.leader[:LISTED]),
        decide_more=words("digest.more", count=rest) if rest > 0 else "",
        numbers=tuple(_number_row(say, number) for number in digest.numbers),
        trend=_trend(words, digest),
        matters=tuple(matter_row(say, matter) for matter in digest.matters),
        own=_own(say, digest),
        needs=_needs(say, digest),
        praise=tuple(_praise(say, digest)),
        due=tuple(due_line(say, item) for item in digest.due),
        due_more=words("digest.more", count=due_rest) if due_rest > 0 else "",
        coverage=tuple(coverage(say, digest, names)),
        evidence=tuple(evidence(say, digest)),
        quoted=tuple(dict.fromkeys(quote.post for quote in _quotes(digest) if quote.words)),
    )


def _subject(digest: Digest, names: Namer, words: Words, week: str) -> str:
    if digest.leader:
        return words("digest.subject", unit=names.unit, week=week, count=len(digest.leader))
    return words("digest.subject_none", unit=names.unit, week=week)


def _said_new(say: Phrases, digest: Digest) -> Said:
    new, verified, untrue, _, _ = digest.numbers
    grave = [item.incident for item, _ in digest.leader if Asked.GRAVE in item.asked]
    counts = {"new": say.count(new), "verified": say.count(verified), "untrue": say.count(untrue)}
    ids = dict.fromkeys((*new.ids, *grave, *verified.ids, *untrue.ids))
    key = "digest.said_new_unknown" if new.value is None else "digest.said_new"
    return Said(say.t(key, grave=len(grave), **counts), tuple(ids))


def _said_answered(say: Phrases, digest: Digest) -> Said:
    _, _, _, in_time, overdue = digest.numbers
    answered, standing = digest.found["answered"], digest.found["open"]
    counts = {"answered": answered, "in_time": in_time, "open": standing, "overdue": overdue}
    said = say.t("digest.said_answered", **{name: say.count(number) for name, number in counts.items()})
    return Said(said, tuple(dict.fromkeys((*answered.ids, *standing.ids, *overdue.ids))))


def _said_decide(say: Phrases, digest: Digest) -> Said:
    asked = [reason for item, _ in digest.leader for reason in item.asked]
    if not asked:
        return Said(say.t("digest.said_decide_none"))
    kinds = [say.t("digest.kind", name=say.t(f"digest.asked_{each}"), count=asked.count(each)) for each in Asked]
    listed = say.listed(*(kind for kind, each in zip(kinds, Asked, strict=True) if each in asked))
    said = say.t("digest.said_decide", count=len(digest.leader), kinds=listed)
    return Said(said, tuple(item.incident for item, _ in digest.leader))


def _number_row(say: Phrases, number: Number) -> NumberRow:
    none, doubled = say.t("digest.none"), number.median_doubled
    return NumberRow(
        label=say.t(f"digest.{number.name}"),
        value=Said(say.count(number), number.ids),
        last=none if number.last is None else str(number.last),
        median=none if doubled is None else f"{doubled / 2:g}",
        is_unknown=number.value is None,
    )


def _trend(words: Words, digest: Digest) -> Chart:
    bars = [Bar(week.partition("-")[2], value) for week, value in digest.trend]
    return Chart(words("digest.trend"), words("digest.week_head"), words("digest.new"), words("digest.none"), bars)


def _own(say: Phrases, digest: Digest) -> Said | None:
    """自主发现率 with its counts; nothing of a week that was closed before it was counted."""
    if "own_brought" not in digest.cut.counts:
        return None
    own, brought, first = (digest.found[f"own_{name}"] for name in ("own", "brought", "first"))
    new = digest.numbers[0]
    compared = "digest.own_unknown" if first.value is None else "digest.own_said"
    key = compared if brought.value else "digest.own_none"
    percent = round(100 * (first.value or 0) / brought.value) if brought.value else 0
    counts = {"own": own, "new": new, "brought": brought, "first": first}
    said = say.t(key, percent=percent, **{name: say.count(number) for name, number in counts.items()})
    return Said(said, tuple(dict.fromkeys((*first.ids, *brought.ids, *own.ids))))


def _needs(say: Phrases, digest: Digest) -> Said:
    found, contacted, ended = (digest.found[name] for name in ("needs_found", "contacted", "ended"))
    counts = {"found": say.count(found), "contacted": say.count(contacted), "ended": say.count(ended)}
    ids = dict.fromkeys((*found.ids, *contacted.ids, *ended.ids))
    return Said(say.t("digest.needs_said", **counts), tuple(ids))


def _praise(say: Phrases, digest: Digest) -> Iterator[Said]:
    praise = digest.found["praise"]
    yield Said(say.t("digest.praise_said", count=say.count(praise)), praise.ids)
    for quote in digest.praised:
        yield Said(say.quoted(quote), (quote.post,))


def _quotes(digest: Digest) -> Iterator[Quote]:
    yield from (quote for _, quote in digest.leader[:LISTED])
    yield from (matter.quote for matter in digest.matters)
    yield from digest.praised
    yield from (item.quote for item in digest.due)
