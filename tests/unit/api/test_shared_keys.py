"""One key file for all machines of a cluster: another one is found before it takes anything in."""

import pytest

from api.shared_keys import KEYS, LastingKeys, SharedPeriods, adopt_key_file, prove_key_file
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.domain.poster_token import STEP, PeriodKey, periods_at
from tests.builders import MONDAY, HeldClock

OURS, OTHERS = LastingKeys(b"s" * 32, b"a" * 32), LastingKeys(b"S" * 32, b"a" * 32)
EAST, WEST = "east-1", "west-1"


@pytest.fixture(name="records")
def some_records() -> MemoryRecords:
    """Records in which the machine east-1 has proved its file."""
    records = MemoryRecords()
    prove_key_file(records, HeldClock(), EAST, lambda: OURS)
    return records


def keys_at(now: int, letter: bytes) -> tuple[PeriodKey, ...]:
    return tuple(PeriodKey(name, letter * 32) for name in periods_at(now))


def test_the_same_file_is_taken_on_every_machine(records: MemoryRecords) -> None:
    """Copied, or in one folder that all share."""
    prove_key_file(records, HeldClock(), WEST, lambda: OURS)


def test_a_machine_with_another_file_is_refused_and_told_who_has_the_right_one(records: MemoryRecords) -> None:
    """The sentence names the machine and the step."""
    with pytest.raises(BadInput, match=r"which east-1 has; nothing was started; .*copy keys.json") as refusal:
        prove_key_file(records, HeldClock(), WEST, lambda: OTHERS)

    assert refusal.value.code == "KEY-102"


def test_a_machine_without_a_file_draws_none_where_another_has_one(records: MemoryRecords) -> None:
    """A second set of keys would do its harm in silence."""
    with pytest.raises(BadInput, match=r"east-1 has the installation's") as refusal:
        prove_key_file(records, HeldClock(), WEST, lambda: None)

    assert refusal.value.code == "KEY-101"


def test_a_key_that_another_machine_has_drawn_otherwise_lets_nothing_in(records: MemoryRecords) -> None:
    """It is refused as something that is tried again: no post is lost."""
    east = SharedPeriods(records, HeldClock(), EAST, lambda now: keys_at(now, b"1"))
    west = SharedPeriods(records, HeldClock(), WEST, lambda now: keys_at(now, b"2"))
    east(MONDAY)

    with pytest.raises(StoreUnavailable, match=r"one person would count as two") as refusal:
        west(MONDAY)
    assert refusal.value.code == "KEY-103"


def test_copies_of_one_file_part_only_where_a_new_period_begins(records: MemoryRecords) -> None:
    """The machine that comes second is told then, and goes on when it has the file of the first."""
    letters = {EAST: b"1", WEST: b"1"}
    east = SharedPeriods(records, HeldClock(), EAST, lambda now: keys_at(now, letters[EAST]))
    west = SharedPeriods(records, HeldClock(), WEST, lambda now: keys_at(now, letters[WEST]))
    assert east(MONDAY) == west(MONDAY)
    letters[EAST] = b"3"
    east(MONDAY + 2 * STEP)

    with pytest.raises(StoreUnavailable, match=r"than east-1"):
        west(MONDAY + 2 * STEP)
    letters[WEST] = b"3"
    assert west(MONDAY + 2 * STEP) == east(MONDAY + 2 * STEP)


def test_a_file_that_was_lost_is_replaced_on_purpose_alone(records: MemoryRecords) -> None:
    """Then every machine needs the new one."""
    adopt_key_file(records, HeldClock(), WEST, OTHERS)
    prove_key_file(records, HeldClock(), WEST, lambda: OTHERS)

    with pytest.raises(BadInput, match=r"which west-1 has"):
        prove_key_file(records, HeldClock(), EAST, lambda: OURS)


def test_what_is_on_record_of_the_keys_is_no_key(records: MemoryRecords) -> None:
    """Records are in every snapshot, keys in none."""
    SharedPeriods(records, HeldClock(), EAST, lambda now: keys_at(now, b"1"))(MONDAY)
    written = "".join(record.value for record in records.list(KEYS, ""))

    assert not any(key.hex() in written for key in (OURS.sealing, OURS.address, b"1" * 32))
