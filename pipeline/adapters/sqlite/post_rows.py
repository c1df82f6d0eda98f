"""Posts as rows and back. The columns of content are the same for the newest version and for older ones."""

import json
from collections.abc import Sequence
from typing import TypeAlias

from pipeline.domain.post import NO_COUNTS, Kind, Origin, Post, Visibility
from pipeline.ports import StoredPost

Row: TypeAlias = Sequence[object]

CONTENT = (
    "id",
    "version",
    "heads",
    "source",
    "text",
    "title",
    "collected_at",
    "salt",
    "given_id",
    "address",
    "sealed_address",
    "ref",
    "origin",
    "visibility",
    "kind",
    "published_at",
    "due_at",
    "thread",
    "counts",
    "body_hash",
)
COLUMNS = ", ".join(CONTENT)
MARKS = ", ".join("?" * len(CONTENT))
NEWEST = f"SELECT {COLUMNS}, 1 AS is_newest, is_erased, gone_at FROM posts"
"""Select what `stored_post` reads, from the newest versions."""


def content_of(post: Post) -> tuple[str | int | None, ...]:
    """Return a post's columns of content. Tokens are left out: they live and die elsewhere."""
    return (
        post.id,
        post.version,
        " ".join(post.heads),
        post.source,
        post.text,
        post.title,
        post.collected_at,
        post.salt,
        post.given_id,
        post.address,
        post.sealed_address,
        post.ref,
        post.origin.value,
        post.visibility.value,
        post.kind.value,
        post.published_at,
        post.due_at,
        post.thread,
        json.dumps(dict(post.counts), sort_keys=True) if post.counts else "",
        post.body_hash,
    )


def post_of(row: Row) -> Post:
    """Return the post whose columns of content begin a row."""
    values = dict(zip(CONTENT, row, strict=False))
    heads, counts = str(values["heads"]), str(values["counts"])
    values["heads"] = tuple(heads.split(" ")) if heads else ()
    values["counts"] = json.loads(counts) if counts else NO_COUNTS
    values["origin"] = Origin(str(values["origin"]))
    values["visibility"] = Visibility(str(values["visibility"]))
    values["kind"] = Kind(str(values["kind"]))
    return Post(**values)  # type: ignore[arg-type]  # the columns are declared with the types of the fields


def stored_post(row: Row) -> StoredPost:
    """Return the version that a row of content, is_newest, is_erased, gone_at holds."""
    is_newest, is_erased, gone_at = row[len(CONTENT) : len(CONTENT) + 3]
    return StoredPost(
        post_of(row),
        is_newest=bool(is_newest),
        erased=bool(is_erased),
        gone_at=gone_at if isinstance(gone_at, int) else None,
    )
