"""A digest that is let go by hand while another process keeps the time: that one sends it, once."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tomli_w

from tests.end_to_end.kill_harness import ROOT, install
from tests.smtp_server import Mailbox, smtp_server

ENTRY = "from api.cli import main; raise SystemExit(main())"
PATIENCE = 60.0


def with_mail(folder: Path, port: int) -> Path:
    """An installation that mails its digest to a leader."""
    config = install(folder)
    people = [{"account": "juzhang", "role": "leader", "channel": "mail", "to": "juzhang@yunxi.example"}]
    (folder / "settings" / "recipients.toml").write_bytes(tomli_w.dumps({"recipient": people}).encode())
    server = f'host = "localhost"\nport = {port}\nsecurity = "none"\nsender = "huiyin@yunxi.example"'
    config.write_text(f"{config.read_text(encoding='utf-8')}\n[mail]\n{server}\n", encoding="utf-8")
    return config


@contextmanager
def keeping_time(config: Path) -> Iterator[None]:
    """A process of its own keeps the time while the block runs."""
    command = [sys.executable, "-c", ENTRY, "schedule", "--config", str(config), "--follow-parent"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield
        assert process.poll() is None
        _, errors = process.communicate(timeout=30)  # standard input closes, and it ends
    assert "Traceback" not in errors


def lets_go(config: Path) -> tuple[int, str]:
    """Return how `huiyin digest --send` ended and what it printed."""
    command = [sys.executable, "-c", ENTRY, "digest", "--send", "--config", str(config)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout


def test_a_digest_that_is_let_go_by_hand_is_sent_once_by_whoever_keeps_the_time(tmp_path: Path) -> None:
    """The verb asks again until it is delivered; asking once more sends nothing."""
    with smtp_server(Mailbox()) as box:
        config = with_mail(tmp_path, box.port)
        with keeping_time(config):
            deadline = time.monotonic() + PATIENCE
            while lets_go(config)[0] != 0:
                assert time.monotonic() < deadline
            code, said = lets_go(config)
        assert (code, "已送达" in said) == (0, True)
    (letter,) = box.letters
    assert "舆情周报" in str(letter["Subject"])
    assert not str(letter["Subject"]).startswith("（可能重复）")
