"""Restore beside an empty bus, then ingest: every post arrives, and nothing is sent again."""

import argparse
import json
from pathlib import Path

from api import bootstrap
from api.cli import notices
from api.config import read_config
from tests.end_to_end.desk_day import TYPED, journal_of, spend_a_day, tell_everything
from tests.end_to_end.kill_harness import finish, install, installed, outcome, write_posts

UNIT = "yunxi-mz"
ASKED = {"author": "somebody", "reason": "nobody got it"}


def test_after_a_restore_beside_an_empty_bus_every_post_arrives_and_nothing_is_sent_again(tmp_path: Path) -> None:
    """The bus is a new stream, so the restored position means nothing, and no post is skipped in silence."""
    config = install(tmp_path)
    write_posts(tmp_path / "posts.jsonl", 400, seed=11)
    finish(config, tmp_path / "posts.jsonl")
    whole = outcome(config)
    here = installed(config)
    backup = bootstrap.back_up_now(here.config, here.stores)
    here.stores.close()
    for path in (tmp_path / "data").glob("bus.db*"):
        path.unlink()
    (tmp_path / "data" / "published").unlink()
    restored = bootstrap.restore_from(backup, read_config(config), replace_data=True)
    finish(config, tmp_path / "posts.jsonl")
    after = outcome(config)

    assert restored.held == 0
    assert after.posts == whole.posts
    assert after.mentions == whole.mentions
    assert after.events == whole.events
    assert (after.lines, after.repeats) == (whole.lines, 0)


def test_a_restore_holds_every_unsent_notice_until_a_person_releases_it(tmp_path: Path) -> None:
    """What was waiting in the backup may have been sent since."""
    config = install(tmp_path)
    write_posts(tmp_path / "posts.jsonl", 400, seed=11)
    finish(config, tmp_path / "posts.jsonl")
    here = installed(config)
    journal = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    first = here.stores.outbox.sends(UNIT, limit=1)[0]
    here.stores.outbox.record(first.id, first.attempts[-1], state="waiting", reason="", next_at=0)
    backup = bootstrap.back_up_now(here.config, here.stores)
    here.stores.close()
    restored = bootstrap.restore_from(backup, read_config(config), replace_data=True)
    finish(config, tmp_path / "posts.jsonl")

    assert restored.held == 1
    assert len((tmp_path / "journal.jsonl").read_text(encoding="utf-8").splitlines()) == len(journal)


def test_a_restore_sends_neither_digest_nor_notice_again_and_keeps_what_was_typed(tmp_path: Path) -> None:
    """Everything that the backup knows to be told stays told; a person's remark is there, masked as it was."""
    config = install(tmp_path)
    write_posts(tmp_path / "posts.jsonl", 200, seed=11)
    finish(config, tmp_path / "posts.jsonl")
    spend_a_day(config)
    here, journal = installed(config), journal_of(tmp_path)
    told = [send.notice.what for send in here.stores.outbox.sends(UNIT, limit=1_000) if send.state == "delivered"]
    backup = bootstrap.back_up_now(here.config, here.stores)
    here.stores.close()
    restored = bootstrap.restore_from(backup, read_config(config), replace_data=True)
    here = installed(config)
    tell_everything(here)
    memo = here.stores.log.memo(UNIT, "typed-1")
    here.stores.close()

    assert (told.count("digest"), restored.held) == (1, 0)
    assert memo is not None
    assert memo.text == TYPED
    assert journal_of(tmp_path) == journal


def test_first_settings_that_were_cut_off_by_a_kill_are_applied_whole_by_the_next_process(tmp_path: Path) -> None:
    """Without the unit nothing would be watched, and no one would be told why."""
    config = install(tmp_path)
    here = installed(config)
    here.stores.records.remove("setting", UNIT, "unit")
    here.stores.records.remove("first_settings", "", "")
    here.stores.close()

    assert UNIT in installed(config).settings.units


def test_a_digest_that_was_sent_after_the_backup_waits_for_a_person(tmp_path: Path) -> None:
    """The restored log does not know of it, so the clock closes the week again; only a person sends it again."""
    config = install(tmp_path)
    write_posts(tmp_path / "posts.jsonl", 60, seed=11)
    finish(config, tmp_path / "posts.jsonl")
    here = installed(config)
    backup = bootstrap.back_up_now(here.config, here.stores)
    tell_everything(here)
    assert [send.state for send in here.stores.outbox.sends(UNIT) if send.notice.what == "digest"] == ["delivered"]
    here.stores.close()
    bootstrap.restore_from(backup, read_config(config), replace_data=True)
    here, journal = installed(config), journal_of(tmp_path)
    tell_everything(here)
    (held,) = [send for send in here.stores.outbox.sends(UNIT) if send.notice.what == "digest"]

    assert (held.state, held.reason, journal_of(tmp_path)) == ("held", "restored", journal)
    notices.run(argparse.Namespace(**ASKED, config=str(config), release=[held.id], drop=[], incident="", json=False))
    tell_everything(here)
    released = here.stores.outbox.send(held.id)
    here.stores.close()
    assert released is not None
    assert released.state == "delivered"
    assert len(journal_of(tmp_path).splitlines()) == len(journal.splitlines()) + 1
