"""An empty machine: the file that is written, and the first account, which nobody on the network can take."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.cli.first_file import first_file
from api.config import read_config
from api.entrance import Entrance
from pipeline.domain.errors import BadInput
from tests.http_house import PASSWORD, HttpHouse

FIRST = {"name": "王敏", "account": "wangmin", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture(name="house")
def a_house() -> HttpHouse:
    """A house in which nobody has an account."""
    return HttpHouse()


def link_of(house: HttpHouse) -> str:
    return f"/link/{house.people.first_link()}"


def test_the_first_file_is_written_once_and_reads_as_a_configuration(tmp_path: Path) -> None:
    """Nobody needs to write one; what somebody changed in it stays."""
    path, is_new = first_file(tmp_path)
    config = read_config(path)
    path.write_text(path.read_text(encoding="utf-8") + "# ours\n", encoding="utf-8")

    assert is_new
    assert (config.data.folder, config.web.host) == (str(tmp_path / "data"), "127.0.0.1")
    assert first_file(tmp_path) == (path, False)
    assert path.read_text(encoding="utf-8").endswith("# ours\n")


def test_a_folder_that_cannot_be_written_is_said_with_what_to_do(tmp_path: Path) -> None:
    """A start in the wrong place makes no half installation."""
    with pytest.raises(BadInput, match="start Huiyin in a folder of your own") as refusal:
        first_file(tmp_path / "none")
    assert refusal.value.code == "CFG-003"


def test_the_first_account_has_its_name_and_what_one_person_needs(house: HttpHouse) -> None:
    """It watches, works the desk and administers; a leader it is only where that was ticked."""
    answer = house.browser().post(link_of(house), data=FIRST)
    account = house.people.accounts.get("wangmin")

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert account is not None
    assert account.name == "王敏"
    assert account.roles == {"admin", "duty", "monitor"}


def test_who_also_acts_as_the_leader_says_so(house: HttpHouse) -> None:
    """The page tells what that opens: complaints about staff."""
    link = link_of(house)
    assert "涉工作作风" in house.browser().get(link).text
    house.browser().post(link, data={**FIRST, "leader": "true"})
    account = house.people.accounts.get("wangmin")

    assert account is not None
    assert "leader" in account.roles


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        ({"again": "another 县 password"}, "两次输入的密码不一样"),
        ({"account": "王敏"}, "小写字母开头"),
        ({"name": "王" * 41}, "最多 40 个字"),
        ({"password": "short", "again": "short"}, "这个密码不能用"),
    ],
)
def test_a_slip_keeps_what_was_typed_and_the_link(house: HttpHouse, slip: dict[str, str], said: str) -> None:
    """The password alone is typed again."""
    link, browser = link_of(house), house.browser()
    refused = browser.post(link, data={**FIRST, **slip})

    assert refused.status_code == 422
    assert said in refused.text
    assert f'value="{slip.get("name", "王敏")}"' in refused.text
    assert PASSWORD not in refused.text
    assert house.people.accounts.is_empty()
    assert browser.post(link, data=FIRST).status_code == 303


def from_elsewhere(house: HttpHouse) -> TestClient:
    return house.browser(peer="192.0.2.9")


def test_nobody_on_the_network_makes_the_first_account() -> None:
    """Not even with the link: it is opened on the machine itself."""
    house = HttpHouse(entrance=Entrance(host="0.0.0.0", has_tls=True))  # noqa: S104 - what an operator writes
    link = link_of(house)
    looked, sent = from_elsewhere(house).get(link), from_elsewhere(house).post(link, data=FIRST)

    assert (looked.status_code, sent.status_code) == (403, 403)
    assert "只能在装有回音的那台电脑上建立" in sent.text
    assert house.people.accounts.is_empty()
    assert house.browser().post(link, data=FIRST).status_code == 303


def test_a_guessed_link_makes_nothing(house: HttpHouse) -> None:
    """As if it were not there."""
    link_of(house)

    assert house.browser().post("/link/guessed", data=FIRST).status_code == 410
    assert house.people.accounts.is_empty()


def test_the_login_says_where_the_link_is_as_long_as_nobody_has_an_account(house: HttpHouse) -> None:
    """Told to this machine alone."""
    assert "启动回音的那个窗口" in house.browser().get("/login").text
    assert "启动回音的那个窗口" not in from_elsewhere(house).get("/login").text
    house.hire("wang", "duty")
    assert "启动回音的那个窗口" not in house.browser().get("/login").text
