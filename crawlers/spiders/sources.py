"""
The spider of a round: asks for the pages of all its sources and turns what comes back into harvests and records.

One spider serves every source, so that two sources on one host share one pace and one connection. Each source has
one page under way at a time; the next one is taken from the frontier when that page is published and done.
"""

from collections.abc import AsyncIterator, Iterator, Mapping

import scrapy
from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from crawlers.absent_page import is_absence, note_absence
from crawlers.charset import decode_page
from crawlers.conditional import condition, validator_record, validators_of
from crawlers.fetch_record import Fetch, Outcome
from crawlers.frontier import Sighting
from crawlers.issues import Unexpected
from crawlers.manifest import SourceManifest
from crawlers.robots import NotNow
from crawlers.robots_rules import Verdict
from crawlers.round import Round
from crawlers.spiders.answer import outcome_of_failure, outcome_of_status, pause_asked_for, sentence_on
from crawlers.spiders.article import read_article
from crawlers.spiders.feed import read_feed
from crawlers.spiders.listing import HtmlPage, ThreadPage, body_hash, read_list, read_thread
from crawlers.visit import Harvest, PageKind, Visit
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import RawPost

_HOUR = 3_600_000


class SourcesSpider(scrapy.Spider):
    """Reads the pages of a round's sources."""

    name = "sources"

    def __init__(self, round: Round, first: tuple[Visit, ...]) -> None:  # noqa: A002 (the word of the trade)
        super().__init__()
        self.round = round
        self._first = first

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the feed or the list's first page of each source."""
        for visit in self._first:
            self.round.tallies[visit.source].pages += 1
            try:
                request = self._request(visit)
            except StoreUnavailable as refusal:
                self.round.note_fault(visit.source, refusal)
                return
            yield request

    def go_on(self, source: str) -> None:
        """The source's next page is asked for, where one is left and the round allows it."""
        visit = self.round.next_visit(source)
        if visit is not None:
            self.crawler.engine.crawl(self._request(visit))

    def read(self, response: Response) -> Iterator[Harvest]:
        """Yield what a page holds; every answer is recorded, whatever it was."""
        visit: Visit = response.meta["visit"]
        manifest = self.round.manifests[visit.source]
        outcome = outcome_of_status(response.status)
        if outcome is Outcome.UNCHANGED or not outcome.is_good:
            self._miss(visit, self._fetch(visit, outcome, response.meta, response), response)
        elif visit.kind is PageKind.FEED:
            yield from self._read_feed(visit, manifest, response)
        elif not isinstance(response, TextResponse):
            self._miss(visit, self._fetch(visit, Outcome.NOT_HTML, response.meta, response), response)
        elif visit.kind is PageKind.LIST:
            self._read_list(visit, manifest, response)
        else:
            yield from self._read_thread(visit, manifest, response)

    def note(self, failure: Failure) -> None:
        """What became of a request without an answer is recorded; an error that is not the network's is our fault."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        visit: Visit = request.meta["visit"]
        if isinstance(failure.value, NotNow):
            self.round.defer(visit)
            return
        outcome = outcome_of_failure(failure.value)
        if outcome is not None:
            self._miss(visit, self._fetch(visit, outcome, request.meta, None), None)
            return
        self.give_up(visit, failure.value)
        if self.round.stopped:
            raise CloseSpider("store_refused")

    def give_up(self, visit: Visit, error: BaseException | None) -> None:
        """A page on which our own code failed is recorded as that, and the source goes on; unless a store refused."""
        self.round.note_fault(visit.source, error)
        if not self.round.stopped:
            self._miss(visit, self._fetch(visit, Outcome.OUR_FAULT, {}, None), None)

    def _request(self, visit: Visit) -> Request:
        headers = dict(condition(self.round, visit))
        return Request(
            visit.address,
            callback=self.read,
            errback=self.note,
            headers=headers,
            meta={"visit": visit},
            dont_filter=True,
        )

    def _read_feed(self, visit: Visit, manifest: SourceManifest, response: Response) -> Iterator[Harvest]:
        said = response.headers.get(b"Content-Type") or b""
        headers = {"content-type": said.decode("latin-1"), "content-location": response.url}
        page = read_feed(response.body, headers, manifest, self.round.now())
        self._note_problems(visit.source, page.problems)
        if page.outcome is not Outcome.OK:
            self._miss(visit, self._fetch(visit, page.outcome, response.meta, response, len(page.posts)), response)
            return
        self.round.tallies[visit.source].found += len(page.posts)
        fresh, is_all = self._fresh(manifest, page.posts)
        fetch = self._fetch(visit, Outcome.OK, response.meta, response, len(page.posts))
        yield Harvest(visit, fresh, fetch, validators_of(response) if page.is_whole and is_all else {})

    def _read_list(self, visit: Visit, manifest: SourceManifest, response: TextResponse) -> None:
        seen = read_list(self._page(response), visit, manifest)
        kept = tuple(sighting for sighting in seen.sightings if self._may_be_kept(manifest, sighting))
        self.round.tallies[visit.source].found += len(kept)
        if not seen.sightings and manifest.expected.min > 0:
            fetch = self._fetch(visit, Outcome.NOTHING_FOUND, response.meta, response)
            self._miss(visit, fetch, response)
            return
        hours = manifest.thread.revisit_hours if manifest.thread else 24
        depth = manifest.list.depth if manifest.list else 1
        now = self.round.now()
        self.round.frontier.read_list(seen.having(kept), revisit=hours * _HOUR, depth=depth, now=now)
        fetch = self._fetch(visit, Outcome.OK, response.meta, response, len(seen.sightings))
        validators = {} if visit.walk else validators_of(response)
        self.round.record(fetch, *([validator_record(self.round, visit, validators)] if validators else []))
        self.go_on(visit.source)

    def _read_thread(self, visit: Visit, manifest: SourceManifest, response: TextResponse) -> Iterator[Harvest]:
        page = self._page_behind_the_list(visit, manifest, response)
        self._note_problems(visit.source, page.problems)
        if not page.posts:
            self._miss(visit, self._fetch(visit, Outcome.NOTHING_FOUND, response.meta, response), response)
            return
        fresh, _ = self._fresh(manifest, page.posts, is_bounded=False)
        fetch = self._fetch(visit, Outcome.OK, response.meta, response, len(page.posts))
        following = page.next_page if page.next_page and self._is_further(visit, page.next_page) else None
        yield Harvest(visit, fresh, fetch, next_page=following, opener=page.opener)

    def _page_behind_the_list(self, visit: Visit, manifest: SourceManifest, response: TextResponse) -> ThreadPage:
        """Return what a page held: by the manifest's selectors, or where it has none as any article is read."""
        page = self._page(response)
        if manifest.thread is not None:
            return read_thread(page, visit, manifest)
        said = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return read_article(response.body, said, page, visit, manifest)

    def _fresh(
        self, manifest: SourceManifest, posts: tuple[RawPost, ...], *, is_bounded: bool = True
    ) -> tuple[tuple[RawPost, ...], bool]:
        """Return the posts that are new or edited, as many as the round may take, and whether those are all."""
        fresh = self.round.frontier.unseen(manifest.id, posts)
        tally = self.round.tallies[manifest.id]
        left = max(0, manifest.max_posts - tally.changed)
        if is_bounded and len(fresh) > left:
            sentence = f"{len(fresh)} new posts, of which a round takes {left}; the newer ones wait for the next"
            self.round.issues.note(manifest.id, Unexpected.LEFT, sentence)
            return fresh[:left], False
        return fresh, True

    def _miss(self, visit: Visit, fetch: Fetch, response: Response | None) -> None:
        """The fetch is recorded, and a thread's page is asked for again, now or in a later round."""
        here, tally = self.round, self.round.tallies[visit.source]
        if fetch.outcome is Outcome.RATE_LIMITED:
            tally.rest_seconds = pause_asked_for(response, here.now())
        if problem := sentence_on(fetch):
            here.issues.note(visit.source, *problem)
        if is_absence(here, visit, fetch):
            self._note_absence(visit, fetch)
        else:
            if visit.walk:
                here.frontier.fail(visit, is_gone=fetch.outcome is Outcome.GONE, now=here.now())
            here.record(fetch)
        self.go_on(visit.source)

    def _note_absence(self, visit: Visit, fetch: Fetch) -> None:
        """That the page is missing is in the records, before the frontier knows: a kill between asks once more."""
        record, again_at = note_absence(self.round, visit, fetch)
        self.round.record(fetch, record)
        if again_at is None:
            self.round.frontier.fail(visit, is_gone=True, now=self.round.now())
        else:
            self.round.frontier.ask_again(visit, again_at)

    def _is_further(self, visit: Visit, address: str) -> bool:
        """Whether a thread's next page is another page, and one that may be kept."""
        return address != visit.address and self.round.addresses.may_be_kept(visit.source, address)

    def _may_be_kept(self, manifest: SourceManifest, sighting: Sighting) -> bool:
        may = self.round.addresses.may_be_kept(manifest.id, sighting.address)
        if not may:
            sentence = "a thread's address names a person and no key to seal it was given; it was left out"
            self.round.issues.note(manifest.id, Unexpected.NO_SEAL, sentence)
        return may

    def _page(self, response: TextResponse) -> HtmlPage:
        said = (response.headers.get(b"Content-Type") or b"").decode("latin-1")
        return HtmlPage(decode_page(response.body, said), response.url, body_hash(response.body), self.round.now())

    def _note_problems(self, source: str, problems: tuple[tuple[Unexpected, str], ...]) -> None:
        for kind, sentence in problems:
            self.round.issues.note(source, kind, sentence)

    def _fetch(
        self, visit: Visit, outcome: Outcome, meta: Mapping[str, object], response: Response | None, posts: int = 0
    ) -> Fetch:
        verdict = meta.get("verdict")
        known = verdict if isinstance(verdict, Verdict) else None
        return Fetch(
            source=visit.source,
            at=0,
            number=0,
            page=visit.kind,
            outcome=outcome,
            status=response.status if response else 0,
            size=len(response.body) if response else 0,
            posts=posts,
            tries=1 + int(str(meta.get("retry_times", 0))),
            rule=known.rule if known else "",
            robots_at=known.at if known else 0,
        )
