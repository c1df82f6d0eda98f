"""One page that a round wants to see, and what it found there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.domain.post import RawPost

from .fetch_record import Fetch


class PageKind(StrEnum):
    """What a page is to us."""

    FEED = "feed"
    LIST = "list"
    THREAD = "thread"


@dataclass(frozen=True, slots=True)
class Visit:
    """
    A page of a source. `thread` is the source's id of the thread, `opener` that of its first post where it is known,
    `mark` what the list said of its growth, `walk` the frontier's key ("" for a feed or a list's first page).

    The address is open here, in memory; whatever is kept of a visit holds it sealed or as a keyed hash where it
    names its author.
    """

    source: str
    kind: PageKind
    address: str = field(repr=False)
    page: int = 1
    thread: str = ""
    opener: str = ""
    mark: str = ""
    walk: str = ""


@dataclass(frozen=True, slots=True)
class Harvest:
    """
    A page that was read: its posts, which go to intake together, and the fetch that is recorded once they are there.

    `validators` are what the page says of its version; none where the same page may show more next time. `next_page`
    is the thread's next page, `opener` the id of its first post.
    """

    visit: Visit
    posts: tuple[RawPost, ...] = field(repr=False)
    fetch: Fetch
    validators: Mapping[str, str] = field(default_factory=dict)
    next_page: str | None = field(default=None, repr=False)
    opener: str = ""
