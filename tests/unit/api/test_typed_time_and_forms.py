"""Times as people type them, the names a form may use, and that every command has its words."""

import pytest

from api import bootstrap
from api.accounts.account import new_account
from api.accounts.people import people_of
from api.http.form import Forms
from api.http.typed_time import typed_moment, usual_ends
from api.known_ids import known_ids
from api.words import words_of
from pipeline.domain.order_catalogue import order_forms
from pipeline.domain.order_form import FieldKind
from tests.builders import HOUR, HeldClock
from tests.http_house import UNIT

MORNING = 1_795_482_000_000
"""24 November 2026, 09:00 in the units' zone."""


@pytest.mark.parametrize(
    ("typed", "after"),
    [
        ("2026-11-24 09:30", HOUR // 2),
        ("11-24 09:30", HOUR // 2),
        ("11月24日 09:30", HOUR // 2),
        ("11月24日09:30", HOUR // 2),
        ("11月24号上午9点半", HOUR // 2),
        ("2026年11月24日下午5点前", 8 * HOUR),
        ("11月24日17时30分之前", 8 * HOUR + HOUR // 2),
        ("本周三上午9点", 24 * HOUR),
        ("周二 9:30", HOUR // 2),
        ("星期一下午1点", (6 * 24 + 4) * HOUR),
        ("下周二 9:00", 7 * 24 * HOUR),
        ("明天中午12点", 27 * HOUR),
        ("下午12点半", 3 * HOUR + HOUR // 2),
        ("9:30", HOUR // 2),
        ("明天 9:00", 24 * HOUR),
        ("后天 09:00", 48 * HOUR),
        ("+2h", 2 * HOUR),
        ("+3天", 72 * HOUR),
    ],
)
def test_a_time_is_read_as_people_write_it(typed: str, after: int) -> None:
    """In the units' zone, not that of the machine."""
    assert typed_moment(typed, MORNING) == str(MORNING + after)


@pytest.mark.parametrize("typed", ["很快", "2026-02-30 09:00", "25:00", "11月27日", "今天晚上12点", "下午", ""])
def test_what_is_no_time_stays_as_it_was_typed(typed: str) -> None:
    """The order's reader tells it at its field."""
    assert typed_moment(typed, MORNING) == typed


def test_the_usual_ends_can_be_read_back_and_lie_ahead() -> None:
    """What the list offers is what the field takes."""
    assert all(int(typed_moment(end, MORNING)) > MORNING for end, _ in usual_ends(MORNING))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_command_has_a_form_in_every_language(language: str) -> None:
    """Labels of fields and choices too; a Chinese label is that of the catalogue."""
    words = words_of(language)
    for name, form in order_forms().items():
        view = Forms(UNIT, words, "/").form(name, {form.target_field or "incident": "x"})
        assert view.label
        assert all(field.label for field in view.fields if field.control != "hidden")
        assert language == "en" or view.label == form.label


def test_only_accounts_and_offices_that_there_are_may_be_named() -> None:
    """Where a unit has set no office, any id is taken."""
    clock = HeldClock()
    stores = bootstrap.memory_stores(clock)
    people = people_of(stores.records, clock)
    known = known_ids(bootstrap.settings_of(stores), people)(UNIT)
    assert known(FieldKind.ACCOUNT) == {"demo"}
    people.accounts.add(new_account("duty-1", "", ["duty"], [UNIT]), author="test")
    people.accounts.add(new_account("other-1", "", ["duty"], ["linxi-mz"]), author="test")
    assert known(FieldKind.ACCOUNT) == {"duty-1"}
    assert known(FieldKind.OFFICE) is None
