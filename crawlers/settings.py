"""
The one place that builds Scrapy's settings, and refuses to start where they would not be polite, named or safe.

Scrapy's own defaults are not: robots.txt ignored, certificates not verified, eight requests per host at once, a
telnet console and a remote control that run code. All of that is decided here and cannot be changed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .host import is_loopback
from .manifest import LEAST_PACE_SECONDS, SourceManifest
from .network import NetworkSettings, network_problems
from .reading import Problem, did_you_mean, refuse

MAX_PAGE_BYTES = 10 * 1024 * 1024
"""No page is read beyond this."""

JITTER = 0.2
"""Pauses vary by this share around the middle, so that the shortest one is the pace of the manifest."""

_DECIDED: Mapping[str, object] = {
    "ROBOTSTXT_OBEY": True,
    "COOKIES_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "AUTOTHROTTLE_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "REFERRER_POLICY": "no-referrer",
    "LOG_INSTALL_ROOT_HANDLER": False,
    "MEMUSAGE_ENABLED": False,
    "STATS_DUMP": False,
    "LOGSTATS_INTERVAL": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "CONCURRENT_ITEMS": 1,
    "WARN_ON_GENERATOR_RETURN_VALUE": False,
    "DOWNLOAD_DELAY_JITTER": JITTER,
    "DOWNLOAD_WARNSIZE": 0,
    "HTTPERROR_ALLOW_ALL": True,
    "RETRY_HTTP_CODES": [500, 502, 504, 408],
    "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",  # the fetch record and the coverage say it
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "TWISTED_DNS_RESOLVER": "crawlers.address_gate.PublicResolver",
    "LOG_FORMATTER": "crawlers.quiet_log.QuietFormatter",
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "zh-CN,zh;q=0.9",
    },
    "DOWNLOAD_HANDLERS": {"data": None, "file": None, "ftp": None, "s3": None},
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        "crawlers.address_gate.AddressGate": 50,
        "crawlers.robots.RobotsGate": 100,
        "crawlers.way_out.ProxyChoice": 740,
    },
    "ITEM_PIPELINES": {"crawlers.publish.Publish": 100},
}
"""What no one may change, with our own steps in the place of Scrapy's."""

_BOUNDS: Mapping[str, tuple[float, float, float]] = {
    "DOWNLOAD_DELAY": (LEAST_PACE_SECONDS, LEAST_PACE_SECONDS, 3_600),
    "DOWNLOAD_TIMEOUT": (20, 1, 120),
    "DOWNLOAD_MAXSIZE": (MAX_PAGE_BYTES, 64 * 1024, MAX_PAGE_BYTES),
    "DNS_TIMEOUT": (10, 1, 60),
    "RETRY_TIMES": (1, 0, 3),
    "REDIRECT_MAX_TIMES": (5, 0, 5),
    "CONCURRENT_REQUESTS": (32, 1, 64),
    "REACTOR_THREADPOOL_MAXSIZE": (10, 1, 64),
}
"""What an operator may change: (usual, least, most)."""

_AGENT = re.compile(r"(?P<product>[A-Za-z][A-Za-z0-9_-]*)/\d[\w.+-]* \(\+(?:https?://\S+|mailto:\S+@\S+|\S+@\S+)\)\Z")
_SEALED_OFF = "is decided by Huiyin and cannot be changed; remove the key."


@dataclass(frozen=True, slots=True)
class CrawlSettings:
    """What a round is built from: who we say we are, how we reach the outside, how long, and the operator's changes."""

    agent: str
    network: NetworkSettings = field(default_factory=NetworkSettings)
    max_seconds: int = 300
    overrides: Mapping[str, object] = field(default_factory=dict)


