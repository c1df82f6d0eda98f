"""
What one round knows while it runs: the sources, what it may use, what came of each fetch so far.

A round lives in one fresh process (Twisted's reactor does not start twice) and ends with it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from pipeline.domain.address import canonical_address, names_author
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.identity import key_of_address, said_of_private
from pipeline.domain.post import Millis
from pipeline.ports import Clock, Door, Record, Records

from .fetch_record import Fetch, Outcome, record_of
from .frontier import Frontier
from .issues import IssueBook, Unexpected
from .manifest import SourceManifest
from .visit import PageKind, Visit

if TYPE_CHECKING:  # what reads the states that a round left runs in processes that never crawl: no Scrapy there
    from scrapy.crawler import Crawler

PATIENCE = 3
"""After so many failures in a row a source is left alone until the next round."""

HEAD_LENGTH = 32
"""Hexadecimal characters of every key of a post."""

_SEALED, _OPEN = "sealed ", "open "


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
    """What a round may use of the world. Without a `seal`, addresses that name people are not fetched."""

    door: Door
    records: Records
    clock: Clock
    seal: AddressSeal | None = None
    epoch: str = ""
    ends_at: Millis = 0


class Addresses:
    """How addresses are kept: sealed and under a keyed hash where they name their author, plain elsewhere."""

    def __init__(self, manifests: Mapping[str, SourceManifest], seal: AddressSeal | None) -> None:
        self._manifests = manifests
        self._seal = seal

    def may_be_kept(self, source: str, address: str) -> bool:
        """Whether the address names nobody, or can be sealed."""
        return self._seal is not None or not self._is_private(source, address)

    def key_of(self, source: str, address: str) -> str:
        """Return the key under which anything about a page is kept: one key for all ways to write its address."""
        said = f"{source}\n{canonical_address(address)}"
        if self._seal is not None and self._is_private(source, address):
            return self._seal.mark(said)
        return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]

    def head_of(self, source: str, address: str) -> str:
        """Return the key under which the store knows the post that stands at the address."""
        canonical = canonical_address(address)
        if self._seal is not None and self._is_private(source, canonical):
            return self._seal.mark(said_of_private(source, canonical))[:HEAD_LENGTH]
        return key_of_address(source, canonical)

    def kept(self, source: str, address: str) -> str:
        """Return the address, or an id that may be one, as it may be stored."""
        if self._seal is not None and self._is_private(source, address):
            return _SEALED + self._seal.close(address)
        return _OPEN + address

    def opened(self, kept: str) -> str:
        """Return what `kept` stored."""
        if not kept or kept.startswith(_OPEN) or self._seal is None:
            return kept.removeprefix(_OPEN)
        return self._seal.reveal(kept.removeprefix(_SEALED))

    def _is_private(self, source: str, address: str) -> bool:
        return self._manifests[source].address_names_author or names_author(address)


@dataclass(slots=True)
class Tally:
    """What a round found of one source. `entrance` is what came of the feed or of the list's first page."""

    pages: int = 0
    found: int = 0
    posts: int = 0
    changed: int = 0
    turned_away: int = 0
    buried: int = 0
    failures: int = 0
    rest_seconds: int | None = None
    is_deferred: bool = False
    entrance: Outcome | None = None
    fetches: dict[Outcome, int] = field(default_factory=dict)


class Round:
    """
    One round over its sources. `stopped` is the store's refusal that ended it, where one did.

    `delays` are the pauses, in seconds, that hosts ask for in their robots.txt.
    """

    def __init__(self, manifests: Mapping[str, SourceManifest], use: Use, frontier: Frontier) -> None:
        self.manifests = manifests
        self.deps = use
        self.addresses = Addresses(manifests, use.seal)
        self.frontier = frontier
        self.issues = IssueBook()
        self.tallies: Mapping[str, Tally] = {source: Tally() for source in manifests}
        self.stopped: StoreUnavailable | None = None
        self.delays: dict[str, float] = {}
        self._fetches = 0

    def now(self) -> Millis:
        """Return the present moment."""
        return self.deps.clock.now()

    def next_visit(self, source: str) -> Visit | None:
        """Return the next page to ask for, within the round's time and the source's pages, posts and patience."""
        tally, now = self.tallies[source], self.now()
        if self.stopped or tally.is_deferred or tally.rest_seconds is not None or tally.failures >= PATIENCE:
            return None
        spent = self._spent(source, tally, now)
        if not spent:
            visit = self.frontier.take(source, now)
            tally.pages += visit is not None
            return visit
        if waiting := self.frontier.waiting(source, now):
            self.issues.note(source, Unexpected.LEFT, f"{spent}; {waiting} threads wait for the next round")
        return None

    def defer(self, visit: Visit) -> None:
        """The page waits for a later round, since the pause before it is longer than what is left of this one."""
        self.tallies[visit.source].is_deferred = True
        sentence = "the pause that its host asks for is longer than the rest of the round; it waits for the next one"
        self.issues.note(visit.source, Unexpected.LEFT, sentence)
        if visit.walk:
            self.frontier.put_back(visit)

    def _spent(self, source: str, tally: Tally, now: Millis) -> str:
        manifest = self.manifests[source]
        if tally.pages >= manifest.max_pages:
            return f"the limit of {manifest.max_pages} pages a round was reached"
        if tally.changed >= manifest.max_posts:
            return f"the limit of {manifest.max_posts} posts a round was reached"
        return "the time of the round was over" if now >= self.deps.ends_at else ""

    def record(self, fetch: Fetch, *further: Record) -> None:
        """The fetch is in the records, with what belongs to it, and counted; its number and time are given here."""
        self._fetches += 1
        kept = replace(fetch, at=self.now(), number=self._fetches)
        tally = self.tallies[fetch.source]
        tally.fetches[fetch.outcome] = tally.fetches.get(fetch.outcome, 0) + 1
        tally.failures = 0 if fetch.outcome.is_good else tally.failures + 1
        if fetch.page != PageKind.THREAD and tally.entrance is None:
            tally.entrance = fetch.outcome
        self.deps.records.put_many([record_of(kept), *further])

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


def by_id(manifests: Sequence[SourceManifest]) -> Mapping[str, SourceManifest]:
    """Return the manifests by their ids."""
    return {each.id: each for each in manifests}


def round_of(crawler: "Crawler") -> Round:
    """Return the round that a crawler serves."""
    found = getattr(crawler.spider, "round", None)
    if not isinstance(found, Round):
        raise TypeError("the crawler serves no round; start it with run_round")
    return found
