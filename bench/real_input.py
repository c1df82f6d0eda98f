"""
Real input through the real thread: recorded forums, blogs and comments; real news pages; real citizens' letters.

    python bench/real_input.py [recorded] [pages] [letters] [--show 5]

Reads crawl/*-live, pages/zh and events under HUIYIN_SHARED_DATA. Prints posts found of posts there, to-dos, incidents
and alerts, a week for the letters; with --show also the matters, masked, for reading by eye. Nothing is kept.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, redirect_stderr
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Any

import tomli_w

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from api import bootstrap
from api.cli import main as main_of_cli
from api.cli.installation import Installation, open_installation
from api.rehearsal import FollowedClock
from api.stores import Stores
from api.supervisor import child_command
from bench.letters import LETTERS, rows
from bench.recorded_site import SERVERS, SHARED, open_sites
from crawlers.extract import extract_page
from pipeline.domain.errors import BadInput
from pipeline.domain.event import Batch
from pipeline.domain.post import Kind, Millis, Origin, RawPost
from pipeline.domain.row import millis_of
from pipeline.runner import Worker

UNIT = "yunxi-mz"
NATION = {
    "id": "pages",
    "name": "录制的网页",
    "kind": "feed",
    "url": "http://pages.invalid/feed",
    "publisher": "各地网站",
    "why": "测量全国性网页对本单位的干扰",
    "owner": "办公室",
    "local": False,
    "expected": {"min": 0, "max": 1_000},
}
"""The real pages as a source that speaks of more than the unit's county."""
WEEK: Millis = 7 * 86_400_000


def install(folder: Path, manifests: dict[str, Any]) -> Installation:
    """Return an installation of the fictional unit with these sources, and the bundled rules."""
    settings = folder / "settings"
    (settings / "sources").mkdir(parents=True)
    unit = f'id = "{UNIT}"\nname = "云汐县民政局"\ncounty = "云汐县"\n'
    (settings / "unit.toml").write_text(unit, encoding="utf-8")
    for name, manifest in manifests.items():
        (settings / "sources" / f"{name}.toml").write_bytes(tomli_w.dumps(manifest).encode())
    config = {
        "settings": "settings",
        "data": {"folder": "data"},
        "crawl": {"contact": "bench@yunxi.invalid"},
        "network": {"local_hosts": ["127.0.0.1"]},
        "log": {"level": "error"},
    }
    path = folder / "huiyin.toml"
    path.write_bytes(tomli_w.dumps(config).encode())
    return open_installation(argparse.Namespace(config=str(path)))


def worker_of(here: Installation, stores: Stores) -> Worker:
    """Return the installation's worker over these stores, loaded."""
    desk = bootstrap.open_desk(stores, here.settings)
    worker = bootstrap.open_worker(stores, here.settings, desk, bootstrap.open_classifier())
    worker.load()
    return worker


def drain(worker: Worker) -> None:
    """The bus is empty."""
    while worker.step().read:
        pass


def recorded(show: int) -> None:
    """Crawl the recorded servers with `huiyin crawl --round`, work what came, and compare with what stands there."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        manifests = dict(open_sites(stack, SHARED / "crawl"))
        here = install(folder, manifests)
        command = child_command(["crawl", "--config", str(here.path), "--round", ",".join(manifests)])
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        if ran.returncode:
            sys.exit(f"the round ended with {ran.returncode}:\n{ran.stderr}")
        report = json.loads(ran.stdout.strip().splitlines()[-1])
        drain(worker_of(here, here.stores))
        stored = Counter(post.source for post in here.stores.posts.posts_since(0))
        there = {source.id: source.posts for server in SERVERS for source in server.sources}
        print(f"{'source':<20}{'there':>6}{'found':>6}  issues")
        for each in report["sources"]:
            issues = "; ".join(f"{issue['kind']} ×{issue['times']}" for issue in each["issues"])
            print(f"{each['source']:<20}{there[each['source']]:>6}{stored[each['source']]:>6}  {issues}")
        print(f"{'all':<20}{sum(there.values()):>6}{stored.total():>6}")
        told(here.stores, show)


def pages(show: int) -> None:
    """Read the real pages with `extract`, take them in as posts, and see what a civil affairs bureau would be asked."""
    folder = SHARED / "pages" / "zh"
    with tempfile.TemporaryDirectory() as name:
        here = install(Path(name), {"pages": NATION})
        door = bootstrap.open_door(here.folder, here.stores, here.settings)
        now = here.stores.clock.now()
        raws: list[RawPost] = []
        refused = 0
        for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8")):
            try:
                raws += posts_of_page(folder / "html" / f"{entry['id']}.html", entry["url"], entry["id"], now)
            except BadInput:
                refused += 1
        door.admit([raw for raw in raws if raw.text or raw.title])
        drain(worker_of(here, here.stores))
        count = Counter(raw.kind.value for raw in raws)
        said = f"{count['post']} pages with {count['reply']} replies and {count['answer']} answers"
        print(f"{said}, {refused} refused; none is of the unit's county")
        told(here.stores, show)


def posts_of_page(file: Path, url: str, name: str, now: Millis) -> Iterator[RawPost]:
    """Yield a page's post and its replies, as a spider would hand them over."""
    page = extract_page(file.read_bytes(), url or f"http://pages.invalid/{name}")
    common = {"source": "pages", "origin": Origin.MONITORED, "collected_at": now}
    yield RawPost(text=page.text, title=page.title, native_id=name, published_at=page.published_at, **common)  # type: ignore[arg-type]  # one dict for all
    for at, reply in enumerate(page.replies):
        yield RawPost(
            text=reply.text,
            native_id=f"{name}#{at}",
            parent=name,
            kind=Kind.ANSWER if reply.is_answer else Kind.REPLY,
            published_at=reply.published_at,
            **common,  # type: ignore[arg-type]  # one dict for all
        )


