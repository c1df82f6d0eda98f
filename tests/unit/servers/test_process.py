"""A server's process: apart from its starter, stopped within a bound, its last words in the error."""

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from deploy.servers.cluster import Servers
from deploy.servers.plan import Plan, Ports, save
from deploy.servers.process import Process, birth, wait_until
from deploy.servers.unable import Unable

pytestmark = pytest.mark.skipif("sys.platform == 'win32'", reason="the servers are started on Linux and macOS only")
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"


def running(folder: Path, source: str, name: str = "kafka") -> Process:
    """A process of this source runs."""
    process = Process(name, folder / name)
    process.start([sys.executable, "-c", source])
    return process


def test_a_process_is_known_to_another_that_looks_into_its_folder(tmp_path: Path) -> None:
    """Its number and its birth stand in a file; when it is killed there is none."""
    started = running(tmp_path, "import time; time.sleep(600)")
    seen = Process("kafka", tmp_path / "kafka")

    assert seen.pid is not None
    assert os.getsid(seen.pid) == seen.pid
    started.kill()
    assert seen.pid is None


def test_a_number_that_now_belongs_to_another_process_is_not_taken_for_it(tmp_path: Path) -> None:
    """The system gives numbers out again; a stranger is never killed."""
    process = Process("kafka", tmp_path)
    (tmp_path / "pid").write_text(f"{os.getpid()} some other birth")

    assert birth(os.getpid()) != ""
    assert process.pid is None


def test_a_process_that_does_not_hear_is_killed_after_the_bound(tmp_path: Path) -> None:
    """It said that it is ready, ignores the polite signal, and is gone all the same."""
    process = running(tmp_path, DEAF)
    process.wait_until_ready(lambda: "ready" in process.log.read_text(), 30)
    process.send(signal.SIGTERM)

    assert not process.wait_until_gone(0.3)
    process.kill()
    assert process.pid is None


def test_one_that_ends_while_it_starts_is_told_with_its_last_lines(tmp_path: Path) -> None:
    """The cause stands in the server's own words."""
    process = running(tmp_path, "print('heap too small for me', flush=True)")

    with pytest.raises(Unable, match=r"kafka ended while it started.*\n.*heap too small for me[\s\S]*SRV-107"):
        process.wait_until_ready(lambda: False, 30)


def test_one_that_never_answers_is_told_after_the_bound(tmp_path: Path) -> None:
    """Nothing waits for ever."""
    process = running(tmp_path, "import time; time.sleep(600)")
    try:
        with pytest.raises(Unable, match="kafka was not ready within 0 s"):
            process.wait_until_ready(lambda: False, 0.2)
    finally:
        process.kill()


def test_the_log_of_the_start_before_is_kept(tmp_path: Path) -> None:
    """What a server said before it was killed is read afterwards."""
    first = running(tmp_path, "print('first', flush=True)")
    assert wait_until(lambda: first.pid is None, 30)
    second = running(tmp_path, "print('second', flush=True)")
    assert wait_until(lambda: second.pid is None, 30)

    assert (second.folder / "log.previous").read_text() == "first\n"
    assert second.log.read_text() == "second\n"


def test_a_port_that_is_taken_is_named_before_anything_starts(tmp_path: Path) -> None:
    """A server that cannot listen would only say so in its log."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        save(tmp_path, Plan((Ports(taken, taken + 1),)))

        with pytest.raises(Unable, match=rf"port {taken} on loopback, which kafka needs.*SRV-108"):
            Servers(tmp_path).start("kafka")


def test_a_name_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    """Misspelt, or of a folder with one broker."""
    save(tmp_path, Plan((Ports(21_001, 21_002),)))

    with pytest.raises(Unable, match=r"no server called kafka-2; it has: kafka.*SRV-111"):
        Servers(tmp_path).kill("kafka-2")
