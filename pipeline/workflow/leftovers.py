"""What nothing names any more: keys of orders long done, and attachments whose order was cut off before its batch."""

from collections.abc import Iterable

from pipeline.domain.post import Millis
from pipeline.ports import Blobs, IncidentLog, Records

from .clerk import ORDER

ORDERS_KEPT: Millis = 30 * 24 * 3_600_000
"""So long a key is told apart from the same key with other fields; its batch is known by it for ever (MECHANICS §4)."""
UNNAMED_KEPT: Millis = 24 * 3_600_000
"""An attachment is stored before the batch that names it, and nobody takes a day for that."""
_AT_ONCE = 100_000
_PAGE = 1_000


def forget_orders(records: Records, before: Millis) -> int:
    """Keys that were used before the time are gone; returns how many."""
    old = [record for record in records.list(ORDER, limit=_AT_ONCE) if record.at < before]
    for record in old:
        records.remove(ORDER, record.unit, record.key)
    return len(old)


def sweep_attachments(blobs: Blobs, log: IncidentLog, units: Iterable[str], before: Millis) -> int:
    """Attachments that were stored before the time and that no memo names are gone; returns how many."""
    stored = set(blobs.stored_before(before))
    if not stored:
        return 0
    unnamed = stored - {blob for unit in units for blob in _named(log, unit)}
    return sum(blobs.remove(blob) for blob in sorted(unnamed))


def _named(log: IncidentLog, unit: str) -> Iterable[str]:
    """Yield the attachments that the unit's memos name; the log names every memo."""
    after = 0
    while batches := log.read(unit, after, _PAGE):
        after = batches[-1].seq
        memos = (log.memo(unit, memo) for batch in batches for memo in batch.memos)
        yield from (memo.attachment for memo in memos if memo is not None and memo.attachment)
