"""The demo, as a stranger runs it: one command, real spiders over HTTP, to-dos and alerts, nothing private on disk."""

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from api import bootstrap
from api.cli.demo import HISTORY, write_installation
from api.demo.county import county
from api.demo.post import DemoPost
from api.demo.site import DemoSite
from pipeline.workflow.verify import verify
from tests.end_to_end.kill_harness import installed
from tests.end_to_end.test_processes import eventually

ROOT = Path(__file__).parents[2]
ENTRY = "from api.cli import main; raise SystemExit(main())"
POSTS, MOST_SECONDS = 200, 100
"""How much is stored before the living county is stopped: its past and half a minute of its present."""


@dataclass(frozen=True, slots=True)
class Living:
    """What `huiyin run` printed over a living county, where its data lie, and what the site had shown by then."""

    folder: Path
    printed: str
    errors: str
    shown: tuple[DemoPost, ...]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Living:
    """The site is served here, so that its truth is known; the service runs as its users run it, from elsewhere."""
    folder = tmp_path_factory.mktemp("living")
    clock = bootstrap.system_clock()
    life = county(7, days=4_000, posts_per_day=120, start=clock.now() - HISTORY, opening=clock.now())
    with DemoSite(life, clock, posts_per_second=4) as site:
        config = write_installation(folder, site.url)
        command = [sys.executable, "-P", "-c", ENTRY, "run", "--config", str(config)]
        printed, errors = folder / "printed.txt", folder / "errors.txt"
        with printed.open("w") as out, errors.open("w") as err:
            service = subprocess.Popen(command, stdout=out, stderr=err, cwd=folder)
            has_lived = eventually(lambda: service.poll() is not None or has_shown(printed, config), MOST_SECONDS)
            service.terminate()
            service.wait(timeout=60)
        shown = tuple(site.served())
    assert service.returncode == 0, errors.read_text(encoding="utf-8")
    assert has_lived
    return Living(folder, printed.read_text(encoding="utf-8"), errors.read_text(encoding="utf-8"), shown)


def has_shown(printed: Path, config: Path) -> bool:
    """Whether the feed has told an alert and the dead source, and as many posts are stored as a demo is judged by."""
    told = printed.read_text(encoding="utf-8")
    if "└" not in told or "信源 5/6" not in told:
        return False
    with closing(installed(config).stores) as stores:
        return stores.posts.count("*", "，", since=0, until=2**52) >= POSTS


def test_the_demo_shows_an_alert_and_stops(tmp_path: Path) -> None:
    """The first command of the README, with a stop at the first alert."""
    command = [sys.executable, "-P", "-c", ENTRY, "demo", "--until-alert", "--seconds", "60"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=100, cwd=tmp_path, check=False)

    assert run.returncode == 0, run.stderr
    assert "演示数据 纯属虚构" in run.stdout
    assert "预警" in run.stdout


def test_to_dos_and_alerts_appear_with_level_reason_matter_and_posts(demo: Living) -> None:
    """Each kind of line is there, and an alert is followed by its posts."""
    lines = demo.printed.splitlines()
    alerts = [number for number, line in enumerate(lines) if "预警" in line]

    assert any("待办" in line and "属本单位业务" in line for line in lines)
    assert alerts
    assert all("级" in lines[number] and "“" in lines[number] for number in alerts)
    assert any("└" in lines[number + 1] for number in alerts)


def test_the_dead_source_is_shown_as_dead(demo: Living) -> None:
    """One of six sources answers 503: no count pretends that it was seen."""
    assert "信源 5/6 正常" in demo.printed


def test_no_child_complained(demo: Living) -> None:
    """A clean run writes nothing but its feed."""
    assert "Traceback" not in demo.errors
    assert "ERROR" not in demo.errors


def test_every_source_was_crawled_by_the_real_spiders(demo: Living) -> None:
    """Fetches are recorded for feeds, lists and threads, and posts came from all living sources."""
    here = installed(demo.folder / "huiyin.toml")
    fetches = [json.loads(record.value) for record in here.stores.records.list("fetch")]
    posts = here.stores.posts.search("*", "，", since=0, until=2**52, limit=10_000)

    assert {fetch["page"] for fetch in fetches} >= {"feed", "list", "thread"}
    assert len({post.source for post in posts}) >= 5
    assert all(post.address is None or post.address.startswith("http://127.0.0.1:") for post in posts)


def test_what_the_demo_left_behind_verifies(demo: Living) -> None:
    """The chain holds, and every projection is what its log and its mentions say."""
    here = installed(demo.folder / "huiyin.toml")
    found = verify(here.stores.log, here.stores.posts, ["yunxi-mz"])

    assert found.problems == ()
    assert found.incidents > 0
    assert found.groups > found.incidents


def test_no_planted_private_data_is_in_any_byte_of_any_file(demo: Living) -> None:
    """Phones, ids, names and posters that the county planted are nowhere: not in stores, logs, frontier or records."""
    planted = {private.value for post in demo.shown for private in post.truth.private if len(private.value) > 1}
    posters = {post.poster for post in demo.shown if not post.truth.is_official}
    assert len(planted) > 5
    assert len(posters) > 50

    for path in sorted(path for path in demo.folder.rglob("*") if path.is_file()):
        held = path.read_bytes()
        found = [value for value in planted | posters if value.encode() in held]
        assert not found, f"{path.name} holds {found[:5]}"


def test_every_notice_reached_the_people_whom_the_demo_names(demo: Living) -> None:
    """By the journal, so that nothing leaves the machine; nothing is held because nobody was named."""
    here = installed(demo.folder / "huiyin.toml")
    sends = here.stores.outbox.sends("yunxi-mz", limit=1_000)
    told = {send.recipient for send in sends if send.state == "delivered"}

    assert "zhiban" in told
    assert {send.recipient for send in sends} <= {"zhiban", "fenguan"}
    assert "held" not in {send.state for send in sends}
