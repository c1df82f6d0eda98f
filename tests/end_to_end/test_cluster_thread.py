"""
The whole thread on a real Kafka and a real Elasticsearch, as separate processes: crawl, work twice, serve twice,
schedule twice. From a page on a site to a to-do, an incident, a notice and a digest; and nothing private on the way.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import tomli_w
from kafka import KafkaConsumer, TopicPartition

from api import bootstrap
from api.accounts.account import new_account
from api.accounts.people import people_of
from api.cli.demo import HISTORY, write_installation
from api.cli.installation import Installation
from api.config import read_config
from api.demo.county import county
from api.demo.post import DemoPost
from api.demo.site import DemoSite
from api.heartbeat import pulses
from pipeline.workflow.verify import verify
from tests.end_to_end.kill_harness import installed
from tests.servers import SHARED, fresh_prefix

ENTRY = "from api.cli import main; raise SystemExit(main())"
UNIT = "yunxi-mz"
PASSWORD = "云汐 reception desk 7"
PATIENCE_SECONDS = 50.0
POSTERS = 60
"""So many are looked for in every byte; all of them would take longer than the rest of the thread."""


@dataclass(frozen=True, slots=True)
class Thread:
    """The installation, its two addresses, its processes by name, and what the site has shown by then."""

    folder: Path
    here: Installation
    serves: tuple[str, str]
    processes: Mapping[str, "subprocess.Popen[bytes]"]
    site: DemoSite

    def shown(self) -> Sequence[DemoPost]:
        """Return what the site has shown, with its truth."""
        return self.site.served()

    def logs(self) -> str:
        """Return every line that the processes wrote."""
        return "".join(path.read_text(encoding="utf-8") for path in self.folder.glob("*.log"))


def eventually(holds: Callable[[], object], what: str, thread: Thread | None = None) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"not so in time: {what}\n{thread.logs() if thread else ''}"
        time.sleep(0.1)


@contextmanager
def processes(folder: Path, config: Path, other: Path) -> Iterator[Mapping[str, "subprocess.Popen[bytes]"]]:
    """Seven processes of the service, each with its log; all have ended when the block does."""
    wanted = {
        "serve-1": ("serve", config), "serve-2": ("serve", other), "crawl": ("crawl", config),
        "work-1": ("work", config), "work-2": ("work", config),
        "schedule-1": ("schedule", config), "schedule-2": ("schedule", config),
    }  # fmt: skip
    with ExitStack() as stack:
        started = {}
        for name, (verb, path) in wanted.items():
            log = stack.enter_context((folder / f"{name}.log").open("wb"))
            command = [sys.executable, "-P", "-c", ENTRY, verb, "--config", str(path)]
            started[name] = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield started
        finally:
            for process in started.values():
                process.terminate()
            for process in started.values():
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(timeout=10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def written(folder: Path, site: str, servers: Mapping[str, object]) -> tuple[Path, Path]:
    """Two operator's files of one installation, that differ in the port of the web service."""
    config = write_installation(folder, site, servers)
    kept = read_config(config).model_dump(mode="json", include={"settings", "data", "crawl", "network", "notify"})
    other = folder / "other.toml"
    other.write_text(tomli_w.dumps({**servers, **kept, "web": {"port": free_port()}}), encoding="utf-8")
    return config, other


@pytest.fixture(scope="module")
def thread(tmp_path_factory: pytest.TempPathFactory, kafka_address: str, elastic_address: str) -> Iterator[Thread]:
    """The county's site, and everything that watches it."""
    folder, clock, prefix = tmp_path_factory.mktemp("thread"), bootstrap.system_clock(), fresh_prefix()
    life = county(7, days=4_000, posts_per_day=120, start=clock.now() - HISTORY, opening=clock.now())
    servers = {
        "profile": "cluster",
        "kafka": {"servers": kafka_address.split(","), "prefix": prefix, "partitions": 3, "replication": 1},
        "elasticsearch": {"urls": [elastic_address], "prefix": prefix, "replicas": 0},
    }
    with DemoSite(life, clock, posts_per_second=2) as site:
        config, other = written(folder, site.url, servers)
        here = installed(config)
        people = people_of(here.stores.records, here.stores.clock)
        for name in ("wang", "li"):
            people.accounts.add(new_account(name, "", ("duty", "leader", "monitor"), (UNIT,)), author="test")
            people.set_password(name, PASSWORD, author="test")
        serves = tuple(f"http://127.0.0.1:{read_config(path).web.port}" for path in (config, other))
        with processes(folder, config, other) as started:
            yield Thread(folder, here, (serves[0], serves[1]), started, site)
        here.stores.close()


