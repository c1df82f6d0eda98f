"""Backup and restore on real servers: verified snapshots; nothing skipped, nothing sent again, nothing erased back."""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import pytest
import tomli_w

from api import bootstrap
from api.cli import main
from api.cli.installation import Installation, open_installation
from api.heartbeat import Heart
from api.notify.live_channels import open_live_channels
from api.serving import dispatcher_of
from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.domain.post import Origin, RawPost
from tests.servers import fresh_prefix

UNIT = "yunxi-mz"
FIRST = "我家低保断了三个月，请云汐县民政局给个说法"
ERASED = "云汐县养老院收费不清楚，请民政局查一查"
LATER = "云汐县殡仪馆火化要排十天，请民政局看看"
PATIENCE_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class House:
    """An installation on real servers, opened as often as a test needs it."""

    config: Path

    def open(self) -> Installation:
        return open_installation(argparse.Namespace(config=str(self.config)))

    def verb(self, *arguments: str) -> int:
        return main([*arguments, "--config", str(self.config)])


@pytest.fixture
def house(tmp_path: Path, kafka_address: str, elastic_address: str) -> Iterator[House]:
    """A unit with somebody to tell, and a repository that is registered."""
    prefix = fresh_prefix()
    repository = {"type": "fs", "settings": {"location": prefix}}
    httpx2.put(f"{elastic_address}/_snapshot/{prefix}", json=repository, timeout=20, trust_env=False).raise_for_status()
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "unit.toml").write_text('id = "yunxi-mz"\nname = "云汐县民政局"\n', encoding="utf-8")
    people = [{"account": "zhiban", "role": role, "channel": "journal"} for role in ("duty", "monitor", "leader")]
    (tmp_path / "settings" / "recipients.toml").write_text(tomli_w.dumps({"recipient": people}), encoding="utf-8")
    config = {
        "profile": "cluster",
        "settings": "settings",
        "kafka": {"servers": kafka_address.split(","), "prefix": prefix, "partitions": 1, "replication": 1},
        "elasticsearch": {"urls": [elastic_address], "prefix": prefix, "replicas": 0, "snapshots": prefix},
        "notify": {"journal": "journal.jsonl"},
    }
    (tmp_path / "huiyin.toml").write_text(tomli_w.dumps(config), encoding="utf-8")
    yield House(tmp_path / "huiyin.toml")
    httpx2.delete(f"{elastic_address}/_snapshot/{prefix}", timeout=20, trust_env=False)


def admit(here: Installation, *texts: str) -> None:
    """The texts are letters that the unit received."""
    now = here.stores.clock.now()
    bare = RawPost("letters", "", origin=Origin.LETTER, published_at=now, collected_at=now)
    raws = [replace(bare, text=text, native_id=text) for text in texts]
    bootstrap.open_door(here.folder, here.stores, here.settings).admit(raws)


def work_until(here: Installation, holds: Callable[[], object]) -> None:
    """Both halves of the worker have worked until it is so."""
    desk = bootstrap.open_desk(here.stores, here.settings)
    halves = bootstrap.open_halves(here.stores, here.settings, desk, bootstrap.open_classifier())
    halves.load()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "not so in time"
        halves.step()


def texts(here: Installation) -> set[str]:
    found = here.stores.posts.search("*", "云汐县", since=0, until=2**52, limit=20)
    return {post.text for post in found}


def names(here: Installation) -> Sequence[str]:
    """Return the names of the installation's backups."""
    assert here.folder.cluster is not None
    return bootstrap.snapshots_of(here.folder.cluster)


def sends(here: Installation) -> None:
    """Whatever may go out has gone out."""
    desk = bootstrap.open_desk(here.stores, here.settings)
    practice = bootstrap.send_practice_of(here.settings)
    dispatcher = dispatcher_of(here.stores, open_live_channels(here.config, here.stores), practice, desk)
    dispatcher.create_sends()
    dispatcher.attempt_due()


