"""Without a unit every page and process copes, and knows the first unit within a moment of its making."""

import json
import re
import threading
from pathlib import Path

import pytest

from api import bootstrap
from api.config import Config, Crawl
from api.crawling import CrawlProcess, schedules, sources, with_contact
from api.health import Part
from api.http.gate import Needs, declared
from api.readiness import health
from api.settings.change import Wanted, change_setting
from api.source_list import source_list
from api.terminal import Feed
from api.week_coverage import week_coverage
from crawlers.manifest import manifest_to_json
from crawlers.read_manifest import manifest_from_dict
from pipeline.domain.week import week_of
from pipeline.ports import Record
from pipeline.workflow.occurrences import OCCURRENCE, tick
from pipeline.workflow.settings import SETTING
from tests.builders import MONDAY, HeldClock
from tests.end_to_end.crawl_job import a_source
from tests.unit.api.test_setup_pages import EmptyHouse

EVERYTHING = ("admin", "duty", "monitor", "leader", "reviewer", "auditor", "liaison")
ENDLESS = {"/api/v1/alerts/stream"}
UNIT = {"id": "yxmz", "name": "云汐县民政局"}


def test_no_page_breaks_without_a_unit() -> None:
    """Every address that is read: an answer, a redirect, or that it is not there; never a fault of ours."""
    house = EmptyHouse()
    house.hire("chief", *EVERYTHING, units=("*",))
    browser = house.browser("chief")
    broken = []
    for path, methods, mark in declared(house.app):
        if "GET" in methods and isinstance(mark, Needs) and path not in ENDLESS:
            answer = browser.get(re.sub(r"\{[^}]+\}", "none", path))
            broken += [(path, answer.status_code)] if answer.status_code >= 500 and path != "/readyz" else []

    assert broken == []


def test_who_may_not_set_up_is_told_what_is_missing() -> None:
    """He comes to his account, and is sent to nobody's queue."""
    house = EmptyHouse()
    house.hire("liduty", "duty", units=("*",))
    browser = house.browser("liduty")

    assert browser.get("/").headers["location"] == "/account"
    assert browser.get("/setup").status_code == 403


def test_the_processes_read_nothing_and_are_well() -> None:
    """Coverage, sources, readiness, digest and terminal of an empty installation."""
    stores = bootstrap.memory_stores(HeldClock(MONDAY))
    settings = bootstrap.settings_of(stores)
    said: list[str] = []
    feed = Feed(stores, settings, said.append, lambda _kind: None)
    feed.begin()
    feed.show_new()

    assert source_list(stores) == []
    assert Part("sources", "well", "no source is enabled") in health(stores).parts
    assert not any("故障" in line for line in said)
    assert week_coverage(stores, week_of(MONDAY)) is not None


def test_a_worker_of_no_unit_takes_up_the_first_one_that_is_made() -> None:
    """What it watches follows the settings; it need not be started again."""
    stores = bootstrap.memory_stores(HeldClock(MONDAY))
    settings = bootstrap.settings_of(stores)
    assert settings.watch().units == {}
    change_setting(stores.records, stores.clock, Wanted("yxmz", "unit", UNIT, 0), author="test", reason="")

    assert settings.refresh()
    assert list(settings.watch().units) == ["yxmz"]


def test_the_crawler_waits_for_a_contact_and_begins_with_it(tmp_path: Path) -> None:
    """Nobody is asked anonymously, nothing is lost meanwhile, and no restart is needed."""
    stores = bootstrap.memory_stores(HeldClock(MONDAY))
    manifest = manifest_to_json(manifest_from_dict(a_source("http://127.0.0.1:1/feed")))
    stores.records.put(Record(SETTING, "", "source/yunxi-feed", 0, manifest, MONDAY, "a", ""), expect=None)
    tick(stores.records, schedules(sources(stores.records).values(), 0), MONDAY)
    process = CrawlProcess(
        stores.records, stores.clock, str(tmp_path / "none.toml"), "crawl-1", round_seconds=60,
        has_contact=lambda: bool(with_contact(Crawl(), stores.records).contact),
    )  # fmt: skip
    stopped = threading.Event()
    stopped.set()
    assert process.run_due(stopped) == 0
    table = {"contact": "office@yunxi.example"}
    change_setting(stores.records, stores.clock, Wanted("", "crawl", table, 0), author="test", reason="")

    assert len(stores.records.list(OCCURRENCE)) == 1
    assert process.run_due(stopped) == 1


@pytest.mark.parametrize("contact", ["", "王敏", "office", "office@yunxi.example (x)", "https://", "a b@yunxi.example"])
def test_a_contact_that_no_site_could_use_is_refused(contact: str) -> None:
    """The crawler would refuse to start with it."""
    stores = bootstrap.memory_stores(HeldClock(MONDAY))
    with pytest.raises(Exception, match="contact"):
        change_setting(
            stores.records, stores.clock, Wanted("", "crawl", {"contact": contact}, 0), author="test", reason=""
        )
    assert stores.records.get(SETTING, "", "crawl") is None


def test_the_operators_contact_wins() -> None:
    """What stands in the file needs no record."""
    stores = bootstrap.memory_stores(HeldClock(MONDAY))
    value = json.dumps({"contact": "office@yunxi.example"})
    stores.records.put(Record(SETTING, "", "crawl", 0, value, MONDAY, "a", ""), expect=None)
    config = Config(crawl=Crawl(contact="mailto:it@yunxi.example"))

    assert with_contact(config.crawl, stores.records).contact == "mailto:it@yunxi.example"
    assert with_contact(Crawl(), stores.records).contact == "office@yunxi.example"
