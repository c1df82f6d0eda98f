"""
What one round knows while it runs: the sources, what it may use, what came of each fetch so far.

A round lives in one fresh process (Twisted's reactor does not start twice) and ends with it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from scrapy.crawler import Crawler

from pipeline.domain.address import names_author
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import Millis
from pipeline.ports import Clock, Door, Records

from .fetch_record import Fetch, Outcome, record_of
from .issues import IssueBook, Unexpected
from .manifest import SourceManifest
from .visit import PageKind, Visit


class AddressSeal(Protocol):
    """How an address that names its author is kept: encrypted, and findable under a keyed hash."""

    def close(self, address: str) -> str:
        """Return the address encrypted."""

    def reveal(self, sealed: str) -> str:
        """Return the address that `close` encrypted."""

    def mark(self, address: str) -> str:
        """Return the keyed hash of the address: equal for equal addresses, and not to be guessed."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a round may use of the world. Without a `seal`, a source whose addresses name people is not crawled."""

    door: Door
    records: Records
    clock: Clock
    seal: AddressSeal | None = None
    epoch: str = ""


@dataclass(slots=True)
class Tally:
    """What a round found of one source. `entrance` is what came of the feed or of the list's first page."""

    pages: int = 0
    found: int = 0
    posts: int = 0
    changed: int = 0
    turned_away: int = 0
    buried: int = 0
    entrance: Outcome | None = None
    fetches: dict[Outcome, int] = field(default_factory=dict)


class Round:
    """One round over its sources. `stopped` is the store's refusal that ended it, where one did."""

    def __init__(self, manifests: Sequence[SourceManifest], deps: Use) -> None:
        self.manifests: Mapping[str, SourceManifest] = {each.id: each for each in manifests}
        self.deps = deps
        self.issues = IssueBook()
        self.tallies: Mapping[str, Tally] = {each.id: Tally() for each in manifests}
        self.stopped: StoreUnavailable | None = None
        self._fetches = 0
        self._asked: set[str] = set()

    def now(self) -> Millis:
        """Return the present moment."""
        return self.deps.clock.now()

    def is_private(self, source: str, address: str) -> bool:
        """Whether the address names its author, as the manifest says or as it visibly does."""
        return self.manifests[source].address_names_author or names_author(address)

    def key_of(self, source: str, address: str) -> str:
        """Return the key under which anything about a page is kept: keyed where the address names its author."""
        if self.is_private(source, address) and self.deps.seal is not None:
            return self.deps.seal.mark(f"{source}\n{address}")
        return hashlib.sha256(f"{source}\n{address}".encode()).hexdigest()[:32]

    def admits(self, visit: Visit) -> bool:
        """Whether the round may still ask for this page: not twice, and not beyond the source's pages."""
        tally = self.tallies[visit.source]
        if self.stopped or visit.address in self._asked:
            return False
        if tally.pages >= self.manifests[visit.source].max_pages:
            sentence = f"{tally.pages} pages were read, which is the limit; the rest waits for the next round"
            self.issues.note(visit.source, Unexpected.LEFT, sentence)
            return False
        self._asked.add(visit.address)
        tally.pages += 1
        return True

    def record(self, fetch: Fetch) -> None:
        """The fetch is in the records and counted; its number and time are given here."""
        self._fetches += 1
        kept = replace(fetch, at=self.now(), number=self._fetches)
        tally = self.tallies[fetch.source]
        tally.fetches[fetch.outcome] = tally.fetches.get(fetch.outcome, 0) + 1
        if fetch.page != PageKind.THREAD and (tally.entrance is None or not fetch.outcome.is_good):
            tally.entrance = fetch.outcome
        self.deps.records.put_many([record_of(kept)])

    def note_fault(self, source: str | None, error: BaseException | None) -> None:
        """
        An error that no step expected is in the issues; a store's refusal ends the round.

        The sentence names the kind of error only: its text may hold a post.
        """
        if isinstance(error, StoreUnavailable):
            self.stopped = self.stopped or error
            return
        for each in [source] if source else self.manifests:
            sentence = f"our own code failed with {type(error).__name__}; the page is asked for again"
            self.issues.note(each, Unexpected.OUR_FAULT, sentence)


def round_of(crawler: Crawler) -> Round:
    """Return the round that a crawler serves."""
    found = getattr(crawler.spider, "round", None)
    if not isinstance(found, Round):
        raise TypeError("the crawler serves no round; start it with run_round")
    return found
