"""Accounts, passwords, sessions, links and tokens: who comes in, and who no longer does."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from api.accounts.account import Account, new_account
from api.accounts.passwords import Passwords
from api.accounts.people import FIRST_ROLES, People
from api.accounts.principal import Principal
from api.accounts.secret import mark_of
from api.accounts.sessions import ABSOLUTE, IDLE
from api.http.gate import CHECKED_EVERY, while_it_holds
from pipeline.domain.errors import BadInput, Refused
from tests.http_house import PASSWORD, HttpHouse

HERE = "192.0.2.7"
DAY = 24 * 3_600_000


@pytest.fixture(name="house")
def a_house() -> HttpHouse:
    """A house in which `wang` is on duty."""
    house = HttpHouse()
    house.hire("wang", "duty", "monitor", password=True)
    return house


def account_of(people: People, account_id: str) -> Account:
    account = people.accounts.get(account_id)
    assert account is not None
    return account


def test_the_hash_is_argon2id_with_the_least_parameters_of_owasp(house: HttpHouse) -> None:
    """19 MiB, two passes, one lane; the password itself is in no record."""
    sealed = account_of(house.people, "wang").password

    assert sealed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert all(PASSWORD not in record.value for record in house.stores.records.list("account"))


def test_the_right_password_begins_a_session_of_which_only_the_hash_is_stored(house: HttpHouse) -> None:
    """Whoever reads the store cannot take a session over."""
    secret = house.people.log_in("wang", PASSWORD, HERE)
    stored = house.stores.records.list("session")

    assert house.people.sessions.find(secret) is not None
    assert [record.key for record in stored] == [mark_of(secret)]
    assert len(secret) >= 43


@pytest.mark.parametrize(("account", "password"), [("wang", "wrong"), ("nobody", PASSWORD), ("wang", ""), ("", "")])
def test_a_wrong_password_and_an_unknown_account_are_told_the_same(
    house: HttpHouse, account: str, password: str
) -> None:
    """Nobody learns which accounts there are."""
    with pytest.raises(Refused, match="do not belong together") as refusal:
        house.people.log_in(account, password, HERE)

    assert refusal.value.code == "ACC-401"


def test_an_account_without_a_password_lets_nobody_in(house: HttpHouse) -> None:
    """There is no default password."""
    house.hire("li", "monitor")

    with pytest.raises(Refused):
        house.people.log_in("li", "", HERE)


def test_a_disabled_account_is_out_at_once_and_cannot_come_in(house: HttpHouse) -> None:
    """Its sessions end with it, and enabling it does not bring them back."""
    browser = house.browser("wang")
    house.people.accounts.set_disabled("wang", is_disabled=True, author="test")

    assert browser.get("/api/v1/me").status_code == 401
    with pytest.raises(Refused):
        house.people.log_in("wang", PASSWORD, HERE)
    house.people.accounts.set_disabled("wang", is_disabled=False, author="test")
    assert browser.get("/api/v1/me").status_code == 401


def test_another_password_ends_every_session_of_before(house: HttpHouse) -> None:
    """Whoever had taken one over is out."""
    browser = house.browser("wang")
    secret = house.people.change_password("wang", PASSWORD, "another 县 password", HERE)

    assert browser.get("/api/v1/me").status_code == 401
    assert house.people.sessions.find(secret) is not None


@pytest.mark.parametrize("program", [False, True])
def test_a_stream_ends_with_its_session_or_token(house: HttpHouse, program: bool) -> None:
    """Whoever is disabled sees nothing more, also where a page of before is still open."""
    client = house.program("wang") if program else house.browser("wang")
    secret = client.headers["authorization"].split()[1] if program else next(iter(client.cookies.values()))
    csrf = "" if program else client.headers["x-csrf-token"]
    wang = Principal("wang", "wang", frozenset({"duty"}), frozenset({"yunxi-mz"}), mark_of(secret), csrf)

    async def frames() -> AsyncGenerator[bytes, None]:
        for number in range(6):
            house.clock.at += CHECKED_EVERY
            if number == 3:
                house.people.accounts.set_disabled("wang", is_disabled=True, author="test")
            yield b"frame"

    async def heard() -> int:
        return len([frame async for frame in while_it_holds(frames(), house.service, wang)])

    assert asyncio.run(heard()) == 3


def test_a_session_ends_when_nobody_uses_it_and_after_a_day_of_work_in_any_case(house: HttpHouse) -> None:
    """Idle and absolute expiry."""
    sessions = house.people.sessions
    idle, used = sessions.begin(account_of(house.people, "wang")), sessions.begin(account_of(house.people, "wang"))
    began = house.clock.at
    while house.clock.at < began + ABSOLUTE - IDLE // 2:
        house.clock.at += IDLE // 2
        assert sessions.find(used) is not None
    assert sessions.find(idle) is None
    house.clock.at = began + ABSOLUTE
    assert sessions.find(used) is None
    assert house.stores.records.list("session") == []


def test_what_ran_out_is_removed(house: HttpHouse) -> None:
    """Sessions, links, tokens and counts do not pile up."""
    house.people.sessions.begin(account_of(house.people, "wang"))
    house.people.link_for("wang")
    house.program("wang")
    with pytest.raises(Refused):
        house.people.log_in("wang", "wrong", HERE)
    house.clock.at += 3 * DAY

    gone = house.people.tidy(["yunxi-mz"])
    assert (gone["sessions"], gone["links"], gone["api_tokens"]) == (1, 1, 1)
    assert gone["limits"] >= 3


def test_the_first_link_makes_one_administrator_and_works_once() -> None:
    """No default password: the first start prints this link."""
    people = HttpHouse().people
    link = people.first_link()
    assert link is not None
    people.redeem(link, "zhang", PASSWORD, HERE)

    assert account_of(people, "zhang").roles == set(FIRST_ROLES)
    assert people.first_link() is None
    with pytest.raises(Refused, match="used already"):
        people.redeem(link, "li", PASSWORD, HERE)


def test_a_newer_first_link_replaces_the_older_one() -> None:
    """Of several starts only the last line in the terminal works."""
    people = HttpHouse().people
    older, newer = people.first_link(), people.first_link()
    assert older is not None
    assert newer is not None

    with pytest.raises(Refused):
        people.redeem(older, "zhang", PASSWORD, HERE)
    people.redeem(newer, "zhang", PASSWORD, HERE)


def test_a_link_runs_out_after_a_day(house: HttpHouse) -> None:
    """24 hours, then another is asked for."""
    link = house.people.link_for("wang")
    house.clock.at += DAY

    with pytest.raises(Refused) as refusal:
        house.people.redeem(link, "", PASSWORD, HERE)
    assert refusal.value.code == "ACC-410"


def test_a_weak_password_does_not_use_the_link_up(house: HttpHouse) -> None:
    """Whoever mistypes need not ask for another link."""
    link = house.people.link_for("wang")

    with pytest.raises(BadInput, match="tried first"):
        house.people.redeem(link, "", "password123", HERE)
    house.people.redeem(link, "", "another 县 password", HERE)
    house.people.log_in("wang", "another 县 password", HERE)


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaa", "wang-reception", "1234567890", "x" * 201])
def test_weak_passwords_are_refused_with_the_reason(house: HttpHouse, weak: str) -> None:
    """Too short, too long, repeated, the account's own name, or one that is tried first."""
    with pytest.raises(BadInput) as refusal:
        house.people.set_password("wang", weak, author="test")

    assert refusal.value.code == "ACC-104"


