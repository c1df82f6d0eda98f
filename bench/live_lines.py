"""
The live feed of a real `huiyin serve` beside a process that decides: how soon it is heard, and what cuts do to it.

    python bench/live_lines.py [--listeners 100] [--seconds 30] [--cuts 1000]

rate   so many listeners while 10 decisions a second are appended: from the append to each listener, p50, p95, p99
cuts   a listener whose line is cut after every frame, so often, while decisions go on: 0 lost, 0 doubled
"""

import argparse
import asyncio
import http.client
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from api import bootstrap
from api.accounts.account import new_account
from api.accounts.people import people_of
from api.cli.installation import Installation
from pipeline.domain.command import Open
from pipeline.workflow.desk import Desk
from tests.browser.county import UNIT, make_county
from tests.end_to_end.kill_harness import installed
from tests.stored import a_group, a_mention, a_post, work

ENTRY = "from api.cli import main; raise SystemExit(main())"
PER_SECOND = 10
LINGER_SECONDS = 3.0
ACCOUNTS = 20
PATH = f"/api/v1/alerts/stream?unit={UNIT}"


@dataclass
class Deciding:
    """A process beside the service: it opens matters, and knows when each was in the log."""

    here: Installation
    desk: Desk
    tokens: Sequence[str]
    port: int
    appended: dict[int, float] = field(default_factory=dict)
    _number: int = 0

    def session(self) -> str:
        """Return the secret of a session, for a browser."""
        people = people_of(self.here.stores.records, self.here.stores.clock)
        account = people.accounts.get("zhang")
        assert account is not None
        return people.sessions.begin(account)

    def prepare(self, count: int) -> None:
        """So many groups wait to be opened."""
        now, numbers = self.here.stores.clock.now(), range(self._number, self._number + count)
        for start in range(0, count, 500):
            posts = [
                a_post(n, f"第{n}件事", id=f"b{n}", heads=(f"b{n}",), collected_at=now, published_at=now)
                for n in numbers[start : start + 500]
            ]
            mentions = [a_mention(post, group=f"g{post.id}", order=2_000_000 + int(post.id[1:])) for post in posts]
            rows = [a_group(f"g{post.id}", at=now, lead=post.id) for post in posts]
            self.here.stores.posts.commit(work(posts, mentions, rows, to=self._number + start + 1))

    def decide(self) -> int:
        """One more matter is open; returns the seq of its batch."""
        command = Open(command_id=f"bench-{self._number}", actor="account:zhang", group=f"gb{self._number}")
        self._number += 1
        seq = self.desk.execute(UNIT, command, roles=frozenset({"duty"})).seq
        self.appended[seq] = time.monotonic()
        return seq


