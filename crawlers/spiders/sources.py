"""
The spider of a round: asks for the pages of all its sources and turns what comes back into harvests and records.

One spider serves every source, so that two sources on one host share one pace and one connection.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TypeAlias

import scrapy
from scrapy import Request
from scrapy.exceptions import CloseSpider, DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.fetch_record import Fetch, Outcome
from crawlers.issues import Unexpected
from crawlers.robots import UNANSWERED, Disallowed, Elsewhere
from crawlers.robots_rules import Verdict
from crawlers.round import Round
from crawlers.spiders.feed import read_feed
from crawlers.visit import Harvest, Visit

Found: TypeAlias = Harvest | Request

_SENTENCES: Mapping[Outcome, tuple[Unexpected, str]] = {
    Outcome.DISALLOWED: (Unexpected.DISALLOWED, "robots.txt does not allow the page; ask the publisher"),
    Outcome.ROBOTS_UNREACHABLE: (Unexpected.ROBOTS_UNREACHABLE, "robots.txt could not be read, so nothing was fetched"),
    Outcome.RATE_LIMITED: (Unexpected.RATE_LIMITED, "the host asked for fewer requests; the round left it alone"),
    Outcome.TIMEOUT: (Unexpected.TIMEOUT, "the host did not answer in time"),
    Outcome.UNREACHABLE: (Unexpected.UNREACHABLE, "the host could not be reached (name, line, proxy, certificate)"),
    Outcome.TOO_BIG: (Unexpected.TOO_BIG, "the page is larger than the limit and was not read"),
    Outcome.ELSEWHERE: (Unexpected.ELSEWHERE, "the address leads to a host that is not the source's; see also_hosts"),
}


class SourcesSpider(scrapy.Spider):
    """Reads the pages of a round's sources."""

    name = "sources"

    def __init__(self, round: Round, first: tuple[Visit, ...]) -> None:  # noqa: A002 (the word of the trade)
        super().__init__()
        self.round = round
        self._first = first

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the first page of each source."""
        for visit in self._first:
            for request in self.ask(visit):
                yield request

    def ask(self, visit: Visit) -> Iterator[Request]:
        """Yield the request for a page, or nothing where the round may not ask for it."""
        if self.round.admits(visit):
            meta = {"visit": visit}
            yield Request(visit.address, callback=self.read, errback=self.note, meta=meta, dont_filter=True)

    def read(self, response: Response) -> Iterator[Found]:
        """Yield what a page holds; every answer is recorded, whatever it was."""
        visit: Visit = response.meta["visit"]
        outcome = _outcome_of(response.status)
        if outcome is not Outcome.OK:
            self._record(visit, outcome, response.meta, response.status)
            return
        yield from self._read_feed(visit, response)

    def note(self, failure: Failure) -> None:
        """What became of a request without an answer is recorded; an error that is not the network's is our fault."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        outcome = _outcome_of_failure(failure.value)
        visit: Visit = request.meta["visit"]
        if outcome is None:
            self.round.note_fault(visit.source, failure.value)
        if self.round.stopped:
            raise CloseSpider("store_refused")
        self._record(visit, outcome or Outcome.OUR_FAULT, request.meta)

    def _read_feed(self, visit: Visit, response: Response) -> Iterator[Found]:
        manifest = self.round.manifests[visit.source]
        said = response.headers.get(b"Content-Type", b"") or b""
        headers = {"content-type": said.decode("latin-1"), "content-location": response.url}
        page = read_feed(response.body, headers, manifest, self.round.now())
        for kind, sentence in page.problems:
            self.round.issues.note(visit.source, kind, sentence)
        if page.outcome is not Outcome.OK:
            self._record(visit, page.outcome, response.meta, response.status)
            return
        self.round.tallies[visit.source].found += len(page.posts)
        yield Harvest(
            visit, page.posts, self._fetch(visit, page.outcome, response.meta, response.status), page.is_whole
        )

    def _record(self, visit: Visit, outcome: Outcome, meta: Mapping[str, object], status: int = 0) -> None:
        """The fetch is in the records, and in the issues where nobody expects it."""
        self.round.record(self._fetch(visit, outcome, meta, status))
        if outcome is Outcome.HTTP_ERROR:
            self.round.issues.note(visit.source, Unexpected.HTTP_ERROR, f"the host answered {status}")
        elif outcome in _SENTENCES:
            kind, sentence = _SENTENCES[outcome]
            self.round.issues.note(visit.source, kind, sentence)

    def _fetch(self, visit: Visit, outcome: Outcome, meta: Mapping[str, object], status: int) -> Fetch:
        verdict = meta.get("verdict")
        known = verdict if isinstance(verdict, Verdict) else None
        return Fetch(
            source=visit.source,
            at=0,
            number=0,
            page=visit.kind,
            outcome=outcome,
            status=status,
            tries=1 + int(str(meta.get("retry_times", 0))),
            rule=known.rule if known else "",
            robots_at=known.at if known else 0,
        )


def _outcome_of(status: int) -> Outcome:
    if status == 304:
        return Outcome.UNCHANGED
    if status in {429, 503}:
        return Outcome.RATE_LIMITED
    if status in {404, 410}:
        return Outcome.GONE
    return Outcome.OK if 200 <= status < 300 else Outcome.HTTP_ERROR


def _outcome_of_failure(error: BaseException | None) -> Outcome | None:
    """Return what a failed request means; None where the failure is not the network's."""
    if isinstance(error, Disallowed):
        return Outcome.DISALLOWED if error.verdict.is_reachable else Outcome.ROBOTS_UNREACHABLE
    if isinstance(error, Elsewhere):
        return Outcome.ELSEWHERE
    if isinstance(error, DownloadTimeoutError):
        return Outcome.TIMEOUT
    if isinstance(error, DownloadCancelledError | IgnoreRequest):
        return Outcome.TOO_BIG
    return Outcome.UNREACHABLE if isinstance(error, UNANSWERED) else None
