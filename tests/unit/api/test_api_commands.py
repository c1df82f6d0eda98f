"""Commands over HTTP: what is asked for is done once; who is overtaken, refused or wrong is told so with what to do."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pipeline.domain.order import Order
from pipeline.domain.order_catalogue import order_forms
from pipeline.domain.order_form import Target
from pipeline.domain.read_order import nothing_known
from pipeline.domain.sheet import UnitWords, read_sheet
from tests.builders import HOUR, MINUTE
from tests.desk_house import COMPLAINT, INCIDENT, LETTER, DeskHouse, at, desk_house
from tests.http_house import UNIT

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def house() -> DeskHouse:
    return desk_house()


@pytest.fixture
def officer(house: DeskHouse) -> TestClient:
    return house.officer()


def ask(who: TestClient, path: str, key: str = "k1", *, match: int | None = None, **body: Any) -> Any:
    """Return the answer to a command."""
    headers = {"Idempotency-Key": key} | ({} if match is None else {"If-Match": f'"{match}"'})
    return who.post(at(path), json=body, headers=headers)


def test_an_incident_goes_from_first_sight_to_closure(house: DeskHouse, officer: TestClient) -> None:
    """Open, acknowledge, claim, verdict, reply, close: each answer carries the revision for the next."""
    opened = ask(officer, f"groups/{COMPLAINT}/open", "1")
    assert (opened.status_code, opened.headers["location"]) == (201, at(f"incidents/{INCIDENT}"))
    here = opened.headers["location"].removeprefix(at(""))
    assert ask(officer, f"{here}/acknowledge", "2", match=1).headers["etag"] == '"2"'
    claim = ask(officer, f"{here}/record_claim", "3", match=2, text="低保金两个月未发").json()["memo"]
    judged = ask(officer, f"{here}/give_verdict", "4", match=3, claim=claim, verdict="true", text="已核实")
    revision = judged.json()["revision"]
    replied = ask(officer, f"{here}/reply", "5", match=revision, kind="answered", how="phone", text="已答复")
    closed = ask(officer, f"{here}/close", "6", match=replied.json()["revision"], disposition="resolved")

    assert (closed.status_code, closed.json()["events"]) == (200, ["closed"])
    assert closed.json()["moves"] == ["leader_note", "reopen", "unmerge", "sign", "comment", "undo"]
    assert officer.get(at(f"incidents/{INCIDENT}")).json()["row"]["state"] == "closed"
    assert house.stores.log.head(UNIT)[0] == 6


def test_the_same_key_gives_the_first_answer(house: DeskHouse, officer: TestClient) -> None:
    """Also after others went on; the revision is that of the first answer."""
    house.opens()
    first = ask(officer, f"incidents/{INCIDENT}/comment", text="已联系")
    house.order("comment", "other", "别人的话", incident=INCIDENT)
    again = ask(officer, f"incidents/{INCIDENT}/comment", text="已联系")

    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status_code, again.headers["etag"]) == (first.status_code, first.headers["etag"])
    assert again.json() == {**first.json(), "repeated": True}
    other = ask(officer, f"incidents/{INCIDENT}/comment", text="别的话")
    assert (other.status_code, other.json()["code"]) == (422, "ORD-103")


def test_without_a_key_nothing_is_done(house: DeskHouse, officer: TestClient) -> None:
    """A click that could be doubled is refused, with the header that is missing."""
    answer = officer.post(at(f"groups/{COMPLAINT}/open"), json={})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert house.stores.log.head(UNIT)[0] == 0


def test_who_is_overtaken_is_told_what_the_others_did(house: DeskHouse, officer: TestClient) -> None:
    """412 with the winner's step; with the new revision it goes through. Growth alone overtakes nobody."""
    house.opens()
    house.grow()
    assert ask(officer, f"incidents/{INCIDENT}/comment", "a", match=2, text="甲").status_code == 200
    late = ask(officer, f"incidents/{INCIDENT}/set_level", "b", match=2, level="3", text="乙")
    body = late.json()

    assert (late.status_code, body["code"], body["revision"]) == (412, "INC-409", 3)
    assert [(step["type"], step["actor"]) for step in body["since"]] == [("commented", "account:duty-1")]
    assert "set_level" in body["legal_moves"]
    assert ask(officer, f"incidents/{INCIDENT}/set_level", "b", match=3, level="3", text="乙").status_code == 200


@pytest.mark.parametrize("match", ["3", "abc", '"x"', '"1", "2"'])
def test_an_if_match_that_is_no_revision_is_told(officer: TestClient, match: str) -> None:
    """It is never ignored: the caller believes that it protects him."""
    headers = {"Idempotency-Key": "k", "If-Match": match}
    answer = officer.post(at(f"incidents/{INCIDENT}/comment"), json={"text": "x"}, headers=headers)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "If-Match")


