"""One moment of a database, for whoever compares much with much while others write."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .writer import Reader


class Moment(Reader):
    """
    A reader of one moment: everything that is read through it was so when it was made. One thread uses it.

    Writers go on; the write-ahead log cannot be shortened until it is closed, so close it soon.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._held = ExitStack()
        connection = self._held.enter_context(super().snapshot())
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()  # from here on nothing new is seen

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Give the connection: everything is of one moment already."""
        with self.connection() as connection:
            yield connection

    def close(self) -> None:
        """The moment is over, and the connection closed."""
        self._held.close()
        super().close()