def test_a_password_typed_with_full_width_letters_is_the_same_password(house: HttpHouse) -> None:
    """Input methods switch; people do not notice."""
    house.people.set_password("wang", "reception desk 7", author="test")

    house.people.log_in("wang", "ｒｅｃｅｐｔｉｏｎ　ｄｅｓｋ　７", HERE)


def test_too_many_at_once_are_told_to_wait() -> None:
    """A flood of logins does not take all memory and threads: the next one is refused at once."""
    passwords = Passwords(at_once=1, waiting=0)
    with passwords._turn(), pytest.raises(Refused) as refusal:
        passwords.matches("", "any")

    assert refusal.value.code == "ACC-503"


def test_a_token_has_at_most_the_roles_of_its_account_and_can_be_revoked(house: HttpHouse) -> None:
    """A program gets less than its owner, and nothing once its owner lost it."""
    wang, tokens = account_of(house.people, "wang"), house.people.tokens
    secret = tokens.make(wang, frozenset({"duty"}), days=30, purpose="feed", author="wang")
    found = tokens.find(secret)
    assert found is not None
    tokens.revoke("wang", found.id)

    assert tokens.find(secret) is None
    with pytest.raises(BadInput, match="among those of its account"):
        tokens.make(wang, frozenset({"admin"}), days=30, purpose="", author="wang")
    with pytest.raises(BadInput, match="no token"):
        tokens.revoke("wang", found.id)


@pytest.mark.parametrize(
    ("account_id", "roles", "units"),
    [("Wang", ["duty"], ["u1"]), ("demo", ["duty"], ["u1"]), ("王", ["duty"], ["u1"]), ("w1", [], ["u1"]),
     ("w1", ["boss"], ["u1"]), ("w1", ["duty"], []), ("w1", ["duty"], ["U 1"])],
)  # fmt: skip
def test_an_account_that_cannot_be_is_refused(account_id: str, roles: list[str], units: list[str]) -> None:
    """Ids are ASCII, roles are known, units are named."""
    with pytest.raises(BadInput) as refusal:
        new_account(account_id, "", roles, units)

    assert refusal.value.code == "ACC-101"


def test_an_id_is_given_once(house: HttpHouse) -> None:
    """A second account of the same id would take the first one's place."""
    with pytest.raises(BadInput, match="exists already"):
        house.hire("wang", "admin")
