"""Two machines: one crawls and packs a signed file, the other takes it in, whole or not at all, once."""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import tomli_w

from api import bootstrap
from api.carry.pack import pack
from api.carry.taken import carrier_of
from api.cli import carry, ingest
from api.cli.installation import Installation
from api.readiness import health
from api.stores import Stores
from crawlers.coverage import coverage
from pipeline.domain.carried import CarriedFile, file_of, hash_of, head_of, take_apart
from pipeline.domain.errors import BadInput
from pipeline.domain.post import Post
from tests.builders import HeldClock
from tests.end_to_end.crawl_job import a_source
from tests.end_to_end.kill_harness import install, installed
from tests.end_to_end.loopback_site import Site, entry, feed

ENTRY = "from api.cli import main; raise SystemExit(main())"
PHONE = "13800138000"
EMPTY: Mapping[str, object] = {"body": b"", "posts": 0, "records": 0}
HOUR, DAY = 3_600_000, 86_400_000


def a_machine(folder: Path, url: str, *, elsewhere: bool) -> Installation:
    """Return an installation that watches the feed at the address, by itself or by another machine."""
    config = install(folder)
    (folder / "settings" / "sources").mkdir()
    source = a_source(f"{url}/feed", address_names_author=True)
    (folder / "settings" / "sources" / "feed.toml").write_bytes(tomli_w.dumps(source).encode())
    with config.open("ab") as file:
        crawl = {"contact": "https://yunxi.example/about", "elsewhere": elsewhere}
        file.write(tomli_w.dumps({"crawl": crawl, "network": {"local_hosts": ["127.0.0.1"]}}).encode())
    return installed(config)


def huiyin(here: Installation, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-c", ENTRY, *arguments, "--config", "huiyin.toml"]
    return subprocess.run(command, cwd=here.path.parent, capture_output=True, text=True, timeout=60, check=False)


def said(number: int) -> str:
    return entry(number, f"柳湾镇低保金两个月没有发，电话{PHONE}，第{number}次问", author=f"街坊{number}")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, Path, Path]:
    """The folder of a machine that crawled and packed, its feed's address, the file, and the pairing file."""
    folder = tmp_path_factory.mktemp("outside")
    stick = folder / "stick"
    stick.mkdir()
    with Site({"/feed": feed(said(1), said(2))}) as site:
        here = a_machine(folder / "county", site.url, elsewhere=False)
        unpaired = huiyin(here, "crawl", "--to", str(stick))
        paired = huiyin(here, "carry", "key", "--to", str(stick / "pairing"))
        packed = huiyin(here, "crawl", "--to", str(stick))
    assert (unpaired.returncode, "CAR-110" in unpaired.stderr) == (2, True), unpaired.stderr
    assert (paired.returncode, packed.returncode) == (0, 0), paired.stderr + packed.stderr
    assert "采集了 1 个到时间的信源，1 个正常" in packed.stdout
    (file,) = stick.glob("*.carried")
    return folder / "county", site.url, file, stick / "pairing"


@pytest.fixture
def inside(crawled: tuple[Path, str, Path, Path], tmp_path: Path) -> Iterator[Installation]:
    """A machine that crawls nothing and trusts the other."""
    _, url, _, pairing = crawled
    here = a_machine(tmp_path / "inside", url, elsewhere=True)
    assert carry.run(asked(here, action="trust", what=str(pairing))) == 0
    yield here
    here.stores.close()


def asked(here: Installation, **given: object) -> argparse.Namespace:
    usual = {"config": str(here.path), "to": "", "renew": False, "json": False, "keep": True, "what": "", "file": "-"}
    return argparse.Namespace(**{**usual, **given})


def takes(here: Installation, file: Path, **given: object) -> int:
    return ingest.run(asked(here, carried=str(file), **given))


def on_the_bus(stores: Stores) -> list[Post]:
    return [one.post for one in stores.bus.read(None, 1_000) if one.post is not None]


def resigned(here: Installation, file: CarriedFile, changes: Mapping[str, object]) -> bytes:
    """Return the file with changed words about itself, signed anew by the crawling machine's own key."""
    from api.carry.pairing import own_key
    from pipeline.adapters.signing import sign

    key = own_key(here.folder.root)
    assert key is not None
    body = changes.get("body", file.body)
    assert isinstance(body, bytes)
    named = {name: value for name, value in changes.items() if name != "body"}
    says = replace(file.says, sha256=hash_of(body), **named)  # type: ignore[arg-type]  # fields of Carried
    return file_of(says, sign(key.private, head_of(says)), body)


