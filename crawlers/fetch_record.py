"""
Every fetch as a record, so that the coverage of any hour can be computed: what was tried, when, and what came of it.

No record holds an address: a page is told by its source and its kind.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from pipeline.domain.post import Millis
from pipeline.ports import Record

KIND = "fetch"


class Outcome(StrEnum):
    """What came of a fetch. OK and UNCHANGED mean that the page was seen."""

    OK = "ok"
    UNCHANGED = "unchanged"
    GONE = "gone"
    DISALLOWED = "disallowed"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    HTTP_ERROR = "http_error"
    RATE_LIMITED = "rate_limited"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    TOO_BIG = "too_big"
    NOT_A_FEED = "not_a_feed"
    NOT_HTML = "not_html"
    NOTHING_FOUND = "nothing_found"
    ELSEWHERE = "elsewhere"
    NOT_PUBLIC = "not_public"
    OUR_FAULT = "our_fault"

    @property
    def is_good(self) -> bool:
        """Whether the page was seen."""
        return self in {Outcome.OK, Outcome.UNCHANGED}


@dataclass(frozen=True, slots=True)
class Fetch:
    """
    One fetch. `page` is feed, list or thread; `posts` were found on it, `changed` of them were new or edited.

    `rule` is the line of robots.txt that decided, `robots_at` when that file was fetched. `number` counts within a
    round, so that two fetches in one millisecond are two records.
    """

    source: str
    at: Millis
    number: int
    page: str
    outcome: Outcome
    status: int = 0
    size: int = 0
    posts: int = 0
    changed: int = 0
    tries: int = 1
    rule: str = ""
    robots_at: Millis = 0


def record_of(fetch: Fetch) -> Record:
    """Return the record under which a fetch is kept; keys of one source sort by time."""
    value = json.dumps(asdict(fetch), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    key = f"{fetch.source}/{fetch.at:013d}/{fetch.number}"
    return Record(
        kind=KIND, unit="", key=key, revision=0, value=value, at=fetch.at, author="crawler", reason=fetch.outcome
    )


def fetch_of(record: Record) -> Fetch:
    """Return the fetch that a record holds."""
    value = json.loads(record.value)
    return Fetch(**{**value, "outcome": Outcome(value["outcome"])})
