"""Erasure: no byte of a planted sentence remains in any file, and the log still verifies."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from api import bootstrap
from api.cli.installation import Installation
from pipeline.domain.command import Acknowledge, Note, Open
from pipeline.domain.event import Memo
from pipeline.domain.group import incident_id
from pipeline.domain.incident import Disposition
from pipeline.domain.incident_command import Close
from pipeline.domain.post import RawPost
from pipeline.workflow.erase import Wanted
from pipeline.workflow.verify import verify
from tests.builders import DAY, HeldClock
from tests.end_to_end.kill_harness import finish, install, installed, write_posts

ENTRY = "from api.cli import main; raise SystemExit(main())"
SENTENCE = "柳湾养老院夜里不开灯，老人摔了三次都没有人来扶一把"
ADDRESS = "http://forum.yunxi.invalid/thread-yxq4711-1-1.html"
UNIT = "yunxi-mz"


def installation(folder: Path) -> Installation:
    return installed(folder / "huiyin.toml")


def work(here: Installation, *raws: RawPost) -> None:
    desk = bootstrap.open_desk(here.stores, here.settings)
    worker = bootstrap.open_worker(here.stores, here.settings, desk, bootstrap.open_classifier())
    bootstrap.open_door(here.folder, here.stores, here.settings).admit(raws)
    worker.load()
    while worker.step().read:
        pass


def planted(folder: Path) -> tuple[Installation, str]:
    """An installation in which the sentence was said, opened as an incident, and lies among other posts."""
    config = install(folder)
    write_posts(folder / "posts.jsonl", 120, seed=9)
    finish(config, folder / "posts.jsonl")
    here = installation(folder)
    work(here, RawPost(source="forum", text=f"听说了吗？{SENTENCE}。", native_id="yxq4711", address=ADDRESS))
    (post,) = here.stores.posts.search("*", SENTENCE, since=0, until=2**52, limit=5)
    return here, post.id


def traces(folder: Path) -> list[str]:
    """Return the files that hold a piece of the sentence, plain, spaced or as JSON, or its address."""
    needles = [ADDRESS.encode(), b"yxq4711"]
    for start in range(0, len(SENTENCE) - 5, 3):
        piece = SENTENCE[start : start + 6]
        needles += [piece.encode(), " ".join(piece).encode(), json.dumps(piece)[1:-1].encode()]
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "posts.jsonl"]
    return [path.name for path in files if any(needle in path.read_bytes() for needle in needles)]


def test_no_byte_of_an_erased_sentence_remains_in_any_file(tmp_path: Path) -> None:
    """Store, index, bus, state, log and journal; the receipt says so, and the log verifies."""
    here, post = planted(tmp_path)
    assert traces(tmp_path)
    receipt = bootstrap.open_eraser(here.config, here.stores).erase(Wanted(posts=frozenset({post})))

    assert receipt.ids == (post,)
    assert traces(tmp_path) == []
    assert verify(here.stores.log, here.stores.posts, [UNIT]).problems == ()


def test_an_erased_post_does_not_come_back_through_the_door(tmp_path: Path) -> None:
    """The site still shows it, and it is turned away at each visit."""
    here, post = planted(tmp_path)
    bootstrap.open_eraser(here.config, here.stores).erase(Wanted(posts=frozenset({post})))
    work(here, RawPost(source="forum", text=f"听说了吗？{SENTENCE}。", native_id="yxq4711", address=ADDRESS))

    assert here.stores.posts.search("*", SENTENCE, since=0, until=2**52, limit=5) == []
    assert traces(tmp_path) == []


def test_a_restored_backup_does_not_bring_an_erased_post_back(tmp_path: Path) -> None:
    """The backup is from before the erasure; the list beside it wins."""
    here, post = planted(tmp_path)
    backup = bootstrap.back_up_now(here.config, here.stores)
    bootstrap.open_eraser(here.config, here.stores).erase(Wanted(posts=frozenset({post})))
    here.stores.close()
    command = [sys.executable, "-P", "-c", ENTRY, "restore", "--replace", "--config", "huiyin.toml", str(backup)]
    assert subprocess.run(command, cwd=tmp_path, timeout=60, check=False).returncode == 0
    restored = installation(tmp_path)

    assert restored.stores.posts.search("*", SENTENCE, since=0, until=2**52, limit=5) == []
    assert traces(tmp_path / "data") == []
    assert verify(restored.stores.log, restored.stores.posts, [UNIT]).problems == ()


def test_an_unknown_id_erases_nothing(tmp_path: Path) -> None:
    """The sentence names it; the others are still there."""
    install(tmp_path)
    command = [sys.executable, "-P", "-c", ENTRY, "erase", "--config", "huiyin.toml", "--post", "nowhere"]
    run = subprocess.run(command, cwd=tmp_path, timeout=60, check=False, capture_output=True, text=True)

    assert run.returncode == 2
    assert "unknown: nowhere; nothing was erased" in run.stderr


def test_no_byte_of_a_closed_incident_remains_after_three_years(tmp_path: Path) -> None:
    """The clock is moved; housekeeping erases by itself, keeps the receipt, and the log verifies."""
    here, post = planted(tmp_path)
    (mention, *_) = here.stores.posts.mentions_of(UNIT, post)
    later = HeldClock(here.stores.clock.now())
    stores = replace(here.stores, clock=later)
    desk = bootstrap.open_desk(stores, here.settings)
    people = frozenset({"duty", "leader", "monitor"})
    desk.execute(UNIT, Open(command_id="o", actor="account:a", group=str(mention.group)), roles=people)
    incident = incident_id(UNIT, str(mention.group))
    desk.execute(UNIT, Acknowledge(command_id="k", actor="account:a", incident=incident), roles=people)
    note = Note(memo="memo-1", commitment="c" * 64)
    close = Close(command_id="c", actor="account:a", incident=incident, disposition=Disposition.FILED, note=note)
    desk.execute(UNIT, close, roles=people, memos=[Memo(UNIT, "memo-1", incident, SENTENCE, "salt")])
    later.at += 3 * 366 * DAY
    bootstrap.open_housekeeper(here.config, stores).tidy()

    assert traces(tmp_path) == []
    assert [post in json.loads(kept.value)["ids"] for kept in here.stores.records.list("erasure")] == [True]
    assert verify(here.stores.log, here.stores.posts, [UNIT]).problems == ()