def test_a_refusal_names_the_moves_that_this_person_may_make(house: DeskHouse, officer: TestClient) -> None:
    """Not legal now: 409. Not his role: 403. Both say what he may do."""
    house.opens()
    twice = ask(officer, f"incidents/{INCIDENT}/acknowledge").json()
    assert (twice["status"], twice["code"]) == (409, "INC-201")
    assert {"comment", "give_verdict"} <= set(twice["legal_moves"])
    assert "raise_level" not in twice["legal_moves"]
    reviewer = house.officer("reviewer-1", "reviewer")
    role = ask(reviewer, f"incidents/{INCIDENT}/close", disposition="resolved").json()
    assert (role["status"], role["code"]) == (403, "INC-403")
    assert set(role["legal_moves"]) <= {"assess", "sign", "comment", "undo"}
    assert ask(officer, "incidents/none/comment", "n", text="x").status_code == 404


def test_every_problem_of_a_body_is_named_at_once(house: DeskHouse, officer: TestClient) -> None:
    """Beside its field, with the values that are allowed."""
    house.opens()
    body: dict[str, Any] = {"disposition": "gone", "offline": True, "colour": "red", "second": "张 三"}
    answer = ask(officer, f"incidents/{INCIDENT}/settle", text="x" * 20_001, **body)
    problem = answer.json()
    found = {error["field"]: error for error in problem["errors"]}

    assert (answer.status_code, problem["code"]) == (422, "ORD-101")
    assert set(found) == {"disposition", "colour", "second", "text", "signed_how", "signed_by"}
    assert found["disposition"]["allowed"] == ["resolved", "clarified", "filed", "irrelevant"]
    assert "at most 20000" in found["text"]["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": 5}, "text"),
        ({"text": "\ud800"}, "text"),
        ({"text": "x", "incident": "other"}, "incident"),
        ({"text": "x", "level": 3}, "level"),
        ({"text": "x", "level": None}, "level"),
        ({"level": "3"}, "text"),
    ],
)
def test_json_of_another_type_than_the_schema_says_is_refused(
    house: DeskHouse, officer: TestClient, body: dict[str, object], field: str
) -> None:
    """What a form may write loosely, a program writes exactly."""
    house.opens()
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = officer.post(at(f"incidents/{INCIDENT}/set_level"), content=json.dumps(body), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "ORD-101")
    assert field in {error["field"] for error in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        ("[1]", "application/json", 422),
        ("{", "application/json", 422),
        ("[" * 100_000, "application/json", 422),
        ("<a/>", "text/xml", 415),
        ("\udcff".encode("utf-8", "surrogateescape").decode("latin-1"), "application/json", 422),
    ],
)
def test_a_body_that_is_no_object_is_told(officer: TestClient, content: str, kind: str, status: int) -> None:
    """With what is expected instead."""
    headers = {"Idempotency-Key": "k", "Content-Type": kind}
    answer = officer.post(at(f"incidents/{INCIDENT}/comment"), content=content.encode(), headers=headers)

    assert (answer.status_code, answer.json()["status"]) == (status, status)


@pytest.mark.parametrize(
    ("size", "refused"), [(25_000, (422, "ORD-101")), (1_000_000, (422, "ORD-101")), (1_200_000, (413, "HTP-413"))]
)
def test_a_comment_of_a_megabyte_is_refused_clearly_and_nothing_is_kept(
    house: DeskHouse, officer: TestClient, size: int, refused: tuple[int, str]
) -> None:
    """As JSON and as a form: told how long it may be; the log is as before, and the key is still free."""
    house.opens()
    path, files = at(f"incidents/{INCIDENT}/comment"), {"attachments": ("a.png", PNG)}
    by_json = ask(officer, f"incidents/{INCIDENT}/comment", text="x" * size)
    by_form = officer.post(path, data={"text": "x" * size}, files=files, headers={"Idempotency-Key": "k1"})

    for answer in (by_json, by_form):
        assert (answer.status_code, answer.json()["code"]) == refused
        assert "shorten" in answer.json()["detail"] or "at most 20000" in answer.json()["detail"]
    assert house.stores.log.head(UNIT)[0] == 2
    assert ask(officer, f"incidents/{INCIDENT}/comment", text="短").status_code == 200


def test_files_are_attached_by_a_form(house: DeskHouse, officer: TestClient) -> None:
    """With a text, fields and a revision like any other order; the name is masked."""
    house.opens()
    answer = officer.post(
        at(f"incidents/{INCIDENT}/report_upward"),
        data={"to": "county", "text": "见附件"},
        files=[("attachments", ("张伟.png", PNG, "image/png")), ("attachments", ("现场.png", PNG + b"2", "image/png"))],
        headers={"Idempotency-Key": "k", "If-Match": '"2"'},
    )
    (text,) = officer.get(at(f"incidents/{INCIDENT}")).json()["texts"]

    assert answer.status_code == 200, answer.text
    assert (text["text"], [file["name"] for file in text["files"]]) == ("见附件", ["＊＊.png", "现场.png"])
    taken = officer.get(at(f"incidents/{INCIDENT}/files/{text['files'][1]['memo']}"))
    assert (taken.content, taken.headers["content-type"]) == (PNG + b"2", "image/png")
    assert taken.headers["content-disposition"].startswith("attachment;")
    assert officer.get(at(f"incidents/{INCIDENT}/files/{text['memo']}")).status_code == 404
    bad = officer.post(
        at(f"incidents/{INCIDENT}/comment"),
        files=[("attachments", ("a.exe", b"MZ", "application/x-msdownload")), ("text", ("a.png", PNG, "image/png"))],
        headers={"Idempotency-Key": "k2"},
    )
    assert {error["field"] for error in bad.json()["errors"]} == {"text"}