@contextmanager
def deciding() -> Iterator[Deciding]:
    """A county is served by a process of its own while the block runs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "county"
        make_county(folder)
        here = installed(folder / "huiyin.toml")
        people, port = people_of(here.stores.records, here.stores.clock), here.config.web.port
        tokens = []
        for number in range(ACCOUNTS):
            account = new_account(f"listener-{number}", "", ["duty"], [UNIT])
            people.accounts.add(account, author="bench")
            tokens.append(people.tokens.make(account, account.roles, days=1, purpose="bench", author="bench"))
        command = [sys.executable, "-P", "-c", ENTRY, "serve", "--config", "huiyin.toml"]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, cwd=folder, stdout=quiet, stderr=quiet, stdin=subprocess.PIPE) as service:
            try:
                answers(port)
                yield Deciding(here, bootstrap.open_desk(here.stores, here.settings), tokens, port)
            finally:
                service.terminate()
                service.wait(timeout=30)
                here.stores.close()


def answers(port: int) -> None:
    """The service answers."""
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the service did not come up within 30 s")


async def listen(here: Deciding, number: int, heard: list[tuple[int, float]], ready: asyncio.Semaphore) -> None:
    """One listener, of one of the accounts: which decision it heard when, until it is told to go."""
    reader, writer = await asyncio.open_connection("127.0.0.1", here.port, limit=1 << 20)
    token = here.tokens[number % ACCOUNTS]
    asked = f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{here.port}\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(asked.encode())
    kind = b""
    try:
        async for line in reader:
            if line.startswith(b"event: "):
                kind = line[7:].strip()
                if kind == b"hello":
                    ready.release()
            elif line.startswith(b"data: ") and kind == b"decision":
                heard.append((json.loads(line[6:])["seq"], time.monotonic()))
    finally:
        writer.close()


async def hear_all(here: Deciding, listeners: int, seconds: int) -> Sequence[float]:
    """Return how long after its append each of our decisions was heard by each listener, in seconds."""
    heard, ready = list[tuple[int, float]](), asyncio.Semaphore(0)
    tasks = [asyncio.create_task(listen(here, number, heard, ready)) for number in range(listeners)]
    for _ in tasks:
        await asyncio.wait_for(ready.acquire(), 30)
    began = time.monotonic()
    for number in range(seconds * PER_SECOND):
        await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
        await asyncio.to_thread(here.decide)
    await asyncio.sleep(LINGER_SECONDS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return [max(0.0, at - here.appended[seq]) for seq, at in heard if seq in here.appended]


def rate(here: Deciding, listeners: int, seconds: int) -> None:
    here.prepare(seconds * PER_SECOND)
    heard = sorted(asyncio.run(hear_all(here, listeners, seconds)))
    wanted = listeners * seconds * PER_SECOND
    p50, p95, p99 = (heard[min(len(heard) - 1, int(len(heard) * share))] * 1_000 for share in (0.5, 0.95, 0.99))
    print(f"{listeners} listeners, {PER_SECOND} decisions a second, {seconds} s: {len(heard)} of {wanted} frames heard")
    print(f"  append to listener: p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms (goal: 250 ms)", flush=True)


def cuts(here: Deciding, count: int) -> None:
    """The line is cut after each frame; what was decided is what was heard, each once and in order."""
    here.prepare(count)
    heard, cursor = list[int](), first_cursor(here)
    here.appended.clear()
    deciding_all = threading.Thread(target=lambda: [here.decide() for _ in range(count)])
    began, lines = time.monotonic(), 0
    deciding_all.start()
    while len(set(heard)) < count and time.monotonic() - began < count:
        lines += 1
        event, cursor, data = one_frame(here, cursor)
        if event == "decision":
            heard.append(int(data["seq"]))
    deciding_all.join()
    lost, doubled = len(here.appended.keys() - set(heard)), len(heard) - len(set(heard))
    took = time.monotonic() - began
    order = "in order" if heard == sorted(heard) else "NOT in order"
    print(f"{lines} cut lines, {count} decisions, {took:.0f} s: {lost} lost, {doubled} doubled, {order}", flush=True)


def first_cursor(here: Deciding) -> str:
    return one_frame(here, "")[1]


def one_frame(here: Deciding, cursor: str) -> tuple[str, str, dict[str, int]]:
    """Open a line, take its first frame, cut it."""
    line = http.client.HTTPConnection("127.0.0.1", here.port, timeout=30)
    headers = {"Authorization": f"Bearer {here.tokens[0]}", **({"Last-Event-ID": cursor} if cursor else {})}
    line.request("GET", PATH, headers=headers)
    answer, fields = line.getresponse(), dict[str, str]()
    if answer.status == 429:
        time.sleep(float(answer.headers.get("retry-after", "1")))
        line.close()
        return "refused", cursor, {}
    while text := answer.readline().decode():
        name, _, value = text.strip().partition(": ")
        if not text.strip() and "event" in fields:
            break
        fields[name] = value
    line.close()
    return fields["event"], fields["id"], json.loads(fields["data"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listeners", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--cuts", type=int, default=1_000)
    options = parser.parse_args()
    with deciding() as here:
        rate(here, options.listeners, options.seconds)
        cuts(here, options.cuts)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
