"""`huiyin run` as processes: a source on loopback, a real mail server, and people who come in by their links."""

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import tomli_w

from tests.end_to_end.crawl_job import a_source
from tests.end_to_end.loopback_site import Site
from tests.smtp_server import Mailbox

ENTRY = "from api.cli import main; raise SystemExit(main())"
UNIT = "yunxi-mz"
OFFICE = "养老服务股"
PATIENCE = 45.0


@dataclass
class Running:
    """The installation while it runs."""

    folder: Path
    origin: str
    box: Mailbox

    def link_for(self, account: str, *roles: str) -> str:
        """Return the path of the one-time link of a new account."""
        said = self.verb("user", "add", account, "--roles", ",".join(roles), "--units", UNIT)
        found = re.search(r"(/link/[\w-]+)", said)
        assert found is not None, said
        return found[1]

    def verb(self, *arguments: str) -> str:
        """Return what a verb of the command line printed."""
        command = [sys.executable, "-P", "-c", ENTRY, *arguments, "--config", "huiyin.toml"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def letter(self, word: str) -> str:
        """Return subject and plain text of the letter that holds a word, once the mail server has it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for letter in list(self.box.letters):
                body = letter.get_body(("plain",))
                text = f"{letter['subject']}\n{body.get_content() if body else ''}"
                if word in text:
                    return text
            time.sleep(0.1)
        raise AssertionError(f"no letter holds {word!r}: {[letter['subject'] for letter in self.box.letters]}")


def install(folder: Path, port: int, site: Site, box: Mailbox) -> None:
    """The folder holds an operator's file with a mail server, and a unit with one source and one recipient."""
    settings = folder / "settings"
    (settings / "sources").mkdir(parents=True)
    always = ["always"] * 4
    tables: dict[str, dict[str, object]] = {
        "unit": {"id": UNIT, "name": "云汐县民政局"},
        "recipients": {
            "recipient": [{"account": "zhang", "role": "duty", "channel": "mail", "to": "zhang@yunxi.example"}]
        },
        "notices": {"alerts": always, "reminders": always, "budget": 50},
        "offices": {"office": [{"id": "yanglao", "name": OFFICE}]},
        "sources/yunxi-feed": a_source(f"{site.url}/feed"),
    }
    for name, table in tables.items():
        (settings / f"{name}.toml").write_bytes(tomli_w.dumps(table).encode())
    config = {
        "settings": "settings",
        "data": {"folder": "data"},
        "web": {"port": port},
        "crawl": {"contact": "mailto:office@yunxi.invalid", "every_seconds": 2, "round_seconds": 30},
        "network": {"local_hosts": [site.url.removeprefix("http://")]},
        "mail": {"host": "localhost", "port": box.port, "security": "none", "sender": "huiyin@yunxi.example"},
    }
    (folder / "huiyin.toml").write_bytes(tomli_w.dumps(config).encode())


@contextmanager
def running(folder: Path, port: int, site: Site, box: Mailbox) -> Iterator[Running]:
    """The service runs with all its processes while the block does."""
    install(folder, port, site, box)
    command = [sys.executable, "-P", "-c", ENTRY, "run", "--config", "huiyin.toml"]
    with (
        (folder / "errors").open("w", encoding="utf-8") as errors,
        subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True) as service,
    ):
        assert service.stdout is not None
        reader = threading.Thread(target=service.stdout.read, daemon=True)  # so that it never waits for us
        reader.start()
        try:
            _is_up(f"http://127.0.0.1:{port}/readyz")
            yield Running(folder, f"http://127.0.0.1:{port}", box)
        finally:
            service.send_signal(signal.SIGINT)
            service.wait(timeout=30)
            reader.join(timeout=10)
    assert "Traceback" not in (folder / "errors").read_text(encoding="utf-8")


def _is_up(address: str) -> None:
    """Every part of the service has given a sign of life."""
    deadline, answer = time.monotonic() + PATIENCE, ""
    while time.monotonic() < deadline:
        try:
            found = httpx2.get(address, timeout=5)
            answer = found.text
            if found.status_code == 200 and not found.json()["degraded"]:
                return
        except httpx2.HTTPError as cause:
            answer = str(cause)
        time.sleep(0.2)
    raise AssertionError(f"the service did not come up: {answer}")
