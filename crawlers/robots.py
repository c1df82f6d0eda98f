"""
The gate before every fetch: robots.txt decides, and only hosts of the source are visited.

In the place of Scrapy's own step, which fetches a host whose robots.txt answered 503 and never asks again.
"""

import asyncio
import hashlib
import json
import math
from time import monotonic
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http.request import NO_CALLBACK

from pipeline.ports import Record

from .robots_rules import PARSE_LIMIT, RobotsAnswer, RobotsRules, Verdict, without_comments
from .round import Round, round_of
from .settings import JITTER, product_of, widened
from .visit import Visit

KIND = "robots"
UNANSWERED = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    OSError,
    ResponseDataLossError,
)
"""What a fetch may end with instead of an answer."""


class Disallowed(IgnoreRequest):
    """The page may not be fetched; `verdict` says by which line."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.rule)
        self.verdict = verdict


class Elsewhere(IgnoreRequest):
    """The address lies on a host that is not the source's."""


class NotNow(IgnoreRequest):
    """The pause before the page is longer than what is left of the round."""


class RobotsGate:
    """Downloader middleware: a request passes only to a host of its source, and only with a verdict that allows it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._product = product_of(crawler.settings["USER_AGENT"])
        self._rules: dict[str, asyncio.Task[RobotsRules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsGate":
        """Return the gate of a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """The verdict is in `request.meta`, or Disallowed or Elsewhere is raised."""
        visit = request.meta.get("visit")
        if not isinstance(visit, Visit):
            if request.meta.get("is_robots"):
                return
            raise Elsewhere("a request of no source")
        here, parts = round_of(self._crawler), urlsplit(request.url)
        if not here.manifests[visit.source].owns_host(parts.hostname or ""):
            raise Elsewhere("the address lies on a host that is not the source's")
        rules = await self._rules_of(f"{parts.scheme}://{parts.netloc}")
        verdict = rules.verdict(request.url)
        request.meta["verdict"] = verdict
        if not verdict.is_allowed:
            raise Disallowed(verdict)
        slot = self._slow_down(parts.hostname or "", verdict.delay_seconds)
        if _pause_before(slot) * 1_000 > here.deps.ends_at - here.now():
            raise NotNow("the pause before it is too long")

    async def _rules_of(self, origin: str) -> RobotsRules:
        """Return the rules of an origin, asked for once even where several requests wait for them."""
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._ask(origin))
        return await asyncio.shield(self._rules[origin])

    async def _ask(self, origin: str) -> RobotsRules:
        here = round_of(self._crawler)
        answer = _kept_answer(here, origin)
        if answer is None:
            answer = await self._fetch(origin, here)
            if answer.is_reachable:
                here.deps.records.put_many([_record_of(origin, answer)])
        return RobotsRules(answer, self._product)

    async def _fetch(self, origin: str, here: Round) -> RobotsAnswer:
        """Return what the host answers; redirects were followed, at most five."""
        meta = {"is_robots": True, "dont_retry": True}
        request = Request(f"{origin}/robots.txt", meta=meta, callback=NO_CALLBACK, dont_filter=True)
        try:
            response = await self._crawler.engine.download_async(request)
        except UNANSWERED:
            return RobotsAnswer(status=0, text="", at=here.now())
        text = response.body[:PARSE_LIMIT].decode("utf-8-sig", "replace")
        return RobotsAnswer(response.status, text if response.status < 300 else "", here.now())

    def _slow_down(self, host: str, delay_seconds: float) -> Slot:
        """The host's pause is at least what its robots.txt asks for (Crawl-delay); returns the host's slot."""
        downloader = self._crawler.engine.downloader
        chosen = downloader.per_slot_settings.get(host, {"delay": self._crawler.settings.getfloat("DOWNLOAD_DELAY")})
        if host not in downloader.slots:
            # Scrapy's own new slot counts the pause from the machine's start, and may wait for hours on a young one.
            downloader.slots[host] = Slot(1, chosen["delay"], JITTER)
            downloader.slots[host].lastseen = -math.inf
        slot = downloader.slots[host]
        if delay_seconds:
            round_of(self._crawler).delays[host] = delay_seconds
        if widened(delay_seconds) > slot.delay:
            slot.delay = widened(delay_seconds)
            downloader.per_slot_settings[host] = {"concurrency": 1, "delay": slot.delay, "jitter": JITTER}
        return slot


def _pause_before(slot: Slot) -> float:
    """Return for how many seconds a request would wait behind the last one and those in the queue, at most."""
    return slot.lastseen + slot.delay * (1 + slot.jitter) * (1 + len(slot.queue)) - monotonic()


def _kept_answer(here: Round, origin: str) -> RobotsAnswer | None:
    record = here.deps.records.get(KIND, "", _key(origin))
    if record is None:
        return None
    answer = RobotsAnswer(**json.loads(record.value))
    return answer if answer.is_fresh(here.now()) else None


def _record_of(origin: str, answer: RobotsAnswer) -> Record:
    kept = {"status": answer.status, "text": without_comments(answer.text), "at": answer.at}
    value = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Record(
        kind=KIND, unit="", key=_key(origin), revision=0, value=value, at=answer.at, author="crawler", reason="fetched"
    )


def _key(origin: str) -> str:
    """Return the key of an origin: a hash, since a host may bear a name."""
    return hashlib.sha256(origin.lower().encode()).hexdigest()[:32]
