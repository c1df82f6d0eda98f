"""The description of the API: valid OpenAPI 3.1, complete, and its examples are what it describes."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from api.http.examples import ANSWERS
from api.http.openapi import MEDIA, TAGS
from pipeline.domain.order_catalogue import order_forms
from tests.desk_house import INCIDENT, at, desk_house

HOUSE = desk_house()
DOCUMENT: dict[str, Any] = HOUSE.stranger().get("/api/v1/openapi.json").json()
OPERATIONS = [
    (path, method, operation) for path, item in DOCUMENT["paths"].items() for method, operation in item.items()
]
NAMES = [f"{method} {path}" for path, method, _ in OPERATIONS]


def validator(schema: dict[str, Any]) -> Any:
    """Return what checks a value against a schema of the document."""
    return jsonschema_rs.validator_for({**schema, "components": DOCUMENT["components"]})


def test_the_description_is_valid_openapi() -> None:
    """Version 3.1, for programs that make clients from it."""
    assert DOCUMENT["openapi"].startswith("3.1")
    assert schemathesis.openapi.from_dict(DOCUMENT).validate() is None
    assert len({operation["operationId"] for _, _, operation in OPERATIONS}) == len(OPERATIONS)


def test_pages_and_what_pages_load_are_no_part_of_it() -> None:
    """Programs are told of the API, and of what monitoring asks."""
    assert {path for path, _, _ in OPERATIONS if not path.startswith("/api/v1/")} == {"/livez", "/readyz", "/metrics"}


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=NAMES)
def test_each_operation_says_who_may_come_in_and_how_it_refuses(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    """Tags with a sentence, ways in, and one problem document for every refusal."""
    assert set(operation["tags"]) <= TAGS.keys()
    assert operation["security"] or path == "/livez"
    refusals = {status: one for status, one in operation["responses"].items() if status >= "400"}
    of_problems = {status for status, one in refusals.items() if MEDIA in one["content"]}
    assert of_problems | {"503"} == refusals.keys(), (method, path)
    assert "HTTPValidationError" not in str(operation)
    if operation["security"]:
        assert {"401", "403", "429"} <= of_problems
    if "requestBody" in operation:
        assert {"409", "412", "413", "415", "422"} <= of_problems


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Yield (where, schema, value) of every example of a body or an answer."""
    for path, method, operation in OPERATIONS:
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            for content in body.get("content", {}).values():
                for example in content.get("examples", {}).values():
                    yield f"{method} {path}", content["schema"], example["value"]


def test_each_example_is_what_its_schema_describes() -> None:
    """Of every command's body, of every problem, and of the main answers."""
    shown = list(examples())
    for where, schema, value in shown:
        assert [error.message for error in validator(schema).iter_errors(value)] == [], where
    answered = {where for where, schema, _ in shown if "Problem" not in str(schema)}
    assert len(answered) == len(order_forms()) + len(ANSWERS)


@pytest.mark.parametrize("path", ["queue", "work?whose=all", "incidents", f"incidents/{INCIDENT}", "overview"])
def test_true_answers_are_what_the_description_says(path: str) -> None:
    """With matters on the desk, not only where nothing is."""
    if not HOUSE.service.desk.state("yunxi-mz").incidents:
        HOUSE.opens()
        HOUSE.hire("duty-9", "duty")
    address = f"/api/v1/units/{{unit}}/{path.partition('?')[0]}".replace(INCIDENT, "{incident}")
    schema = DOCUMENT["paths"][address]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    assert [
        error.message for error in validator(schema).iter_errors(HOUSE.program("duty-9").get(at(path)).json())
    ] == []


def test_headers_that_answers_carry_are_described() -> None:
    """The revision, the replay, and where the new incident is."""
    opened = DOCUMENT["paths"]["/api/v1/units/{unit}/groups/{group}/open"]["post"]["responses"]["201"]
    assert set(opened["headers"]) == {"ETag", "Idempotency-Replayed", "Location"}
    assert set(DOCUMENT["components"]["securitySchemes"]) == {"token", "session"}
