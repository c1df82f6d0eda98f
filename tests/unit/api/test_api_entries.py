"""Entering by hand over the API: one POST, one key, one entry."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from pipeline.domain.post import Origin, Visibility
from tests.http_house import UNIT
from tests.unit.api.test_page_enter import EnterHouse

ENTRIES = f"/api/v1/units/{UNIT}/entries"


@pytest.fixture
def house() -> EnterHouse:
    """A unit at which somebody enters."""
    return EnterHouse()


def sent(program: TestClient, key: str = "k-1", **body: Any) -> Any:
    """Return the answer to an entry."""
    return program.post(ENTRIES, json=body, headers={"Idempotency-Key": key})


def test_an_entry_is_accepted_and_then_leads_to_its_incident(house: EnterHouse) -> None:
    """202 says where to look; the same key again is the same entry; once the worker came, the incident is named."""
    program = house.program("duty-1")
    first, again = sent(program, text="柳湾镇低保又拖了"), sent(program, text="柳湾镇低保又拖了")
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json()["post"] == first.json()["post"]
    assert again.headers["Idempotency-Replayed"] == "true"
    where = first.headers["Location"]
    assert program.get(where).json()["incident"] is None
    house.works()
    found = program.get(where).json()
    assert found["incident"] in house.service.desk.state(UNIT).incidents
    assert program.get(found["look"]).status_code == 200
    assert len(house.service.desk.state(UNIT).incidents) == 1


def test_one_key_is_one_content(house: EnterHouse) -> None:
    """Before and after the worker has come; and two accounts never meet each other's keys."""
    program = house.program("duty-1")
    sent(program, text="柳湾镇低保又拖了")
    assert sent(program, text="另一件事").json()["code"] == "ORD-103"
    house.works()
    other = sent(program, text="柳湾镇养老又拖了")
    assert (other.status_code, other.json()["code"]) == (422, "ORD-103")
    assert sent(house.program("duty-2"), text="另一件事").status_code == 202


def test_every_problem_is_named_at_once(house: EnterHouse) -> None:
    """As problem+json with the fields; nothing is on the bus."""
    answer = sent(house.program("duty-1"), line="没有的", place="外地", whom="city", same_as="none")
    assert answer.headers["content-type"] == "application/problem+json"
    named = {problem["field"] for problem in answer.json()["errors"]}
    assert named == {"text", "line", "place", "whom", "same_as"}
    assert house.entered() == []
    assert sent(house.program("duty-1"), text="甲", published_at="2026-13-45T99:99:00Z").status_code == 422
    assert house.program("duty-1").get(f"{ENTRIES}/none").status_code == 404


def test_a_paper_from_above_is_taken_whole(house: EnterHouse) -> None:
    """Internal, with their due time; a nickname in a pasted text is not even echoed."""
    paper = {
        "text": "山里的橘子发布了一篇小红书笔记，快来看吧！ 柳湾镇低保 http://xhslink.com/a",
        "origin": "上级交办",
        "whom": "city",
        "ref": "市民函〔2026〕3号",
        "due_at": "2026-11-27T17:00:00+08:00",
        "wants": "三日内书面反馈",
    }
    answer = sent(house.program("duty-1"), **paper)
    assert "nickname" in answer.json()["dropped"]
    (post,) = house.entered()
    assert (post.origin, post.visibility) == (Origin.SUPERIOR, Visibility.INTERNAL)
    assert post.due_at == 1_795_770_000_000
    assert "橘子" not in post.text + answer.text
