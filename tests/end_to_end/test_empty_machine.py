"""`huiyin run` in an empty folder: no file, no account, no unit; by HTTP to a unit that works, without a restart."""

import contextlib
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from api.supervisor import ENTRY

PASSWORD = "云汐 reception desk 7"
PATIENCE = 60.0
SAID = "柳湾镇的低保金两个月没有发了，问了民政局只说等通知"


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """The service runs while the block does; yields the one-time address that it printed."""
    with (
        (folder / "said").open("w", encoding="utf-8") as said,
        (folder / "errors").open("w", encoding="utf-8") as errors,
        subprocess.Popen([sys.executable, "-P", "-c", ENTRY, "run"], cwd=folder, stdout=said, stderr=errors) as service,
    ):
        try:
            yield wait_for(lambda: re.search(r"http://\S+/link/\S+", (folder / "said").read_text(encoding="utf-8")))[0]
        finally:
            service.send_signal(signal.SIGINT)
            service.wait(timeout=30)


def wait_for(look: Callable[[], Any]) -> Any:
    """Return what the look finds as soon as it finds something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx2.HTTPError):
            if found := look():
                return found
        time.sleep(0.1)
    raise AssertionError("it did not come in time")


def todos(browser: httpx2.Client, unit: str) -> list[object]:
    """Return the rows of the unit's queue."""
    rows: list[object] = browser.get(f"/api/v1/units/{unit}/queue").json()["rows"]
    return rows


def verb(folder: Path, *arguments: str, given: str = "") -> str:
    """Return what a verb of the command line printed."""
    command = [sys.executable, "-P", "-c", ENTRY, *arguments]
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_empty_folder_becomes_a_unit_with_its_first_to_do(tmp_path: Path) -> None:
    """First account, unit, places, and a post that is found: all of it while the same processes run."""
    with running(tmp_path) as first:
        site, link = f"http://{urlsplit(first).netloc}", urlsplit(first).path
        with httpx2.Client(base_url=site, headers={"accept": "text/html", "sec-fetch-site": "same-origin"}) as browser:
            wait_for(lambda: browser.get("/livez").status_code == 200)
            typed = {"name": "王敏", "account": "wangmin", "password": PASSWORD, "again": PASSWORD}
            assert browser.post(link, data=typed).headers["location"] == "/"
            browser.headers["x-csrf-token"] = browser.get("/api/v1/me").json()["csrf"]
            assert browser.get("/").headers["location"] == "/setup"
            about = {"name": "云汐县民政局", "county": "云汐县", "id": "yxmz", "revision": "0"}
            assert browser.post("/setup", data=about).headers["location"] == "/u/yxmz/setup/places"
            places = {"places": "柳湾镇\n石桥村", "revision": "0"}
            assert browser.post("/u/yxmz/setup/places", data=places).headers["location"] == "/u/yxmz/setup/words"
            post = {"source": "by-hand", "text": SAID, "origin": "网民留言"}
            verb(tmp_path, "ingest", given=json.dumps(post, ensure_ascii=False))
            assert len(wait_for(lambda: todos(browser, "yxmz"))) == 1

    assert "Traceback" not in (tmp_path / "errors").read_text(encoding="utf-8")
    assert "已写下" in (tmp_path / "said").read_text(encoding="utf-8")
    assert (tmp_path / "data" / "huiyin.db").is_file()
