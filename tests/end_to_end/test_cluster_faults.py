"""
Whole processes on a real Kafka and a real Elasticsearch, killed, stopped, fed twice: nothing is lost or counted twice.

Each run is compared with one that nobody disturbed. The long forms are in bench/campaign.py.
"""

import os
import random
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from deploy.servers.cluster import Servers
from tests.end_to_end.cluster_harness import ClusterRun, Left, cluster_run, kill_at_random, losses
from tests.end_to_end.kill_harness import write_posts
from tests.fault_proxy import Cut, Fault, FaultProxy, Reply, Request
from tests.kafka_house import without_topics
from tests.servers import ELASTIC, OwnServers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
POSTS, SEED, KILLS = 400, 3, 5
LONG = bool(os.environ.get("HUIYIN_CLUSTER_LONG"))
"""The campaign's form: every point to stop at, every moment to kill Elasticsearch."""
STOPS = (
    "store.commit.recorded",
    "store.commit.claimed",
    "store.commit.posts_stored",
    "store.commit.mentions_stored",
    "store.commit.before_position",
    "finder.before_store",
    "finder.after_store",
    "finder.after_publish",
    "grouper.before_commit",
    "grouper.after_commit",
    "log.append.before_commit",
    "log.append.after_commit",
)
MOMENTS = (("POST", "*/_bulk"), ("PUT", "*-positions/*"), ("PUT", "*-log/_create/*"))


@pytest.fixture(scope="module")
def posts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the county's posts."""
    path = tmp_path_factory.mktemp("posts") / "posts.jsonl"
    write_posts(path, POSTS, SEED)
    return path


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, kafka_address: str, elastic_address: str, posts: Path
) -> Left:
    """What is there after a run that nobody disturbed, by one worker."""
    with cluster_run(tmp_path_factory.mktemp("undisturbed"), kafka_address, elastic_address) as run:
        run.ingest(posts)
        run.start("work")
        return run.settle()


@pytest.fixture
def run(tmp_path: Path, kafka_address: str, elastic_address: str) -> Iterator[ClusterRun]:
    """An installation of its own."""
    with cluster_run(tmp_path, kafka_address, elastic_address) as found:
        yield found


def assert_nothing_lost_or_doubled(found: Left, undisturbed: Left) -> None:
    """Which groups there are depends on the order in which sources come; each counts its members, once."""
    assert losses(found, undisturbed) == []


def test_the_undisturbed_run_is_worth_comparing(undisturbed: Left) -> None:
    """It stores posts, groups them and opens incidents: the comparisons below are not of nothing."""
    assert len(undisturbed.posts) > POSTS / 3
    assert len(undisturbed.mentions) > 30
    assert undisturbed.opened > 3
    assert undisturbed.wrong == ()


def test_workers_killed_at_random_lose_nothing(run: ClusterRun, posts: Path, undisturbed: Left) -> None:
    """Two work while posts come in; one after the other is killed and replaced."""
    assert kill_at_random(run, posts, KILLS, random.Random(SEED)) > 0
    assert_nothing_lost_or_doubled(run.settle(), undisturbed)


@pytest.mark.parametrize("point", STOPS if LONG else ["store.commit.recorded"])
def test_a_worker_stopped_in_mid_commit_notices_and_leaves(
    point: str, run: ClusterRun, posts: Path, undisturbed: Left
) -> None:
    """Its partitions move to another; let go on, it leaves them, and changes nothing that stands."""
    stopped = run.start("work", stop_at=point)
    run.ingest(posts)
    assert _is_stopped(stopped)
    run.start("work")
    without = run.settle()
    assert_nothing_lost_or_doubled(without, undisturbed)
    before = len(run.said(stopped))
    stopped.send_signal(signal.SIGCONT)
    run.eventually(lambda: _has_left(run.said(stopped)[before:], point))
    assert run.settle() == without


def test_topics_made_anew_under_running_workers_are_read_from_their_beginning(
    run: ClusterRun, posts: Path, undisturbed: Left
) -> None:
    """What is delivered again counts once: on the old topics, and on new ones, for which old positions mean nothing."""
    worker = run.start("work")
    run.ingest(posts)
    run.ingest(posts)
    assert_nothing_lost_or_doubled(run.settle(), undisturbed)
    without_topics(run.kafka)
    run.ingest(posts)
    assert_nothing_lost_or_doubled(run.settle(), undisturbed)
    assert "worker.new_stream" in run.said(worker)


@pytest.mark.parametrize(("method", "path"), MOMENTS if LONG else MOMENTS[:1])
def test_elasticsearch_killed_in_mid_work_is_waited_for(  # noqa: PLR0917 - five of them are fixtures
    method: str, path: str, own_elastic: Servers, kafka_address: str, tmp_path: Path, posts: Path, undisturbed: Left
) -> None:
    """It dies with a bulk, a commit, a decision on its way; when it is back the same worker goes on by itself."""
    killed = threading.Event()
    with (
        FaultProxy(own_elastic.elastic_url) as proxy,
        cluster_run(tmp_path, kafka_address, proxy.url) as run,
    ):
        run.ingest(posts)
        proxy.spoil(killing(own_elastic, killed), method, path, first=3)
        worker = run.start("work")
        run.eventually(killed.is_set)
        own_elastic.start("elastic")
        assert_nothing_lost_or_doubled(run.settle(), undisturbed)
        assert worker.poll() is None


def killing(servers: Servers, killed: threading.Event) -> Fault:
    """The server is killed while the request is on its way; whether it was carried out nobody knows."""

    def fault(request: Request) -> Reply:
        def forward() -> None:
            with suppress(Cut):
                request.forward(None)

        threading.Thread(target=forward, daemon=True).start()
        servers.kill("elastic")
        killed.set()
        raise Cut

    return fault


@pytest.fixture(scope="module")
def own_elastic(own_servers: OwnServers) -> Servers:
    """An Elasticsearch that nobody else uses."""
    return own_servers(kafka=0, elastic=ELASTIC)


def _has_left(said: str, point: str) -> bool:
    """Whether a worker says that it leaves; one whose step was whole before it stopped has no step to lose."""
    if point in ("grouper.after_commit", "log.append.before_commit", "log.append.after_commit"):
        return "bus.partitions" in said
    return ".stale: another worker holds" in said


def _is_stopped(process: "subprocess.Popen[bytes]") -> bool:
    found = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED)
    return found is not None and found.si_code == os.CLD_STOPPED
