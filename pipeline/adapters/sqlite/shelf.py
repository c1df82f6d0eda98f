"""Where a stored post lies, and how it moves: to another part, or behind a newer version."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.domain.part import KEPT, is_month, part_for
from pipeline.domain.post import Millis, Post

from .full_text import add_documents, document, remove_documents
from .parts import Parts
from .post_rows import append_contents, blank_contents, read_contents

_FIND = """
    SELECT p.place, p.id, p.version, p.collected_at, parts.name, p.content, p.units, p.gone_at, p.is_erased
    FROM posts AS p JOIN parts ON parts.n = p.part WHERE p.id = ?
"""


@dataclass(frozen=True, slots=True)
class Lying:
    """The newest version of a post: its place in time, its part, the number of its contents there, its units."""

    place: int
    id: str
    version: str
    collected_at: Millis
    part: str
    content: int
    units: str
    gone_at: Millis | None
    is_erased: int

    @property
    def matters(self) -> bool:
        """Whether a unit needs it: then it lies in a month, or is kept."""
        return self.is_kept or is_month(self.part)

    @property
    def is_kept(self) -> bool:
        """Whether it stays whatever its age."""
        return self.part == KEPT


class Shelf:
    """Stored posts inside one transaction."""

    def __init__(self, connection: sqlite3.Connection, parts: Parts) -> None:
        self._connection = connection
        self._parts = parts

    def find(self, post_id: str) -> Lying:
        """Return where a stored post lies."""
        return Lying(*self._connection.execute(_FIND, (post_id,)).fetchone())

    def see_again(self, post: Post) -> str:
        """Another sight of a stored post is a repeat, a newer version or an older one; returns the newest version."""
        lies = self.find(post.id)
        if post.version == lies.version:
            if lies.gone_at is not None and post.collected_at > lies.gone_at:
                self._connection.execute("UPDATE posts SET gone_at = NULL WHERE place = ?", (lies.place,))
            return lies.version
        if post.collected_at < lies.collected_at:
            self._add_older(lies, post)
            return lies.version
        self._become_newest(lies, post)
        return post.version

    def move(self, lies: Lying, part: str, units: str) -> None:
        """The post lies in the part and is found there, marked with the units; its older versions come along."""
        post = self._leave_index(lies)
        self._enter_index(replace(self._in_part(lies, part), units=units), post)

    def _become_newest(self, lies: Lying, post: Post) -> None:
        self._leave_index(lies)
        part = lies.part if lies.is_kept else part_for(post.collected_at, matters=lies.matters)
        lies = self._in_part(lies, part)
        known = self._connection.execute(
            "DELETE FROM older_versions WHERE id = ? AND version = ? RETURNING content", (post.id, post.version)
        ).fetchone()
        if known is not None:  # a text that was there before and is there again stands once: as the newest
            blank_contents(self._connection, part, [known[0]])
        self._keep_older(lies.id, lies.version, lies.collected_at, lies.content)
        (content,) = append_contents(self._connection, part, [post])
        newest = replace(lies, version=post.version, collected_at=post.collected_at, content=content, gone_at=None)
        self._enter_index(newest, post)

    def _add_older(self, lies: Lying, post: Post) -> None:
        known = self._connection.execute(
            "SELECT 1 FROM older_versions WHERE id = ? AND version = ?", (post.id, post.version)
        ).fetchone()
        if known is None:
            (content,) = append_contents(self._connection, lies.part, [post])
            self._keep_older(post.id, post.version, post.collected_at, content)

    def _keep_older(self, post_id: str, version: str, collected_at: Millis, content: int) -> None:
        self._connection.execute(
            "INSERT INTO older_versions (id, version, collected_at, content) VALUES (?, ?, ?, ?)",
            (post_id, version, collected_at, content),
        )

    def _leave_index(self, lies: Lying) -> Post:
        post = read_contents(self._connection, lies.part, [lies.content])[lies.content]
        if not lies.is_erased:
            remove_documents(self._connection, lies.part, [(lies.place, document(post.title, post.text, lies.units))])
        return post

    def _enter_index(self, lies: Lying, post: Post) -> None:
        values: Mapping[str, object] = {
            "version": lies.version,
            "collected_at": lies.collected_at,
            "part": self._parts.number(lies.part),
            "content": lies.content,
            "units": lies.units,
            "gone_at": lies.gone_at,
        }
        columns = ", ".join(f"{name} = ?" for name in values)
        self._connection.execute(f"UPDATE posts SET {columns} WHERE place = ?", (*values.values(), lies.place))
        if not lies.is_erased:
            add_documents(self._connection, lies.part, [(lies.place, document(post.title, post.text, lies.units))])

    def _in_part(self, lies: Lying, part: str) -> Lying:
        """All versions of the post stand in the part; returns where the newest lies then."""
        self._parts.number(part)
        if part == lies.part:
            return lies
        older = self._connection.execute(
            "SELECT content, version FROM older_versions WHERE id = ?", (lies.id,)
        ).fetchall()
        old = [lies.content, *(content for content, _ in older)]
        posts = read_contents(self._connection, lies.part, old)
        newest, *others = append_contents(self._connection, part, [posts[content] for content in old])
        self._connection.executemany(
            "UPDATE older_versions SET content = ? WHERE id = ? AND version = ?",
            [(content, lies.id, version) for content, (_, version) in zip(others, older, strict=True)],
        )
        blank_contents(self._connection, lies.part, old)
        return replace(lies, part=part, content=newest)
