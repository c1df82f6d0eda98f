"""Reads of posts, mentions and opinions. Long answers are read in pages, so that no transaction stays open."""

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.domain.mention import Mention, Opinion
from pipeline.domain.post import Millis, Post
from pipeline.ports import Head, StoredPost

from .mention_rows import COLUMNS as MENTION_COLUMNS
from .mention_rows import SELECTED, mention_of, opinion_from_list
from .merges import PARTS
from .post_rows import read_contents, what_is_left
from .writer import Reader

PAGE = 500
_LIES = """
    SELECT p.version, parts.name, p.content, 1 AS is_newest, p.is_erased, p.gone_at, p.collected_at AS seen_at
    FROM posts AS p JOIN parts ON parts.n = p.part WHERE p.id = ?1
    UNION ALL
    SELECT o.version, parts.name, o.content, 0, p.is_erased, p.gone_at, o.collected_at
    FROM older_versions AS o JOIN posts AS p ON p.id = o.id JOIN parts ON parts.n = p.part WHERE o.id = ?1
    ORDER BY is_newest, seen_at, version
"""
_MENTIONS = f"SELECT {SELECTED} FROM mentions AS m"
_WITH_POST = f"""
    SELECT {SELECTED}, m.n, p.version AS newest, p.is_erased, parts.name, p.content
    FROM mentions AS m JOIN posts AS p ON p.id = m.post JOIN parts ON parts.n = p.part
"""


def heads_of(connection: sqlite3.Connection, keys: Iterable[str]) -> Mapping[str, Head]:
    """Return the heads that are known of the keys."""
    rows = connection.execute(
        "SELECT h.key, h.id, h.first_at, h.newest, h.units FROM json_each(?) AS wanted"
        " CROSS JOIN post_heads AS h ON h.key = wanted.value",
        (json.dumps(list(keys)),),
    )
    return {key: Head(post, first_at, newest, tuple(json.loads(units))) for key, post, first_at, newest, units in rows}


def versions_of(connection: sqlite3.Connection, post_id: str) -> Sequence[StoredPost]:
    """Return all versions of a post, oldest first."""
    stored = []
    for _, part, content, is_newest, is_erased, gone_at, _ in connection.execute(_LIES, (post_id,)).fetchall():
        post = read_contents(connection, part, [content])[content]
        stored.append(
            StoredPost(
                what_is_left(post) if is_erased else post,
                is_newest=bool(is_newest),
                erased=bool(is_erased),
                gone_at=gone_at,
            )
        )
    return stored


def version_of(connection: sqlite3.Connection, post_id: str, version: str | None) -> StoredPost | None:
    """Return a post's newest version, or the one named."""
    found = versions_of(connection, post_id)
    if version is None:
        return found[-1] if found else None
    return next((stored for stored in found if stored.post.version == version), None)


def newest_since(reader: Reader, since: Millis) -> Iterator[Post]:
    """
    Yield the newest versions collected since, in the order of collection; no transaction stays open between pages.

    The places are taken down first (eight bytes each), so that a post that is edited meanwhile comes once.
    """
    with reader.connection() as connection:
        rows = connection.execute(
            "SELECT place FROM posts WHERE collected_at >= ? AND NOT is_erased ORDER BY collected_at, place", (since,)
        )
        places = array("q", (place for (place,) in rows))
    for start in range(0, len(places), PAGE):
        with reader.snapshot() as connection:
            page = _newest_at(connection, places[start : start + PAGE].tolist())
        yield from page


def mentions_in_order(reader: Reader, unit: str, since: Millis, after_order: int) -> Iterator[tuple[Mention, Post]]:
    """Yield mentions in the order of the fold, each with the version that it mentions; nothing stays open between."""
    order, number = after_order, 1 << 62
    while True:
        with reader.snapshot() as connection:
            rows = connection.execute(
                f"{_WITH_POST} WHERE m.unit = ? AND (m.fold_order, m.n) > (?, ?) AND m.collected_at >= ?"
                " ORDER BY m.fold_order, m.n LIMIT ?",
                (unit, order, number, since, PAGE),
            ).fetchall()
            page = _with_posts(connection, rows)
        yield from page
        if len(rows) < PAGE:
            return
        order, number = page[-1][0].order, rows[-1][len(MENTION_COLUMNS)]


