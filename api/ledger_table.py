"""The ledger as a workbook: its columns in words, and above them how fresh it is and what it cannot know."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.health import Health
from api.letters.table import written_moment
from api.sheets import Table, write_workbook
from api.stores import Stores
from api.words import Words
from pipeline.domain.incident import AnswerLine, Assignment
from pipeline.domain.post import Millis
from pipeline.workflow.ledger import LedgerRow, Said

BY_HAND = "by-hand"
WIDTHS: Mapping[str, int] = {
    "number": 26,
    "refs": 18,
    "came_at": 17,
    "published_at": 17,
    "title": 30,
    "address": 30,
    "summary": 50,
    "directions": 30,
    "asks": 30,
    "assignments": 36,
    "verdicts": 36,
    "measures": 36,
    "responded_at": 17,
    "replies": 36,
    "answers": 30,
    "closed_at": 17,
    "followed": 20,
    "remarks": 30,
}
DESCRIBED = 14


@dataclass(frozen=True, slots=True)
class Names:
    """How offices and sources are called; what nobody named is called by its id."""

    office: Callable[[str], str]
    source: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh a ledger is: the moment, the last decision, the newest post (None: there is none), sources alive."""

    now: Millis
    decided_at: Millis | None
    collected_at: Millis | None
    alive: int
    sources: int


@dataclass(frozen=True, slots=True)
class LedgerTable:
    """Says a ledger in the words of one language."""

    words: Words
    names: Names

    def workbook(self, rows: Iterable[LedgerRow], head: str, fresh: Freshness) -> bytes:
        """Return the workbook of the rows."""
        headings = [self.words(f"ledger.column_{name}") for name in COLUMNS]
        widths = {place: WIDTHS.get(name, DESCRIBED) for place, name in enumerate(COLUMNS)}
        notes = [head, *self.freshness(fresh), self.words("ledger.no_people"), self.words("ledger.internal")]
        lines = ([say(self, row) for say in COLUMNS.values()] for row in rows)
        return write_workbook(Table(self.words("ledger.title"), headings, lines, notes, widths))

    def freshness(self, fresh: Freshness) -> Sequence[str]:
        """Return how fresh it is, and of how many sources, in sentences."""
        nothing = self.words("ledger.nothing")
        whole = "whole" if fresh.alive == fresh.sources else "not_whole"
        says = self.words(f"ledger.{whole if fresh.sources else 'no_sources'}")
        return [
            self.words(
                "ledger.fresh",
                when=written_moment(fresh.now),
                last=written_moment(fresh.decided_at) or nothing,
                newest=written_moment(fresh.collected_at) or nothing,
            ),
            self.words("ledger.coverage", alive=fresh.alive, all=fresh.sources, says=says),
        ]

    def texts(self, row: LedgerRow, column: str) -> str:
        """Return what was typed for a column, oldest first, each with its moment."""
        return "\n".join(self._said(said) for said in row.texts.get(column, ()))

    def source(self, row: LedgerRow) -> str:
        """Return where the matter was found first."""
        if row.lead is None:
            return ""
        kind = row.lead.source.partition(":")[0]
        if kind in ("hotline", "letters"):
            return self.words(f"ledger.{kind}")
        return self.words("ledger.by_hand") if kind == BY_HAND else self.names.source(row.lead.source)

    def address(self, row: LedgerRow) -> str:
        """Return the address of the post; one that names its author is not written into any table."""
        if row.lead is None:
            return ""
        return self.words("ledger.sealed") if row.lead.sealed_address else row.lead.address or ""

    def counts(self, row: LedgerRow) -> str:
        """Return how far the matter spread."""
        if not row.rows:
            return ""
        return self.words(
            "ledger.counts",
            posts=sum(group.posts for group in row.rows),
            reposts=sum(group.reposts for group in row.rows),
            posters=max(group.posters for group in row.rows),
            sources=max(group.sources for group in row.rows),
        )

    def level(self, row: LedgerRow) -> str:
        """Return the level, and for which reason the matter was opened."""
        level, reason = self.words.named("level", row.level), self.words.named("reason", row.reason)
        return self.words("ledger.level", level=level, reason=reason)

    def verdicts(self, row: LedgerRow) -> str:
        """Return the verdict of each claim, then what was typed about claims and evidence."""
        said = [
            self.words.named("verdict", one.verdict) if one.verdict else self.words("ledger.open_claim")
            for one in row.claims
        ]
        head = [self.words("ledger.claims", said="、".join(said))] if said else []
        return "\n".join([*head, *([texts] if (texts := self.texts(row, "verdicts")) else [])])

    def assignments(self, row: LedgerRow) -> str:
        """Return who was to act, when, by when, and what became of it."""
        return "\n".join(self._assignment(one) for one in row.assignments)

    def answers(self, row: LedgerRow) -> str:
        """Return what became of each letter."""
        return "\n".join(self._answer(line) for line in row.lines)

    def responded(self, row: LedgerRow) -> str:
        """Return when the matter was replied to: in public or to the person, else when its last letter was answered."""
        answered = [line.ended_at for line in row.lines if line.outcome == "answered" and line.ended_at is not None]
        is_whole = answered and all(line.outcome for line in row.lines)
        return written_moment(row.responded_at or (max(answered) if is_whole else None))

    def state(self, row: LedgerRow) -> str:
        """Return where the matter stands, and how it ended."""
        said = self.words.named("state", row.state)
        ended = [self.words.named("disposition", row.disposition)] if row.disposition else []
        moved = [self.words("ledger.outside", unit=row.outside)] if row.outside else []
        return "；".join([said, *ended, *moved])

    def _said(self, said: Said) -> str:
        return f"{written_moment(said.at)} {self.words('ledger.erased') if said.erased else said.text}"

    def _assignment(self, one: Assignment) -> str:
        ends = {"answered": one.answered_at, "returned": one.returned_at, "recalled": one.recalled_at}
        ended = [self.words(f"ledger.assigned_{name}", at=written_moment(at)) for name, at in ends.items() if at]
        return self.words(
            "ledger.assigned",
            at=written_moment(one.at),
            office=self.names.office(one.office),
            due=written_moment(one.due_at),
            ended="".join(ended),
        )

    def _answer(self, line: AnswerLine) -> str:
        if not line.outcome:
            due = written_moment(line.due_at)
            return (
                self.words("ledger.line_waiting", ref="", due=due)
                if due
                else self.words("ledger.line_waiting_undated", ref="")
            )
        how = self.words.named("means", line.how) if line.how else ""
        return self.words(f"ledger.line_{line.outcome}", ref="", at=written_moment(line.ended_at), how=how)


