"""Three ways in, and plain HTTP beyond this machine is none of them."""

from typing import Any

import pytest

from api.config import Web
from api.entrance import Entrance, open_entrance
from pipeline.domain.errors import BadInput
from tests.http_house import HttpHouse

PROXY = "192.0.2.1"
ANYWHERE = "0.0.0.0"  # noqa: S104 - what an operator writes


def entrance(**values: Any) -> Entrance:
    return open_entrance(Web(**values))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.9.9.9"])
def test_this_machine_alone_needs_no_tls(host: str) -> None:
    """The first way in, and the default."""
    assert entrance(host=host).is_loopback
    assert not entrance(host=host).is_secure


@pytest.mark.parametrize("host", [ANYWHERE, "192.168.1.5", "::", "huiyin.county.example"])
def test_plain_http_beyond_this_machine_is_refused_with_what_to_do(host: str) -> None:
    """Passwords would travel readable; the sentence names every way out."""
    with pytest.raises(BadInput, match=r'tls = "self-made".*"given".*127.0.0.1.*proxy with TLS') as refusal:
        entrance(host=host)

    assert refusal.value.code == "CFG-130"


def test_with_tls_the_network_may_come_in() -> None:
    """The second way in; its cookie cannot be set by a neighbour."""
    here = entrance(host=ANYWHERE, tls="self-made", names=["huiyin.county.example"])

    assert here.is_secure
    assert here.cookie == "__Host-huiyin"
    assert here.url == "https://huiyin.county.example:8765"


@pytest.mark.parametrize(
    "values",
    [{"tls": "given"}, {"tls": "given", "certificate": "a.pem"}, {"proxies": ["everybody"]},
     {"proxies": ["10.0.0.1/8"]}, {"public_url": "huiyin.county.example"}, {"public_url": "ftp://huiyin.county.example"}],
)  # fmt: skip
def test_values_that_cannot_be_are_refused(values: dict[str, Any]) -> None:
    """Each with a sentence that says what to write."""
    with pytest.raises(BadInput) as refusal:
        entrance(**values)

    assert refusal.value.code == "CFG-131"


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        (PROXY, "198.51.100.9", "198.51.100.9"),
        (PROXY, "6.6.6.6, 198.51.100.9", "198.51.100.9"),
        (PROXY, "198.51.100.9, 192.0.2.1", "198.51.100.9"),
        (PROXY, "", PROXY),
        (PROXY, "unknown", PROXY),
        ("203.0.113.5", "127.0.0.1", "203.0.113.5"),
        ("::ffff:192.0.2.1", "198.51.100.9", "198.51.100.9"),
    ],
)
def test_only_our_proxy_is_believed_about_who_asks(peer: str, forwarded: str, client: str) -> None:
    """What a stranger writes into X-Forwarded-For counts for nothing, also left of what our proxy wrote."""
    assert entrance(host=ANYWHERE, proxies=[PROXY]).client_of(peer, forwarded) == client


@pytest.mark.parametrize(
    ("peer", "scheme", "may_come"),
    [(PROXY, "https", True), (PROXY, "http", False), (PROXY, "", False), ("203.0.113.5", "https", False)],
)
def test_behind_a_proxy_only_it_may_ask_and_only_for_browsers_with_tls(peer: str, scheme: str, may_come: bool) -> None:
    """The third way in."""
    house = HttpHouse(entrance=entrance(host=ANYWHERE, proxies=[PROXY]))
    headers = {"x-forwarded-proto": scheme, "x-forwarded-for": "198.51.100.9", "host": "huiyin.county.example"}
    answer = house.stranger(peer=peer).get("/login", headers=headers)

    assert (answer.status_code == 200) is may_come
    assert may_come or answer.json()["code"] == "HTP-421"


def test_a_proxy_does_not_make_its_clients_local() -> None:
    """Metrics are for this machine's own programs, not for everybody behind a proxy on it."""
    house = HttpHouse(entrance=entrance(proxies=["127.0.0.1"]))
    headers = {"x-forwarded-proto": "https"}

    assert house.stranger().get("/metrics", headers=headers).status_code == 401
    assert house.stranger().get("/metrics", headers={**headers, "x-forwarded-for": "198.51.100.9"}).status_code == 401
    assert house.stranger().get("/livez").status_code == 200


def test_on_this_machine_no_other_name_is_answered() -> None:
    """A page of somebody whose name leads to 127.0.0.1 gets nothing (DNS rebinding)."""
    answer = HttpHouse(is_demo=True).stranger().get("/api/v1/me", headers={"host": "evil.example:8765"})

    assert (answer.status_code, answer.json()["code"]) == (421, "HTP-421")
    assert HttpHouse().stranger().get("/readyz", headers={"host": "evil.example"}).status_code == 421


def test_the_other_machines_of_the_network_get_no_metrics_without_an_account() -> None:
    """How the service fares is nobody's business outside."""
    house = HttpHouse(entrance=entrance(host=ANYWHERE, tls="self-made"))

    assert house.stranger(peer="192.0.2.50").get("/readyz").status_code == 401
    assert house.stranger(peer="127.0.0.1").get("/readyz").status_code == 200


def test_the_public_address_is_what_links_name() -> None:
    """Mails and first links use what people type."""
    here = entrance(proxies=["127.0.0.1"], public_url="https://huiyin.county.example/")

    assert here.url == "https://huiyin.county.example"
    assert "https://huiyin.county.example" in here.origins("127.0.0.1:8765")
