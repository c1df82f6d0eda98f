"""What a round refuses before it starts."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from crawlers.crawl import CrawlDeps, run_round
from crawlers.read_manifest import manifest_from_dict
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.errors import BadInput
from pipeline.domain.post import RawPost
from pipeline.ports import Admitted
from tests.end_to_end.crawl_job import a_source

AGENT = "Huiyin/2026.11 (+https://yunxi.example/about)"


class ClosedDoor:
    """A door through which nothing may go."""

    def admit(self, raws: Sequence[RawPost]) -> Admitted:
        raise AssertionError("nothing should have been fetched")


class StillClock:
    """A clock that stands."""

    def now(self) -> int:
        return 1_795_000_000_000


def deps(folder: Path, agent: str = AGENT, **overrides: object) -> CrawlDeps:
    return CrawlDeps(ClosedDoor(), MemoryRecords(), StillClock(), folder / "frontier.db", agent, overrides=overrides)


def test_bad_settings_fetch_nothing(tmp_path: Path) -> None:
    """Robots off and no agent: both named, and no file is made."""
    manifest = manifest_from_dict(a_source("http://127.0.0.1:9/feed"))
    with pytest.raises(BadInput, match=r"SRC-202(?s:.)*SRC-201"):
        run_round([manifest], deps(tmp_path, agent="", ROBOTSTXT_OBEY=False))

    assert list(tmp_path.iterdir()) == []


def test_a_source_that_is_not_enabled_is_not_asked(tmp_path: Path) -> None:
    """It needs its impact note first; a round over no source ends at once."""
    manifest = manifest_from_dict(a_source("http://127.0.0.1:9/feed", enabled=False, impact=None))
    report = run_round([manifest], deps(tmp_path))

    assert (report.sources, report.reason, report.posts) == ((), "finished", 0)
