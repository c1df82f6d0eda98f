"""Replay: projections made anew equal what was there, and what was wrong is counted and right again."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.domain.member import members_of, row_of
from pipeline.workflow.replay import Rebuilt, rebuild
from tests.stored import MONDAY, UNIT, a_group, a_mention, a_post, work


def test_a_replay_counts_what_it_mended_and_nothing_the_second_time(tmp_path: Path) -> None:
    """A row that is wrong, one that is missing and one too many are three changes; then everything is right."""
    several = [a_post(number) for number in (1, 2)]
    mentions = [a_mention(post, group=f"g{number}", order=number) for number, post in enumerate(several)]
    with (
        closing(open_huiyin(tmp_path / "huiyin.db")) as writer,
        closing(SqlitePostStore(writer)) as posts,
        closing(SqliteIncidentLog(writer)) as log,
    ):
        posts.commit(work(several, mentions, [replace(a_group("g0"), posts=7), a_group("g9", at=MONDAY)]))
        assert rebuild(log, posts, UNIT) == Rebuilt(2, 3, 0, 0)
        assert rebuild(log, posts, UNIT).changed == 0
        members = members_of(posts.mentions(UNIT, 0))
        for group in ("g0", "g1"):
            view = posts.group(UNIT, group)
            assert view is not None
            assert view.row == row_of(UNIT, group, members[group].values())
        assert posts.group(UNIT, "g9") is None
