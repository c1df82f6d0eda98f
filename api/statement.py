"""
The statement: everything that the unit watches, how, for how long it is kept, by which model, and how to object.

DESIGN §1.9. Made of the settings in force and of the constants that housekeeping itself goes by, so that it cannot
say other than what is done. It names hosts and no address of a page.
"""

import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import resources

from pipeline.domain.post import Millis
from pipeline.domain.poster_token import LENGTH as TOKENS_KEPT
from pipeline.domain.row import iso_of
from pipeline.domain.watch_rule import WatchRule
from pipeline.workflow.housekeeping import BUS_KEEPS, DAY, MENTIONED_KEPT, UNMENTIONED_KEPT
from pipeline.workflow.ledger_end import YEARS as LEDGER_YEARS
from pipeline.workflow.settings import Settings, UnitSettings

from .accounts.audit import KEPT as AUDIT_KEPT
from .backup_ages import MONTHS as BACKUP_MONTHS
from .source_line import SourceLine

FORMAT = "huiyin-statement/1"


@dataclass(frozen=True, slots=True)
class WatchedRule:
    """One watch rule as it holds: every term of it."""

    id: str
    line: str
    version: str
    any: tuple[str, ...]
    all: tuple[str, ...]
    none: tuple[str, ...]
    exclude: tuple[str, ...]
    near_a: tuple[str, ...]
    near_b: tuple[str, ...]
    within: int
    is_grave: bool
    anywhere: bool


@dataclass(frozen=True, slots=True)
class WatchedSource:
    """One source that is read: its host, never an address of a page, and how often it is asked."""

    name: str
    publisher: str
    host: str
    kind: str
    reason: str
    every_minutes: int
    pace_seconds: float


@dataclass(frozen=True, slots=True)
class Kept:
    """For how long one kind of data is kept: so many days, months or years; the word is looked up under `what`."""

    what: str
    count: int
    measure: str


@dataclass(frozen=True, slots=True)
class Statement:
    """All of it, as of a moment. `conduct` are the words that mark a complaint about staff: of acts, and of whom."""

    unit: str
    unit_id: str
    at: Millis
    version: str
    contact: str
    names: tuple[str, ...]
    places: tuple[str, ...]
    rules: tuple[WatchedRule, ...]
    conduct: Mapping[str, tuple[str, ...]]
    sources: tuple[WatchedSource, ...]
    kept: tuple[Kept, ...]
    model: str
    card: str

    def data(self) -> Mapping[str, object]:
        """Return the statement for machines."""
        return {"format": FORMAT, **asdict(self), "at": iso_of(self.at)}


KEPT: Sequence[Kept] = (
    Kept("on_the_way", BUS_KEEPS // DAY, "days"),
    Kept("unmentioned", UNMENTIONED_KEPT // DAY, "days"),
    Kept("mentioned", MENTIONED_KEPT // DAY, "days"),
    Kept("fetches", MENTIONED_KEPT // DAY, "days"),
    Kept("ledger", LEDGER_YEARS, "years"),
    Kept("posters", TOKENS_KEPT // DAY, "days"),
    Kept("audit", AUDIT_KEPT // DAY, "days"),
    Kept("backups", BACKUP_MONTHS, "months"),
)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What holds beside the settings: the moment, the model that speaks, and whom one writes to ("" for nobody yet)."""

    at: Millis
    model: str
    contact: str


def statement_of(settings: Settings, unit: str, sources: Sequence[SourceLine], here: Circumstances) -> Statement:
    """Return the unit's statement as of now; sources that are switched off are not read and not in it."""
    own = settings.units.get(unit)
    rules = own.rules if own else tuple(settings.default_rules)
    return Statement(
        unit=own.profile.name if own else unit,
        unit_id=unit,
        at=here.at,
        version=importlib.metadata.version("huiyin"),
        contact=here.contact,
        names=(own.profile.name, *own.profile.short_names) if own else (),
        places=own.places if own else (),
        rules=tuple(map(_rule, rules)),
        conduct=_conduct(own) if own else {},
        sources=tuple(_source(line) for line in sources if line.is_alive is not None),
        kept=tuple(KEPT),
        model=here.model,
        card=model_card(),
    )


def model_card() -> str:
    """Return the bundled model's card, word for word: it ships beside the model, as text."""
    return resources.files("classifier").joinpath("MODEL_CARD.md").read_text(encoding="utf-8")


def _rule(rule: WatchRule) -> WatchedRule:
    near = rule.near
    return WatchedRule(
        id=rule.id,
        line=rule.service_line or "",
        version=rule.version,
        any=rule.any,
        all=rule.all,
        none=rule.none,
        exclude=rule.exclude_phrases,
        near_a=near.a if near else (),
        near_b=near.b if near else (),
        within=near.within if near else 0,
        is_grave=rule.grave,
        anywhere=rule.anywhere,
    )


def _conduct(own: UnitSettings) -> Mapping[str, tuple[str, ...]]:
    words = own.conduct
    return {"staff": words.staff, "acts": words.acts, "except_in": words.except_in}


def _source(line: SourceLine) -> WatchedSource:
    return WatchedSource(
        line.name, line.publisher, line.host, line.kind, line.reason, line.every_minutes, line.pace_seconds
    )
