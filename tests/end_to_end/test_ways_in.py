"""`huiyin serve` as a process: each way in, from the first link in the terminal to a session after a restart."""

import contextlib
import hashlib
import http.client
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.doctor import examine
from api.supervisor import ENTRY

ANYWHERE = "0.0.0.0"  # noqa: S104 - what an operator writes
PASSWORD = "reception desk 县 7"
FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def installation(folder: Path, **web: object) -> tuple[Path, int]:
    folder.mkdir(exist_ok=True)
    port = free_port()
    lines = [f"{key} = {str(value).lower() if value is True else repr(value)}" for key, value in web.items()]
    path = folder / "huiyin.toml"
    path.write_text("\n".join(['[data]\nfolder = "data"\n[web]', f"port = {port}", *lines, ""]))
    return path, port


@contextlib.contextmanager
def served(config: Path) -> Iterator[str]:
    """The process serves while the block runs; yields what it said at its start."""
    command = [sys.executable, "-P", "-c", ENTRY, "serve", "--config", str(config)]
    told = config.with_name("told.txt")
    with told.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 20
        while "网页" not in told.read_text(encoding="utf-8"):
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield told.read_text(encoding="utf-8")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def post(connection: http.client.HTTPConnection, path: str, **fields: str) -> http.client.HTTPResponse:
    connection.request("POST", path, urllib.parse.urlencode(fields), FORM)
    answer = connection.getresponse()
    answer.read()
    return answer


def get(connection: http.client.HTTPConnection, path: str, cookie: str) -> int:
    connection.request("GET", path, headers={"cookie": cookie, "accept": "text/html"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def test_on_this_machine_the_first_link_makes_an_account_whose_session_outlives_a_restart(tmp_path: Path) -> None:
    """No default password: the terminal shows a link once, and never again when somebody has used it."""
    config, port = installation(tmp_path)
    with served(config) as said:
        link = re.search(r"http://127\.0\.0\.1:\d+(/link/[\w-]+)", said)
        assert link is not None
        browser = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        cookie = str(post(browser, link[1], account="zhang", password=PASSWORD).headers["set-cookie"]).split(";")[0]
        assert get(browser, "/account", cookie) == 200
        browser.close()
    with served(config) as said:
        browser = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        assert "/link/" not in said
        assert get(browser, "/account", cookie) == 200
        browser.close()


@pytest.mark.parametrize("kind", ["self-made", "given"])
def test_on_the_network_with_tls(tmp_path: Path, kind: str) -> None:
    """Self-made with its fingerprint in terminal and doctor, or the operator's own two files."""
    config, port = installation(tmp_path / "first", tls="self-made", host=ANYWHERE)
    chain = tmp_path / "first" / "data" / "web-certificate.pem"
    with served(config) as said:
        mark = ":".join(re.findall("..", ssl_fingerprint(chain)))
        assert mark in said
        assert mark in str([finding.details for finding in examine(config) if finding.what == "web"])
    if kind == "given":
        config, port = installation(
            tmp_path / "second", tls="given", certificate="c.pem", certificate_key="k.pem", host=ANYWHERE
        )
        shutil.copy(chain, tmp_path / "second" / "c.pem")
        shutil.copy(chain.with_name("web-key.pem"), tmp_path / "second" / "k.pem")
    with served(config) as said:
        trust = ssl.create_default_context(cafile=str(chain))
        browser = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=trust)
        link = re.search(r"(/link/[\w-]+)", said)
        assert link is not None
        answer = post(browser, link[1], account="zhang", password=PASSWORD)
        cookie = str(answer.headers["set-cookie"])
        assert cookie.startswith("__Host-huiyin=")
        assert "Secure" in cookie
        assert get(browser, "/account", cookie.split(";", maxsplit=1)[0]) == 200
        browser.close()


def ssl_fingerprint(chain: Path) -> str:
    """Return the SHA-256 of the certificate as the standard library computes it."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(chain.read_text())).hexdigest().upper()
