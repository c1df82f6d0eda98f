"""
A restore: what people may have been told after the backup nobody knows, so it waits for one who releases it.

Whatever the log held by then was told or not; and a week that had ended by then may have been closed, and its digest
sent, before the log was set back.
"""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.event import Batch
from pipeline.domain.post import Millis
from pipeline.domain.send_policy import DIGEST
from pipeline.domain.week import week_named
from pipeline.ports import Record, Records, Send

RESTORED = "restored"
"""The kind of the record that says when the stores were restored last; also the reason of what is held since."""


def note_restored(records: Records, at: Millis) -> None:
    """It is on record that the stores are those of a backup, since this moment."""
    records.put(Record(RESTORED, "", "last", 0, "{}", at, "restore", ""), expect=None)


def restored_at(records: Records) -> Millis:
    """Return when the stores were restored last; 0 where they never were."""
    noted = records.get(RESTORED, "", "last")
    return 0 if noted is None else noted.at


def held_if_old(sends: Sequence[Send], batch: Batch, restored: Millis) -> Sequence[Send]:
    """Return the sends of the batch; those that may have gone out before the restore are held."""
    return [replace(one, state="held", reason=RESTORED) if _is_old(one, batch, restored) else one for one in sends]


def _is_old(send: Send, batch: Batch, restored: Millis) -> bool:
    if not restored or send.state != "waiting":
        return False
    ended = week_named(send.notice.why).until if send.notice.what == DIGEST else send.notice.at
    return ended <= restored or any(event.at <= restored for event in batch.events)
