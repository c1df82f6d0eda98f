"""Where people of the demo county write: its sources, and the addresses of what they write."""

from dataclasses import dataclass
from itertools import count

from pipeline.domain.post import Origin

NEWS = "yunxi-news"
BLOGS = "yunxi-blogs"
FORUM = "yunxi-forum"
OLD_STREET = "yunxi-laojie"
MESSAGES = "yunxi-messages"
DEAD = "yunxi-tv"

ALIVE = (NEWS, BLOGS, FORUM, OLD_STREET, MESSAGES)
"""The sources that answer; `DEAD` never does."""

BOARDS = {FORUM: 2, OLD_STREET: 5}
"""The board of the forum that a source reads; the second one is written in GB18030."""

ORIGINS = {NEWS: Origin.MEDIA, MESSAGES: Origin.MESSAGE}
"""How posts of a source reach the unit; of all others by monitoring."""

POSTS_PER_PAGE = 10
"""Floors on one page of a forum thread."""

_SINGLE_PAGES = {NEWS: "/news/{}.html", BLOGS: "/blog/{}.html", MESSAGES: "/messages/detail-{}.html"}
_FIRST_NUMBERS = {NEWS: 100_001, BLOGS: 7_001, MESSAGES: 30_001}


@dataclass(slots=True)
class Thread:
    """What grows below a first post: its source, number, native id and poster, and how many floors it has."""

    source: str
    number: int
    opener: str
    poster: str
    floors: int = 1

    def path(self, floor: int, native_id: str) -> str:
        """Return the address of a floor: the page that shows it, with an anchor for what is below the first post."""
        anchor = "" if floor == 1 else f"#pid{native_id}"
        if self.source in BOARDS:
            return f"/forum/thread-{self.number}-{(floor - 1) // POSTS_PER_PAGE + 1}-1.html{anchor}"
        return _SINGLE_PAGES[self.source].format(self.number) + anchor


class Addresses:
    """Gives out native ids and threads, in sequence like real servers do."""

    def __init__(self) -> None:
        self._threads = count(20_001)
        self._floors = count(500_001)
        self._answers = count(1)
        self._numbers = {source: count(first) for source, first in _FIRST_NUMBERS.items()}

    def open(self, source: str, poster: str) -> Thread:
        """Return a new thread of the source; on a forum its first post has an id of its own."""
        if source in BOARDS:
            return Thread(source, next(self._threads), str(next(self._floors)), poster)
        number = next(self._numbers[source])
        opener = f"tag:yunxi.example,2026:blog-{number}" if source == BLOGS else str(number)
        return Thread(source, number, opener, poster)

    def below(self, thread: Thread) -> str:
        """Return the native id of the thread's next floor, which now exists."""
        thread.floors += 1
        return str(next(self._floors)) if thread.source in BOARDS else f"{thread.number}-{next(self._answers)}"
