"""The doctor tells in words what keeps a server away, how the clock stands, and whether the disks have room."""

import json
import re
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest

from api import bootstrap
from api.cli.doctor import run
from api.config import Config, Crawl, Data, Mail, Network
from api.last_backup import LastBackup, note_backup
from api.outward import Way
from api.reach import Reach, Reached, Target
from api.room import GIB, backup_finding, disk_finding
from api.stores import Stores
from api.ways_out import CODES, MOST_HOSTS, clock_finding, network_finding, ways_out
from api.words import words_of
from crawlers.manifest import manifest_to_json
from crawlers.read_manifest import manifest_from_dict
from pipeline.ports import Record
from tests.builders import HOUR, MONDAY, HeldClock
from tests.end_to_end.crawl_job import a_source
from tests.end_to_end.loopback_proxy import Proxy as LoopbackProxy
from tests.loopback_servers import answering, dated
from tests.smtp_server import Mailbox, smtp_server

MINUTE = 60_000
CONTACT = Crawl(contact="https://yunxi.example/about")


def watching(*urls: str) -> Stores:
    """Return stores in which these addresses are sources."""
    house = bootstrap.memory_stores(HeldClock(MONDAY))
    for number, url in enumerate(urls):
        manifest = manifest_from_dict({**a_source(url, pace_seconds=5), "id": f"s{number}", "name": f"云汐{number}"})
        value = manifest_to_json(manifest)
        house.records.put(Record("setting", "", f"source/s{number}", 0, value, MONDAY, "t", ""), expect=None)
    return house


def test_each_way_to_fail_has_a_code_a_cause_and_a_next_step_in_chinese() -> None:
    """No two share a sentence."""
    says = {words_of("zh")(f"reach.{reach}") for reach in CODES}

    assert set(CODES) == set(Reach) - {Reach.OK}
    assert len(set(CODES.values())) == len(says) == len(CODES)
    assert all(re.fullmatch(r"[^。]+。[^。]+", each) for each in says)


def test_a_seven_minutes_fast_clock_is_said_in_minutes() -> None:
    """By the middle one of the servers: one of them may be wrong itself."""
    with answering(dated(MONDAY - 7 * MINUTE)) as one, answering(dated(MONDAY - 7 * MINUTE + 900)) as other:
        house = watching(*(f"http://127.0.0.1:{each.port}/rss" for each in (one, other)))
        network, clock = ways_out(house, Config(crawl=CONTACT), 1.0)

    assert (network.is_well, network.says) == (True, "2 个地址，2 个连得上")
    assert (clock.is_well, clock.code) == (False, "NET-315")
    assert clock.says == "本机时钟快 7 分钟（与 2 个网站相比）"


@pytest.mark.parametrize(
    ("offs", "says"),
    [
        ([-7 * MINUTE], "本机时钟慢 7 分钟"),
        ([90_000, 7 * MINUTE, 60_000], "相差不到 2 分钟"),
        ([], "没有网站报时"),
    ],
)
def test_the_clock_is_judged_by_the_middle_of_what_servers_tell(offs: list[int], says: str) -> None:
    """Slow, right, unknown."""
    target = Target("信源", "y.example", 80)

    assert says in clock_finding([Reached(target, Reach.OK, off) for off in offs]).says


def test_sources_mail_and_robot_are_each_asked_the_way_that_they_use() -> None:
    """The source through the proxy, the mail server inside past it; the proxy refuses, and that is what is said."""
    with LoopbackProxy(refuses=407) as proxy, smtp_server(Mailbox()) as box:
        mail = Mail(host="localhost", port=box.port, security="none", sender="h@yunxi.example")
        network = Network(proxy=proxy.url, no_proxy=("localhost",))
        config = Config(crawl=CONTACT, network=network, mail=mail)
        found, _ = ways_out(watching("https://bbs.yunxi.example/rss"), config, 1.0)

    assert (found.is_well, found.says, found.code) == (False, "2 个地址，1 个连得上", "NET-306")
    assert found.details[0].startswith("信源 云汐0（bbs.yunxi.example）：代理要求登录（407）")
    assert box.letters == []


def test_without_a_contact_no_page_of_a_source_is_asked_for() -> None:
    """Who does not say who he is fetches nothing, the doctor neither."""
    with answering(dated(MONDAY)) as server:
        list(ways_out(watching(f"http://127.0.0.1:{server.port}/rss"), Config(), 1.0))

    assert server.asked in ([], [b""])


def test_what_was_not_asked_is_named() -> None:
    """There is a bound on hosts, and none is left out in silence."""
    target = Target("信源 甲", "y.example", 80, Way())
    found = network_finding([Reached(target, Reach.OK)], ["信源 乙"])

    assert (found.is_well, found.details) == (True, ("这次没有问：信源 乙",))
    assert MOST_HOSTS >= 20


def test_nobody_is_asked_where_nothing_is_set_up() -> None:
    """A new installation is well without a network."""
    (found,) = ways_out(bootstrap.memory_stores(HeldClock()), Config())

    assert found.is_well


def test_a_disk_without_room_is_told_before_it_is_full(tmp_path: Path) -> None:
    """What is there, what is needed."""
    folder = bootstrap.Folder(tmp_path)
    bootstrap.open_stores(folder).close()
    full = disk_finding(folder, GIB // 2)

    assert disk_finding(folder, 2 * GIB).is_well
    assert (full.is_well, full.code) == (False, "STO-112")
    assert "还有 0.5 GB" in full.says
    assert "至少要 1.0 GB" in full.details[0]


def test_backups_that_are_old_failed_or_on_the_same_disk_need_a_person(tmp_path: Path) -> None:
    """Each with its code."""
    house = bootstrap.memory_stores(HeldClock(MONDAY))
    config = Config(data=Data(folder=str(tmp_path), second_backups=str(tmp_path)))
    assert backup_finding(house, Config()).is_well
    note_backup(house.records, LastBackup(MONDAY - 40 * HOUR, "b/1", good_at=MONDAY - 40 * HOUR))
    old = backup_finding(house, config)

    assert not old.is_well
    assert [re.findall(r"\[(.*?)\]", line)[0] for line in old.details] == ["BAK-103", "BAK-104"]
    note_backup(house.records, LastBackup(MONDAY, "b/1", good_at=MONDAY))
    assert backup_finding(replace(house), Config()).is_well


def test_the_verb_asks_nobody_when_it_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And with the network by itself; JSON has each code."""
    path = tmp_path / "huiyin.toml"
    path.write_text('[data]\nfolder = "data"\n', encoding="utf-8")
    (tmp_path / "data").mkdir()
    bootstrap.open_stores(bootstrap.Folder(tmp_path / "data")).close()
    run(Namespace(config=str(path), json=True, offline=True))
    offline = {one["what"] for one in json.loads(capsys.readouterr().out)["findings"]}
    run(Namespace(config=str(path), json=True, offline=False))
    asked = {one["what"]: one["code"] for one in json.loads(capsys.readouterr().out)["findings"]}

    assert set(asked) - offline == {"network"}
    assert asked["network"] == ""
