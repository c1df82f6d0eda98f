"""Posts arrive: new ones are stored, indexed and counted; an edit is a new version of the post that is there."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.domain.local_day import day_of
from pipeline.domain.mention import Mention
from pipeline.domain.part import needs_its_post, part_for
from pipeline.domain.post import Post

from .full_text import add_documents, document
from .parts import Parts
from .post_rows import append_contents
from .shelf import Shelf

PLACES_PER_SECOND = 20
"""A place is the second at which the post occurred, shifted by so many bits, and a number within the second."""

ALL_UNITS = "*"

_INSERT = "INSERT INTO posts (place, id, version, collected_at, part, content, units) VALUES (?, ?, ?, ?, ?, ?, ?)"
_HEAD = """
    INSERT INTO post_heads (key, id, first_at, newest) VALUES (?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET newest = excluded.newest WHERE id = excluded.id AND newest <> excluded.newest
"""
_FOUND_FOR = """
    UPDATE post_heads SET units = (
        SELECT json_group_array(unit) FROM (
            SELECT value AS unit FROM json_each(post_heads.units) UNION SELECT value FROM json_each(?1) ORDER BY unit
        )
    ) WHERE key = ?2 AND id = ?3
"""
_COUNT = """
    INSERT INTO daily_counts (unit, day, line, posts) VALUES (?, ?, ?, ?)
    ON CONFLICT (unit, day, line) DO UPDATE SET posts = posts + excluded.posts
"""


@dataclass(slots=True)
class Reach:
    """Which units mention a post in this work, each with the day and line it counts for; whether any needs it."""

    units: dict[str, tuple[int, str]] = field(default_factory=dict)
    matters: bool = False


def reach_of(mentions: Iterable[Mention]) -> dict[str, Reach]:
    """Return post id → reach; the first mention of a unit says day and service line."""
    reached: dict[str, Reach] = {}
    for mention in mentions:
        reach = reached.setdefault(mention.post, Reach())
        reach.units.setdefault(mention.unit, (day_of(mention.occurred_at), mention.service_line or ""))
        reach.matters = reach.matters or needs_its_post(mention)
    return reached


class Arrivals:
    """What one transaction does to posts, heads, the full text and the roll-ups."""

    def __init__(
        self, connection: sqlite3.Connection, reach: Mapping[str, Reach], found_for: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._connection = connection
        self._reach = reach
        self._found_for = found_for
        self._parts = Parts(connection)
        self._shelf = Shelf(connection, self._parts)
        self._units: dict[str, int] = {}
        self._counts: Counter[tuple[str, int, str]] = Counter()

    def store(self, posts: Sequence[Post]) -> None:
        """Every post version is stored once and found by its text; mentioned posts carry the marks of their units."""
        known = self._known({post.id for post in posts} | self._reach.keys())
        fresh: dict[str, Post] = {}
        again: list[Post] = []
        for post in posts:
            if post.id in known or post.id in fresh:
                again.append(post)
            else:
                fresh[post.id] = post
        self._add(list(fresh.values()))
        for post in again:
            newest = self._shelf.see_again(post)
            self._connection.executemany(_HEAD, [(key, post.id, post.collected_at, newest) for key in post.heads])
        for post in posts:
            if units := self._found_for.get(post.id):
                found = json.dumps(units, ensure_ascii=False)
                self._connection.executemany(_FOUND_FOR, [(found, key, post.id) for key in post.heads])
        for post_id in self._reach:
            if post_id in known:
                self._extend(post_id)
        self._connection.executemany(_COUNT, [(*key, posts) for key, posts in self._counts.items()])

    def _known(self, ids: Iterable[str]) -> frozenset[str]:
        rows = self._connection.execute(
            "SELECT p.id FROM json_each(?) AS wanted CROSS JOIN posts AS p ON p.id = wanted.value",
            (json.dumps(list(ids)),),
        )
        return frozenset(row[0] for row in rows)

    def _add(self, posts: Sequence[Post]) -> None:
        by_part: dict[str, list[tuple[int, Post]]] = {}
        places = self._places([max(0, post.occurred_at // 1000) for post in posts])
        for place, post in zip(places, posts, strict=True):
            reach = self._reach.get(post.id)
            part = part_for(post.collected_at, matters=reach is not None and reach.matters)
            by_part.setdefault(part, []).append((place, post))
        for part, added in by_part.items():
            self._add_to(part, added)
        self._connection.executemany(
            _HEAD, [(key, post.id, post.collected_at, post.version) for post in posts for key in post.heads]
        )
        for post in posts:
            self._counts[ALL_UNITS, day_of(post.occurred_at), ""] += 1

    def _add_to(self, part: str, placed: Sequence[tuple[int, Post]]) -> None:
        number = self._parts.number(part)
        contents = append_contents(self._connection, part, [post for _, post in placed])
        units = [self._marks(post.id, "") if post.id in self._reach else "" for _, post in placed]
        self._connection.executemany(
            _INSERT,
            [
                (place, post.id, post.version, post.collected_at, number, content, marks)
                for (place, post), content, marks in zip(placed, contents, units, strict=True)
            ],
        )
        documents = (
            (place, document(post.title, post.text, marks)) for (place, post), marks in zip(placed, units, strict=True)
        )
        add_documents(self._connection, part, documents)

    def _places(self, seconds: Sequence[int]) -> list[int]:
        free: dict[int, int] = {}
        places = []
        for second in seconds:
            place = free.get(second)
            if place is None:
                place = self._first_free(second)
            while place >= (second + 1) << PLACES_PER_SECOND:  # a full second overflows into the next
                second += 1  # noqa: PLW2901  # the loop looks for the second that has room
                place = free.get(second) or self._first_free(second)
            free[second] = place + 1
            places.append(place)
        return places

    def _first_free(self, second: int) -> int:
        start, end = second << PLACES_PER_SECOND, (second + 1) << PLACES_PER_SECOND
        last = self._connection.execute("SELECT max(place) FROM posts WHERE place >= ? AND place < ?", (start, end))
        highest = last.fetchone()[0]
        return start if highest is None else int(highest) + 1

    def _extend(self, post_id: str) -> None:
        lies = self._shelf.find(post_id)
        units = self._marks(post_id, lies.units)
        matters = lies.matters or self._reach[post_id].matters
        part = lies.part if lies.is_kept else part_for(lies.collected_at, matters=matters)
        if (part, units) != (lies.part, lies.units):
            self._shelf.move(lies, part, units)

    def _marks(self, post_id: str, units: str) -> str:
        """Return the unit numbers with those of this work, and count the post for each unit that is new to it."""
        numbers = {int(number) for number in units.split()}
        for unit, (day, line) in self._reach[post_id].units.items():
            number = self._unit_number(unit)
            if number not in numbers:
                numbers.add(number)
                self._counts[unit, day, line] += 1
        return " ".join(map(str, sorted(numbers)))

    def _unit_number(self, unit: str) -> int:
        if unit not in self._units:
            self._connection.execute("INSERT OR IGNORE INTO units (unit) VALUES (?)", (unit,))
            row = self._connection.execute("SELECT n FROM units WHERE unit = ?", (unit,)).fetchone()
            self._units[unit] = int(row[0])
        return self._units[unit]
