"""Strangers at the login: they lock nobody out, fill no disk, hide nothing and leave no words behind."""

import pytest

from api.accounts.limits import LOGIN_OF_ACCOUNT, LOGIN_OF_CLIENT
from api.accounts.places import KEPT
from pipeline.domain.errors import Refused
from tests.builders import HOUR
from tests.http_house import PASSWORD, HttpHouse

DESK, ELSEWHERE = "192.0.2.7", "198.51.100.77"


@pytest.fixture(name="house")
def a_house() -> HttpHouse:
    house = HttpHouse()
    house.hire("wang", "duty", password=True)
    return house


def guess(house: HttpHouse, account: str, client: str) -> str:
    with pytest.raises(Refused) as refusal:
        house.people.log_in(account, "a wrong guess", client)
    return refusal.value.code


def besiege(house: HttpHouse) -> None:
    """Fifty machines guess once each."""
    for number in range(LOGIN_OF_ACCOUNT.most):
        assert guess(house, "wang", f"203.0.113.{number}") == "ACC-401"


def test_guesses_from_elsewhere_do_not_keep_the_officer_from_her_desk(house: HttpHouse) -> None:
    """A stranger uses up the account's day; from where she has come in before, her password still opens."""
    house.people.log_in("wang", PASSWORD, DESK)
    besiege(house)

    assert guess(house, "wang", ELSEWHERE) == "ACC-429"
    assert house.people.log_in("wang", PASSWORD, DESK)
    assert guess(house, "wang", ELSEWHERE) == "ACC-429"


def test_a_link_makes_a_place_known_that_was_locked_out(house: HttpHouse) -> None:
    """Whoever was never here before needs a link; after it the place counts by itself."""
    besiege(house)
    assert guess(house, "wang", DESK) == "ACC-429"
    house.people.redeem(house.people.link_for("wang"), "", PASSWORD, DESK)

    assert house.people.log_in("wang", PASSWORD, DESK)


def test_a_known_place_has_a_limit_of_its_own(house: HttpHouse) -> None:
    """Fifty a day there too: who sits in the same network guesses no faster."""
    house.people.log_in("wang", PASSWORD, DESK)
    codes = []
    for _ in range(LOGIN_OF_ACCOUNT.most // 5 + 1):
        codes += [guess(house, "wang", DESK) for _ in range(5)]
        house.clock.at += HOUR // 2

    assert codes == ["ACC-401"] * LOGIN_OF_ACCOUNT.most + ["ACC-429"] * 5


def test_a_place_is_forgotten_after_a_while(house: HttpHouse) -> None:
    """An address that the account no longer comes from is as strange as any other."""
    house.people.log_in("wang", PASSWORD, DESK)
    house.clock.at += KEPT
    assert house.people.tidy([])["places"] == 1
    besiege(house)

    assert guess(house, "wang", DESK) == "ACC-429"


@pytest.mark.parametrize("typed", ["13800000000", "王小明", "correct horse battery", "wx_xiaoming88"])
def test_what_is_no_account_is_not_written_down(house: HttpHouse, typed: str) -> None:
    """A phone number, a name or a password in the wrong field is in no record; that somebody tried is."""
    guess(house, typed, DESK)
    records = house.stores.records
    kept = [one.key + one.value for kind in ("audit_entry", "limit", "place") for one in records.list(kind)]

    assert kept
    assert not [value for value in kept if typed in value or ascii(typed)[1:-1] in value]


def test_a_flood_is_on_record_once_and_fills_no_disk(house: HttpHouse) -> None:
    """What a limit turned away is written once for each place and window."""
    for number in range(5 * LOGIN_OF_CLIENT.most):
        guess(house, f"account{number}", ELSEWHERE)
    entries = [one.value for one in house.stores.records.list("audit_entry")]

    assert len(entries) == LOGIN_OF_CLIENT.most + 1
    assert sum("ACC-429" in entry for entry in entries) == 1
