"""Limits that a restart does not forgive, and the record of who read what."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from api import bootstrap
from api.accounts.audit import GATHERED_FOR, KEPT, MOST_OWED, Audit
from api.accounts.limits import LOGIN_OF_ACCOUNT_AND_CLIENT, Limit, Limits, RequestLimit, TooMany
from api.accounts.people import people_of
from api.stores import Stores
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.row import iso_of
from pipeline.ports import Record
from tests.builders import MONDAY, HeldClock
from tests.http_house import PASSWORD, UNIT, HttpHouse

HERE, THERE = "192.0.2.7", "192.0.2.8"
MINUTE = 60_000
TODAY = iso_of(MONDAY)[:10]


@pytest.fixture(name="folder")
def a_folder(tmp_path: Path) -> bootstrap.Folder:
    return bootstrap.Folder(tmp_path)


@pytest.fixture(name="house")
def a_house() -> HttpHouse:
    return HttpHouse()


def opened(folder: bootstrap.Folder) -> Iterator[Stores]:
    with closing(bootstrap.open_stores(folder)) as stores:
        yield stores


def guess(stores: Stores, times: int, client: str = HERE) -> list[str]:
    people, codes = people_of(stores.records, stores.clock), []
    for _ in range(times):
        try:
            people.log_in("wang", "a wrong guess", client)
        except Exception as refusal:  # noqa: BLE001 - the code is what is asked for
            codes.append(getattr(refusal, "code", "?"))
    return codes


def test_guesses_are_counted_through_a_restart(folder: bootstrap.Folder) -> None:
    """Three before, two after, and the sixth is told to wait; from another address the account still opens."""
    for stores in opened(folder):
        assert guess(stores, 3) == ["ACC-401"] * 3
    for stores in opened(folder):
        assert guess(stores, 3) == ["ACC-401", "ACC-401", "ACC-429"]
        assert guess(stores, 1, THERE) == ["ACC-401"]


def test_whoever_must_wait_is_told_how_long() -> None:
    """429 with Retry-After, on the page and for programs; after that time it works again."""
    house = HttpHouse()
    house.hire("wang", "duty", password=True)
    guess(house.stores, LOGIN_OF_ACCOUNT_AND_CLIENT.most, "127.0.0.1")
    house.clock.at += MINUTE
    answer = house.browser().post("/login", data={"account": "wang", "password": PASSWORD})

    assert (answer.status_code, answer.headers["retry-after"]) == (429, str(14 * 60))
    assert "尝试次数过多" in answer.text
    house.clock.at += 14 * MINUTE
    assert house.browser().post("/login", data={"account": "wang", "password": PASSWORD}).status_code == 303


def test_the_right_password_ends_the_count() -> None:
    """Whoever mistypes now and then is never locked out."""
    house = HttpHouse()
    house.hire("wang", "duty", password=True)
    for _ in range(3):
        guess(house.stores, 4)
        house.people.log_in("wang", PASSWORD, HERE)

    assert guess(house.stores, 1) == ["ACC-401"]


def test_a_customer_who_owns_many_addresses_is_one(house: HttpHouse) -> None:
    """An IPv6 network is given out whole; its addresses count together."""
    house.hire("wang", "duty", password=True)
    codes = [code for number in range(6) for code in guess(house.stores, 1, f"2001:db8:1:2::{number:x}")]

    assert codes == ["ACC-401"] * 5 + ["ACC-429"]
    assert guess(house.stores, 1, "2001:db8:1:3::1") == ["ACC-401"]


def test_one_address_cannot_try_many_accounts() -> None:
    """Nor one account from many addresses: each has a limit of its own."""
    people = HttpHouse().people
    codes = set()
    for number in range(32):
        with pytest.raises(Exception, match="ACC") as refusal:
            people.log_in(f"account{number}", "a wrong guess", HERE)
        codes.add(str(refusal.value)[-8:-1])

    assert codes == {"ACC-401", "ACC-429"}


def test_requests_of_a_session_are_limited_and_a_restart_gives_none_back() -> None:
    """Reserved in blocks: what a process had reserved is lost with it, never doubled."""
    records, clock = MemoryRecords(), HeldClock(MONDAY)
    limit = Limit("requests", 100, MINUTE)
    before = RequestLimit(Limits(records, clock), limit, block=10)
    for _ in range(55):
        before.take("s1")
    after = RequestLimit(Limits(records, clock), limit, block=10)
    for _ in range(40):
        after.take("s1")

    with pytest.raises(TooMany):
        after.take("s1")
    after.take("s2")
    clock.at += MINUTE
    after.take("s1")


def test_a_clock_that_steps_back_does_not_lock_anybody_out_for_long() -> None:
    """A window in a future that never was is a new window."""
    records, clock = MemoryRecords(), HeldClock(MONDAY)
    limits, limit = Limits(records, clock), Limit("login", 1, MINUTE)
    limits.take(limit, "k")
    clock.at -= 10 * MINUTE

    limits.take(limit, "k")


def test_reads_are_written_in_batches_with_ids_only() -> None:
    """One record per account, unit and page, however many lists were shown; each post once."""
    records, clock = MemoryRecords(), HeldClock(MONDAY)
    audit = Audit(records, clock)
    audit.shown("wang", UNIT, "queue", ["p1", "p2"])
    audit.shown("wang", UNIT, "queue", ["p2", "p3"])
    audit.shown("li", UNIT, "search", ["p1"])
    assert records.list("audit_read") == []
    clock.at += GATHERED_FOR
    audit.flush_due()

    reads = {(one["account"], one["where"]): one["posts"] for one in audit.reads(UNIT, TODAY)}
    assert reads == {("wang", "queue"): ["p1", "p2", "p3"], ("li", "search"): ["p1"]}
    assert audit.reads("linxi-mz", TODAY) == []


def test_opening_the_original_is_on_record_before_it_opens() -> None:
    """Nothing is gathered here: the address names people."""
    records, clock = MemoryRecords(), HeldClock(MONDAY)
    Audit(records, clock).opened("wang", UNIT, "p1")

    assert [one["where"] for one in Audit(records, clock).reads(UNIT, TODAY)] == ["original"]


class FullRecords(MemoryRecords):
    """Records on a full disk."""

    def put_many(self, records: object) -> None:
        raise StoreUnavailable("disk full; free space", code="STO-101")


def test_who_cannot_be_recorded_cannot_read() -> None:
    """A store that refuses is borne for a while; then nothing more is shown."""
    audit = Audit(FullRecords(), HeldClock(MONDAY))
    for number in range(MOST_OWED // 100):
        audit.shown("wang", UNIT, "queue", [f"{number}-{one}" for one in range(100)])

    with pytest.raises(StoreUnavailable):
        audit.shown("wang", UNIT, "queue", ["one more"])


def test_the_auditor_reads_who_read_and_who_came_in() -> None:
    """Logins and failures with address and outcome, reads with ids; nobody else sees them."""
    house = HttpHouse()
    house.hire("wang", "duty", password=True)
    house.hire("shen", "auditor")
    guess(house.stores, 1)
    house.people.log_in("wang", PASSWORD, HERE)
    house.people.audit.shown("wang", UNIT, "queue", ["p1"])
    house.people.audit.flush()
    auditor, day = house.program("shen"), {"day": TODAY}

    entries = auditor.get("/api/v1/audit/entries", params=day).json()["entries"]
    assert {(one["account"], one["client"], one["outcome"]) for one in entries} >= {
        ("wang", HERE, "ACC-401"), ("wang", HERE, "ok")
    }  # fmt: skip
    reads = auditor.get(f"/api/v1/units/{UNIT}/audit/reads", params=day).json()["reads"]
    assert [(one["account"], one["posts"]) for one in reads] == [("wang", ["p1"])]
    assert house.program("wang").get("/api/v1/audit/entries", params=day).status_code == 403


def test_the_record_is_kept_for_two_hundred_days() -> None:
    """At least six months by law; then it goes, oldest first."""
    records, clock = MemoryRecords(), HeldClock(MONDAY)
    audit = Audit(records, clock)
    audit.entered("wang", "login", HERE, "ok")
    audit.opened("wang", UNIT, "p1")
    clock.at += KEPT - 1
    assert audit.forget_old([UNIT]) == 0
    clock.at += 2
    audit.entered("wang", "login", HERE, "ok")

    assert audit.forget_old([UNIT]) == 2
    assert len(records.list("audit_entry")) == 1


def test_a_record_that_is_none_of_ours_is_left_alone() -> None:
    """Tidying touches its own kinds only."""
    house = HttpHouse()
    other = Record("lease_note", "", "k", 0, "{}", MONDAY, "t", "")
    house.stores.records.put(other, expect=None)
    house.clock.at += 2 * KEPT
    house.people.tidy([UNIT])

    assert house.stores.records.get("lease_note", "", "k") is not None