Say = Callable[[LedgerTable, LedgerRow], str]


def _typed(column: str) -> Say:
    return lambda table, row: table.texts(row, column)


COLUMNS: Mapping[str, Say] = {
    "number": lambda _, row: row.incident,
    "refs": lambda _, row: "\n".join(row.refs),
    "came_at": lambda _, row: written_moment(row.came_at),
    "origin": lambda _, row: row.origin.value,
    "source": lambda table, row: table.source(row),
    "title": lambda table, row: row.title or (table.words(f"ledger.withheld_{row.withheld}") if row.withheld else ""),
    "address": lambda table, row: table.address(row),
    "published_at": lambda _, row: written_moment(row.published_at),
    "summary": lambda _, row: row.summary,
    "line": lambda _, row: next((group.line for group in row.rows if group.line), ""),
    "place": lambda _, row: next((group.place for group in row.rows if group.place), ""),
    "counts": lambda table, row: table.counts(row),
    "level": lambda table, row: table.level(row),
    "directions": _typed("directions"),
    "asks": lambda _, row: "\n".join(row.asks),
    "assignments": lambda table, row: table.assignments(row),
    "verdicts": lambda table, row: table.verdicts(row),
    "measures": _typed("measures"),
    "responded_at": lambda table, row: table.responded(row),
    "replies": _typed("replies"),
    "answers": lambda table, row: table.answers(row),
    "state": lambda table, row: table.state(row),
    "closed_at": lambda _, row: written_moment(row.closed_at),
    "followed": _typed("followed"),
    "remarks": _typed("remarks"),
}
"""Column → how it is said; their order is that of the table."""


def freshness_of(stores: Stores, unit: str, health: Health) -> Freshness:
    """Return how fresh a unit's ledger is now."""
    seq, _ = stores.log.head(unit)
    last = stores.log.read(unit, seq - 1, 1) if seq else ()
    newest = stores.posts.newest_post()
    return Freshness(
        now=stores.clock.now(),
        decided_at=max((event.at for batch in last for event in batch.events), default=None),
        collected_at=newest.collected_at if newest else None,
        alive=health.sources_alive,
        sources=health.sources,
    )
