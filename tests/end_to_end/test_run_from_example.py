"""`huiyin run` as a new user starts it: the shipped examples copied, what they demand filled in, one real source."""

import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx2
import pytest

from api.config import read_config
from tests.end_to_end.loopback_site import Page, Site, entry, feed

DEPLOY = Path(__file__).parents[2] / "deploy"
ENTRY = "from api.cli import main; raise SystemExit(main())"
SECONDS = 60.0
SAID = (
    "柳湾镇的低保金两个月没有发了，问了民政局只说等通知",
    "柳湾镇低保金两个月没有发放，邻居也没收到，民政局能回应吗",
    "柳湾镇的低保金怎么又停了两个月，民政局到底什么时候发",
    "石桥乡敬老院中午的饭是凉的，老人吃不下，请民政局去看看",
)
PHONE = "13800138000"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run printed, how it ended, what readiness answered meanwhile, and where its data lie."""

    folder: Path
    printed: str
    errors: str
    code: int
    ready: dict[str, object]


def site_pages() -> dict[str, Page]:
    """Return a feed of this morning: three people say that an allowance has stopped, one that a meal was cold."""
    at = datetime.now(timezone(timedelta(hours=8))) - timedelta(minutes=20)
    said = enumerate(SAID, start=1)
    entries = [entry(n, f"{text}，电话{PHONE}", updated=at.isoformat(), author=f"街坊{n}") for n, text in said]
    return {"/feed": feed(*entries)}


def copy_examples(folder: Path, site: str) -> Path:
    """The examples are copied and only what they demand is changed, with one source added; returns the file."""
    config = Path(shutil.copy(DEPLOY / "config.example.toml", folder / "huiyin.toml"))
    shutil.copytree(DEPLOY / "settings.example", folder / "settings.example")
    text = config.read_text(encoding="utf-8")
    changes = {
        'contact = ""': 'contact = "mailto:office@yunxi.invalid"',
        "8765": str(free_port()),
        "local_hosts = []": f'local_hosts = ["{site.removeprefix("http://")}"]',
    }
    for old, new in changes.items():
        assert text.count(old) == 1  # the port, since others may run here; the site, since it is on this machine
        text = text.replace(old, new)
    config.write_text(text, encoding="utf-8")
    sources = folder / "settings.example" / "sources"
    source = (sources / "county-news.toml").read_text(encoding="utf-8").replace("county-news", "yunxi-talk")
    source = source.replace("https://news.your-county.example/rss.xml", f"{site}/feed").replace("false", "true")
    source = source.replace("pace_seconds = 10", "pace_seconds = 0.05")  # as only a site on this machine may have it
    (sources / "yunxi-talk.toml").write_text(source, encoding="utf-8")
    return config


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def verb(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-c", ENTRY, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def watch(service: subprocess.Popen[str], address: str) -> tuple[list[str], dict[str, object]]:
    """Return what the service printed until its end, and what readiness answered at the first alert, which ends it."""
    assert service.stdout is not None
    lines, ready = list[str](), dict[str, object]()
    limit = threading.Timer(SECONDS, service.send_signal, args=(signal.SIGINT,))
    limit.start()
    for line in service.stdout:
        lines.append(line)
        if " 预警 " in line and not ready:
            ready = asked(address)
            limit.cancel()
            service.send_signal(signal.SIGINT)
    return lines, ready


def asked(address: str) -> dict[str, object]:
    """Return what readiness answers, once every part has given a sign of life, the worker also of its position."""
    answer: dict[str, object] = {}
    for _ in range(50):
        try:
            answer = httpx2.get(address, timeout=5).json()
        except httpx2.HTTPError:
            answer = {}
        if answer and not answer["degraded"] and "at position" in str(answer["parts"]):
            return answer
        time.sleep(0.2)
    return answer


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The service ran from copies of the examples until its first alert, and was stopped by Ctrl+C."""
    folder = tmp_path_factory.mktemp("county")
    with Site(site_pages()) as site:
        config = copy_examples(folder, site.url)
        command = [sys.executable, "-P", "-c", ENTRY, "run", "--config", config.name]
        with (
            (folder / "errors").open("w", encoding="utf-8") as errors,
            subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True) as service,
        ):
            lines, ready = watch(service, f"http://127.0.0.1:{read_config(config).web.port}/readyz")
            code = service.wait(timeout=60)
    return Ran(folder, "".join(lines), (folder / "errors").read_text(encoding="utf-8"), code, ready)


def test_a_copy_of_the_examples_passes_the_check_once_the_contact_is_filled_in(tmp_path: Path) -> None:
    """And not before: the crawler refuses to ask anonymously."""
    config = copy_examples(tmp_path, "http://127.0.0.1:1")
    assert "1 of 2 sources enabled" in verb(tmp_path, "check").stdout
    assert verb(tmp_path, "check").returncode == 0
    config.write_text(config.read_text(encoding="utf-8").replace("mailto:office@yunxi.invalid", ""), encoding="utf-8")
    refused = verb(tmp_path, "check")

    assert refused.returncode == 2
    assert "contact is empty, so nothing is crawled" in refused.stdout


def test_a_to_do_and_an_alert_appear_from_a_real_source(ran: Ran) -> None:
    """Level, reason, matter, its posts with date and source; the phone in them is masked."""
    lines = ran.printed.splitlines()
    alerts = [number for number, line in enumerate(lines) if " 预警 " in line]

    assert alerts, ran.printed + ran.errors
    assert any(" 待办 " in line and "石桥乡" in line for line in lines)
    assert "社会救助 · 柳湾镇  “帖子1”  3 帖 3 人 1 信源" in lines[alerts[0]]
    assert "县新闻网" in lines[alerts[0] + 1]
    assert PHONE not in ran.printed


def test_readiness_names_each_part_of_the_running_service(ran: Ran) -> None:
    """Work, clock and crawl by their signs of life, the classifier and the sources by name."""
    parts = {str(part["name"]): part for part in ran.ready["parts"]}  # type: ignore[attr-defined]  # JSON of our own

    assert ran.ready["ready"] is True
    assert {"stores", "serve", "work", "clock", "crawl", "classifier", "sources"} <= parts.keys()
    assert {part["state"] for part in parts.values()} == {"well"}
    assert "at position" in parts["work"]["says"]


def test_it_ends_cleanly_and_everything_lies_beside_the_file(ran: Ran) -> None:
    """Ctrl+C is no error; the data are where the copied file says, and the doctor finds nothing that died."""
    examined = verb(ran.folder, "doctor")

    assert ran.code == 0
    assert "Traceback" not in ran.errors
    assert (ran.folder / "data" / "huiyin.db").is_file()
    assert "crawl stopped" in examined.stdout
    assert "ok    processes" in examined.stdout


def test_without_a_file_the_run_says_how_to_make_one(tmp_path: Path) -> None:
    """`make run` in a fresh clone, for example."""
    refused = verb(tmp_path, "run", "--config", "huiyin.toml")

    assert refused.returncode == 2
    assert "copy deploy/config.example.toml to huiyin.toml" in refused.stderr