def test_what_was_crawled_arrives_masked_with_its_tokens_and_its_coverage(
    crawled: tuple[Path, str, Path, Path], inside: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """The posts, how many people spoke, and that the source was seen, as of the file's time."""
    assert takes(inside, crawled[2]) == 0
    posts = on_the_bus(inside.stores)
    until = carrier_of(inside.stores.records, take_apart(crawled[2].read_bytes()).says.machine).until
    seen = coverage(inside.stores.records, ["yunxi-feed"], until - HOUR, until + 1)["yunxi-feed"]

    assert "收下第 1 号文件：2 条帖文" in capsys.readouterr().out
    assert len(posts) == len({post.tokens for post in posts}) == 2
    assert all(post.tokens and "＊" in post.text for post in posts)
    assert PHONE not in repr(posts)
    assert seen.is_alive


def test_an_address_that_names_its_author_opens_on_the_other_machine_and_nowhere_in_between(
    crawled: tuple[Path, str, Path, Path], inside: Installation
) -> None:
    """It travels under the pairing's key and is kept under the machine's own."""
    takes(inside, crawled[2])
    post = on_the_bus(inside.stores)[0]
    assert post.sealed_address is not None
    opened = bootstrap.private_addresses(inside.folder).reveal(post.sealed_address)

    assert post.address is None
    assert opened.startswith(crawled[1])
    assert opened.encode() not in crawled[2].read_bytes()


def test_the_same_file_twice_changes_nothing(
    crawled: tuple[Path, str, Path, Path], inside: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the number and the hash that are on record."""
    takes(inside, crawled[2])
    before = on_the_bus(inside.stores)
    assert takes(inside, crawled[2]) == 0

    assert "以前收过，什么都没有变" in capsys.readouterr().out
    assert on_the_bus(inside.stores) == before


def test_a_file_that_was_taken_is_deleted_from_the_stick_unless_it_is_kept(
    crawled: tuple[Path, str, Path, Path], inside: Installation, tmp_path: Path
) -> None:
    """The marks by which people are counted do not lie about."""
    file = tmp_path / "a.carried"
    file.write_bytes(crawled[2].read_bytes())
    takes(inside, file, keep=False)

    assert not file.exists()


@pytest.mark.parametrize("place", [30, -200, -1])
def test_a_file_with_one_other_byte_is_refused_whole(
    place: int, crawled: tuple[Path, str, Path, Path], inside: Installation, tmp_path: Path
) -> None:
    """In its head, among its posts, at its end; nothing of it is taken."""
    data = bytearray(crawled[2].read_bytes())
    data[place] ^= 1
    (tmp_path / "a.carried").write_bytes(data)
    with pytest.raises(BadInput) as refused:
        takes(inside, tmp_path / "a.carried")

    assert refused.value.code in {"CAR-101", "CAR-102", "CAR-103"}
    assert on_the_bus(inside.stores) == []
    assert (tmp_path / "a.carried").exists()


def test_a_file_that_another_machine_signed_is_refused(
    crawled: tuple[Path, str, Path, Path], inside: Installation, tmp_path: Path
) -> None:
    """One that nobody knows, and one that signs with its own key under the name of the trusted one."""
    stranger = a_machine(tmp_path / "stranger", crawled[1], elsewhere=False)
    bootstrap.carry_key(stranger.folder)
    file = take_apart(crawled[2].read_bytes())
    path, _, _ = bootstrap.pack_carried(stranger.folder, stranger.stores, tmp_path)
    (tmp_path / "forged").write_bytes(resigned(stranger, file, {}))
    found = []
    for one in (path, tmp_path / "forged"):
        with pytest.raises(BadInput) as refused:
            takes(inside, one)
        found.append(refused.value.code)

    assert found == ["CAR-102", "CAR-103"]
    assert on_the_bus(inside.stores) == []


def test_what_a_faulty_machine_lets_through_is_refused_or_masked_here(
    crawled: tuple[Path, str, Path, Path], inside: Installation, tmp_path: Path
) -> None:
    """Signed by the right key: a letter, a strange record, a wrong count, a clock ahead; and a phone is masked here."""
    outside, file = installed(crawled[0] / "huiyin.toml"), take_apart(crawled[2].read_bytes())
    letter = file.body.replace(b'{"post":{', b'{"post":{"visibility":"internal",', 1)
    strange = file.body.replace(b'"kind":"fetch"', b'"kind":"setting"', 1)
    ahead = inside.stores.clock.now() + HOUR
    bad: list[dict[str, object]] = [{"body": letter}, {"body": strange}, {"posts": 3}, {"made_at": ahead}]
    for number, changes in enumerate(bad):
        (tmp_path / "bad").write_bytes(resigned(outside, file, changes))
        with pytest.raises(BadInput) as refused:
            takes(inside, tmp_path / "bad")
        assert refused.value.code == ("CAR-106" if number == 3 else "CAR-105")
    assert on_the_bus(inside.stores) == []
    open_ = file.body.replace("＊".encode() * 11, PHONE.encode())
    (tmp_path / "open").write_bytes(resigned(outside, file, {"body": open_}))
    takes(inside, tmp_path / "open")

    assert len(on_the_bus(inside.stores)) == 2
    assert PHONE not in repr(on_the_bus(inside.stores))


def test_another_file_under_a_number_that_was_taken_is_refused(
    crawled: tuple[Path, str, Path, Path], inside: Installation, tmp_path: Path
) -> None:
    """The crawling machine was put back to an older state: it must be paired anew."""
    takes(inside, crawled[2])
    outside, file = installed(crawled[0] / "huiyin.toml"), take_apart(crawled[2].read_bytes())
    (tmp_path / "other").write_bytes(resigned(outside, file, EMPTY))

    with pytest.raises(BadInput, match="CAR-104"):
        takes(inside, tmp_path / "other")


def test_a_file_that_is_missing_in_between_is_told_until_it_comes(
    crawled: tuple[Path, str, Path, Path], inside: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The newer one is taken all the same; the late one takes no source back in time."""
    outside, file = installed(crawled[0] / "huiyin.toml"), take_apart(crawled[2].read_bytes())
    third = resigned(outside, file, {**EMPTY, "number": 3, "follows": 2, "until": file.says.until + HOUR})
    second = resigned(outside, file, {"number": 2, "follows": 1})
    codes = []
    for data in (file_of(file.says, file.signature, file.body), third, second):
        (tmp_path / "a").write_bytes(data)
        codes.append(takes(inside, tmp_path / "a"))

    assert codes == [0, 1, 0]
    assert "缺第 2 号文件" in capsys.readouterr().out
    carrier = carrier_of(inside.stores.records, file.says.machine)
    assert (carrier.number, carrier.missing, carrier.until) == (3, (), file.says.until + HOUR)


def test_a_take_that_was_cut_off_is_made_whole_by_the_next(
    crawled: tuple[Path, str, Path, Path], inside: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not known as taken before everything is there; the worker stores each post once."""

    class Broken(RuntimeError):
        pass

    def break_off(*_: object) -> None:
        raise Broken

    with monkeypatch.context() as broken:
        broken.setattr(type(inside.stores.records), "put_many", break_off)
        with pytest.raises(Broken):
            takes(inside, crawled[2])
    assert takes(inside, crawled[2]) == 0
    desk = bootstrap.open_desk(inside.stores, inside.settings)
    worker = bootstrap.open_worker(inside.stores, inside.settings, desk, bootstrap.open_classifier())
    worker.load()
    while worker.step().read:
        pass

    assert len(on_the_bus(inside.stores)) == 4
    assert len(list(inside.stores.posts.posts_since(0))) == 2


def test_what_was_packed_is_not_packed_again_and_a_failed_file_loses_nothing(
    crawled: tuple[Path, str, Path, Path], tmp_path: Path
) -> None:
    """A stick that is full or pulled out: the next file holds all of it, and follows the last that was finished."""
    outside = installed(crawled[0] / "huiyin.toml")
    key = bootstrap.known_carry_key(outside.folder)
    stores = outside.stores
    (tmp_path / "there").write_bytes(b"")
    before = stores.records.get("packed", "", "last")
    with pytest.raises(BadInput, match="CAR-109"):
        pack(stores, key, tmp_path / "there", reseal=str, sign=lambda *_: "")
    path, says, held = bootstrap.pack_carried(outside.folder, stores, tmp_path)

    assert before is not None
    assert (says.number, says.follows, len(held.posts)) == (3, 1, 0)
    assert path.name == f"huiyin-{says.machine}-000003.carried"


def test_the_console_says_up_to_when_the_other_machine_crawled(
    crawled: tuple[Path, str, Path, Path], inside: Installation
) -> None:
    """Alive as of the file's time for a day and a half; then nobody knows. No crawler is missed here."""
    takes(inside, crawled[2])
    until = take_apart(crawled[2].read_bytes()).says.until

    def at(moment: int) -> tuple[int, int, dict[str, str]]:
        found = health(replace(inside.stores, clock=HeldClock(moment)))
        return found.sources_alive, found.carried_until, {part.name: part.state for part in found.parts}

    alive, shown, parts = at(until + 30 * HOUR)
    assert (alive, shown, parts["crawl"], parts["sources"]) == (1, until, "well", "well")
    assert at(until + 2 * DAY)[0] == 0
