"""Scrapy's settings: polite, named and safe, or no start at all."""

import pytest

from crawlers.network import NetworkSettings
from crawlers.read_manifest import manifest_from_dict
from crawlers.settings import CrawlSettings, build_settings
from pipeline.domain.errors import BadInput
from tests.end_to_end.crawl_job import a_source

AGENT = "Huiyin/2026.11 (+https://yunxi.example/about)"


def refused(chosen: CrawlSettings) -> str:
    with pytest.raises(BadInput) as refusal:
        build_settings(chosen, [])
    assert refusal.value.code == "SRC-200"
    return str(refusal.value)


def test_what_scrapy_leaves_open_is_closed() -> None:
    """Robots obeyed, certificates verified, no cookies, no cache, no console, no remote control, no other schemes."""
    settings = build_settings(CrawlSettings(AGENT), [])

    assert settings["ROBOTSTXT_OBEY"] is True
    assert settings["DOWNLOAD_VERIFY_CERTIFICATES"] is True
    closed = ("COOKIES_ENABLED", "HTTPCACHE_ENABLED", "TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED")
    assert not any(settings[key] for key in closed)
    assert settings["CONCURRENT_REQUESTS_PER_DOMAIN"] == 1
    assert settings["DOWNLOAD_HANDLERS"] == {"data": None, "file": None, "ftp": None, "s3": None}


def test_every_setting_that_is_built_is_one_that_scrapy_knows() -> None:
    """A misspelt key of ours would be ignored in silence."""
    from scrapy.settings import default_settings

    known = {key for key in dir(default_settings) if key.isupper()}
    network = NetworkSettings(proxy="http://proxy.example:8080")
    built = build_settings(CrawlSettings(AGENT, network), [])

    assert {key for key in built if key not in known and not key.startswith("HUIYIN_")} == set()


@pytest.mark.parametrize(
    "agent", ["", "Huiyin", "Huiyin/1.0", "Mozilla/5.0 (+https://x.example)", "Scrapy/2.19 (+https://scrapy.org)"]
)
def test_an_anonymous_agent_does_not_start(agent: str) -> None:
    """Product, version and a contact are needed, and nobody may pose as a browser."""
    assert "SRC-202" in refused(CrawlSettings(agent))


@pytest.mark.parametrize("contact", ["https://yunxi.example/about", "mailto:bangongshi@yunxi.example"])
def test_a_named_agent_with_a_contact_starts(contact: str) -> None:
    """An address or a mailbox is a contact."""
    agent = f"Huiyin/2026.11 (+{contact})"

    assert build_settings(CrawlSettings(agent), [])["USER_AGENT"] == agent


def test_robots_off_does_not_start() -> None:
    """Whatever its value, the key itself is refused."""
    assert "SRC-201" in refused(CrawlSettings(AGENT, overrides={"ROBOTSTXT_OBEY": False}))


def test_robots_obedience_misspelt_does_not_start() -> None:
    """An unknown key is refused with the nearest one."""
    assert "Did you mean ROBOTSTXT_OBEY? [SRC-204]" in refused(CrawlSettings(AGENT, overrides={"ROBOTSTXT_OBY": True}))


def test_a_delay_below_the_least_does_not_start() -> None:
    """Five seconds between requests to a public host."""
    assert "SRC-203" in refused(CrawlSettings(AGENT, overrides={"DOWNLOAD_DELAY": 1}))


def test_all_problems_are_named_at_once() -> None:
    """Agent, key, value, kind, proxy and certificates, in one message; no password of the proxy in it."""
    overrides = {"COOKIES_ENABLED": True, "DOWNLOAD_TIMEOUT": 900, "RETRY_TIMES": "many", "FOO": 1}
    network = NetworkSettings(proxy="socks5://user:geheim@proxy", ca_file="/nowhere/ca.pem")
    said = refused(CrawlSettings("curl", network, overrides=overrides))

    assert "7 problems; nothing was fetched" in said
    for code in ("SRC-202", "SRC-204", "SRC-205", "SRC-206", "SRC-207"):
        assert code in said
    assert "geheim" not in said


def test_the_slowest_source_of_a_host_sets_its_pace_and_the_jitter_never_goes_below() -> None:
    """Two sources on one host share one slot; its shortest pause is the pace."""
    manifests = [
        manifest_from_dict(a_source("https://yunxi.example/a", id="a1", pace_seconds=5)),
        manifest_from_dict(a_source("https://yunxi.example/b", id="b1", pace_seconds=9)),
    ]
    slot = build_settings(CrawlSettings(AGENT), manifests)["DOWNLOAD_SLOTS"]

    assert isinstance(slot, dict)
    assert slot["yunxi.example"]["concurrency"] == 1
    assert slot["yunxi.example"]["delay"] * (1 - slot["yunxi.example"]["jitter"]) == pytest.approx(9)


def test_a_host_that_no_source_names_still_gets_a_polite_pause() -> None:
    """A redirect of robots.txt may lead elsewhere."""
    settings = build_settings(CrawlSettings(AGENT), [])

    assert float(str(settings["DOWNLOAD_DELAY"])) * 0.8 == pytest.approx(5)
