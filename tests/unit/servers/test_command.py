"""What the command prints: JSON on standard output for programs, sentences on standard error for people."""

import json
from pathlib import Path

import pytest

from deploy.servers.cluster import Servers
from deploy.servers.plan import Plan, Ports, Wish, save
from deploy.servers.servers import _parser, _wish, main

pytestmark = pytest.mark.skipif("sys.platform == 'win32'", reason="the servers are started on Linux and macOS only")


def wished(folder: Path, *arguments: str) -> Wish:
    return _wish(_parser().parse_args(["up", "--data", str(folder), *arguments]), Servers(folder))


def test_the_addresses_are_json_and_the_progress_is_not_among_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script reads standard output as it is."""
    save(tmp_path, Plan((Ports(21_001, 21_002),), Ports(21_003, 21_004), "9.5.3"))

    assert main(["status", "--data", str(tmp_path)]) == 0

    printed = capsys.readouterr()
    said = json.loads(printed.out)
    assert (said["kafka"], said["elastic"]) == ("127.0.0.1:21001", "http://127.0.0.1:21003")
    assert said["servers"]["kafka"] == {"running": False, "pid": None, "log": str(tmp_path / "kafka" / "log")}
    assert printed.err.startswith("servers: status: done in ")


def test_what_cannot_be_done_is_a_sentence_and_a_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback, nothing on standard output, the code of the runbook at the end."""
    assert main(["kill", "--data", str(tmp_path), "--which", "kafka"]) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert "no server called kafka; it has: none yet; begin with: up   [SRV-111]" in printed.err


def test_a_new_folder_gets_one_broker_and_the_newest_elasticsearch(tmp_path: Path) -> None:
    """Without a word more."""
    assert wished(tmp_path) == Wish(kafka=1, elastic="9.5.3")


@pytest.mark.parametrize(
    ("arguments", "wish"),
    [
        (("--kafka", "0"), Wish(elastic="9.5.3")),
        (("--kafka", "3", "--elastic", "none"), Wish(kafka=3)),
        (("--elastic", "8.7.1", "--elastic-port", "9200"), Wish(kafka=1, elastic="8.7.1", elastic_port=9200)),
    ],
)
def test_what_is_named_is_what_is_wished(tmp_path: Path, arguments: tuple[str, ...], wish: Wish) -> None:
    """None and 0 are no server."""
    assert wished(tmp_path, *arguments) == wish


def test_a_folder_that_is_known_gets_only_what_is_named_besides(tmp_path: Path) -> None:
    """It comes back as it was."""
    save(tmp_path, Plan((Ports(21_001, 21_002),)))

    assert wished(tmp_path) == Wish()
    assert wished(tmp_path, "--elastic", "9.5.3") == Wish(elastic="9.5.3")
