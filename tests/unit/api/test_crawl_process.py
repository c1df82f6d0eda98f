"""The crawl process rests ever longer while its rounds cannot start, and shows that it lives meanwhile."""

import threading
from pathlib import Path

import pytest

from api.crawling import LONGEST_PAUSE_SECONDS, PAUSE_AFTER_FAILURE_SECONDS, CrawlProcess, schedules, sources
from api.heartbeat import Phase, pulses
from crawlers.manifest import manifest_to_json
from crawlers.read_manifest import manifest_from_dict
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.post import Millis
from pipeline.ports import Record
from pipeline.workflow.occurrences import OCCURRENCE, tick
from tests.builders import MONDAY
from tests.end_to_end.crawl_job import a_source


class Hurrying:
    """A clock on which ten seconds pass between two looks."""

    at: Millis = MONDAY

    def now(self) -> Millis:
        """Return the next moment."""
        self.at += 10_000
        return self.at


def test_a_round_that_cannot_start_is_tried_ever_later_and_stays_owed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The operator's file is gone, so the child refuses; nobody gains from asking it every five seconds."""
    records, clock = MemoryRecords(), Hurrying()
    manifest = manifest_to_json(manifest_from_dict(a_source("http://127.0.0.1:1/feed")))
    records.put(Record("setting", "", "source/yunxi-feed", 0, manifest, MONDAY, "a", ""), expect=None)
    tick(records, schedules(sources(records).values(), 0), MONDAY)
    process = CrawlProcess(records, clock, str(tmp_path / "none.toml"), "crawl-1", round_seconds=3_600)

    assert process.run_due(threading.Event()) == 1
    assert process.pause == 2 * PAUSE_AFTER_FAILURE_SECONDS
    assert process.run_due(threading.Event()) == 1
    assert process.pause == 4 * PAUSE_AFTER_FAILURE_SECONDS < LONGEST_PAUSE_SECONDS
    assert len(records.list(OCCURRENCE)) == 1
    assert "exit 2; the round stays owed, and is tried in 5 s" in caplog.text
    assert pulses(records)["crawl"].phase is Phase.WORKING
