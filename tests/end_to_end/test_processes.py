"""Processes: one worker per store; one that was stopped in mid-work notices and leaves; bad files stop a start."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from api.heartbeat import Phase, pulses
from api.lifeline import GRACE_SECONDS
from pipeline.domain.post import Millis
from pipeline.ports import Records
from tests.end_to_end.kill_harness import finish, install, installed, write_posts

ENTRY = "from api.cli import main; raise SystemExit(main())"


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process of the service that lives as long as the block."""
    command = [sys.executable, "-P", "-c", ENTRY, *arguments]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


def eventually(holds: Callable[[], bool], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def stop_between_transactions(process: subprocess.Popen[str], database: Path) -> None:
    """The process is stopped, and holds no lock: a process stopped inside a transaction holds everyone up, for ever."""
    for _ in range(100):
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)  # a signal that was sent has not arrived yet
        try:
            with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            process.send_signal(signal.SIGCONT)
            time.sleep(0.02)
        else:
            return
    raise AssertionError("the worker never left the lock alone")


def is_working(records: Records) -> bool:
    """Whether a worker has begun its steps: only then has it read the settings, however slow the machine is."""
    pulse = pulses(records).get("work")
    return pulse is not None and pulse.phase is Phase.WORKING


def has_worked_since(records: Records, moment: Millis) -> bool:
    """Whether a worker has given a sign of its work after the moment."""
    pulse = pulses(records).get("work")
    return pulse is not None and pulse.phase is Phase.WORKING and pulse.at > moment


def ingest(folder: Path) -> None:
    command = [sys.executable, "-P", "-c", ENTRY, "ingest", "posts.jsonl", "--config", "huiyin.toml"]
    assert subprocess.run(command, cwd=folder, timeout=60, check=False).returncode == 0


def stored(folder: Path) -> int:
    here = installed(folder / "huiyin.toml")
    count = here.stores.posts.count("*", "，", since=0, until=2**52)
    here.stores.close()
    return count


def test_a_second_worker_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """Two workers on one store would decide twice; the second leaves and says why."""
    install(tmp_path)
    write_posts(tmp_path / "posts.jsonl", 60, seed=5)
    with running(tmp_path, "work", "--config", "huiyin.toml"):
        ingest(tmp_path)
        assert eventually(lambda: stored(tmp_path) > 0)
        with running(tmp_path, "work", "--config", "huiyin.toml") as second:
            _, errors = second.communicate(timeout=40)

    assert second.returncode == 2
    assert "another process holds the 'work' lease" in errors


def test_a_second_parent_over_the_same_data_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """Their children would fight over leases and the port; the first one goes on."""
    install(tmp_path)
    with running(tmp_path, "run", "--config", "huiyin.toml") as first:
        assert first.stdout is not None
        assert any("现状" in line for line in first.stdout)
        with running(tmp_path, "run", "--config", "huiyin.toml") as second:
            _, errors = second.communicate(timeout=40)
        assert first.poll() is None

    assert second.returncode == 2
    assert "another process holds the 'run' lease" in errors


def test_a_worker_that_was_stopped_notices_that_it_was_replaced_and_leaves(tmp_path: Path) -> None:
    """SIGSTOP in the middle of its work, another takes over, SIGCONT: the first ends, and nothing is doubled."""
    config = install(tmp_path)
    write_posts(tmp_path / "posts.jsonl", 300, seed=5)
    with running(tmp_path, "work", "--config", "huiyin.toml") as first:
        ingest(tmp_path)
        assert eventually(lambda: stored(tmp_path) > 0)
        stop_between_transactions(first, tmp_path / "data" / "huiyin.db")
        here = installed(config)
        stopped_at = here.stores.clock.now()
        with running(tmp_path, "work", "--config", "huiyin.toml") as second:
            ingest(tmp_path)
            assert eventually(lambda: has_worked_since(here.stores.records, stopped_at), 60)
            assert second.poll() is None
            first.send_signal(signal.SIGCONT)
            assert eventually(lambda: first.poll() is not None)

    assert first.returncode == 1
    finish(config, tmp_path / "posts.jsonl")
    keys = [mention.key for mention, _ in here.stores.posts.mentions("yunxi-mz", 0)]
    here.stores.close()
    assert len(keys) == len(set(keys))


def test_a_changed_setting_is_seen_by_a_running_worker_within_two_seconds(tmp_path: Path) -> None:
    """A new rule holds for the posts that arrive from then on."""
    install(tmp_path)
    (tmp_path / "settings" / "rules.toml").write_text(
        '[[rule]]\nid = "none"\nany = ["绝不出现的词"]\n', encoding="utf-8"
    )
    row = {"source": "forum", "id": "1", "text": "路灯坏了三天，没人修"}
    here = installed(tmp_path / "huiyin.toml")
    with running(tmp_path, "work", "--config", "huiyin.toml"):
        assert eventually(lambda: is_working(here.stores.records), 60)
        (tmp_path / "settings" / "rules.toml").write_text('[[rule]]\nid = "lamp"\nany = ["路灯"]\n', encoding="utf-8")
        command = [sys.executable, "-P", "-c", ENTRY, "apply", "settings", "--config", "huiyin.toml"]
        run = subprocess.run(command, cwd=tmp_path, timeout=60, check=False, capture_output=True, text=True)
        assert "1 settings changed" in run.stdout
        time.sleep(2)
        (tmp_path / "posts.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
        ingest(tmp_path)
        assert eventually(lambda: [m.rule for m, _ in here.stores.posts.mentions("yunxi-mz", 0)] == ["lamp"], 60)
    here.stores.close()


def test_a_wrong_rule_file_changes_nothing_and_names_every_problem(tmp_path: Path) -> None:
    """The running settings stay; the exit code says that nothing was done."""
    install(tmp_path)
    (tmp_path / "settings" / "rules.toml").write_text('[[rule]]\nid = "a"\nanny = ["x"]\n[[rule]]\nany = []\n')
    command = [sys.executable, "-P", "-c", ENTRY, "apply", "settings", "--config", "huiyin.toml"]
    run = subprocess.run(command, cwd=tmp_path, timeout=60, check=False, capture_output=True, text=True)

    assert run.returncode == 2
    assert "anny" in run.stderr
    assert "Did you mean any?" in run.stderr
    assert "rule 2" in run.stderr


def test_a_process_that_stands_alone_does_not_end_with_its_standard_input(tmp_path: Path) -> None:
    """A service manager gives it an empty one; a child would end at once and be ended after ten seconds more."""
    here = installed(install(tmp_path))
    command = [sys.executable, "-P", "-c", ENTRY, "work", "--config", "huiyin.toml"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=tmp_path) as process:
        assert eventually(lambda: is_working(here.stores.records), 60)
        working_since = here.stores.clock.now()
        past_its_grace = working_since + int((GRACE_SECONDS - 1) * 1_000)
        assert eventually(lambda: has_worked_since(here.stores.records, past_its_grace), 60)
        assert process.poll() is None
        process.terminate()
        assert process.wait(timeout=30) == 0
    here.stores.close()