def build_settings(chosen: CrawlSettings, manifests: Sequence[SourceManifest]) -> dict[str, object]:
    """
    Return Scrapy's settings for a round over these sources.

    Raises:
        BadInput: SRC-200 with every problem; nothing is fetched then.
    """
    problems = [
        *agent_problems(chosen.agent),
        *_override_problems(chosen.overrides),
        *_pace_problems(manifests),
        *network_problems(chosen.network),
    ]
    if problems:
        refuse("the crawler's settings", problems, "SRC-200", "nothing was fetched")
    settings: dict[str, object] = {key: usual for key, (usual, _, _) in _BOUNDS.items()}
    settings.update(_DECIDED)
    settings.update(chosen.overrides)
    settings["DOWNLOAD_DELAY"] = widened(float(str(settings["DOWNLOAD_DELAY"])))
    settings["USER_AGENT"] = chosen.agent
    settings["CLOSESPIDER_TIMEOUT"] = chosen.max_seconds
    settings["DOWNLOAD_SLOTS"] = _slots(manifests)
    settings["HUIYIN_PROXY"] = chosen.network.proxy
    settings["HUIYIN_NO_PROXY"] = chosen.network.no_proxy
    settings["HUIYIN_LOCAL_HOSTS"] = chosen.network.local_hosts
    if chosen.network.ca_file:
        settings["HUIYIN_CA_FILE"] = chosen.network.ca_file
        settings["DOWNLOADER_CLIENTCONTEXTFACTORY"] = "crawlers.way_out.BelievedCertificates"
    return settings


def product_of(agent: str) -> str:
    """Return the product token of an agent, which robots.txt addresses (RFC 9309 §2.2.1)."""
    return agent.split("/", 1)[0]


def widened(pace_seconds: float) -> float:
    """Return the middle of the pauses whose shortest is the pace."""
    return pace_seconds / (1 - JITTER)


def _slots(manifests: Sequence[SourceManifest]) -> dict[str, dict[str, float]]:
    """Return one slot per host: one request at a time, at the slowest pace that any of its sources asks for."""
    paces: dict[str, float] = {}
    for manifest in manifests:
        for host in (manifest.host, *manifest.also_hosts):
            paces[host] = max(paces.get(host, 0.0), manifest.pace_seconds)
    return {host: {"concurrency": 1, "delay": widened(pace), "jitter": JITTER} for host, pace in paces.items()}


def agent_problems(agent: str) -> list[Problem]:
    """Return what is wrong with how the crawler calls itself; nothing where it says who asks."""
    if _AGENT.match(agent) and product_of(agent).lower() not in {"mozilla", "scrapy"}:
        return []
    sentence = f"{agent!r} does not say who asks; write product/version (+address), e.g. Huiyin/1.0 (+https://…)."
    return [Problem("agent", sentence, "SRC-202")]


def _override_problems(overrides: Mapping[str, object]) -> list[Problem]:
    from scrapy.settings import default_settings

    known = [key for key in dir(default_settings) if key.isupper()]
    problems = []
    for key, value in overrides.items():
        if key == "ROBOTSTXT_OBEY":
            problems.append(Problem(key, "robots.txt is always obeyed; remove the key.", "SRC-201"))
        elif key in _BOUNDS:
            problems.extend(_bound_problems(key, value))
        elif key in known:
            problems.append(Problem(key, _SEALED_OFF, "SRC-205"))
        else:
            hint = did_you_mean(key, known) or f" May be set: {', '.join(sorted(_BOUNDS))}."
            problems.append(Problem(key, f"no such setting.{hint}", "SRC-204"))
    return problems


def _bound_problems(key: str, value: object) -> list[Problem]:
    _, least, most = _BOUNDS[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [Problem(key, f"expected a number, got {value!r}.", "SRC-207")]
    if least <= value <= most:
        return []
    code = "SRC-203" if key == "DOWNLOAD_DELAY" else "SRC-207"
    return [Problem(key, f"{value:g} is not between {least:g} and {most:g}.", code)]


def _pace_problems(manifests: Sequence[SourceManifest]) -> list[Problem]:
    """A manifest was checked when it was read; one made by code is checked here once more."""
    return [
        Problem(
            f"source {each.id}", f"{each.pace_seconds:g} s is too fast; at least {LEAST_PACE_SECONDS:g} s.", "SRC-203"
        )
        for each in manifests
        if each.pace_seconds < LEAST_PACE_SECONDS and not is_loopback(each.host)
    ]