def test_lists_and_repeated_fields_of_a_form(house: DeskHouse, officer: TestClient) -> None:
    """A list may be repeated; a single field given twice is a mistake, not a choice."""
    house.opens()
    path, headers = at(f"incidents/{INCIDENT}/consult"), {"Idempotency-Key": "k"}
    listed = officer.post(path, data={"attended": ["welfare", "police"], "text": "会商"}, headers=headers)
    assert listed.status_code == 200, listed.text
    twice = officer.post(
        at(f"incidents/{INCIDENT}/set_level"), data={"level": ["3", "2"], "text": "x"}, headers={"Idempotency-Key": "l"}
    )
    assert [error["field"] for error in twice.json()["errors"]] == ["level"]


def test_a_step_is_taken_back_within_ten_minutes(house: DeskHouse, officer: TestClient) -> None:
    """The page can say before what that means."""
    ask(officer, f"groups/{COMPLAINT}/group_set_aside", how="irrelevant")
    can = officer.get(at("undoable")).json()["undoable"]
    assert (can["means"], can["groups"]) == (["group_restored"], [COMPLAINT])
    done = ask(officer, "undo", "u", seq=can["seq"])
    assert (done.status_code, done.json()["events"]) == (200, ["group_restored"])
    ask(officer, f"groups/{LETTER}/group_set_aside", "k2")
    house.clock.at += 11 * MINUTE
    assert officer.get(at("undoable")).json()["undoable"] is None
    assert ask(officer, "undo", "u2").status_code == 409


def test_a_need_is_contacted_and_ended(house: DeskHouse, officer: TestClient) -> None:
    """It has no revision, so it takes no If-Match."""
    done = ask(officer, "needs/p3/need_contacted", how="phone")
    assert (done.status_code, "etag" in done.headers) == (200, False)
    wrong = ask(officer, "needs/p3/need_outcome", "k2", match=1, outcome="helped")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "expected_revision")
    assert ask(officer, "needs/p3/need_outcome", "k3", outcome="helped").status_code == 200


def test_a_browser_needs_its_token_too(house: DeskHouse) -> None:
    """A session's cookie alone is not enough to change something."""
    browser = house.browser(house.hire("duty-1", "duty"))
    assert ask(browser, f"groups/{COMPLAINT}/open").status_code == 201
    del browser.headers["x-csrf-token"]
    assert ask(browser, f"groups/{LETTER}/open", "k2").json()["code"] == "HTP-431"


def test_each_command_has_a_route_and_an_example_that_can_be_read() -> None:
    """OpenAPI names the fields of every command; its example passes the reader of orders."""
    described = desk_house().officer().get("/api/v1/openapi.json").json()["paths"]
    known = {Target.INCIDENT: "incidents/{incident}/", Target.GROUP: "groups/{group}/", Target.NEED: "needs/{post}/"}
    for form in order_forms().values():
        route = described[f"/api/v1/units/{{unit}}/{known.get(form.target, '')}{form.name}"]["post"]
        content = route["requestBody"]["content"]["application/json"]
        names = {field.name for field in form.fields} - {form.target_field}
        assert set(content["schema"]["properties"]) == names | {"text"}, form.name
        example = dict(content["examples"]["order"]["value"])
        text = example.pop("text")
        fields = {**example, **({form.target_field: "x"} if form.target_field else {})}
        sheet = read_sheet(Order(UNIT, form.name, fields, "duty-1", frozenset(), "k", text), WORDS, "00")
        assert sheet.form.name == form.name


WORDS = UnitWords(frozenset(), nothing_known)


def test_a_snooze_takes_times_with_their_offset(house: DeskHouse, officer: TestClient) -> None:
    """A time without one could mean any place on earth."""
    house.opens()
    assert ask(officer, f"incidents/{INCIDENT}/snooze", until="2026-11-24T09:30:00").status_code == 422
    assert ask(officer, f"incidents/{INCIDENT}/snooze", "k2", until="2026-11-24T09:30:00+08:00").status_code == 200
    due = officer.get(at(f"incidents/{INCIDENT}")).json()["due"]
    assert (due["what"], due["at"]) == ("snoozed", "2026-11-24T01:30:00Z")
    assert house.clock.at < house.clock.at + HOUR
