"""One page that a round wants to see, and what it found there."""

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
    A page of a source. `thread` is the source's id of the thread, `mark` what the list said of its growth.

    The address is open here, in memory; whatever is kept of a visit holds it sealed or as a keyed hash where it
    names its author.
    """

    source: str
    kind: PageKind
    address: str = field(repr=False)
    page: int = 1
    thread: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Harvest:
    """
    A page that was read: its posts, which go to intake together, and the fetch that is recorded once they are there.

    `is_whole` is False where the same page may show more posts next time without having changed.
    """

    visit: Visit
    posts: tuple[RawPost, ...] = field(repr=False)
    fetch: Fetch
    is_whole: bool = True
