"""Posts arrive: new ones are stored, indexed and counted; an edit is a new version of the post that is there."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.domain.mention import Mention
from pipeline.domain.post import Millis, Post

from .full_text import add_documents, document, remove_documents
from .parts import KEPT, Parts, part_for
from .post_rows import COLUMNS, CONTENT, MARKS, content_of

PLACES_PER_SECOND = 20
"""A place is the second at which the post occurred, shifted by so many bits, and a number within the second."""

ALL_UNITS = "*"
_DAY: Millis = 86_400_000

_INSERT = f"INSERT INTO posts (place, part, units, {COLUMNS}) VALUES (?, ?, ?, {MARKS})"
_UPDATE = f"UPDATE posts SET {', '.join(f'{name} = ?' for name in CONTENT)}, gone_at = NULL WHERE place = ?"
_OLDER = f"INSERT OR IGNORE INTO older_versions ({COLUMNS}) VALUES ({MARKS})"
_HEAD = """
    INSERT INTO post_heads (key, id, first_at, newest) VALUES (?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET newest = excluded.newest WHERE id = excluded.id AND newest <> excluded.newest
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
        reach.units.setdefault(mention.unit, (mention.occurred_at // _DAY, mention.service_line or ""))
        if mention.opinion.about.label is not False or mention.opinion.need.label is not False:
            reach.matters = True
    return reached


class Arrivals:
    """What one transaction does to posts, heads, the full text and the roll-ups."""

    def __init__(self, connection: sqlite3.Connection, reach: Mapping[str, Reach]) -> None:
        self._connection = connection
        self._reach = reach
        self._parts = Parts(connection)
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
            self._see_again(post)
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
        rows, heads = [], []
        documents: dict[str, list[tuple[int, str]]] = {}
        places = self._places([max(0, post.occurred_at // 1000) for post in posts])
        for post, place in zip(posts, places, strict=True):
            reach = self._reach.get(post.id)
            units = self._marks(post.id, "") if reach else ""
            part = part_for(post.collected_at, matters=reach is not None and reach.matters)
            rows.append((place, self._parts.number(part), units, *content_of(post)))
            heads += [(key, post.id, post.collected_at, post.version) for key in post.heads]
            documents.setdefault(part, []).append((place, document(post.title, post.text, units)))
            self._counts[ALL_UNITS, post.occurred_at // _DAY, ""] += 1
        self._connection.executemany(_INSERT, rows)
        self._connection.executemany(_HEAD, heads)
        for part, added in documents.items():
            add_documents(self._connection, part, added)

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

    def _see_again(self, post: Post) -> None:
        place, version, collected_at, gone_at = self._connection.execute(
            "SELECT place, version, collected_at, gone_at FROM posts WHERE id = ?", (post.id,)
        ).fetchone()
        if post.version == version:
            if gone_at is not None and post.collected_at > gone_at:
                self._connection.execute("UPDATE posts SET gone_at = NULL WHERE place = ?", (place,))
        elif post.collected_at >= collected_at:
            self._become_newest(place, post)
            version = post.version
        else:
            self._connection.execute(_OLDER, content_of(post))
        self._connection.executemany(_HEAD, [(key, post.id, post.collected_at, version) for key in post.heads])

    def _become_newest(self, place: int, post: Post) -> None:
        # A version that was there before and is there again moves back; each version is stored once.
        self._connection.execute("DELETE FROM older_versions WHERE id = ? AND version = ?", (post.id, post.version))
        part, units, matters = self._indexed(place, remove=True)
        self._connection.execute(
            f"INSERT INTO older_versions ({COLUMNS}) SELECT {COLUMNS} FROM posts WHERE place = ?", (place,)
        )
        self._connection.execute(_UPDATE, (*content_of(post), place))
        self._index(place, part if part == KEPT else part_for(post.collected_at, matters=matters), units)

    def _extend(self, post_id: str) -> None:
        place, collected_at = self._connection.execute(
            "SELECT place, collected_at FROM posts WHERE id = ?", (post_id,)
        ).fetchone()
        part, units, matters = self._indexed(place)
        wider = self._marks(post_id, units)
        matters = matters or self._reach[post_id].matters
        better = part if part == KEPT else part_for(collected_at, matters=matters)
        if (better, wider) != (part, units):
            self._indexed(place, remove=True)
            self._index(place, better, wider)

    def _indexed(self, place: int, *, remove: bool = False) -> tuple[str, str, bool]:
        title, text, units, part = self._connection.execute(
            "SELECT p.title, p.text, p.units, parts.name FROM posts AS p JOIN parts ON parts.n = p.part"
            " WHERE p.place = ?",
            (place,),
        ).fetchone()
        if remove:
            remove_documents(self._connection, part, [(place, document(title, text, units))])
        return part, units, not part.startswith("w")

    def _index(self, place: int, part: str, units: str) -> None:
        number = self._parts.number(part)
        self._connection.execute("UPDATE posts SET part = ?, units = ? WHERE place = ?", (number, units, place))
        title, text = self._connection.execute("SELECT title, text FROM posts WHERE place = ?", (place,)).fetchone()
        add_documents(self._connection, part, [(place, document(title, text, units))])

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
