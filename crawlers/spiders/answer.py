"""What an answer, or the want of one, means: its outcome, the sentence for people, the pause that a host asks for."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response

from crawlers.address_gate import NotPublic
from crawlers.fetch_record import Fetch, Outcome
from crawlers.issues import Unexpected
from crawlers.robots import UNANSWERED, Disallowed, Elsewhere
from pipeline.domain.post import Millis

LEAST_PAUSE_SECONDS = 300
MOST_PAUSE_SECONDS = 86_400

_SENTENCES: Mapping[Outcome, tuple[Unexpected, str]] = {
    Outcome.DISALLOWED: (Unexpected.DISALLOWED, "robots.txt does not allow a page; ask the publisher"),
    Outcome.ROBOTS_UNREACHABLE: (Unexpected.ROBOTS_UNREACHABLE, "robots.txt cannot be read, so nothing is fetched"),
    Outcome.RATE_LIMITED: (Unexpected.RATE_LIMITED, "the host asks for fewer requests; it is left alone for a while"),
    Outcome.TIMEOUT: (Unexpected.TIMEOUT, "the host did not answer in time"),
    Outcome.UNREACHABLE: (Unexpected.UNREACHABLE, "the host cannot be reached (name, line, proxy or certificate)"),
    Outcome.TOO_BIG: (Unexpected.TOO_BIG, "a page is larger than the limit, or redirects without end; not read"),
    Outcome.ELSEWHERE: (Unexpected.ELSEWHERE, "an address leads to a host that is not the source's; see also_hosts"),
    Outcome.NOT_PUBLIC: (Unexpected.NOT_PUBLIC, "an address is none of the public internet; see [network] local_hosts"),
    Outcome.NOT_HTML: (Unexpected.NOT_HTML, "something that is no text came where a page was expected"),
    Outcome.NOTHING_FOUND: (Unexpected.NOTHING_FOUND, "a page shows nothing where the selectors look; did it change?"),
}


def outcome_of_status(status: int) -> Outcome:
    """Return what a status means; OK still has to be read."""
    if status == 304:
        return Outcome.UNCHANGED
    if status in {429, 503}:
        return Outcome.RATE_LIMITED
    if status in {404, 410}:
        return Outcome.GONE
    return Outcome.OK if 200 <= status < 300 else Outcome.HTTP_ERROR


def outcome_of_failure(error: BaseException | None) -> Outcome | None:
    """Return what a failed request means; None where the failure is not the network's."""
    if isinstance(error, Disallowed):
        return Outcome.DISALLOWED if error.verdict.is_reachable else Outcome.ROBOTS_UNREACHABLE
    if isinstance(error, Elsewhere):
        return Outcome.ELSEWHERE
    if isinstance(error, NotPublic):
        return Outcome.NOT_PUBLIC
    if isinstance(error, DownloadTimeoutError):
        return Outcome.TIMEOUT
    if isinstance(error, DownloadCancelledError | IgnoreRequest):
        return Outcome.TOO_BIG
    return Outcome.UNREACHABLE if isinstance(error, UNANSWERED) else None


def sentence_on(fetch: Fetch) -> tuple[Unexpected, str] | None:
    """Return the issue that a fetch is; None where it is what one expects (a deleted thread is)."""
    if fetch.outcome is Outcome.HTTP_ERROR or (fetch.outcome is Outcome.GONE and fetch.page != "thread"):
        return Unexpected.HTTP_ERROR, f"the host answered {fetch.status}"
    return _SENTENCES.get(fetch.outcome)


def pause_asked_for(response: Response | None, now: Millis) -> int:
    """Return for how many seconds a host wants to be left alone (Retry-After), within 5 minutes and a day."""
    said = (response.headers.get(b"Retry-After") or b"" if response is not None else b"").decode("latin-1").strip()
    return min(max(_seconds(said, now), LEAST_PAUSE_SECONDS), MOST_PAUSE_SECONDS)


def _seconds(said: str, now: Millis) -> int:
    if said.isdecimal():
        return int(said[:9])
    try:
        return int(parsedate_to_datetime(said).timestamp()) - now // 1_000
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0