def test_a_restore_skips_no_post_and_sends_nothing_again(house: House) -> None:
    """One letter before the backup, one after it; the topic still has both, and the position is believed no more."""
    with closing((here := house.open()).stores):
        admit(here, FIRST)
        work_until(here, lambda: here.stores.log.incidents(UNIT, open_only=True))
        sends(here)
        told = (house.config.parent / "journal.jsonl").read_text(encoding="utf-8").splitlines()
        assert not bootstrap.keep_backup(here.config, here.stores).problem
        admit(here, LATER)
        work_until(here, lambda: len(here.stores.log.incidents(UNIT, open_only=True)) == 2)

    assert house.verb("restore", *names(here), "--replace") == 0
    with closing((here := house.open()).stores):
        assert texts(here) == {FIRST}
        work_until(here, lambda: len(here.stores.log.incidents(UNIT, open_only=True)) == 2)
        assert texts(here) == {FIRST, LATER}
        sends(here)
        again = (house.config.parent / "journal.jsonl").read_text(encoding="utf-8").splitlines()
        assert (told[0], len(again) - len(told)) == (again[0], len(told))  # of the later letter alone
        assert house.verb("verify") == 0


@pytest.mark.slow
@pytest.mark.timeout(400)  # each of two erasures waits half a minute until the server lets its old bytes go
def test_what_was_erased_after_a_backup_stays_erased(house: House) -> None:
    """The text is in the snapshot and on the topic; the list beside the backups keeps it from coming back."""
    with closing((here := house.open()).stores):
        admit(here, FIRST, ERASED)
        work_until(here, lambda: texts(here) == {FIRST, ERASED})
        assert not bootstrap.keep_backup(here.config, here.stores).problem
        (doomed,) = here.stores.posts.search("*", ERASED[:6], since=0, until=2**52, limit=5)
    assert house.verb("erase", "--post", doomed.id) == 0
    assert house.verb("restore", *names(here), "--replace") == 0

    with closing((here := house.open()).stores):
        admit(here, LATER)
        work_until(here, lambda: LATER in texts(here))
        assert texts(here) == {FIRST, LATER}


def test_a_restore_is_refused_while_anything_runs_and_nothing_starts_beside_a_half_of_it(house: House) -> None:
    """Data are not taken from under a process, and a cut restore is finished first."""
    with closing((here := house.open()).stores):
        admit(here, FIRST)
        work_until(here, here.stores.posts.newest_post)
        last = bootstrap.keep_backup(here.config, here.stores)
        Heart(here.stores.records, here.stores.machine_clock, "work").beat()
    assert here.folder.cluster is not None
    name = last.folder.rpartition("/")[2]
    with pytest.raises(BadInput, match="work gave a sign of life just now"):
        bootstrap.restore_snapshot(name, here.folder, here.config, replace_data=True)
    url, prefix = here.folder.cluster.elastic.urls[0], here.folder.cluster.elastic.prefix
    httpx2.put(f"{url}/{prefix}-restoring", timeout=20, trust_env=False).raise_for_status()

    with pytest.raises(StoreUnavailable, match="a restore is under way, or was cut off"):
        house.open()
    assert house.verb("restore", name) == 0
    with closing((here := house.open()).stores):
        assert here.stores.posts.newest_post()


def test_a_snapshot_holds_no_poster_token_and_the_night_keeps_what_is_worth_keeping(
    house: House, elastic_address: str
) -> None:
    """What could say who wrote is in no backup; the outcome is on record for `readyz` and the doctor."""
    with closing((here := house.open()).stores):
        admit(here, FIRST)
        work_until(here, here.stores.posts.newest_post)
        last = bootstrap.keep_backup(here.config, here.stores)
    repository, _, name = last.folder.partition("/")
    said = httpx2.get(f"{elastic_address}/_snapshot/{repository}/{name}", timeout=20, trust_env=False).json()
    indices = {index.removeprefix(f"{repository}-") for index in said["snapshots"][0]["indices"]}
    aside = httpx2.get(f"{elastic_address}/rehearsal-of-{repository}-*/_settings", timeout=20, trust_env=False).json()

    assert {"log", "records", "sends", "memos", "blobs"} <= indices
    assert not [index for index in indices if index.startswith("tokens")]
    assert aside == {}
    assert (last.problem, last.good_at, last.bytes > 0) == ("", last.at, True)
    assert json.loads((house.config.parent / "backups" / "erasure-list.jsonl").read_text() or "[]") == []
