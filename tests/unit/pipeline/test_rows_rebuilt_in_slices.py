"""Rows of a unit are written anew in slices, between which commands come through and no row is half written."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import Connection

from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.adapters.sqlite.writer import BULK_ROWS, Writer
from pipeline.domain.group import GroupRow
from tests.stored import OTHER, UNIT, a_group, work

OLD = [a_group(f"g{number:05d}") for number in range(1_200)]
NEW = [a_group(row.id, posts=7) for row in OLD[:1_100]]


class Watched(Writer):
    """A writer that keeps, after each transaction, how many rows it wrote and what a reader sees."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reader = SqlitePostStore(self)
        self.written: list[int] = []
        self.seen: list[dict[str, GroupRow]] = []

    @contextmanager
    def transaction(self, *, bulk: bool = False) -> Iterator[Connection]:
        """Watch the transaction."""
        with super().transaction(bulk=bulk) as connection:
            before = connection.total_changes
            yield connection
            self.written.append(connection.total_changes - before)
        page = self.reader.groups(UNIT, todo_only=False, cursor=None, limit=10_000)
        self.seen.append({view.row.id: view.row for view in page.rows})


def rebuilt(folder: Path) -> Watched:
    """Return a writer whose rows were rebuilt, and which saw every step of it."""
    with closing(open_huiyin(folder / "huiyin.db")) as writer, closing(SqlitePostStore(writer)) as posts:
        posts.commit(work(groups=[*OLD, a_group("g9", unit=OTHER)]))
    watched = Watched(folder / "huiyin.db")
    watched.reader.rebuild_groups(UNIT, NEW)
    return watched


def test_no_transaction_writes_more_rows_than_the_write_rule_allows(tmp_path: Path) -> None:
    """A command waits for one slice and not for all rows of half a year."""
    with closing(rebuilt(tmp_path)) as watched, closing(watched.reader):
        assert max(watched.written) <= BULK_ROWS + 2  # the counter of changes is a row of its own
        assert len(watched.written) >= 4


def test_whoever_reads_meanwhile_sees_each_row_as_it_was_or_as_it_is(tmp_path: Path) -> None:
    """No row that stays is ever missing, and at the end all are new, those of another unit untouched."""
    was, now = {row.id: row for row in OLD}, {row.id: row for row in NEW}
    with closing(rebuilt(tmp_path)) as watched, closing(watched.reader):
        assert all(now.keys() <= seen.keys() for seen in watched.seen)
        assert all(row in (was[group], now.get(group)) for seen in watched.seen for group, row in seen.items())
        assert watched.seen[-1] == now
        assert watched.reader.group(OTHER, "g9") is not None
