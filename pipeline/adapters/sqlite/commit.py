"""The worker's commit: one transaction, the position last (MECHANICS §3)."""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from pipeline.crash_point import crash_point
from pipeline.domain.errors import StaleWorker
from pipeline.domain.mention import NO_OPINION, Mention
from pipeline.domain.post import Millis
from pipeline.ports import Work

from .arrivals import Arrivals, reach_of
from .groups import write_rows
from .mention_rows import COLUMNS, columns_of, opinion_to_list
from .merges import refuse_joined_late, write_found
from .positions import Terms, move, refuse_stale

_KEY = "unit = ? AND post = ? AND rule = ? AND version = ? AND rule_version = ?"
_REVIVE = f"""
    UPDATE mentions SET is_lapsed = 0, body = json_set(body, '$.again', max(?, coalesce(body ->> '$.again', 0)))
    WHERE {_KEY}
"""
_INSERT = f"INSERT INTO mentions ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"


def write_work(connection: sqlite3.Connection, work: Work, terms: Terms) -> int:
    """
    The work is written inside the caller's transaction; returns how many mentions were new.

    Raises StaleWorker where a mention exists with another decision, or where the position's partition was taken by
    another than the one who holds the terms; the caller rolls back.
    """
    refuse_stale(connection, work.position, terms)
    erased = erased_among(connection, [*(post.id for post in work.posts), *(m.post for m in work.mentions)])
    mentions = _new_mentions(connection, [mention for mention in work.mentions if mention.post not in erased])
    refuse_joined_late(connection, mentions)
    Arrivals(connection, reach_of(mentions), work.reach).store([post for post in work.posts if post.id not in erased])
    connection.executemany(_INSERT, map(columns_of, mentions))
    _keep_opinions(connection, mentions)
    connection.executemany(_REVIVE, [(order, *key) for key, order in work.revived])
    connection.executemany(f"UPDATE mentions SET is_lapsed = 1 WHERE {_KEY}", work.lapsed)
    _mark_gone(connection, work.gone)
    write_found(connection, work.found)
    write_rows(connection, work.groups)
    crash_point("store.commit.before_position")
    move(connection, work.position)
    return len(mentions)


def erased_among(connection: sqlite3.Connection, ids: Iterable[str]) -> frozenset[str]:
    """Return which of the ids are on the erasure list."""
    if connection.execute("SELECT 1 FROM erasures LIMIT 1").fetchone() is None:
        return frozenset()
    rows = connection.execute(
        "SELECT e.id FROM json_each(?) AS wanted CROSS JOIN erasures AS e ON e.id = wanted.value",
        (json.dumps(list(set(ids))),),
    )
    return frozenset(row[0] for row in rows)


def _new_mentions(connection: sqlite3.Connection, mentions: Sequence[Mention]) -> list[Mention]:
    new: dict[tuple[str, ...], Mention] = {}
    for mention in mentions:
        same = new.get(mention.key)
        decided = same.decision if same else _decided(connection, mention)
        if decided is None:
            new[mention.key] = mention
        elif decided != mention.decision:
            raise StaleWorker(
                f"post {mention.post} has a mention of {mention.unit} with another decision ({decided[0]}, not "
                f"{mention.group}): another worker holds this unit; drop its memory and load it again"
            )
    return list(new.values())


def _decided(connection: sqlite3.Connection, mention: Mention) -> tuple[str | None, str | None] | None:
    row = connection.execute(f"SELECT in_group, repost_of FROM mentions WHERE {_KEY}", mention.key).fetchone()
    return None if row is None else (row[0], row[1])


def _keep_opinions(connection: sqlite3.Connection, mentions: Sequence[Mention]) -> None:
    spoken = [mention for mention in mentions if mention.opinion.model != NO_OPINION.model]
    connection.executemany(
        "INSERT OR IGNORE INTO opinions (text_hash, model, opinion) VALUES (?, ?, ?)",
        [
            (mention.version, mention.opinion.model, json.dumps(opinion_to_list(mention.opinion), ensure_ascii=False))
            for mention in spoken
        ],
    )


def _mark_gone(connection: sqlite3.Connection, gone: Sequence[tuple[str, Millis | None]]) -> None:
    connection.executemany(
        "UPDATE posts SET gone_at = ?1 WHERE id = ?2 AND (gone_at IS NULL OR ?1 IS NULL)",
        [(at, post) for post, at in gone],
    )
