"""
What the living county has published by now.

The stream knows story time, the site lives in wall time. What the story tells up to the moment of opening is history
and keeps its times. Of what follows, one post appears every 1/rate seconds of wall time, whatever the pauses of the
story are, and is published at that moment: nothing is ever dated in the future, and something always happens. So the
story runs faster than the wall: with 120 posts a day and one post a second, a day of it takes two minutes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis

from .post import DemoPost
from .season import SECOND


@dataclass(slots=True)
class Shown:
    """A first post with all that stands below it, as the site shows it now."""

    number: int
    first: DemoPost
    below: list[DemoPost] = field(default_factory=list)
    edited_at: Millis | None = None

    @property
    def last_at(self) -> Millis:
        """When the newest post of the thread was published."""
        return self.below[-1].published_at if self.below else self.first.published_at

    @property
    def floors(self) -> Sequence[DemoPost]:
        """The first post and those below it, in the order in which they were written."""
        return (self.first, *self.below)


class Shelf:
    """The published part of a stream; safe for the threads of a server. Keeps the newest `keep` threads."""

    def __init__(
        self, posts: Iterator[DemoPost], *, opened_at: Millis, posts_per_second: float, keep: int = 20_000
    ) -> None:
        if posts_per_second <= 0:
            raise BadInput("a living county needs more than 0 posts per second; give a rate such as 1.0")
        self._posts = posts
        self._opened_at = opened_at
        self._interval = SECOND / posts_per_second
        self._keep = keep
        self._lock = Lock()
        self._next: DemoPost | None = next(posts, None)
        self._alive_from: Millis | None = opened_at
        self._alive = 0
        self._threads: dict[tuple[str, str], Shown] = {}
        self._numbers: dict[tuple[str, int], Shown] = {}
        self._served: list[DemoPost] = []

    def catch_up(self, now: Millis) -> None:
        """Everything that is due by now is published."""
        with self._lock:
            while self._next is not None and (due := self._due(self._next)) is not None and due <= now:
                self._publish(self._next, due)
                self._next = next(self._posts, None)

    def hold_life(self) -> None:
        """Nothing behind the opening appears by itself, until life begins."""
        with self._lock:
            self._alive_from = None

    def begin_life(self, now: Millis) -> None:
        """From now on the posts behind the opening appear, one each interval."""
        with self._lock:
            self._alive_from = now

    def put_up(self, post: DemoPost) -> None:
        """The post stands here at its own time, beside the stream: an act of the story."""
        with self._lock:
            self._publish(post, post.appears_at)

    def newest(self, source: str, limit: int) -> Sequence[Shown]:
        """Return the source's newest threads, newest first, by the time of their first post."""
        return self._sorted(source, by_last=False)[:limit]

    def by_last_reply(self, source: str) -> Sequence[Shown]:
        """Return the source's threads, the last answered first."""
        return self._sorted(source, by_last=True)

    def thread(self, source: str, number: int) -> Shown | None:
        """Return one thread by the number in its address."""
        with self._lock:
            return self._numbers.get((source, number))

    def served(self) -> Sequence[DemoPost]:
        """Return every post and edit that was ever published here, in order, at the times shown."""
        with self._lock:
            return tuple(self._served)

    def _sorted(self, source: str, *, by_last: bool) -> list[Shown]:
        with self._lock:
            shown = [thread for (of, _), thread in self._threads.items() if of == source]
        return sorted(shown, key=lambda t: (t.last_at if by_last else t.first.published_at, t.number), reverse=True)

    def _due(self, post: DemoPost) -> Millis | None:
        """Return when the stream's next post appears; None where life has not begun yet."""
        if post.appears_at <= self._opened_at:
            return post.appears_at
        return None if self._alive_from is None else self._alive_from + int((self._alive + 1) * self._interval)

    def _publish(self, post: DemoPost, at: Millis) -> None:
        if post is self._next and post.appears_at > self._opened_at:
            self._alive += 1
        published_at = at // SECOND * SECOND
        if post.truth.version:
            self._edit(post, published_at)
        elif post.parent is None:
            self._begin(post.moved(published_at, published_at))
        else:
            self._append(post.moved(published_at, published_at))

    def _begin(self, post: DemoPost) -> None:
        found = re.search(r"\d+", post.path)
        thread = Shown(int(found.group()) if found else 0, post)
        self._threads[post.source, post.native_id] = thread
        self._numbers[post.source, thread.number] = thread
        self._served.append(post)
        if len(self._threads) > self._keep:
            oldest = self._threads.pop(next(iter(self._threads)))
            del self._numbers[oldest.first.source, oldest.number]

    def _append(self, post: DemoPost) -> None:
        thread = self._threads.get((post.source, post.parent or ""))
        if thread is not None:
            thread.below.append(post)
            self._served.append(post)

    def _edit(self, post: DemoPost, at: Millis) -> None:
        thread = self._threads.get((post.source, post.native_id))
        if thread is not None:
            thread.first = post.moved(thread.first.published_at, at)
            thread.edited_at = at
            self._served.append(thread.first)