def lines_of(journal: Path) -> Sequence[Mapping[str, Any]]:
    return [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()] if journal.exists() else []


def browser(address: str, secret: str = "") -> httpx2.Client:
    port = address.rpartition(":")[2]
    cookies = {f"huiyin-{port}": secret} if secret else {}
    headers = {"sec-fetch-site": "same-origin", "accept": "text/html"}
    return httpx2.Client(base_url=address, cookies=cookies, headers=headers, timeout=20.0, trust_env=False)


def log_in(address: str, account: str, password: str = PASSWORD) -> tuple[int, str]:
    """Return the status of a login, and the session's secret."""
    with browser(address) as client:
        answer = client.post("/login", data={"account": account, "password": password})
        return answer.status_code, next(iter(client.cookies.values()), "")


def answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/livez", timeout=2.0, trust_env=False).status_code == 200
    except httpx2.HTTPError:
        return False


def test_a_page_becomes_a_to_do_an_incident_a_notice_and_a_line_of_the_digest(thread: Thread) -> None:
    """Each step is what another process made of what it found in the stores."""
    stores, journal = thread.here.stores, thread.folder / "journal.jsonl"
    eventually(stores.posts.newest_post, "a post is stored", thread)
    eventually(lambda: stores.posts.groups(UNIT, todo_only=True, cursor=None, limit=5).rows, "a to-do", thread)
    eventually(lambda: stores.log.incidents(UNIT, open_only=True), "an incident", thread)
    eventually(lambda: any(line["level"] <= 3 for line in lines_of(journal)), "a notice of an alert", thread)
    opened = {incident.id for incident in stores.log.incidents(UNIT, open_only=False)}
    assert {line["incident"] for line in lines_of(journal)} <= opened
    desk = bootstrap.open_desk(stores, thread.here.settings)
    digest = bootstrap.open_editor(stores, thread.here.settings, thread.here.config, desk).digests.preview(UNIT)

    assert {matter.incident.id for matter in digest.matters} & opened
    assert all(process.poll() is None for process in thread.processes.values())


def test_a_session_of_one_serve_is_used_at_the_other_and_ends_at_both(thread: Thread) -> None:
    """The proxy may send each request anywhere."""
    one, two = thread.serves
    eventually(lambda: answers(one) and answers(two), "both answer", thread)
    status, secret = log_in(one, "wang")
    assert status == 303
    with browser(two, secret) as there, browser(one, secret) as here:
        csrf = there.get("/api/v1/me").json()["csrf"]
        assert there.get("/account").status_code == 200
        assert there.post("/logout", headers={"x-csrf-token": csrf}).status_code == 303
        assert [each.get("/api/v1/me").status_code for each in (here, there)] == [401, 401]


def test_wrong_passwords_are_counted_over_both(thread: Thread) -> None:
    """Five guesses at the two of them, and the sixth waits at either."""
    codes = [log_in(thread.serves[number % 2], "li", "a wrong guess")[0] for number in range(6)]

    assert codes == [401] * 5 + [429]


def test_the_live_feed_of_one_hears_what_was_done_at_the_other(thread: Thread) -> None:
    """An officer acknowledges at one; the colleague's page at the other moves by itself."""
    one, two = thread.serves
    (incident, *_) = thread.here.stores.log.incidents(UNIT, open_only=True)
    people = people_of(thread.here.stores.records, thread.here.stores.clock)
    account = people.accounts.get("wang")
    assert account is not None
    token = people.tokens.make(account, account.roles, days=1, purpose="test", author="test")
    program = {"authorization": f"Bearer {token}"}
    with (
        httpx2.Client(base_url=two, headers=program, timeout=20.0, trust_env=False) as listening,
        listening.stream("GET", "/api/v1/alerts/stream", params={"unit": UNIT}) as told,
    ):
        lines = told.iter_lines()
        assert any("event: hello" in line for line in lines)
        path = f"{one}/api/v1/units/{UNIT}/incidents/{incident.id}/comment"
        answer = httpx2.post(
            path, json={"text": "已联系"}, headers={**program, "idempotency-key": "k"}, timeout=20.0, trust_env=False
        )
        assert answer.status_code == 200, answer.text
        assert any(incident.id in line for line in lines)


