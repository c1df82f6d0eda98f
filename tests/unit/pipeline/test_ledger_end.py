"""The end of the ledger: three years after the end of a matter its texts are erased, with a receipt."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from pipeline.adapters.memory.blobs import MemoryBlobs
from pipeline.adapters.memory.outbox import MemoryOutbox
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.command import Acknowledge, Command, GroupSetAside, NeedOutcome, Note, Reopen
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.event import Memo
from pipeline.domain.group import group_id
from pipeline.domain.group_merge import Found, GroupMerge
from pipeline.domain.incident import Disposition
from pipeline.domain.incident_command import Close
from pipeline.domain.post import Millis, Post
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.ports import ErasureReceipt, Record, Work
from pipeline.workflow.erase import Eraser, Wanted
from pipeline.workflow.housekeeping import Housekeeper
from pipeline.workflow.ledger_end import ended_before
from pipeline.workflow.verify import verify
from tests.builders import DAY, HOUR, MONDAY, UNIT, FixedClassifier, a_post, a_rule, an_opinion
from tests.worker_house import House

BEATEN = a_post(1, "养老院有人打老人")
CHINA = timezone(timedelta(hours=8))
NOBODY = an_opinion(about=False, act="求助", need=True)
DUTY = frozenset({"duty", "monitor", "leader", "reviewer"})


def beijing(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> Millis:
    return int(datetime(year, month, day, hour, minute, tzinfo=CHINA).astimezone(UTC).timestamp()) * 1_000


class Ledger:
    """A house with a housekeeper whose eraser may be cut off."""

    def __init__(self, house: House | None = None) -> None:
        self.house = house or House(a_rule("打老人", id="beaten", grave=True))
        self.records, self.cut_off = MemoryRecords(), False
        self.records.put(Record("setting", UNIT, "unit", 0, "{}", 0, "a", ""), expect=None)
        self.eraser = Eraser(
            self.house.posts,
            self.house.log,
            self.house.bus,
            self.house.tokens,
            MemoryOutbox(),
            self.house.clock,
            lambda _named, _at: None,
            MemoryBlobs(),
        )

    def does(self, command: Command, *memos: Memo) -> None:
        self.house.desk().execute(UNIT, command, roles=DUTY, memos=memos)

    def closed(self, at: Millis) -> str:
        """The alert was acknowledged and filed away, with a memo; returns the incident."""
        self.house.work(BEATEN)
        (incident,) = self.house.log.incidents(UNIT, open_only=True)
        self.house.clock.at = at
        self.does(Acknowledge(command_id="a", actor="account:a", incident=incident.id))
        note = Note(memo="memo-1", commitment="c" * 64)
        close = Close(command_id="c", actor="account:a", incident=incident.id, disposition=Disposition.FILED, note=note)
        self.does(close, Memo(UNIT, "memo-1", incident.id, "与老人家属电话核实", "salt"))
        return incident.id

    def tidied(self, at: Millis) -> int:
        """The house was tidied then; returns how many ends were cleared."""
        house = self.house
        house.clock.at = at

        def erase(wanted: Wanted) -> ErasureReceipt:
            if self.cut_off:
                house.posts.erase(frozenset({BEATEN.id}), at)
                raise StoreUnavailable("the power went")
            return self.eraser.erase(wanted)

        keeper = Housekeeper(
            house.bus,
            house.posts,
            house.log,
            self.records,
            house.tokens,
            house.clock,
            lambda _: 0,
            erase,
            MemoryBlobs(),
        )
        return keeper.tidy()["ledger_ends"]

    def text(self, post: Post = BEATEN) -> str:
        stored = self.house.posts.post(post.id)
        return stored.post.text if stored else "dropped"

    def receipts(self) -> list[list[str]]:
        return [json.loads(record.value)["ids"] for record in self.records.list("erasure")]


def test_a_day_three_years_ago_is_one_of_the_units_zone() -> None:
    """The day of the end is kept whole, and 29 February as long as 28 February at least."""
    assert ended_before(beijing(2029, 11, 24, 0, 1)) == beijing(2026, 11, 24)
    assert ended_before(beijing(2029, 11, 24, 23, 59)) == beijing(2026, 11, 24)
    assert ended_before(beijing(2028, 2, 29)) == beijing(2025, 3, 1)
    assert ended_before(beijing(2027, 2, 28, 23)) == beijing(2024, 2, 28)
    assert ended_before(beijing(2027, 3, 1)) == beijing(2024, 3, 1)


def test_a_closed_incident_is_erased_three_years_after_it_was_closed() -> None:
    """Text and memo go, the receipt is kept, the log verifies; and an hour later nothing is left to do."""
    ledger = Ledger()
    incident = ledger.closed(beijing(2026, 11, 24, 15))
    assert ledger.tidied(beijing(2029, 11, 24, 23, 59)) == 0
    assert (ledger.text(), ledger.house.log.memo(UNIT, "memo-1") is None) == (BEATEN.text, False)
    assert ledger.tidied(beijing(2029, 11, 25)) == 1
    assert (ledger.text(), ledger.house.log.memo(UNIT, "memo-1")) == ("", None)
    assert ledger.receipts() == [sorted([BEATEN.id, "memo-1"])]
    assert ledger.tidied(beijing(2029, 11, 25, 1)) == 0
    assert ledger.house.log.incident(UNIT, incident) is not None
    assert verify(ledger.house.log, ledger.house.posts, [UNIT]).problems == ()


def test_an_erasure_that_was_cut_off_is_completed_by_the_next_hour() -> None:
    """The post was gone and its memo not: the second time ends it, with one receipt."""
    ledger = Ledger()
    ledger.closed(MONDAY)
    ledger.cut_off = True
    with pytest.raises(StoreUnavailable):
        ledger.tidied(MONDAY + 4 * 366 * DAY)
    assert (ledger.text(), ledger.house.log.memo(UNIT, "memo-1") is None) == ("", False)
    ledger.cut_off = False

    assert ledger.tidied(MONDAY + 4 * 366 * DAY + HOUR) == 1
    assert (ledger.house.log.memo(UNIT, "memo-1"), len(ledger.receipts())) == (None, 1)
    assert verify(ledger.house.log, ledger.house.posts, [UNIT]).problems == ()


def test_a_reopened_incident_is_kept_and_its_next_end_counts() -> None:
    """Whoever works on it needs its texts."""
    ledger = Ledger()
    incident = ledger.closed(MONDAY)
    ledger.house.clock.at = MONDAY + 4 * 366 * DAY
    why = Note(memo="memo-2", commitment="c" * 64)
    reopen = Reopen(command_id="r", actor="account:a", incident=incident, reason="by_hand", note=why)
    ledger.does(reopen, Memo(UNIT, "memo-2", incident, "家属又来电", "salt"))

    assert (ledger.tidied(MONDAY + 5 * 366 * DAY), ledger.text()) == (0, BEATEN.text)


def test_what_another_matter_still_holds_stays() -> None:
    """A plea for help that nobody has answered is in the same post."""
    ledger = Ledger(
        House(a_rule("打老人", id="beaten", grave=True), classifier=FixedClassifier({"打": an_opinion(need=True)}))
    )
    ledger.closed(MONDAY)

    assert (ledger.tidied(MONDAY + 4 * 366 * DAY), ledger.text()) == (1, BEATEN.text)
    ledger.does(NeedOutcome(command_id="n", actor="account:a", post=BEATEN.id, outcome="helped"))
    assert ledger.tidied(MONDAY + 7 * 365 * DAY) == 0
    assert (ledger.tidied(MONDAY + 8 * 366 * DAY), ledger.text()) == (1, "")


def test_what_is_another_units_to_do_stays() -> None:
    """It has decided nothing yet, so it has no log; the post is stored once for both."""
    beaten, elders = a_rule("打老人", id="beaten", grave=True), a_rule("养老院", unit="qingshi-mz")
    ledger = Ledger(House(beaten))
    watch = {UNIT: UnitWatch(UNIT, (beaten,)), "qingshi-mz": UnitWatch("qingshi-mz", (elders,))}
    ledger.house.worker.change_watch(Watch(watch))
    ledger.records.put(Record("setting", "qingshi-mz", "unit", 0, "{}", 0, "a", ""), expect=None)
    ledger.closed(MONDAY)

    assert ledger.house.log.units() == [UNIT]
    assert (ledger.tidied(MONDAY + 4 * 366 * DAY), ledger.text()) == (1, BEATEN.text)


def test_what_a_merge_of_groups_brought_in_goes_with_the_incident() -> None:
    """The stored mention still names the group that was absorbed."""
    ledger = Ledger()
    incident = ledger.closed(MONDAY)
    (opened,) = ledger.house.log.incidents(UNIT, open_only=False)
    late = a_post(5, "城北也有人打老人", at=MONDAY)
    part = group_id(UNIT, late.id)
    mention = replace(ledger.house.posts.mentions_of(UNIT, BEATEN.id)[0], post=late.id, group=part, order=7)
    merge = GroupMerge(UNIT, part, opened.group, order=7, post=late.id, similarity=9_000, posters=2, seen_seq=9)
    position = ledger.house.posts.position(ledger.house.bus.stream, 0)
    assert position is not None
    ledger.house.posts.commit(Work([late], [mention], [], position, found=Found(merges=(merge,))))

    assert (ledger.tidied(MONDAY + 365 * DAY), ledger.text(late)) == (0, late.text)
    assert (ledger.tidied(MONDAY + 4 * 366 * DAY), ledger.text(late), ledger.text()) == (1, "", "")
    assert incident == opened.id


def test_a_need_and_a_set_aside_group_end_with_what_people_decided() -> None:
    """They outlived their part while they were open, so nothing else would ever remove them."""
    house = House(a_rule("养老院"), classifier=FixedClassifier({"求": NOBODY}))
    plea, cold = a_post(2, "求养老院旁边的好心人帮帮我们"), a_post(3, "养老院的饭是凉的")
    house.work(plea, cold)
    ledger = Ledger(house)
    ledger.tidied(MONDAY + 365 * DAY)
    (view,) = house.posts.groups(UNIT, todo_only=True, cursor=None, limit=9).rows
    ledger.does(GroupSetAside(command_id="s", actor="account:a", group=view.row.id, how="filed"))
    ledger.does(NeedOutcome(command_id="n", actor="account:a", post=plea.id, outcome="helped"))

    assert (ledger.tidied(MONDAY + 4 * 365 * DAY), ledger.text(plea), ledger.text(cold)) == (0, plea.text, cold.text)
    assert (ledger.tidied(MONDAY + 4 * 366 * DAY), ledger.text(plea), ledger.text(cold)) == (2, "", "")


def test_a_group_that_left_no_post_needs_no_receipt() -> None:
    """Its part was dropped long ago; it is looked at once."""
    house = House(a_rule("养老院"))
    house.work(BEATEN)
    ledger = Ledger(house)
    (view,) = house.posts.groups(UNIT, todo_only=True, cursor=None, limit=9).rows
    ledger.does(GroupSetAside(command_id="s", actor="account:a", group=view.row.id, how="filed"))
    assert ledger.tidied(MONDAY + 300 * DAY) == 0
    assert ledger.text() == "dropped"

    assert [ledger.tidied(MONDAY + 4 * 366 * DAY + hour * HOUR) for hour in (0, 1)] == [1, 0]
    assert ledger.receipts() == []
