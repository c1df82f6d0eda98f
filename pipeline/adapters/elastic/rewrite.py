"""
A document read, changed and written back as one step; of two that would at once, the second reads again.

Each write carries a stamp, and a document keeps its last stamps: so a writer whose answer was lost finds out by the
document whether his step happened, also where others have written since.
"""

import random
import secrets
import time
from collections.abc import Callable, Iterator

from pipeline.domain.errors import StoreUnavailable

from .client import Elastic
from .wire import Json

STAMPS = "stamps"
_KEPT_STAMPS = 16
_FIRST_WAIT, _LONGEST_WAIT = 0.002, 0.1

Step = Callable[[Json | None], Json | None]
"""What the document becomes, from what it is (None: there is none); None leaves it as it is."""


def rewrite(elastic: Elastic, index: str, doc_id: str, step: Step) -> Json | None:
    """Return what the step made of the document, None where it left it alone. Raises StoreUnavailable STO-309."""
    stamp, written = a_stamp(), None
    for _ in turns(elastic, doc_id):
        doc = elastic.get(index, doc_id)
        there = None if doc is None else doc.source
        if written is not None and was_stamped(there, stamp):
            return written
        wanted = step(None if there is None else unstamped(there))
        if wanted is None:
            return None
        written, source = wanted, stamped(wanted, there, stamp)
        if elastic.create(index, doc_id, source) if doc is None else elastic.replace(doc, source):
            return written
    raise AssertionError  # turns ends by raising


def advance(elastic: Elastic, index: str, doc_id: str, source: Json, by: str) -> None:
    """The document has this source, unless its number under `by` is as high already."""
    for _ in turns(elastic, doc_id):
        doc = elastic.get(index, doc_id)
        if doc is not None and doc.source[by] >= source[by]:
            return
        if elastic.create(index, doc_id, source) if doc is None else elastic.replace(doc, source):
            return


def turns(elastic: Elastic, doc_id: str) -> Iterator[int]:
    """Yield the number of a try, with growing pauses between; raise StoreUnavailable when patience is at its end."""
    deadline, wait, turn = time.monotonic() + elastic.wire.settings.patience_seconds, _FIRST_WAIT, 0
    while True:
        yield turn
        if time.monotonic() > deadline:
            raise StoreUnavailable(
                f"Elasticsearch document {doc_id}: others changed it at every one of {turn + 1} tries; "
                "it is tried again; if that lasts, look for a process that runs twice",
                code="STO-309",
            )
        time.sleep(random.uniform(0, wait))  # noqa: S311  # spreads tries, guards nothing
        wait, turn = min(wait * 2, _LONGEST_WAIT), turn + 1


def a_stamp() -> str:
    """Return a mark that no other write has."""
    return secrets.token_hex(8)


def was_stamped(source: Json | None, stamp: str) -> bool:
    """Whether the write with the stamp is among the last ones of the document."""
    return source is not None and stamp in source.get(STAMPS, ())


def stamped(source: Json, before: Json | None, stamp: str) -> Json:
    """Return the source as it is written: with the document's last stamps, this one behind them."""
    older = () if before is None else before.get(STAMPS, ())
    return {**source, STAMPS: [*older, stamp][-_KEPT_STAMPS:]}


def unstamped(source: Json) -> Json:
    """Return the source without its stamps."""
    return {name: value for name, value in source.items() if name != STAMPS}