def letters(show: int) -> None:
    """The letters by `huiyin ingest`, day by day on their own clock: addressed to the unit, then watched by it."""
    for origin in ("来信来访", "监测发现"):
        with tempfile.TemporaryDirectory() as name:
            here = install(Path(name), {})
            clock = FollowedClock()
            stores = replace(here.stores, clock=clock)
            worker = worker_of(here, stores)
            known = list(rows(LETTERS, origin))
            print(f"\n{len(known)} letters as {origin}")
            for _, day in groupby(known, key=lambda row: row["collected_at"][:10]):
                at = ingest(here, Path(name) / "day.jsonl", list(day))
                clock.follow(at)
                drain(worker)
            weekly(stores, known)
            told(stores, show)


def ingest(here: Installation, file: Path, day: Sequence[dict[str, str]]) -> Millis:
    """The rows went through the verb; returns when the last one was collected."""
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in day), encoding="utf-8")
    with redirect_stderr(StringIO()) as said:
        code = main_of_cli(["ingest", "--config", str(here.path), str(file)])
    if code:
        sys.exit(f"huiyin ingest ended with {code}: {said.getvalue()}")
    return millis_of(day[-1]["collected_at"])


def weekly(stores: Stores, known: Sequence[dict[str, str]]) -> None:
    """Print to-dos, incidents and alerts by week, for the weeks that hold at least 50 posts, and their means."""
    todos = Counter(row.first_at // WEEK for row in todo_rows(stores))
    incidents: Counter[int] = Counter()
    alerts: Counter[int] = Counter()
    for batch in batches_of(stores):
        incidents.update(event.at // WEEK for event in batch.events if event.type == "opened")
        alerts.update(notice.at // WEEK for notice in batch.notices)
    posts = Counter(millis_of(row["collected_at"]) // WEEK for row in known)
    full = [week for week in sorted(posts) if posts[week] >= 50]
    print(f"{'week of':<12}{'posts':>7}{'to-dos':>8}{'incidents':>11}{'alerts':>8}")
    for week in full:
        day = datetime.fromtimestamp(week * WEEK / 1_000, UTC).strftime("%Y-%m-%d")
        print(f"{day:<12}{posts[week]:>7}{todos[week]:>8}{incidents[week]:>11}{alerts[week]:>8}")
    means = [sum(count[week] for week in full) / len(full) for count in (posts, todos, incidents, alerts)]
    print(f"{'mean':<12}{means[0]:>7.1f}{means[1]:>8.1f}{means[2]:>11.1f}{means[3]:>8.1f}")


def batches_of(stores: Stores) -> Iterator[Batch]:
    """Yield the unit's whole log."""
    seq = 0
    while batches := stores.log.read(UNIT, seq):
        yield from batches
        seq = batches[-1].seq


def todo_rows(stores: Stores) -> list[Any]:
    """Return the rows of the queue."""
    _, views = stores.posts.changed_groups(UNIT, 0)
    return [view.row for view in views if view.is_todo]


def told(stores: Stores, show: int) -> None:
    """Print what the desk would be asked, and some of it to be read by eye."""
    _, views = stores.posts.changed_groups(UNIT, 0)
    rows_ = [view.row for view in views if view.is_todo]
    reasons = Counter(row.todo.value for row in rows_ if row.todo)
    batches = list(batches_of(stores))
    notices = [notice for batch in batches for notice in batch.notices]
    events = [event for batch in batches for event in batch.events]
    opened = Counter(str(event.data.get("reason")) for event in events if event.type == "opened")
    needs = len(stores.posts.needs(UNIT, 100_000))
    stored = sum(1 for _ in stores.posts.posts_since(0))
    print(
        f"{stored} posts stored, {len(views)} groups, {len(rows_)} to-dos {dict(reasons)}, "
        f"{sum(opened.values())} incidents {dict(opened)}, {len(notices)} alerts, {needs} needs"
    )
    for row in sorted(rows_, key=lambda row: (-row.posts, row.id))[:show]:
        lead = stores.posts.post(row.lead)
        words = f"{lead.post.title}｜{lead.post.text}".replace("\n", " ")[:110] if lead else ""
        print(f"  to-do {row.todo} {row.posts}+{row.reposts} about={row.about} line={row.line}  {words}")
    for notice in notices[:show]:
        incident = stores.log.incident(UNIT, notice.incident)
        groups = (
            [found.row for group in incident.groups if (found := stores.posts.group(UNIT, group))] if incident else []
        )
        lead = stores.posts.post(groups[0].lead) if groups else None
        words = f"{lead.post.title}｜{lead.post.text}".replace("\n", " ")[:110] if lead else ""
        print(f"  alert level {notice.level} {notice.why}  {words}")


def main() -> None:
    """Run the parts that are asked for, in order."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = {"recorded": recorded, "pages": pages, "letters": letters}
    parser.add_argument("parts", nargs="*", choices=[*parts, []], default=[])
    parser.add_argument("--show", type=int, default=5, help="how many to-dos and alerts to print")
    options = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit(f"{SHARED} is not here; set HUIYIN_SHARED_DATA to the folder that holds crawl/, pages/ and events/")
    for name in options.parts or list(parts):
        print(f"== {name}")
        parts[name](options.show)


if __name__ == "__main__":
    main()
