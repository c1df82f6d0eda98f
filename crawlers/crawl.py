"""
One round over sources, in a fresh process: build the settings, run Scrapy, say what happened.

Twisted's reactor runs once in a process, so a second round in the same process is refused.
"""

import asyncio
import json
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from scrapy.crawler import Crawler
from scrapy.utils.reactor import is_reactor_installed
from twisted.python.failure import Failure

from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.domain.post import Millis
from pipeline.ports import Clock, Door, Records

from .coverage import forget_old_fetches
from .fetch_record import Outcome
from .frontier import Frontier
from .issues import Issue, Unexpected
from .manifest import SourceKind, SourceManifest
from .network import NetworkSettings
from .quiet_log import quiet_log
from .round import Addresses, AddressSeal, Round, Use, by_id
from .settings import CrawlSettings, build_settings
from .source_state import is_out_of_bounds, keep_states, resting_hosts
from .visit import Harvest, PageKind, Visit

if TYPE_CHECKING:
    from .spiders.sources import SourcesSpider


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
    enabled = by_id([each for each in manifests if each.enabled])
    chosen = CrawlSettings(deps.agent, deps.network, deps.max_seconds, deps.overrides)
    settings = build_settings(chosen, list(enabled.values()))
    _refuse_second_round()
    started_at = deps.clock.now()
    use = Use(deps.door, deps.records, deps.clock, deps.seal, deps.epoch, started_at + deps.max_seconds * 1_000)
    frontier = Frontier(deps.frontier, Addresses(enabled, deps.seal), epoch=deps.epoch, now=started_at)
    with closing(frontier):
        here = Round(enabled, use, frontier)
        first = _first_visits(here)
        reason = _run(here, first, settings, deps.log_level) if first else "finished"
    asked = {visit.source: enabled[visit.source] for visit in first}
    if here.stopped:
        raise here.stopped
    _conclude(here, asked)
    return CrawlReport(started_at, here.now(), reason, tuple(_report(here, each) for each in enabled))


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
        """The error is in the issues and its fetch in the records."""
        visit = getattr(response, "meta", {}).get("visit")
        with self._stopping_on_refusal():
            if isinstance(visit, Visit):
                self._spider.give_up(visit, failure.value)
            else:
                self._here.note_fault(None, failure.value)

    def note_done(self, item: Harvest) -> None:
        """The page is done; the source's next one is asked for."""
        with self._stopping_on_refusal():
            self._spider.go_on(item.visit.source)

    @contextmanager
    def _stopping_on_refusal(self) -> Iterator[None]:
        """A store's refusal stops the crawl: Scrapy would swallow what is raised from a signal."""
        try:
            yield
        except StoreUnavailable as refusal:
            self._here.note_fault(None, refusal)
        if self._here.stopped and self._stopping is None:
            self._stopping = asyncio.ensure_future(self._crawler.stop_async())

    @property
    def _spider(self) -> "SourcesSpider":
        return cast("SourcesSpider", self._crawler.spider)


def _run(here: Round, first: tuple[Visit, ...], settings: Mapping[str, object], log_level: str) -> str:
    """Scrapy has run to its end; returns its reason."""
    from scrapy import signals
    from scrapy.crawler import AsyncCrawlerProcess

    from .spiders.sources import SourcesSpider

    process = AsyncCrawlerProcess(dict(settings))
    with quiet_log(log_level), warnings.catch_warnings():
        # The one way in which Scrapy 2.19 takes further certificates is marked for removal; pyproject pins 2.19.
        warnings.filterwarnings("ignore", message=".*DOWNLOADER_CLIENTCONTEXTFACTORY.*")
        crawler = process.create_crawler(SourcesSpider)
        watch = _Watch(here, crawler)
        crawler.signals.connect(watch.note_end, signal=signals.spider_closed)
        crawler.signals.connect(watch.note_done, signal=signals.item_scraped)
        crawler.signals.connect(watch.note_fault, signal=signals.spider_error)
        crawler.signals.connect(watch.note_fault, signal=signals.item_error)
        task = process.crawl(crawler, round=here, first=first)
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
    """Return the feed or the first list page of each source; what may not be asked for is in the issues."""
    resting = resting_hosts(here.deps.records, here.manifests, here.now())
    visits = []
    for each in here.manifests.values():
        if not here.addresses.may_be_kept(each.id, each.url):
            sentence = "its addresses name people and no key to seal them was given; nothing was fetched"
            here.issues.note(each.id, Unexpected.NO_SEAL, sentence)
        elif each.host in resting:
            minutes = (resting[each.host] - here.now()) // 60_000 + 1
            sentence = f"its host asked for rest; it is left alone for {minutes} more minutes"
            here.issues.note(each.id, Unexpected.RATE_LIMITED, sentence)
        else:
            kind = PageKind.FEED if each.kind is SourceKind.FEED else PageKind.LIST
            visits.append(Visit(each.id, kind, each.url))
    return tuple(visits)


def _conclude(here: Round, asked: Mapping[str, SourceManifest]) -> None:
    """Counts were compared with what is normal; states and issues are kept, and what is over age is gone."""
    for manifest in asked.values():
        tally, expected = here.tallies[manifest.id], manifest.expected
        if is_out_of_bounds(tally, manifest):
            is_few = tally.found < expected.min
            kind = Unexpected.TOO_FEW if is_few else Unexpected.TOO_MANY
            sentence = f"{tally.found} found where {expected.min} to {expected.max} are normal"
            hint = "; the page may have changed its form" if is_few else ""
            here.issues.note(manifest.id, kind, f"{sentence}{hint}")
        forget_old_fetches(here.deps.records, manifest.id, here.now())
    keep_states(here, asked)
    here.issues.keep(here.deps.records, here.now())


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
