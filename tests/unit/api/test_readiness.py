"""Readiness tells what is so: processes, classifier, coverage; a dead source degrades and does not stop the service."""

import json

from fastapi.testclient import TestClient

from api.http.app import Health, create_app

WELL = Health([], [], {"work": "alive"}, "lexicon@1", 2, 2)


def asked(path: str, health: Health = WELL) -> tuple[int, str]:
    with TestClient(create_app(lambda: health, lambda: {"dead_letters": 3})) as client:
        answer = client.get(path)
    return answer.status_code, answer.text


def test_a_service_that_works_is_ready_and_names_its_classifier() -> None:
    """The backend in use is named."""
    status, body = asked("/readyz")

    assert status == 200
    assert json.loads(body)["classifier"] == "lexicon@1"
    assert json.loads(body)["coverage"] == "2 of 2 sources alive"


def test_a_dead_source_is_told_and_the_service_is_ready() -> None:
    """It goes on with the others, and says what it cannot see."""
    status, body = asked("/readyz", Health([], ["source a: timeout"], {}, "m", 1, 2))

    assert (status, json.loads(body)["degraded"]) == (200, ["source a: timeout"])


def test_a_dead_process_makes_the_service_unready() -> None:
    """With the reason."""
    status, body = asked("/readyz", Health(["work is dead"], [], {"work": "dead"}, "m", 1, 1))

    assert (status, json.loads(body)["problems"]) == (503, ["work is dead"])


def test_liveness_and_metrics_answer_in_plain_text() -> None:
    """For machines that ask every few seconds."""
    assert asked("/livez") == (200, "alive\n")
    assert asked("/metrics") == (200, "huiyin_dead_letters 3\n")
