"""
One round over sources, in a fresh process: build the settings, run Scrapy, say what happened.

Twisted's reactor runs once in a process, so a second round in the same process is refused.
"""

import asyncio
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from scrapy.crawler import Crawler
from scrapy.utils.reactor import is_reactor_installed
from twisted.python.failure import Failure

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis
from pipeline.ports import Clock, Door, Records

from .fetch_record import Outcome
from .issues import Issue, Unexpected
from .manifest import SourceKind, SourceManifest
from .network import NetworkSettings
from .quiet_log import quiet_log
from .round import AddressSeal, Round, Use
from .settings import CrawlSettings, build_settings
from .visit import PageKind, Visit


@dataclass(frozen=True, slots=True)
class CrawlDeps:
    """
    What a round is given. `frontier` is the file of its frontier, `agent` says who asks (product/version (+contact)).

    `epoch` names the stream that the posts go to: with another one, pages that were seen before are read again, so
    that a restored store misses nothing. `overrides` are the operator's changes to Scrapy's settings.
    """

    door: Door
    records: Records
    clock: Clock
    frontier: Path
    agent: str
    network: NetworkSettings = field(default_factory=NetworkSettings)
    seal: AddressSeal | None = None
    epoch: str = ""
    max_seconds: int = 300
    log_level: str = "WARNING"
    overrides: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What a round found of one source. `entrance` is what came of its feed or first list page; None: not asked."""

    source: str
    entrance: Outcome | None
    pages: int
    found: int
    posts: int
    changed: int
    turned_away: int
    buried: int
    fetches: Mapping[str, int]
    issues: tuple[Issue, ...]

    @property
    def is_alive(self) -> bool:
        """Whether the source was seen in this round."""
        return self.entrance is not None and self.entrance.is_good


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """A round. `reason` is Scrapy's word for its end: "finished", "closespider_timeout" or "shutdown"."""

    started_at: Millis
    ended_at: Millis
    reason: str
    sources: tuple[SourceReport, ...]

    @property
    def posts(self) -> int:
        """How many posts intake published."""
        return sum(source.posts for source in self.sources)

    def to_json(self) -> str:
        """Return the report as one line."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def run_round(manifests: Sequence[SourceManifest], deps: CrawlDeps) -> CrawlReport:
    """
    Every enabled source was asked once, within its pages, posts and pace, and within the round's time.

    What a page held is published before the page counts as done. Sources that are not enabled are left out.

    Raises:
        BadInput: the settings are not fit to crawl with; nothing was fetched.
        StoreUnavailable: a store refused; the round ended there, and the pages not done are asked for again.
    """
    enabled = [each for each in manifests if each.enabled]
    settings = build_settings(CrawlSettings(deps.agent, deps.network, deps.max_seconds, deps.overrides), enabled)
    _refuse_second_round()
    here = Round(enabled, Use(deps.door, deps.records, deps.clock, deps.seal, deps.epoch))
    started_at = here.now()
    reason = _run(here, settings, deps.log_level) if enabled else "finished"
    if here.stopped:
        raise here.stopped
    for each in enabled:
        _compare_with_expected(here, each)
    here.issues.keep(deps.records, here.now())
    return CrawlReport(started_at, here.now(), reason, tuple(_report(here, each.id) for each in enabled))


class _Watch:
    """Listens to Scrapy: the reason of the end, and every error that a step did not expect."""

    def __init__(self, here: Round, crawler: Crawler) -> None:
        self._here = here
        self._crawler = crawler
        self._stopping: asyncio.Task[None] | None = None
        self.reason = "shutdown"

    def note_end(self, reason: str) -> None:
        """The reason is known."""
        self.reason = reason

    def note_fault(self, failure: Failure, response: object) -> None:
        """The error is in the issues; a store's refusal stops the crawl."""
        visit = getattr(response, "meta", {}).get("visit")
        self._here.note_fault(visit.source if isinstance(visit, Visit) else None, failure.value)
        if self._here.stopped and self._stopping is None:
            self._stopping = asyncio.ensure_future(self._crawler.stop_async())


def _run(here: Round, settings: Mapping[str, object], log_level: str) -> str:
    """Scrapy has run to its end; returns its reason."""
    from scrapy import signals
    from scrapy.crawler import AsyncCrawlerProcess

    from .spiders.sources import SourcesSpider

    process = AsyncCrawlerProcess(dict(settings))
    with quiet_log(log_level):
        crawler = process.create_crawler(SourcesSpider)
        watch = _Watch(here, crawler)
        crawler.signals.connect(watch.note_end, signal=signals.spider_closed)
        crawler.signals.connect(watch.note_fault, signal=signals.spider_error)
        crawler.signals.connect(watch.note_fault, signal=signals.item_error)
        task = process.crawl(crawler, round=here, first=_first_visits(here))
        is_main = threading.current_thread() is threading.main_thread()
        process.start(install_signal_handlers=is_main)
    if not task.cancelled() and (error := task.exception()) is not None:
        raise error
    return watch.reason


def _refuse_second_round() -> None:
    if is_reactor_installed():
        sentence = "a round needs a process of its own: Twisted's reactor has been used here; start `huiyin crawl` anew"
        raise BadInput(sentence, code="SRC-208")


def _first_visits(here: Round) -> tuple[Visit, ...]:
    """Return the feed of each source; what cannot be asked for is in the issues."""
    visits = []
    for each in here.manifests.values():
        if here.is_private(each.id, each.url) and here.deps.seal is None:
            sentence = "its addresses name people and no key to seal them was given; nothing was fetched"
            here.issues.note(each.id, Unexpected.NO_SEAL, sentence)
            continue
        kind = PageKind.FEED if each.kind is SourceKind.FEED else PageKind.LIST
        visits.append(Visit(each.id, kind, each.url))
    return tuple(visits)


def _compare_with_expected(here: Round, manifest: SourceManifest) -> None:
    """A count outside of what the manifest expects is an issue, where the source was seen and had something new."""
    tally = here.tallies[manifest.id]
    if tally.entrance is not Outcome.OK:
        return
    expected = manifest.expected
    if tally.found < expected.min:
        sentence = f"{tally.found} found where at least {expected.min} are normal; the page may have changed its form"
        here.issues.note(manifest.id, Unexpected.TOO_FEW, sentence)
    elif tally.found > expected.max:
        sentence = f"{tally.found} found where at most {expected.max} are normal"
        here.issues.note(manifest.id, Unexpected.TOO_MANY, sentence)


def _report(here: Round, source: str) -> SourceReport:
    tally = here.tallies[source]
    return SourceReport(
        source=source,
        entrance=tally.entrance,
        pages=tally.pages,
        found=tally.found,
        posts=tally.posts,
        changed=tally.changed,
        turned_away=tally.turned_away,
        buried=tally.buried,
        fetches={outcome.value: count for outcome, count in tally.fetches.items()},
        issues=here.issues.of(source),
    )
