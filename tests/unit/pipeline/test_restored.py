"""After a restore, what may have gone out before it waits for a person; what is new goes out."""

from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.event import Notice
from pipeline.domain.week import week_of
from pipeline.workflow.notices import SendPractice
from pipeline.workflow.restored import note_restored, restored_at
from tests.builders import HOUR, MONDAY, HeldClock
from tests.sending import AT_ONCE, ZHIBAN, Postbox, Sending, an_alert


def test_what_stood_in_the_log_before_the_restore_is_held_and_what_comes_later_is_told() -> None:
    """An ended week too, though the clock closes it after the restore; a person releases what nobody got."""
    clock = HeldClock(MONDAY + HOUR)
    box = Postbox(clock)
    sending = Sending(box, clock, practice=SendPractice([ZHIBAN], AT_ONCE))
    sending.restored_at = clock.at
    week, now = week_of(clock.at), clock.at + 1
    sending.tells(an_alert(1, clock.at - 1))
    sending.tells(Notice("digest", week.back(1).name, "account:zhiban", "", 3, now))
    sending.tells(an_alert(2, now))
    sending.beats(clock.at + HOUR)

    assert sending.states() == ["held", "held", "delivered"]
    held = [send for send in sending.outbox.sends("yunxi-mz") if send.state == "held"]
    assert {send.reason for send in held} == {"restored"}
    sending.outbox.release([send.id for send in held], clock.at)
    sending.beats(clock.at + HOUR)
    assert sending.states()[0] == "delivered"


def test_the_newest_restore_counts() -> None:
    """A store that never was restored has none."""
    records = MemoryRecords()
    assert restored_at(records) == 0
    note_restored(records, 5)
    note_restored(records, 9)
    assert restored_at(records) == 9
