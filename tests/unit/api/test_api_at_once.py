"""Two officers at the same moment, a double click, a matter that grows meanwhile: over HTTP, on stores on disk."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import bootstrap
from tests.builders import HOUR, MONDAY, HeldClock
from tests.desk_house import COMPLAINT, INCIDENT, DeskHouse, at, desk_house
from tests.http_house import UNIT

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[DeskHouse]:
    """A house on disk, whose complaint is an incident at revision 2."""
    opened = bootstrap.open_stores(bootstrap.Folder(tmp_path))
    with closing(opened):
        here = desk_house(stores=replace(opened, clock=HeldClock(MONDAY + HOUR)))
        here.opens()
        yield here


def at_once(*asks: Callable[[], Any]) -> Sequence[Any]:
    """Return the answers of requests that begin together."""
    together = Barrier(len(asks))

    def ask(one: Callable[[], Any]) -> Any:
        together.wait()
        return one()

    with ThreadPoolExecutor(len(asks)) as threads:
        return list(threads.map(ask, asks))


def comment(who: TestClient, key: str, text: str, match: int | None = None) -> Callable[[], Any]:
    """Return a comment that can be asked for."""
    headers = {"Idempotency-Key": key} | ({"If-Match": f'"{match}"'} if match else {})
    return lambda: who.post(at(f"incidents/{INCIDENT}/comment"), json={"text": text}, headers=headers)


@pytest.mark.parametrize("_round", range(5))
def test_of_two_officers_with_one_revision_one_is_told_of_the_other(house: DeskHouse, _round: int) -> None:
    """One step stands; the other is answered 412 with it, and nothing of his is in the log."""
    one, other = house.officer("duty-1"), house.officer("duty-2")
    answers = at_once(comment(one, "a", "甲", 2), comment(other, "b", "乙", 2))
    won, lost = sorted(answers, key=lambda answer: answer.status_code)

    assert (won.status_code, lost.status_code) == (200, 412)
    (step,) = lost.json()["since"]
    winner = "account:duty-1" if won is answers[0] else "account:duty-2"
    assert (step["type"], step["actor"], lost.json()["revision"]) == ("commented", winner, 3)
    assert house.stores.log.head(UNIT)[0] == 3


@pytest.mark.parametrize("_round", range(5))
def test_a_double_click_is_one_step_with_one_answer(house: DeskHouse, _round: int) -> None:
    """Four times the same key at the same moment: one batch, and every answer tells of it."""
    officer = house.officer("duty-1")
    answers = at_once(*[comment(officer, "same", "已联系", 2)] * 4)
    told = [{**answer.json(), "repeated": True} for answer in answers]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert told == [told[0]] * 4
    assert {answer.headers["etag"] for answer in answers} == {'"3"'}
    assert house.stores.log.head(UNIT)[0] == 3


def test_a_double_click_without_a_text_is_one_step(house: DeskHouse) -> None:
    """A command that is not legal a second time is not refused to the second click."""
    officer = house.officer("duty-1")

    def hold() -> Any:
        path, headers = at(f"incidents/{INCIDENT}/unacknowledge"), {"Idempotency-Key": "u", "If-Match": '"2"'}
        return officer.post(path, json={}, headers=headers)

    answers = at_once(*[hold] * 6)

    assert [answer.status_code for answer in answers] == [200] * 6
    assert {answer.json()["seq"] for answer in answers} == {3}


def test_a_matter_that_grows_meanwhile_overtakes_nobody(house: DeskHouse) -> None:
    """Posts join while officers work with their revisions: each step goes through."""
    officer = house.officer("duty-1")
    for number in range(5):
        grown, answered = at_once(house.grow, comment(officer, f"k{number}", f"第{number}次", 2 + number))
        assert (grown, answered.status_code) == (None, 200)
    view = house.stores.posts.group(UNIT, COMPLAINT)

    assert view is not None
    assert view.row.posts == 6
    assert house.stores.log.head(UNIT)[0] == 7


def test_steps_of_many_officers_without_a_revision_all_stand(house: DeskHouse) -> None:
    """A comment needs no revision: nobody loses, and the chain of the log holds."""
    officers = [house.officer(f"duty-{number}") for number in range(1, 7)]
    answers = at_once(*[comment(who, "k", f"来自{number}") for number, who in enumerate(officers)])

    assert [answer.status_code for answer in answers] == [200] * 6
    assert sorted(answer.json()["revision"] for answer in answers) == [3, 4, 5, 6, 7, 8]


def test_a_stale_page_is_told_what_happened_since(house: DeskHouse) -> None:
    """A page of an hour ago: nothing is done, and each step since then is named."""
    officer = house.officer("duty-1")
    for number in range(3):
        assert comment(officer, f"k{number}", "又联系")().status_code == 200
    house.clock.at += HOUR
    stale = comment(house.officer("duty-2"), "late", "我也联系", 2)()

    assert (stale.status_code, stale.json()["revision"]) == (412, 5)
    assert [step["revision"] for step in stale.json()["since"]] == [3, 4, 5]
    assert "look again" in stale.json()["detail"]
