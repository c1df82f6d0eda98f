"""A demo tells nobody outside: no real channel, no source but its own site, and its data and real ones never mix."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from api import bootstrap
from api.cli import main
from api.cli.demo import refuse_real_data
from api.config import Config, Mail, Webhook, Wecom
from api.demo.settings import source_texts
from api.demo_mark import mark_demo, refuse_channels_in_demo
from api.settings.change import Wanted, change_setting
from api.stores import Stores
from crawlers.read_manifest import manifest_from_dict
from pipeline.domain.errors import BadInput
from tests.builders import MONDAY, HeldClock

SITE = "http://127.0.0.1:8123"
REAL: Any = {"account": "wang", "role": "duty", "to": "wang@yunxi.example"}


@pytest.fixture(name="stores")
def a_demo() -> Stores:
    """Stores that are marked as a demo's."""
    stores = bootstrap.memory_stores(HeldClock(MONDAY))
    mark_demo(stores.records, stores.clock, SITE)
    return stores


def set_recipients(stores: Stores, channel: str) -> None:
    wanted = Wanted("yunxi-mz", "recipients", {"recipient": [{**REAL, "channel": channel}]}, 0)
    change_setting(stores.records, stores.clock, wanted, author="demo", reason="")


@pytest.mark.parametrize("channel", ["mail", "wecom", "webhook"])
def test_no_recipient_of_a_demo_is_told_over_a_real_channel(stores: Stores, channel: str) -> None:
    """In one sentence: why, and what to do instead."""
    with pytest.raises(BadInput, match="演示里不能配置真实的通知方式"):
        set_recipients(stores, channel)
    set_recipients(stores, "journal")


def test_the_same_recipient_is_taken_where_the_data_are_real() -> None:
    """Only the mark refuses."""
    set_recipients(bootstrap.memory_stores(HeldClock(MONDAY)), "mail")


def test_no_mail_server_is_set_in_a_demo(stores: Stores) -> None:
    """Not in the console's setting either."""
    table = {"host": "smtp.yunxi.example", "port": 465, "security": "tls", "sender": "a@yunxi.example", "user": "a"}
    with pytest.raises(BadInput, match="DEM-103"):
        change_setting(stores.records, stores.clock, Wanted("", "mail", table, 0), author="demo", reason="")


@pytest.mark.parametrize(
    "config",
    [
        Config(mail=Mail(host="smtp.yunxi.example", sender="a@yunxi.example")),
        Config(webhook=Webhook(url="https://hook.yunxi.example/")),
        Config(wecom=Wecom(url="https://robot.yunxi.example/")),
    ],
)
def test_an_operators_file_with_a_real_channel_opens_no_demo(stores: Stores, config: Config) -> None:
    """Whoever edits the demo's file is told, and nothing starts; real data are opened with the same file."""
    with pytest.raises(BadInput, match="DEM-103"):
        refuse_channels_in_demo(stores.records, config)
    refuse_channels_in_demo(bootstrap.memory_stores(HeldClock(MONDAY)).records, config)
    refuse_channels_in_demo(stores.records, Config())


def test_a_demo_reads_no_site_but_its_own(stores: Stores) -> None:
    """A source of its own site is changed, one beyond it is not."""
    own = tomllib.loads(source_texts(SITE)["yunxi-news.toml"])
    inside, outside = f"{SITE}/feed/news.xml", "https://forum.yunxi.example/feed.xml"

    def set_source(url: str) -> None:
        wanted = Wanted("", "source/yunxi-news", {**own, "url": url}, 0, check=manifest_from_dict)
        change_setting(stores.records, stores.clock, wanted, author="demo", reason="")

    with pytest.raises(BadInput, match="演示只采集它自己的网站"):
        set_source(outside)
    set_source(inside)


@pytest.mark.parametrize("name", ["data", "huiyin.toml", "settings"])
def test_a_demo_begins_in_no_folder_that_holds_something_else(tmp_path: Path, name: str) -> None:
    """A real installation's file is never written over."""
    kept = tmp_path / name
    kept.write_text("real")
    with pytest.raises(BadInput, match="DEM-101"):
        refuse_real_data(tmp_path)
    assert kept.read_text() == "real"
    assert main(["demo", "--data", str(tmp_path), "--no-browser", "--seconds", "1"]) == 2


def test_a_demos_folder_is_not_run_as_if_it_were_real(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`huiyin run` over it is refused with a sentence."""
    config = tmp_path / "huiyin.toml"
    config.write_text('[data]\nfolder = "data"\n[web]\nport = 18799\n')
    (tmp_path / "data").mkdir()
    stores = bootstrap.open_stores(bootstrap.Folder(tmp_path / "data"))
    mark_demo(stores.records, stores.clock, SITE)
    stores.close()
    assert main(["run", "--config", str(config)]) == 2
    assert "DEM-102" in capsys.readouterr().err


@pytest.mark.parametrize("speed", ["0", "601"])
def test_a_clock_has_a_speed_that_machines_can_keep(speed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """From the wall's own to ten minutes a second."""
    assert main(["demo", "--speed", speed]) == 2
    assert "DEM-105" in capsys.readouterr().err


def test_the_leases_of_a_demo_go_by_the_machines_clock(tmp_path: Path) -> None:
    """Its own clock runs 60 times as fast; a lease of six seconds lasts six seconds."""
    folder = bootstrap.Folder(tmp_path)
    bootstrap.set_pace(folder, 60)
    stores = bootstrap.open_stores(folder)
    try:
        assert stores.machine_clock is not stores.clock
        assert stores.records.take(
            "work", "a", now=stores.machine_clock.now(), until=stores.machine_clock.now() + 6_000
        )
        assert (
            stores.records.take("work", "b", now=stores.machine_clock.now(), until=stores.clock.now() + 6_000) is None
        )
    finally:
        stores.close()
