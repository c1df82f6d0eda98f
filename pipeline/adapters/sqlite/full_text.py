"""
The full text: one FTS5 table per part, each character one token, so that a phrase is an exact piece of the text.

Measured against bigrams, trigrams and word lists: single characters are the fastest to write and the only ones that
find any term of one character and more. A document is `unit tokens, title, barrier, text`; its rowid is the post's
place, so newest first needs no sort and a time is a range of places. The table holds no text (`content=''`): to
delete a document its text must be given again.
"""

import sqlite3
from collections.abc import Iterable, Sequence

from pipeline.domain.searchable import searchable

_UNIT = "\x02"
_BARRIER = "\x1f"
# Every ASCII character but the space, the separator of tokens, belongs to tokens; all others do anyway.
_SIGNS = "".join(chr(code) for code in range(1, 128) if chr(code) not in " \x7f" and not chr(code).isalnum())


def document(title: str, text: str, units: str) -> str:
    """Return what is indexed: a token per unit number, then the characters, with a barrier that no term holds."""
    marks = "".join(f"{_UNIT}{number} " for number in units.split())
    return marks + " ".join(f"{searchable(title)}{_BARRIER}{searchable(text)}")


def query(term: str, unit_number: int | None) -> str:
    """Return the FTS5 expression for documents that contain the term, of one unit or of all."""
    phrase = " ".join(searchable(term)).replace('"', '""')
    return f'"{phrase}"' if unit_number is None else f'{of_unit(unit_number)} AND "{phrase}"'


def of_unit(number: int) -> str:
    """Return the FTS5 expression for the documents of a unit."""
    return f'"{_UNIT}{number}"'


def table_of(part: str) -> str:
    """Return the name of a part's full-text table."""
    return f"words_{part}"


def make_table(connection: sqlite3.Connection, part: str) -> None:
    """The part has a full-text table."""
    signs = _SIGNS.replace("'", "''").replace('"', '""')
    options = f"""document, content='', columnsize=0, tokenize="ascii tokenchars '{signs}'" """
    connection.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS {table_of(part)} USING fts5({options})")


def add_documents(connection: sqlite3.Connection, part: str, documents: Iterable[tuple[int, str]]) -> None:
    """The documents (place, document) are found in the part."""
    connection.executemany(f"INSERT INTO {table_of(part)} (rowid, document) VALUES (?, ?)", documents)


def remove_documents(connection: sqlite3.Connection, part: str, documents: Sequence[tuple[int, str]]) -> None:
    """The documents, given exactly as they were added, are not found in the part any more."""
    table = table_of(part)
    connection.executemany(
        f"INSERT INTO {table} ({table}, rowid, document) VALUES ('delete', ?, ?)",
        documents,
    )


def merge_step(connection: sqlite3.Connection, part: str, *, pages: int) -> bool:
    """
    Some pages of the part are merged, which is how deleted documents leave its bytes; False where nothing is left.

    The first call of a series takes negative `pages`: every segment then belongs to the same merge.
    """
    table = table_of(part)
    before = connection.total_changes
    connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('merge', ?)", (pages,))
    return connection.total_changes - before >= 2
