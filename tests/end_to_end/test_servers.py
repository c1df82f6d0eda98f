"""The command that starts real servers: up, looked at, killed, started again, stopped; what a killed user leaves."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.servers.cluster import Servers
from deploy.servers.process import birth, wait_until
from deploy.servers.unable import Unable
from deploy.servers.watch import EVERY_SECONDS
from tests.servers import OwnServers, refuse

ROOT = Path(__file__).parents[2]
COMMAND = ROOT / "deploy" / "servers" / "servers.py"
USER = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from deploy.servers.cluster import Servers
from deploy.servers.plan import Wish
from deploy.servers.watch import use
use(Servers(Path(sys.argv[2])), Wish(kafka=1), linger=0.0)
print("running", flush=True)
time.sleep(600)
"""
pytestmark = [
    pytest.mark.skipif("sys.platform == 'win32'", reason="the servers are started on Linux and macOS only"),
    pytest.mark.timeout(400),
]


def told(verb: str, folder: Path, *more: str) -> dict[str, object]:
    """Return what the command printed; where this machine cannot start servers the test is skipped."""
    asked = [sys.executable, str(COMMAND), verb, "--data", str(folder), *more]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=350, check=False)
    if done.returncode == 2 and any(f"SRV-10{digit}" in done.stderr for digit in "1234"):
        refuse(done.stderr)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert isinstance(said, dict)
    return said


def are_running(said: dict[str, object]) -> dict[str, bool]:
    servers = said["servers"]
    assert isinstance(servers, dict)
    return {name: one["running"] for name, one in servers.items()}


def asked(url: object, method: str, path: str, body: object = None) -> dict[str, object]:
    """Return what Elasticsearch answers, over HTTP as anybody speaks it."""
    assert isinstance(url, str)
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    assert isinstance(answer, dict)
    return answer


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder whose servers do not outlive the test."""
    yield tmp_path / "data"
    Servers(tmp_path / "data").stop_all()


def test_servers_come_up_are_killed_come_back_and_go_down(folder: Path) -> None:
    """What was written before a power cut is there after it, on the same ports; an orderly stop leaves no process."""
    up = told("up", folder, "--kafka", "1", "--elastic", "9.5.3")
    assert are_running(up) == {"kafka": True, "elastic": True}
    version = asked(up["elastic"], "GET", "/")["version"]
    assert isinstance(version, dict)
    assert version["number"] == "9.5.3"
    asked(up["elastic"], "PUT", "/kept", {"settings": {"number_of_replicas": 0}})
    asked(up["elastic"], "PUT", "/kept/_doc/1", {"text": "云汐县"})

    told("kill", folder, "--which", "kafka")
    killed = told("kill", folder, "--which", "elastic")
    told("start", folder, "--which", "kafka")
    back = told("start", folder, "--which", "elastic")
    found = asked(back["elastic"], "GET", "/kept/_doc/1")["_source"]
    down = told("down", folder)

    assert are_running(killed) == {"kafka": False, "elastic": False}
    assert (back["kafka"], back["elastic"]) == (up["kafka"], up["elastic"])
    assert found == {"text": "云汐县"}
    assert are_running(down) == are_running(told("status", folder)) == {"kafka": False, "elastic": False}


def test_servers_of_a_killed_user_are_stopped_and_their_data_removed(folder: Path) -> None:
    """A test run that is killed cannot tidy up; the watcher does."""
    user = subprocess.Popen(
        [sys.executable, "-c", USER, str(ROOT), str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with user:
        assert user.stdout is not None
        assert user.stderr is not None
        if not user.stdout.readline():
            refuse(user.stderr.read())
        broker = Servers(folder).process("kafka").pid
        user.kill()
    assert broker is not None

    assert wait_until(lambda: birth(broker) == "", 60 + EVERY_SECONDS)
    assert wait_until(lambda: not (folder / "kafka").exists(), 60)


@pytest.mark.slow
def test_three_brokers_serve_and_one_that_was_killed_returns(own_servers: OwnServers) -> None:
    """Each of them answers; the two others do while it is away."""
    servers = own_servers(kafka=3)
    names = ("kafka", "kafka-2", "kafka-3")
    before = [servers.process(name).pid for name in names]

    servers.kill("kafka-2")
    away = [servers.process(name).pid for name in names]
    servers.start("kafka-2")

    assert len(set(servers.kafka_addresses.split(","))) == 3
    assert away == [before[0], None, before[2]]
    assert None not in [servers.process(name).pid for name in names]


@pytest.mark.slow
def test_the_older_elasticsearch_serves(own_servers: OwnServers) -> None:
    """8.7.1, for the older client."""
    version = asked(own_servers(kafka=0, elastic="8.7.1").elastic_url, "GET", "/")["version"]

    assert isinstance(version, dict)
    assert version["number"] == "8.7.1"


def test_a_server_that_cannot_start_is_told_with_its_own_last_words(folder: Path) -> None:
    """A broker whose folder was damaged says why it ended, in the sentence that the command prints."""
    told("up", folder, "--kafka", "1", "--elastic", "none")
    told("down", folder)
    (folder / "kafka" / "data" / "meta.properties").write_text("version=1\ncluster.id=another\nnode.id=9\n")

    with pytest.raises(Unable, match=r"kafka ended while it started[\s\S]*node[\s\S]*SRV-107"):
        Servers(folder).start("kafka")
