"""The certificate that Huiyin makes itself, and a server that answers with it over the network."""

import http.client
import socket
import ssl
import stat
from pathlib import Path

import pytest

from api.entrance import Entrance
from api.web import Certificate, answering
from pipeline.adapters.certificate import DAYS, self_made_certificate
from pipeline.domain.errors import BadInput
from tests.builders import MONDAY
from tests.http_house import HttpHouse

DAY = 24 * 3_600_000
NAMES = ["localhost", "127.0.0.1", "huiyin.county.example"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_it_stays_the_same_until_a_name_is_missing_or_it_nears_its_end(tmp_path: Path) -> None:
    """Each change asks people to compare the fingerprint again, so there is none without need."""
    first = self_made_certificate(tmp_path, NAMES, MONDAY)

    assert self_made_certificate(tmp_path, NAMES[:2], MONDAY + 300 * DAY) == first
    assert self_made_certificate(tmp_path, [*NAMES, "other.example"], MONDAY).fingerprint != first.fingerprint
    assert self_made_certificate(tmp_path, NAMES, MONDAY + (DAYS - 20) * DAY).fingerprint != first.fingerprint


def test_its_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """Whoever reads the key can pretend to be us."""
    made = self_made_certificate(tmp_path, NAMES, MONDAY)

    assert stat.S_IMODE((tmp_path / "web-key.pem").stat().st_mode) == 0o600
    assert len(made.fingerprint.split(":")) == 32
    assert made.names == set(NAMES)


def test_files_that_are_no_certificate_are_refused(tmp_path: Path) -> None:
    """At the start, with the files' names, not at the first visitor."""
    (tmp_path / "a.pem").write_text("nothing")

    with pytest.raises(BadInput, match="belong together") as refusal:
        Certificate(tmp_path / "a.pem", tmp_path / "none.pem").check()
    assert refusal.value.code == "CFG-132"
    (tmp_path / "web-certificate.pem").write_text("nothing")
    (tmp_path / "web-key.pem").write_text("nothing")
    with pytest.raises(BadInput, match="delete it"):
        self_made_certificate(tmp_path, NAMES, MONDAY)


def test_a_browser_that_knows_the_certificate_gets_the_login_over_tls(tmp_path: Path) -> None:
    """The second way in, on a real socket: TLS works, plain HTTP on the same port does not."""
    house = HttpHouse(entrance=Entrance(port=free_port(), has_tls=True))
    made = self_made_certificate(tmp_path, NAMES, house.clock.now())
    trust = ssl.create_default_context(cafile=str(made.chain))
    port = house.service.entrance.port
    with answering(house.service, Certificate(made.chain, made.key)):
        secure = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=trust)
        secure.request("GET", "/login")
        answer = secure.getresponse()
        secure.close()
        plain = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        plain.request("GET", "/login")
        with pytest.raises((http.client.HTTPException, OSError)):
            plain.getresponse()
        plain.close()

    assert answer.status == 200
    assert "max-age" in str(answer.headers["strict-transport-security"])
