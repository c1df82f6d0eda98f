"""A comment of a megabyte on the page: told how long it may be, nothing is done, and nothing that was typed is lost."""

from fastapi.testclient import TestClient

from tests.desk_house import INCIDENT, DeskHouse, desk_house
from tests.http_house import UNIT

MEGABYTE = 1_000_000


def typed(browser: TestClient, text: str, *, as_form: bool = False) -> tuple[int, str]:
    """Return how the page answers a comment; a form with files is sent in parts."""
    form = {"incident": INCIDENT, "text": text, "key": "k1", "csrf": browser.headers["x-csrf-token"]}
    files = {"attachments": ("", b"", "application/octet-stream")} if as_form else None
    answer = browser.post(f"/u/{UNIT}/do/comment", data=form, files=files)
    return answer.status_code, answer.text


def officer(house: DeskHouse) -> TestClient:
    """Return the browser of an officer before an open incident."""
    house.opens()
    return house.browser(house.hire("duty-1", "duty"))


def test_a_comment_of_a_megabyte_comes_back_whole_with_what_is_wrong() -> None:
    """The officer shortens it where it stands."""
    house = desk_house()
    status, page = typed(officer(house), "长话" + "x" * (MEGABYTE - 100))

    assert status == 422
    assert "20000" in page.replace(",", "")
    assert "x" * (MEGABYTE - 100) in page
    assert house.stores.log.head(UNIT)[0] == 2


def test_what_is_longer_than_any_form_is_refused_at_the_door() -> None:
    """Before it is read; the browser still has it on the page before, and the key is still free."""
    house = desk_house()
    browser = officer(house)
    for as_form in (False, True):
        status, page = typed(browser, "x" * (MEGABYTE + 100_000), as_form=as_form)
        assert status == 413
        assert "缩短文字" in page
    assert house.stores.log.head(UNIT)[0] == 2
    assert typed(browser, "短")[0] == 303
