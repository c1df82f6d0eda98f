"""Which addresses may be asked: every way into the unit's own network is refused, in each of its disguises."""

from collections.abc import Sequence

import pytest

from crawlers.public_address import AddressRefused, NoSuchName, Why, reachable, target_of

PRIVATE = [
    *("127.0.0.1", "127.8.9.1", "0.0.0." + "0", "0.1.2.3", "10.0.0.5", "172.16.3.4", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200", "192.0.0.192", "168.63.129.16"),
    *("198.18.0.1", "192.0.2.7", "198.51.100.9", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1"),
    *("255.255.255.255", "192.168.0.1.", "１２７.０.０.１", "127。0。0。1"),
    *("[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]"),
    *(
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:8.8.8.8]",
        "[::127.0.0.1]",
        "[2002:7f00:1::1]",
        "[2002:0a00:1::]",
    ),
    *("[64:ff9b::7f00:1]", "[64:ff9b::a00:1]", "[64:ff9b:1::1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]"),
]
DISGUISED = [
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "127.0.1",
    "017700000001",
    "0x7f.0x0.0x0.0x1",
    "1",
]
FORMS = [
    ("file:///etc/passwd", Why.SCHEME),
    ("ftp://yunxi.example/", Why.SCHEME),
    ("gopher://yunxi.example/", Why.SCHEME),
    ("javascript:alert(1)", Why.SCHEME),
    ("data:text/html,x", Why.SCHEME),
    ("//yunxi.example/", Why.UNREADABLE),
    ("yunxi.example", Why.UNREADABLE),
    ("", Why.UNREADABLE),
    ("http://officer:secret@yunxi.example/", Why.LOGIN),
    ("http://yunxi.example@127.0.0.1/", Why.LOGIN),
    ("http://yunxi.example\\@127.0.0.1/", Why.UNREADABLE),
    ("http://yunxi.example/ GET /", Why.UNREADABLE),
    ("http://yunxi.example/\r\nHost: inside", Why.UNREADABLE),
    ("http://127.0.0.1%00.yunxi.example/", Why.UNREADABLE),
    ("http://%31%32%37.0.0.1/", Why.STRANGE_HOST),
    ("http://[fe80::1%25eth0]/", Why.NOT_PUBLIC),
    ("http://[::1/", Why.UNREADABLE),
    ("http://yunxi.example:22/", Why.PORT),
    ("http://yunxi.example:6379/", Why.PORT),
    ("https://yunxi.example:25/", Why.PORT),
    ("http://yunxi.example:99999/", Why.UNREADABLE),
    ("http:///path", Why.UNREADABLE),
    ("http://yunxi.example/" + "a" * 3_000, Why.UNREADABLE),
]


@pytest.mark.parametrize("host", PRIVATE)
def test_no_address_of_a_house_is_asked(host: str) -> None:
    """Loopback, private, link-local, metadata, carrier, group, and version 6 forms that hold one of them."""
    with pytest.raises(AddressRefused) as refusal:
        target_of(f"http://{host}/latest/meta-data/")

    assert refusal.value.why is Why.NOT_PUBLIC


@pytest.mark.parametrize("host", DISGUISED)
def test_a_number_in_disguise_is_no_name(host: str) -> None:
    """Decimal, octal, hexadecimal and short forms lead to loopback in many programs."""
    with pytest.raises(AddressRefused) as refusal:
        target_of(f"http://{host}/")

    assert refusal.value.why is Why.STRANGE_HOST


@pytest.mark.parametrize(("address", "why"), FORMS)
def test_an_address_in_another_form_is_refused_with_its_reason(address: str, why: Why) -> None:
    """Other schemes, logins, ports and what no browser would write."""
    with pytest.raises(AddressRefused) as refusal:
        target_of(address)

    assert refusal.value.why is why


@pytest.mark.parametrize("number", [host.strip("[]") for host in PRIVATE if host.isascii() and not host.endswith(".")])
def test_a_name_that_leads_into_a_house_is_refused(number: str) -> None:
    """What counts is the address that would be connected to, not how it is called."""
    with pytest.raises(AddressRefused) as refusal:
        reachable(target_of("http://yunxi.example/"), lambda *_: [number])

    assert refusal.value.why is Why.NOT_PUBLIC


def test_one_private_address_among_public_ones_is_enough() -> None:
    """A name that answers with both could be connected to either way."""
    with pytest.raises(AddressRefused):
        reachable(target_of("http://yunxi.example/"), lambda *_: ["93.184.215.14", "10.0.0.1"])


def test_a_public_name_is_reachable_at_the_numbers_that_were_checked() -> None:
    """Whoever connects uses these, so that a second look-up has no say."""
    target = target_of("HTTPS://Yunxi.Example.:8443/a?b=1#c")

    assert (target.origin, target.address) == ("https://yunxi.example:8443", "https://yunxi.example:8443/a?b=1")
    assert reachable(target, lambda *_: ["93.184.215.14", "2606:2800:21f::1"]) == ["93.184.215.14", "2606:2800:21f::1"]


def test_a_chinese_name_is_looked_up_as_resolvers_know_it() -> None:
    """中文域名 are names like others."""
    assert target_of("http://云汐。公益/").host == "xn--9kq083e.xn--55qw42g"


@pytest.mark.parametrize("allowed", [("127.0.0.1:8000",), ("127.0.0.1",), ("[::1]:8000", "127.0.0.1:8000")])
def test_what_the_operator_names_may_be_asked(allowed: Sequence[str]) -> None:
    """A site of the house, or one on this machine in a test."""
    target = target_of("http://127.0.0.1:8000/feed", allowed)

    assert target.is_local
    assert reachable(target) == ["127.0.0.1"]


@pytest.mark.parametrize("allowed", [(), ("127.0.0.1:8001",), ("10.0.0.1",), ("*",), ("127.0.0.1:80",)])
def test_an_allowance_holds_for_the_host_and_port_that_it_names(allowed: Sequence[str]) -> None:
    """It opens no other door."""
    with pytest.raises(AddressRefused):
        target_of("http://127.0.0.1:8000/", allowed)


def test_a_name_that_the_operator_names_may_lead_into_the_house() -> None:
    """Many a county's portal has a private address inside the county."""
    target = target_of("http://portal.yunxi.example/", ["portal.yunxi.example"])

    assert reachable(target, lambda *_: ["10.1.2.3"]) == ["10.1.2.3"]


def test_a_name_that_nobody_knows_is_told_apart() -> None:
    """A misspelt address is no attack."""
    with pytest.raises(NoSuchName):
        reachable(target_of("http://yunxi.invalid/"), lambda *_: [])
