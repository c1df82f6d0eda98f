"""Two processes that keep time over the same data: one reminds and tells; who was stopped and replaced does nothing."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api import bootstrap
from api.cli.installation import Installation
from pipeline.domain.command import Open
from pipeline.workflow.desk import Desk
from tests import stored
from tests.builders import HeldClock
from tests.end_to_end.kill_harness import install, installed
from tests.end_to_end.test_processes import eventually, stop_between_transactions

ENTRY = "from api.cli import main; raise SystemExit(main())"
UNIT = "yunxi-mz"
WEEK = 7 * 24 * 3_600_000


@contextmanager
def keeping_time(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that does nothing but keep time."""
    command = [sys.executable, "-P", "-c", ENTRY, "schedule", "--config", "huiyin.toml"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


def open_a_matter(here: Installation, number: int) -> str:
    """An incident was opened a week ago and is long overdue; returns its id."""
    past = here.stores.clock.now() - WEEK
    post = stored.a_post(number, f"城{number}养老院的电梯坏了")
    row = stored.a_group(f"g{number}", at=past, lead=post.id)
    mention = stored.a_mention(post, group=row.id, order=number)
    here.stores.posts.commit(stored.work([post], [mention], [row], to=number))
    desk = Desk(here.stores.log, here.stores.posts, HeldClock(past), bootstrap.practice_of(here.settings))
    command = Open(command_id=f"o{number}", actor="account:zhiban", group=row.id)
    return desk.execute(UNIT, command, roles=frozenset({"duty"})).events[0].incident


def reminders(here: Installation) -> list[tuple[str, str, int]]:
    """Return incident, kind and step of each reminder that the log holds."""
    events = [event for batch in here.stores.log.read(UNIT, 0) for event in batch.events if event.type == "escalated"]
    return [(event.incident, str(event.data["kind"]), int(str(event.data["step"]))) for event in events]


def has_told_all(here: Installation, folder: Path) -> bool:
    """Whether every notice of the log is a line of the journal: a send that is cut off in its midst is repeated."""
    sends = here.stores.outbox.sends(UNIT, limit=1_000)
    is_dispatched = here.stores.outbox.dispatched(UNIT) == here.stores.log.head(UNIT)[0]
    return is_dispatched and journalled(folder) == told(here) == len(sends) > 0


@pytest.mark.timeout(300)  # due times are looked at once a minute
def test_a_clock_that_was_stopped_and_replaced_reminds_and_tells_nothing_more(tmp_path: Path) -> None:
    """SIGSTOP, another takes over once the lease has run out, SIGCONT: the first leaves, and nothing is doubled."""
    here = installed(install(tmp_path))
    open_a_matter(here, 1)
    with keeping_time(tmp_path) as first:
        assert eventually(lambda: len(reminders(here)) > 0 and has_told_all(here, tmp_path), 60)
        stop_between_transactions(first, tmp_path / "data" / "huiyin.db")
        second_matter = open_a_matter(here, 2)
        with keeping_time(tmp_path) as second:
            assert eventually(lambda: any(one[0] == second_matter for one in reminders(here)), 120)
            first.send_signal(signal.SIGCONT)
            assert eventually(lambda: first.poll() is not None, 60)
            open_a_matter(here, 3)
            assert eventually(lambda: has_told_all(here, tmp_path), 120)
            assert second.poll() is None
    assert len(reminders(here)) == len(set(reminders(here)))
    sends = here.stores.outbox.sends(UNIT, limit=1_000)
    assert all(len(send.attempts) <= 1 for send in sends)
    here.stores.close()


def told(here: Installation) -> int:
    """Return how many sends were delivered."""
    return sum(send.state == "delivered" for send in here.stores.outbox.sends(UNIT, limit=1_000))


def journalled(folder: Path) -> int:
    """Return how many lines the journal has."""
    path = folder / "journal.jsonl"
    return len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else 0
