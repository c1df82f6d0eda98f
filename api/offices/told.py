"""What an office is told of a matter, and nothing more: whose it is, what it is about in few words, by when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.plain_text import plain
from api.stores import Stores
from pipeline.domain.post import Millis
from pipeline.domain.quoting import SENSITIVE_LINES, may_quote
from pipeline.workflow.assignment import Given
from pipeline.workflow.headline import shortened


@dataclass(frozen=True, slots=True)
class Subject:
    """事由: place and business line, with a headline where the matter may be quoted; `is_quotable` says whether."""

    about: str
    words: str = ""
    post: str = ""
    is_quotable: bool = False

    @property
    def said(self) -> str:
        """The subject in one line."""
        return "　".join(filter(None, (self.about, self.words)))


def subject_of(stores: Stores, given: Given) -> Subject:
    """
    Return what an assignment is about. Letters, pleas for help, matters of minors and complaints about staff are never
    quoted: of them the office knows place, line, and what the desk asks of it.
    """
    view = stores.posts.group(given.unit, given.incident.group)
    if view is None:
        return Subject("")
    row = view.row
    about = " ".join(filter(None, (row.place, row.line)))
    if row.needs or row.conduct or row.line in SENSITIVE_LINES:
        return Subject(about)
    stored = stores.posts.post(row.lead)
    if stored is None or stored.erased:
        return Subject(about)
    opinions = [one.opinion.need.label for one in stores.posts.mentions_of(given.unit, stored.post.id)]
    if not may_quote(stored.post, opinions):
        return Subject(about)
    return Subject(
        about, str(plain(shortened(stored.post.title or stored.post.text))), stored.post.id, is_quotable=True
    )


def moment_said(at: Millis, offset: Millis) -> str:
    """Return day and hour in the unit's zone."""
    there = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at + offset)
    return f"{there.month}月{there.day}日 {there:%H:%M}"


def date_said(at: Millis, offset: Millis) -> str:
    """Return the day with its year, in the unit's zone."""
    there = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at + offset)
    return f"{there.year}年{there.month}月{there.day}日"
