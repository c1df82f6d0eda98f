"""The demo tells its story as a stranger sees it: every scene is what the stores say, measured and counted."""

import contextlib
import http.client
import json
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from api import bootstrap
from api.cli import main
from api.cli.installation import Installation
from api.demo.story import COMPLAINT, HUNGRY, story
from api.demo_story import caption_of
from pipeline.domain.post import Post
from tests.end_to_end.kill_harness import installed

ENTRY = "from api.cli import main; raise SystemExit(main())"
UNIT = "yunxi-mz"
FAST = "120"
MOST_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Told:
    """One demo up to the visitor's turn: what it printed, its last page, and its folder."""

    folder: Path
    lines: Sequence[str]
    page: str


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The command of the README, twice as fast, stopped when the visitor's turn has come."""
    folder = tmp_path_factory.mktemp("story") / "demo"
    options = ["--no-browser", "--speed", FAST, "--seconds", str(MOST_SECONDS), "--data", str(folder)]
    command = [sys.executable, "-P", "-c", ENTRY, "demo", *options]
    lines: list[str] = []
    page = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            lines.append(line.rstrip())
            if "▶ 轮到您" in line:
                page = page_at(lines)
                break
        rest = threading.Thread(target=demo.stdout.read, daemon=True)
        rest.start()
        demo.terminate()
        demo.wait(timeout=30)
    return Told(folder, lines, page)


def page_at(lines: Sequence[str]) -> str:
    """Return the console's first page at the address that the demo printed, as a browser without an account sees it."""
    address = next(found[1] for line in lines if (found := re.search(r"网页 (http://127\.0\.0\.1:\d+)", line)))
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    for _ in range(20):
        with contextlib.suppress(OSError, http.client.HTTPException), browser.open(f"{address}/", timeout=10) as answer:
            return str(answer.read().decode())
        time.sleep(0.5)
    return ""


@pytest.fixture(name="here")
def an_installation(told: Told) -> Installation:
    return installed(told.folder / "huiyin.toml")


def scenes(told: Told) -> Sequence[str]:
    return [line.removeprefix("▶ ") for line in told.lines if line.startswith("▶ ")]


def stored(here: Installation, text: str) -> Post:
    (post,) = [
        one for one in here.stores.posts.search("*", text[:12], since=0, until=2**52, limit=50) if one.text == text
    ]
    return post


def test_every_scene_came_true(told: Told) -> None:
    """In its order, none given up; then it is the visitor's turn."""
    said = scenes(told)
    assert not [line for line in said if "故事接着讲" in line], said
    assert [line[:5] for line in said] == ["开场：真实", "开场：6 ", *_four(), "轮到您：在"]


def _four() -> list[str]:
    return [f"第 {number} 幕" for number in (1, 1, 2, 2, 3, 3, 4, 4)]


def test_one_source_is_dead_and_the_console_says_so(told: Told) -> None:
    """In the caption, and in the line above every page."""
    assert any("6 个信源，5 个正常；“云汐广电”已停服" in line for line in scenes(told))
    assert "信源 5/6 正常" in told.page
    assert "云汐广电" in told.page


def test_the_post_became_a_to_do_and_the_interval_is_the_measured_one(told: Told, here: Installation) -> None:
    """The words that matched are those of its mention, 发帖到发现 is collected less published."""
    post = next(
        one
        for one in here.stores.posts.search("*", COMPLAINT[:12], since=0, until=2**52, limit=50)
        if one.text == COMPLAINT and one.source == "yunxi-forum"
    )
    seconds = (post.collected_at - (post.published_at or 0)) // 1_000
    assert seconds > 0
    length = f"{seconds // 60} 分 {seconds % 60} 秒" if seconds >= 60 else f"{seconds} 秒"
    hits = {hit.term for mention in here.stores.posts.mentions_of(UNIT, post.id) for hit in mention.hits}
    (line,) = [line for line in scenes(told) if "成了一条待办" in line]
    assert line.endswith(f"发帖到发现 {length}。")
    assert "长者食堂" in hits
    assert all(term in line for term in hits)


def test_three_reposts_and_a_false_claim_joined_one_incident_with_one_message(told: Told, here: Installation) -> None:
    """Counted in the stores: six posts, one incident, one message of it, not four."""
    desk = bootstrap.open_desk(here.stores, here.settings)
    owners, reposts = set(), 0
    acts = story()
    for act in (acts.first, acts.neighbour, *acts.reposts, acts.untrue):
        (post,) = [one for one in here.stores.posts.search("*", "，", since=0, until=2**52, limit=5_000)
                   if (one.source, one.text) == (act.source, act.text)]  # fmt: skip
        (mention,) = here.stores.posts.mentions_of(UNIT, post.id)[:1]
        reposts += mention.repost_of is not None
        view = here.stores.posts.group(UNIT, mention.group or "")
        owner = desk.state(UNIT).incident_of(view.row.id) if view else None
        owners.add(owner.id if owner else None)
    (incident,) = owners
    assert incident is not None
    assert reposts == 3
    sends = [send for send in here.stores.outbox.sends(UNIT, incident) if send.state == "delivered"]
    assert len(sends) == 1
    assert any("6 条帖子" in line and "只收到 1 条通知" in line for line in scenes(told))
    journal = (told.folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert sum(json.loads(line)["incident"] == incident for line in journal) == 1


def test_the_plea_is_in_its_own_queue(here: Installation) -> None:
    """And the digest of the week can be previewed."""
    plea = stored(here, HUNGRY)
    assert plea.id in {post.id for _, post in here.stores.posts.needs(UNIT, 1_000)}
    assert plea.source == "yunxi-messages"


def test_the_page_is_marked_as_invented_and_carries_the_caption(told: Told, here: Installation) -> None:
    """Whoever follows the address sees rows, without an account."""
    caption = caption_of(here.stores.records)
    assert caption is not None
    assert caption.key == "turn"
    assert "轮到您" in told.page
    assert "演示数据 纯属虚构" in told.page
    assert 'class="row' in told.page


def test_what_the_story_left_is_a_demos_and_stays_one(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    """`huiyin run` over it is refused; the clock of the story has slowed to the wall's pace."""
    assert main(["run", "--config", str(told.folder / "huiyin.toml")]) == 2
    assert "DEM-102" in capsys.readouterr().err
    legs = json.loads((told.folder / "data" / "demo-clock.json").read_text())["legs"]
    assert [leg["speed"] for leg in legs] == [int(FAST), 1]
    with closing(installed(told.folder / "huiyin.toml").stores) as stores:
        assert stores.clock.now() > stores.machine_clock.now()
