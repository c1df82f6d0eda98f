"""
What is still to be fetched, and what was seen of it: a small SQLite file beside the crawl process, in JOBDIR's place.

A thread is one row that moves from page to page: pending → fetching → done. A row is written before its page is asked
for and moves on only after its posts are through the door, so a killed process loses nothing; the page is asked for
again, and the same posts get the same ids. Addresses that name their author lie here sealed, posts as keyed hashes.
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import Millis, RawPost

from .visit import PageKind, Visit

KEPT_FOR: Millis = 180 * 86_400_000
"""Threads and posts that no list or feed has shown for this long are forgotten."""

RETRY_AFTER: Millis = 600_000
"""A page that failed waits this long, then twice as long, and so on, for at most a day."""

_DAY: Millis = 86_400_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS walk (
  source TEXT NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, thread TEXT NOT NULL,
  first TEXT NOT NULL, address TEXT NOT NULL, page INTEGER NOT NULL DEFAULT 1,
  last TEXT NOT NULL DEFAULT '', last_page INTEGER NOT NULL DEFAULT 1,
  mark TEXT NOT NULL DEFAULT '', wanted TEXT NOT NULL DEFAULT '', opener TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'pending', tries INTEGER NOT NULL DEFAULT 0, at_least INTEGER NOT NULL DEFAULT 0,
  put_at INTEGER NOT NULL, due_at INTEGER NOT NULL DEFAULT 0, read_at INTEGER NOT NULL, shown_at INTEGER NOT NULL,
  PRIMARY KEY (source, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS walk_by_state ON walk (source, state, due_at);
CREATE TABLE IF NOT EXISTS seen (
  source TEXT NOT NULL, key BLOB NOT NULL, version BLOB NOT NULL, day INTEGER NOT NULL,
  PRIMARY KEY (source, key)) WITHOUT ROWID;
"""


class Keeping(Protocol):
    """How addresses are kept: sealed and under a keyed hash where they name their author."""

    def key_of(self, source: str, address: str) -> str:
        """Return the key of a page."""

    def kept(self, source: str, address: str) -> str:
        """Return the address as it may be stored."""

    def opened(self, kept: str) -> str:
        """Return the address that `kept` stored."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A thread as a list page shows it: its first page, the source's id of it, and what shows its growth."""

    address: str
    thread: str
    mark: str


@dataclass(frozen=True, slots=True)
class ListSeen:
    """A page of a list that was read: its threads, and where the next page is."""

    source: str
    number: int
    sightings: tuple[Sighting, ...]
    next_page: str | None

    def having(self, sightings: tuple[Sighting, ...]) -> "ListSeen":
        """Return the same page with these threads."""
        return ListSeen(self.source, self.number, sightings, self.next_page)