def newest_of_all(connection: sqlite3.Connection) -> Post | None:
    """Return the newest version of the post that spoke last; places are in the order of speaking."""
    row = connection.execute("SELECT id FROM posts WHERE NOT is_erased ORDER BY place DESC LIMIT 1").fetchone()
    found = None if row is None else version_of(connection, row[0], None)
    return None if found is None else found.post


def mentions_of_group(connection: sqlite3.Connection, unit: str, group: str) -> Sequence[Mention]:
    """Return the mentions of a group that have not lapsed, in the order of the fold."""
    rows = connection.execute(
        f"{PARTS} {_MENTIONS} WHERE m.unit = ?1 AND m.in_group IN (SELECT id FROM parts) AND NOT m.is_lapsed"
        " ORDER BY m.fold_order, m.n",
        (unit, group),
    )
    return [mention_of(row) for row in rows]


def mentions_of_post(connection: sqlite3.Connection, unit: str, post_id: str) -> Sequence[Mention]:
    """Return a unit's mentions of a post, lapsed ones too, in the order of the fold."""
    rows = connection.execute(
        f"{_MENTIONS} WHERE m.unit = ? AND m.post = ? ORDER BY m.fold_order, m.n", (unit, post_id)
    )
    return [mention_of(row) for row in rows]


def pleas(connection: sqlite3.Connection, unit: str, limit: int) -> Sequence[tuple[Mention, Post]]:
    """Return mentions whose opinion says that help is needed, newest first."""
    rows = connection.execute(
        f"{_WITH_POST} WHERE m.unit = ? AND m.needs_help AND NOT m.is_lapsed"
        " ORDER BY m.occurred_at DESC, m.n DESC LIMIT ?",
        (unit, limit),
    ).fetchall()
    return _with_posts(connection, rows)


def opinions_on(connection: sqlite3.Connection, text_hashes: Iterable[str], model: str) -> Mapping[str, Opinion]:
    """Return what the model has already said of the texts."""
    rows = connection.execute(
        "SELECT o.text_hash, o.opinion FROM json_each(?) AS wanted CROSS JOIN opinions AS o"
        " ON o.text_hash = wanted.value AND o.model = ?",
        (json.dumps(list(text_hashes)), model),
    )
    return {text_hash: opinion_from_list(json.loads(opinion)) for text_hash, opinion in rows}


def _newest_at(connection: sqlite3.Connection, places: Sequence[int]) -> list[Post]:
    """Return the posts that lie at the places, in their order; what was erased or dropped meanwhile is left out."""
    rows = connection.execute(
        "SELECT parts.name, p.content FROM json_each(?) AS wanted CROSS JOIN posts AS p ON p.place = wanted.value"
        " JOIN parts ON parts.n = p.part WHERE NOT p.is_erased ORDER BY wanted.key",
        (json.dumps(places),),
    ).fetchall()
    wanted: dict[str, list[int]] = {}
    for part, content in rows:
        wanted.setdefault(part, []).append(content)
    contents = {part: read_contents(connection, part, numbers) for part, numbers in wanted.items()}
    return [contents[part][content] for part, content in rows]


def _with_posts(connection: sqlite3.Connection, rows: Sequence[Sequence[object]]) -> list[tuple[Mention, Post]]:
    """Return each mention with the version that it mentions; contents are read once per part."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(str(row[-2]), set()).add(_integer(row[-1]))
    contents = {part: read_contents(connection, part, sorted(numbers)) for part, numbers in wanted.items()}
    pairs = []
    for row in rows:
        mention, newest, is_erased = mention_of(row[: len(MENTION_COLUMNS)]), row[-4], row[-3]
        post = contents[str(row[-2])][_integer(row[-1])]
        if newest != mention.version:
            older = version_of(connection, mention.post, mention.version)
            post = older.post if older else post
        pairs.append((mention, what_is_left(post) if is_erased else post))
    return pairs


def _integer(value: object) -> int:
    return int(str(value))