def test_a_clock_that_dies_is_taken_over_by_the_one_that_waits(thread: Thread) -> None:
    """Killed without a word; the other goes on within the lease."""
    records = thread.here.stores.records
    waiting = [name for name in ("schedule-1", "schedule-2") if "lease.waits" in _log(thread, name)]
    assert len(waiting) == 1
    (keeper,) = {"schedule-1", "schedule-2"} - {*waiting}
    before = pulses(records)["clock"].at
    thread.processes[keeper].kill()
    killed = bootstrap.system_clock().now()

    eventually(lambda: pulses(records)["clock"].at > max(before, killed), "the clock goes on", thread)


def _log(thread: Thread, name: str) -> str:
    return (thread.folder / f"{name}.log").read_text(encoding="utf-8")


def test_what_was_made_verifies(thread: Thread) -> None:
    """With everything stopped, chain and projections are what log and mentions say."""
    for process in thread.processes.values():
        process.terminate()
    for process in thread.processes.values():
        process.wait(timeout=30)
    found = verify(thread.here.stores.log, thread.here.stores.posts, [UNIT])

    assert found.problems == ()
    assert found.incidents > 0
    assert "Traceback" not in thread.logs()


def test_no_planted_private_data_is_in_any_byte_of_topics_indices_files_or_logs(thread: Thread) -> None:
    """Phones, ids, names and posters that the county planted are nowhere: read back, and byte for byte on the disks."""
    shown = thread.shown()
    planted = {private.value for post in shown for private in post.truth.private if len(private.value) > 1}
    assert len(planted) > 5
    posters = sorted({post.poster for post in shown if not post.truth.is_official})[:POSTERS]
    forms = [form.encode() for value in (*planted, *posters) for form in (value, " ".join(value))]

    for name, held in (*_topics(thread), *_indices(thread), *_files(thread)):
        found = [form.decode() for form in forms if form in held]
        assert not found, f"{name} holds {found[:5]}"


def _topics(thread: Thread) -> Iterator[tuple[str, bytes]]:
    """Yield every record of the installation's topics: key, value and headers."""
    kafka = thread.here.config.kafka
    consumer = KafkaConsumer(bootstrap_servers=list(kafka.servers), enable_auto_commit=False)
    names = [f"{kafka.prefix}.{name}" for name in ("posts", "mentions", "dead-letters")]
    parts = [TopicPartition(name, each) for name in names for each in consumer.partitions_for_topic(name) or ()]
    consumer.assign(parts)
    consumer.seek_to_beginning(*parts)
    ends = consumer.end_offsets(parts)
    read = 0
    while any(consumer.position(part) < end for part, end in ends.items()):
        for part, records in consumer.poll(timeout_ms=1_000).items():
            read += len(records)
            yield part.topic, b"\n".join(repr_of(record) for record in records)
    consumer.close()
    assert read > 0


def repr_of(record: object) -> bytes:
    key, value = getattr(record, "key", b"") or b"", getattr(record, "value", b"") or b""
    headers = b"".join(held for _, held in getattr(record, "headers", ()))
    return bytes(key) + b" " + bytes(value) + b" " + headers


def _indices(thread: Thread) -> Iterator[tuple[str, bytes]]:
    """Yield every document of the installation's indices, as the server returns it."""
    elastic = thread.here.config.elasticsearch
    with httpx2.Client(base_url=elastic.urls[0], timeout=30.0, trust_env=False) as client:
        body = {"size": 10_000, "query": {"match_all": {}}}
        client.post(f"/{elastic.prefix}-*/_refresh")
        for name in client.get(f"/{elastic.prefix}-*/_settings").json():
            yield name, client.post(f"/{name}/_search", json=body).content


def _files(thread: Thread) -> Iterator[tuple[str, bytes]]:
    """Yield the installation's own files, and those that the servers keep of its topics and indices."""
    elastic, kafka = thread.here.config.elasticsearch, thread.here.config.kafka
    with httpx2.Client(base_url=elastic.urls[0], timeout=30.0, trust_env=False) as client:
        said = client.get(f"/{elastic.prefix}-*/_settings").json()
    ours = {each["settings"]["index"]["uuid"] for each in said.values()}
    kept = [path for path in SHARED.rglob("*") if path.is_file() and _is_ours(path, ours, kafka.prefix)]
    for path in (*thread.folder.rglob("*"), *kept):
        if path.is_file():
            yield path.name, path.read_bytes()


def _is_ours(path: Path, indices: set[str], prefix: str) -> bool:
    return any(part in indices or part.startswith(f"{prefix}.") for part in path.parts)
