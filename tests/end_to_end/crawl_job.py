"""Builds crawl jobs for tests, runs each in a process of its own, and reads what it left."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.end_to_end.loopback_site import Page

ROOT = Path(__file__).parents[2]
IMPACT = {"purpose": "了解居民对民政服务的公开意见", "reviewed_on": "2026-11-01", "reviewed_by": "办公室"}


def a_source(url: str, **changes: object) -> dict[str, object]:
    """Return an enabled feed source on loopback, as a table."""
    return {
        "id": "yunxi-feed",
        "name": "云汐论坛订阅",
        "kind": "feed",
        "url": url,
        "publisher": "云汐论坛",
        "why": "本县居民在此公开谈论民政服务",
        "owner": "办公室",
        "enabled": True,
        "pace_seconds": 0.05,
        "expected": {"min": 0, "max": 1000},
        "impact": IMPACT,
        **changes,
    }


LIST = {"item": "li.t", "link": "a", "id": "::attr(data-id)", "replies": ".n::text", "next": "a.next"}
THREAD = {
    "post": ".p",
    "text": ".x",
    "title": "h1::text",
    "time": ".at::attr(title)",
    "id": "::attr(data-id)",
    "poster": ".who::text",
    "next": "a.next",
}


def a_forum(url: str, **changes: object) -> dict[str, object]:
    """Return an enabled listing source on loopback, as a table."""
    return a_source(url, **{"id": "yunxi-forum", "kind": "listing", "list": LIST, "thread": THREAD, **changes})


def row(number: int, replies: int, link: str = "t/{}") -> str:
    """Return a thread as the list shows it."""
    href = link.format(number)
    return f'<li class="t" data-id="{number}"><a href="{href}">帖{number}</a><i class="n">{replies}</i></li>'


def floor(number: int, text: str, *, who: str = "溪边草", at: str = "2026-11-20 09:00:00", mark: str = "") -> str:
    """Return a post as a thread's page shows it."""
    head = f'<b class="who">{who}</b><i class="at" title="{at}">刚刚</i><i class="f">{mark}</i>'
    return f'<div class="p" data-id="{number}">{head}<div class="x">{text}</div></div>'


def html(body: str) -> Page:
    return Page(f'<html><meta charset="utf-8"><body>{body}</body></html>'.encode())


def forum(pages: int = 1, threads: int = 2) -> dict[str, Page]:
    """Return a forum: list pages of threads, each thread with two pages of two floors."""
    site: dict[str, Page] = {}
    for page in range(1, pages + 1):
        numbers = range((page - 1) * threads + 1, page * threads + 1)
        more = f'<a class="next" href="/?p={page + 1}">下一页</a>' if page < pages else ""
        site["/" if page == 1 else f"/?p={page}"] = html("".join(row(n, 3, "/t/{}") for n in numbers) + more)
        for n in numbers:
            more = f'<a class="next" href="/t/{n}?p=2">下一页</a>'
            site[f"/t/{n}"] = html(f"<h1>帖{n}</h1>{floor(n * 10, f'楼主{n}')}{floor(n * 10 + 1, f'二楼{n}')}{more}")
            site[f"/t/{n}?p=2"] = html(floor(n * 10 + 2, f"三楼{n}") + floor(n * 10 + 3, f"四楼{n}"))
    return site


@dataclass(frozen=True)
class Ran:
    """A finished child: its exit status, its report (or error), and what it wrote to stderr."""

    status: int
    report: dict[str, Any]
    log: str

    def source(self, number: int = 0) -> dict[str, Any]:
        return dict(self.report["sources"][number])

    def issues(self, number: int = 0) -> dict[str, str]:
        return {issue["kind"]: issue["sentence"] for issue in self.source(number)["issues"]}


def start(folder: Path, *manifests: Mapping[str, object], **job: object) -> subprocess.Popen[str]:
    """Start one round over the manifests in a child; what it stores lies in the folder, there for the next round."""
    child = subprocess.Popen(
        [sys.executable, str(ROOT / "tests/end_to_end/one_round.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **job.pop("environment", {})},  # type: ignore[dict-item]
    )
    assert child.stdin is not None
    child.stdin.write(json.dumps({"folder": str(folder), "manifests": manifests, **job}))
    child.stdin.close()
    child.stdin = None
    return child


def crawl(folder: Path, *manifests: Mapping[str, object], **job: object) -> Ran:
    """Run one round to its end."""
    child = start(folder, *manifests, **job)
    output, log = child.communicate(timeout=60)
    lines = output.strip().splitlines()
    return Ran(child.returncode, json.loads(lines[-1]) if lines else {}, log)


def admitted(folder: Path) -> list[dict[str, Any]]:
    """Return every raw post that the door was given, in order."""
    path = folder / "door.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def records(folder: Path, kind: str) -> list[dict[str, Any]]:
    """Return the values of a kind of records, by key."""
    rows = json.loads((folder / "records.json").read_text(encoding="utf-8"))
    return [json.loads(row["value"]) for row in sorted(rows, key=lambda row: row["key"]) if row["kind"] == kind]
