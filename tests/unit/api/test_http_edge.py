"""What every answer carries, what no request gets past, and how errors are told."""

import json
import logging
import time
from typing import Annotated

import pytest
from fastapi import APIRouter, Body

from api.entrance import Entrance
from api.health import Health
from api.http.app import ROUTERS
from api.http.edge import Edge
from api.http.gate import PUBLIC
from api.http.problem import Problem
from pipeline.domain.errors import BadInput, LostRace, MalformedEvent, Refused, StaleWorker, StoreUnavailable
from tests.http_house import HttpHouse

SECRET_TEXT = "张家桥养老院 13800000000"
router = APIRouter(prefix="/api/v1/test", dependencies=[PUBLIC])
page = APIRouter(prefix="/test", dependencies=[PUBLIC])
ERRORS = {
    "refused": Refused("not now; close it first", allowed=("close", "comment")),
    "unknown": Refused("no such incident", code="INC-301"),
    "stale": Refused("somebody changed it", code="INC-409"),
    "role": Refused("your role may not", code="INC-403"),
    "input": BadInput("text is empty; write it"),
    "race": LostRace("moved; try again"),
    "store": StoreUnavailable("full; free space", code="STO-101"),
    "worker": StaleWorker("another"),
    "event": MalformedEvent("bad"),
    "own": Problem(415, "HTP-422", "no JSON", "send JSON"),
}
STATUS = {"refused": 409, "unknown": 404, "stale": 412, "role": 403, "input": 422, "race": 409, "store": 503,
          "worker": 503, "event": 500, "own": 415}  # fmt: skip


@router.get("/raise/{name}")
def raise_it(name: str) -> None:
    raise ERRORS[name]


@router.get("/unexpected")
@page.get("/unexpected")
def break_down() -> None:
    raise ValueError(SECRET_TEXT)


@router.post("/echo")
def echo(text: Annotated[str, Body(embed=True)]) -> int:
    return len(text)


@router.get("/slow")
def slow() -> str:
    time.sleep(0.4)
    return "late"


def house() -> HttpHouse:
    return HttpHouse(routers=[*ROUTERS, router, page])


@pytest.mark.parametrize("path", ["/login", "/livez", "/api/v1/me", "/nothing/here", "/api/v1/test/unexpected"])
def test_every_answer_keeps_the_browser_safe(path: str) -> None:
    """Also errors, also what is for everybody."""
    headers = house().stranger().get(path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers
    assert "server" not in headers


def test_with_tls_the_browser_is_told_to_stay_with_it() -> None:
    """HSTS, where there is TLS."""
    answer = HttpHouse(entrance=Entrance(has_tls=True)).stranger().get("/login")

    assert "max-age" in answer.headers["strict-transport-security"]


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_an_error_of_ours_becomes_a_problem_with_code_and_cause(name: str) -> None:
    """The status says the kind, the code is the runbook's, the sentence is the error's own."""
    answer = house().stranger().get(f"/api/v1/test/raise/{name}")
    problem = answer.json()

    assert (answer.status_code, problem["status"]) == (STATUS[name], STATUS[name])
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["code"] == ERRORS[name].code
    assert problem["detail"] in str(ERRORS[name])
    assert ("retry-after" in answer.headers) == (STATUS[name] == 503)


def test_a_refused_move_names_the_legal_ones() -> None:
    """What is possible now stands beside what is not."""
    problem = house().stranger().get("/api/v1/test/raise/refused").json()

    assert problem["legal_moves"] == ["close", "comment"]
    assert problem["next"] == "close it first"


def test_an_unexpected_error_is_counted_and_told_without_its_values(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the answer nor the log holds a text or a trace; a reference joins the two."""
    here = house()
    problem = here.stranger().get("/api/v1/test/unexpected")
    html = here.browser().get("/test/unexpected")

    assert (problem.status_code, problem.json()["code"], html.status_code) == (500, "HTP-500", 500)
    assert problem.json()["reference"] in caplog.text
    assert "ValueError test_http_edge.py" in caplog.text
    assert here.service.counts.read()["http_unexpected"] == 2
    for told in (problem.text, html.text, caplog.text):
        assert "13800000000" not in told
        assert "Traceback" not in told


def test_a_page_tells_the_problem_in_chinese() -> None:
    """People get a page with the way back."""
    answer = house().browser().get("/nothing/here")

    assert answer.status_code == 404
    assert "没有找到" in answer.text
    assert "HTP-404" in answer.text


def test_wrong_fields_are_named_and_what_was_typed_is_not_repeated() -> None:
    """A text does not come back in an error, and so in no log of a program."""
    answer = house().stranger().post("/api/v1/test/echo", json={"txt": SECRET_TEXT})

    assert (answer.status_code, answer.json()["code"]) == (422, "HTP-422")
    assert "text: field required" in answer.json()["detail"]
    assert "13800000000" not in answer.text


@pytest.mark.parametrize("announces", [True, False])
def test_too_large_a_body_is_refused_also_when_its_length_is_not_told(announces: bool) -> None:
    """1 MB of text; what is announced is refused before it is read."""
    body = json.dumps({"text": "a" * (1 << 20)}).encode()
    content = body if announces else iter([body[:600_000], body[600_000:]])
    answer = house().stranger().post("/api/v1/test/echo", content=content, headers={"content-type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (413, "HTP-413")


def test_an_upload_may_be_larger_than_a_text() -> None:
    """Attachments have ten megabytes; the limit of a text is not theirs."""
    here = house().browser()

    assert here.post("/login", files={"file": b"a" * (10 << 20)}).status_code == 401
    assert here.post("/login", files={"file": b"a" * (12 << 20)}).status_code == 413


def test_an_answer_that_takes_too_long_is_given_up() -> None:
    """The browser is told, and may try again."""
    here = house()
    here.app.user_middleware.clear()
    here.app.add_middleware(Edge, service=here.service, answer_seconds=0.1)
    answer = here.stranger().get("/api/v1/test/slow")

    assert (answer.status_code, answer.json()["code"]) == (503, "HTP-503")


def test_each_request_is_one_line_of_json_without_its_address(caplog: pytest.LogCaptureFixture) -> None:
    """The route's pattern and the account are logged; ids, secrets and questions in the address are not."""
    caplog.set_level(logging.INFO, "api.http.requests")
    here = house()
    here.hire("wang", "auditor")
    here.browser("wang").get("/api/v1/units/yunxi-mz/audit/reads", params={"day": "2026-11-02"})
    here.stranger().get("/link/a-secret-of-a-link")
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "api.http.requests"]

    assert lines[-2]["route"] == "/api/v1/units/{unit}/audit/reads"
    assert (lines[-2]["account"], lines[-2]["status"]) == ("wang", 200)
    assert lines[-1]["route"] == "/link/{secret}"
    assert "a-secret" not in caplog.text


def test_a_page_about_a_problem_that_fails_itself_is_told_as_json(caplog: pytest.LogCaptureFixture) -> None:
    """What every page asks for can be what is broken; neither a trace nor a value reaches the log or the reader."""

    def breaks() -> Health:
        raise ValueError(SECRET_TEXT)

    here = house()
    here.hire("wang", "duty")
    browser = here.browser("wang")
    here.app.state.glance.look = breaks
    answer = browser.get("/account")

    assert (answer.status_code, answer.json()["code"]) == (500, "HTP-500")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert SECRET_TEXT not in answer.text
    assert SECRET_TEXT not in caplog.text
