"""How people call what the log knows by ids: accounts, offices, sources, rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.accounts.account import DEMO_ACCOUNT
from api.words import Words
from pipeline.domain.office import Office, read_offices
from pipeline.domain.roles import OPERATOR

from .service import Service
from .sources import names_of_sources

BY_HAND = "by-hand"
"""The source of what people enter."""
LISTS = frozenset({"hotline", "letters"})
"""How the sources of imported lists begin; the unit follows."""


@dataclass(frozen=True, slots=True)
class Called:
    """Names for one unit's pages. What nobody named is called by its id."""

    words: Words
    accounts: Mapping[str, str]
    offices: Mapping[str, str]
    sources: Mapping[str, str]

    def who(self, actor: str | None) -> str:
        """Return the name of whoever acts: an account, a role, an alert rule, the clock, an office."""
        kind, _, name = (actor or "").partition(":")
        if kind == "account":
            return self.accounts.get(name) or name
        if kind == "office":
            return self.office(name)
        if kind == "role":
            return self.words.named("role", name)
        if kind == OPERATOR:
            return self.accounts.get(name) or self.words("incident.operator")
        return self.words(f"incident.{kind}") if kind in ("rule", "clock") else actor or ""

    def office(self, office: str) -> str:
        """Return the name of a handling office."""
        return self.offices.get(office, office)

    def of_offices(self, offices: Iterable[str]) -> str:
        """Return the names of several offices in one line."""
        return self.words("common.and").join(map(self.office, offices))

    def source(self, source: str) -> str:
        """Return the name of a source; what people entered has none of its own."""
        kind = source.partition(":")[0]
        if kind in LISTS:
            return self.words(f"letters.source_{kind}")
        return self.words("enter.title") if source == BY_HAND else self.sources.get(source, source)


def offices_of(service: Service, unit: str) -> tuple[Office, ...]:
    """Return the offices that the unit can assign a matter to."""
    own = service.settings.units.get(unit)
    return read_offices(own.tables["offices"]) if own and "offices" in own.tables else ()


def called(service: Service, unit: str, words: Words) -> Called:
    """Return the names of the unit's pages."""
    accounts = {account.id: account.name or account.id for account in service.people.accounts.every()}
    return Called(
        words=words,
        accounts={DEMO_ACCOUNT: "演示", **accounts},
        offices={office.id: office.name for office in offices_of(service, unit)},
        sources=names_of_sources(service.stores.records),
    )
