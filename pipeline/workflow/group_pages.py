"""All groups of a unit, read page by page, so that no read stays open."""

from collections.abc import Iterator

from pipeline.ports import GroupView, PostStore

PAGE = 500


def every_group(posts: PostStore, unit: str, *, todo_only: bool = False) -> Iterator[GroupView]:
    """Yield the unit's groups as the desk lists them, newest first; `todo_only` leaves those that ask for a person."""
    cursor: str | None = None
    while True:
        page = posts.groups(unit, todo_only=todo_only, cursor=cursor, limit=PAGE)
        yield from page.rows
        cursor = page.cursor
        if cursor is None:
            return
