"""The doctor of a cluster asks both servers first, changes nothing, and tells one cause from another."""

from collections.abc import Callable
from pathlib import Path

import pytest
import tomli_w

from api.cli import main
from api.doctor import examine
from api.finding import Finding
from tests.servers import fresh_prefix

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, kafka_address: str, elastic_address: str) -> Write:
    """Write an operator's file; a section that is given replaces what is right."""

    def written(kafka: str = kafka_address, elastic: str = elastic_address, **more: str) -> Path:
        prefix = fresh_prefix()
        config = {
            "profile": "cluster",
            "kafka": {"servers": kafka.split(","), "prefix": prefix, "partitions": 1, "replication": 1},
            "elasticsearch": {"urls": [elastic], "prefix": prefix, "replicas": 0, **more},
        }
        path = tmp_path / "huiyin.toml"
        path.write_text(tomli_w.dumps(config), encoding="utf-8")
        return path

    return written


def told(path: Path) -> dict[str, Finding]:
    return {found.what: found for found in examine(path, asks_outside=False)}


def test_a_cluster_that_has_nothing_yet_is_looked_at_and_left_as_it_is(write: Write, tmp_path: Path) -> None:
    """Both servers answer, nothing was made: no index, no topic, no key, no folder."""
    path = write()
    first, second = told(path), told(path)

    assert first.keys() == second.keys()
    assert first["kafka"].is_well
    assert first["elasticsearch"].is_well
    assert "[STO-315]" in second["elasticsearch indices"].says
    assert "no data yet" in second["stores"].says
    assert [each.name for each in tmp_path.iterdir()] == ["huiyin.toml"]


def test_a_wrong_address_of_either_server_is_that_servers_alone(write: Write) -> None:
    """The other is well; what could not be looked at is said to be so."""
    no_kafka, no_elastic = told(write(kafka="127.0.0.1:1")), told(write(elastic="http://127.0.0.1:1"))

    assert "[BUS-301]" in no_kafka["kafka"].says
    assert no_kafka["elasticsearch"].is_well
    assert "[STO-307]" in no_elastic["elasticsearch"].says
    assert no_elastic["kafka"].is_well
    assert not no_elastic["stores"].is_well


def test_a_user_without_a_password_is_said_before_anybody_is_asked(write: Write) -> None:
    """With the variable and the key that would name it; `huiyin check` says the same."""
    path = write(user="huiyin")

    assert "set HUIYIN_ELASTICSEARCH_PASSWORD, or name a password_file" in told(path)["cluster"].says
    assert main(["check", "--config", str(path)]) == 2


def test_a_cluster_that_runs_is_whole(write: Write) -> None:
    """Stores, keys, lag and everything that the embedded profile is asked."""
    path = write()
    assert main(["user", "list", "--config", str(path)]) == 0
    found = told(path)

    assert found["keys"].is_well
    assert {"disk", "classifier", "clock", "sources", "processes", "dead letters", "accounts"} <= found.keys()
    assert "every index of" in found["elasticsearch indices"].says
