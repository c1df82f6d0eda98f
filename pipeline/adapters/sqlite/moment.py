"""One moment of a database, for whoever compares much with much while others write."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .writer import Reader


class Moment(Reader):
    """
    A reader of one moment: everything that is read through it was so when it was made. One thread uses it.

    Writers go on; the write-ahead log cannot be shortened until it is closed, so close it soon.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with super().connection() as connection:
            connection.execute("BEGIN")
            connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()  # from here on nothing new is seen

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Give the connection as the database was at the moment."""
        with super().connection() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Give the same connection: everything is of one moment already."""
        with self.connection() as connection:
            yield connection
