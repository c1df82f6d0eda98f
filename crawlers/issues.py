"""Everything that a source did and we did not expect: one record per source and kind, counted, and in the report."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from pipeline.domain.post import Millis
from pipeline.ports import Record, Records

KIND = "source_issue"


class Unexpected(StrEnum):
    """What went otherwise than the manifest says."""

    BROKEN_FEED = "broken_feed"
    NOT_A_FEED = "not_a_feed"
    NOT_HTML = "not_html"
    NOTHING_FOUND = "nothing_found"
    TOO_FEW = "fewer_than_expected"
    TOO_MANY = "more_than_expected"
    WITHOUT_TEXT = "without_text"
    WITHOUT_TIME = "without_time"
    LEFT = "left_for_next_round"
    DISALLOWED = "disallowed"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    HTTP_ERROR = "http_error"
    RATE_LIMITED = "rate_limited"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    TOO_BIG = "too_big"
    ELSEWHERE = "elsewhere"
    NOT_PUBLIC = "not_public"
    NO_SEAL = "no_seal"
    BURIED = "buried"
    OUR_FAULT = "our_fault"


@dataclass(frozen=True, slots=True)
class Issue:
    """One kind of surprise of one source in one round: how often, and the last sentence about it."""

    source: str
    kind: Unexpected
    sentence: str
    times: int = 1


class IssueBook:
    """The issues of a round, one per source and kind. Sentences hold no address and nothing of a post."""

    def __init__(self) -> None:
        self._issues: dict[tuple[str, Unexpected], Issue] = {}

    def note(self, source: str, kind: Unexpected, sentence: str) -> None:
        """The surprise is counted, and the sentence is the one that a person will read."""
        known = self._issues.get((source, kind))
        self._issues[(source, kind)] = Issue(source, kind, sentence, known.times + 1 if known else 1)

    def all(self) -> tuple[Issue, ...]:
        """Return the issues in the order of their first appearance."""
        return tuple(self._issues.values())

    def of(self, source: str) -> tuple[Issue, ...]:
        """Return a source's issues."""
        return tuple(issue for issue in self._issues.values() if issue.source == source)

    def keep(self, records: Records, now: Millis) -> None:
        """Each issue is in the records under source and kind, with first time, last time and how often in all."""
        kept = [_kept(issue, records, now) for issue in self._issues.values()]
        if kept:
            records.put_many(kept)


def _kept(issue: Issue, records: Records, now: Millis) -> Record:
    key = f"{issue.source}/{issue.kind}"
    known = records.get(KIND, "", key)
    before = json.loads(known.value) if known else {}
    value = asdict(issue) | {
        "times": before.get("times", 0) + issue.times,
        "first_at": before.get("first_at", now),
        "last_at": now,
    }
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Record(kind=KIND, unit="", key=key, revision=0, value=text, at=now, author="crawler", reason=issue.kind)