class Frontier:
    """The pages to fetch, one walk per thread and one per list. Open in one process at a time."""

    def __init__(self, path: Path, keeping: Keeping, *, epoch: str, now: Millis) -> None:
        self._keeping = keeping
        self._today = now // _DAY
        self._salt = b""
        with _refusals():
            self._db = sqlite3.connect(path, isolation_level=None, timeout=2.0)
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.executescript(_SCHEMA)
        self._open(epoch, now)

    def close(self) -> None:
        """The file is free for the next round."""
        self._db.close()

    def read_list(self, page: ListSeen, *, revisit: Millis, depth: int, now: Millis) -> int:
        """
        Threads that are new, have grown or were not read for `revisit` are pending; returns how many.

        A thread that has grown is read from its last page on, one that was not read for long from its first. The next
        page of the list is pending where this one showed such threads, or where an older walk had come further; at
        most `depth` pages are walked. All of it is written at once, else a kill could hide the pages behind.
        """
        with self._write():
            found = sum(self._meet(page.source, sighting, revisit, now) for sighting in page.sightings)
            self._deepen(page, found, depth, now)
            return found

    def take(self, source: str, now: Millis) -> Visit | None:
        """Return the next page to fetch, marked as being fetched: threads before lists, what was put last first."""
        with self._write():
            row = self._db.execute(
                "SELECT key, kind, thread, address, page, wanted, opener FROM walk WHERE source = ? AND"
                " state = 'pending' AND due_at <= ? ORDER BY kind DESC, put_at DESC, tries, key LIMIT 1",
                (source, now),
            ).fetchone()
            if row is None:
                return None
            self._update("state = 'fetching', tries = tries + 1", (), source, row[0])
        key, kind, thread, kept, page, wanted, opener = row
        address, thread, opener = (self._keeping.opened(said) for said in (kept, thread, opener))
        return Visit(source, PageKind(kind), address, page, thread=thread, mark=wanted, opener=opener, walk=key)

    def waiting(self, source: str, now: Millis) -> int:
        """Return how many walks of a source could go on now."""
        with _refusals():
            sql = "SELECT count(*) FROM walk WHERE source = ? AND state != 'done' AND due_at <= ?"
            return int(self._db.execute(sql, (source, now)).fetchone()[0])

    def finish(self, visit: Visit, posts: Sequence[RawPost], next_page: str | None, *, opener: str) -> None:
        """The posts are known, and the thread's walk stands at its next page or is done; all at once."""
        with self._write():
            self._remember(visit.source, posts)
            if visit.kind is not PageKind.THREAD:
                return
            opener = self._keeping.kept(visit.source, opener)
            if next_page is not None:
                kept = self._keeping.kept(visit.source, next_page)
                change = "address = ?, page = page + 1, opener = ?, state = 'pending', tries = 0"
                self._update(change, (kept, opener), visit.source, visit.walk)
            else:
                change = "state = 'done', mark = ?, opener = ?, last = address, last_page = page, tries = 0"
                self._update(change, (visit.mark, opener), visit.source, visit.walk)

    def fail(self, visit: Visit, *, is_gone: bool, now: Millis) -> None:
        """The page is asked for again, later each time; one that is gone only when a list shows that it changed."""
        with self._write():
            if is_gone:
                last = "last = CASE last WHEN '' THEN '' ELSE first END"
                change = f"state = 'done', mark = wanted, {last}, last_page = 1, tries = 0"
                self._update(change, (), visit.source, visit.walk)
                return
            sql = "SELECT tries FROM walk WHERE source = ? AND key = ?"
            row = self._db.execute(sql, (visit.source, visit.walk)).fetchone()
            wait = min(RETRY_AFTER * 2 ** max(0, (row[0] if row else 1) - 1), _DAY)
            self._update("state = 'pending', due_at = ?", (now + wait,), visit.source, visit.walk)

    def was_read(self, visit: Visit) -> bool:
        """Whether a thread was read to its end before."""
        with _refusals():
            sql = "SELECT last FROM walk WHERE source = ? AND key = ?"
            row = self._db.execute(sql, (visit.source, visit.walk)).fetchone()
            return row is not None and row[0] != ""

    def ask_again(self, visit: Visit, at: Millis) -> None:
        """The page is asked for again, and not before that time."""
        with self._write():
            self._update("state = 'pending', tries = 0, due_at = ?", (at,), visit.source, visit.walk)

    def put_back(self, visit: Visit) -> None:
        """The page was not asked for after all; it is the next one in a later round."""
        with self._write():
            self._update("state = 'pending', tries = max(0, tries - 1)", (), visit.source, visit.walk)

    def unseen(self, source: str, posts: Sequence[RawPost]) -> tuple[RawPost, ...]:
        """Return the posts that are new or were edited since they went through the door."""
        with _refusals():
            return tuple(post for post in posts if self._seen_version(source, post) != self._version(post))

    def _meet(self, source: str, sighting: Sighting, revisit: Millis, now: Millis) -> bool:
        key = self._keeping.key_of(source, sighting.address)
        sql = "SELECT state, mark, last, read_at FROM walk WHERE source = ? AND key = ?"
        row = self._db.execute(sql, (source, key)).fetchone()
        if row is None:
            thread = Visit(source, PageKind.THREAD, sighting.address, thread=sighting.thread, mark=sighting.mark)
            self._insert(thread, key, now)
            return True
        state, mark, last, read_at = row
        self._update("wanted = ?, shown_at = ?", (sighting.mark, now), source, key)
        if state != "done":
            return False
        if now - read_at >= revisit:
            start = "address = first, page = 1, read_at = shown_at"
        elif mark != sighting.mark:
            start = "address = last, page = last_page" if last else "address = first, page = 1"
        else:
            return False
        self._update(f"state = 'pending', put_at = ?, due_at = 0, {start}", (now,), source, key)
        return True

    def _deepen(self, page: ListSeen, found: int, depth: int, now: Millis) -> None:
        key, number = _list_key(page.source), page.number + 1
        sql = "SELECT at_least FROM walk WHERE source = ? AND key = ?"
        row = self._db.execute(sql, (page.source, key)).fetchone()
        at_least = row[0] if row else 0
        if found and at_least >= number:
            at_least += 1  # what is new has moved the unfinished walk's place one page down
        self._db.execute("DELETE FROM walk WHERE source = ? AND key = ?", (page.source, key))
        if page.next_page is None or number > depth or not (found or number <= at_least):
            return
        self._insert(Visit(page.source, PageKind.LIST, page.next_page, number), key, now)
        self._update("at_least = ?", (max(at_least, number),), page.source, key)

    def _insert(self, visit: Visit, key: str, now: Millis) -> None:
        """The walk of a visit is pending at its page."""
        kept, thread = (self._keeping.kept(visit.source, said) for said in (visit.address, visit.thread))
        self._db.execute(
            "INSERT INTO walk (source, key, kind, thread, wanted, first, address, page, put_at, read_at, shown_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (visit.source, key, visit.kind, thread, visit.mark, kept, kept, visit.page, now, now, now),
        )

    def _update(self, change: str, values: tuple[object, ...], source: str, key: str) -> None:
        self._db.execute(f"UPDATE walk SET {change} WHERE source = ? AND key = ?", (*values, source, key))

    def _remember(self, source: str, posts: Sequence[RawPost]) -> None:
        rows = [(source, self._key(source, post), self._version(post), self._today) for post in posts]
        self._db.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", rows)

    def _seen_version(self, source: str, post: RawPost) -> bytes | None:
        sql = "SELECT version FROM seen WHERE source = ? AND key = ?"
        row = self._db.execute(sql, (source, self._key(source, post))).fetchone()
        return bytes(row[0]) if row else None

    def _key(self, source: str, post: RawPost) -> bytes:
        said = post.native_id or (post.address and self._keeping.key_of(source, post.address)) or post.text
        return self._hash(said, 16)

    def _version(self, post: RawPost) -> bytes:
        return self._hash(f"{post.title}\x1f{post.text}", 8)

    def _hash(self, said: str, size: int) -> bytes:
        return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=size, key=self._salt).digest()

    def _open(self, epoch: str, now: Millis) -> None:
        """What a killed round left is pending again; with another stream, everything is read again."""
        with self._write():
            self._salt = bytes.fromhex(self._fact("salt", secrets.token_hex(16)))
            if self._fact("epoch", epoch) != epoch:
                self._db.execute("DELETE FROM seen")
                self._db.execute("UPDATE walk SET state = 'pending', address = first, page = 1 WHERE kind = 'thread'")
                self._db.execute("UPDATE fact SET value = ? WHERE name = 'epoch'", (epoch,))
            self._db.execute("UPDATE walk SET state = 'pending' WHERE state = 'fetching'")
            self._db.execute("DELETE FROM walk WHERE state = 'done' AND shown_at < ?", (now - KEPT_FOR,))
            self._db.execute("DELETE FROM seen WHERE day < ?", ((now - KEPT_FOR) // _DAY,))

    def _fact(self, name: str, value: str) -> str:
        """Return a fact of this file, the given one where it has none yet."""
        self._db.execute("INSERT OR IGNORE INTO fact VALUES (?, ?)", (name, value))
        return str(self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()[0])

    @contextmanager
    def _write(self) -> Iterator[None]:
        with _refusals():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def _list_key(source: str) -> str:
    return f"list of {source}"


@contextmanager
def _refusals() -> Iterator[None]:
    """SQLite's refusals are ours: the cause and the next step, and nothing was half written."""
    try:
        yield
    except sqlite3.Error as cause:
        hint = "is another crawl running, or the disk full? A damaged file may be removed, it is only a cache"
        sentence = f"the frontier cannot be used now ({cause}); {hint}"
        raise StoreUnavailable(sentence, code="SRC-401") from cause
