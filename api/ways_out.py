"""What the doctor says of the network: each server that Huiyin needs, what keeps it away, and this machine's clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from statistics import median
from urllib.parse import urlsplit

from pipeline.domain.post import Millis

from .config import Config
from .crawling import agent_of, sources, with_contact
from .finding import Finding
from .notify.channels import given_channels
from .notify.mail import MailServer, connected, part
from .notify.mail_server import MailDesk
from .outward import way_to
from .reach import SECONDS, Reach, Reached, Target, reach_all
from .stores import Stores
from .words import words_of

MOST_HOSTS = 40
"""No more hosts are asked in one look; the others are named."""
MOST_OFF: Millis = 120_000
MINUTE: Millis = 60_000

CODES: Mapping[Reach, str] = {
    Reach.NO_NAME: "NET-301",
    Reach.NO_ROUTE: "NET-302",
    Reach.REFUSED: "NET-303",
    Reach.TIMEOUT: "NET-304",
    Reach.PROXY_SILENT: "NET-305",
    Reach.PROXY_LOGIN: "NET-306",
    Reach.PROXY_FORBIDS: "NET-307",
    Reach.PROXY_LOST: "NET-308",
    Reach.CERTIFICATE_UNKNOWN: "NET-309",
    Reach.CERTIFICATE_NAME: "NET-310",
    Reach.CERTIFICATE_TIME: "NET-311",
    Reach.NO_TLS: "NET-312",
    Reach.NO_MAIL: "NET-313",
    Reach.CUT_OFF: "NET-314",
}
"""How far a connection came → its code; what it is and the next step stand in api/words/reach.toml."""


def ways_out(stores: Stores, config: Config, seconds: float = SECONDS) -> Iterator[Finding]:
    """Yield what there is to say of the network and of the clock; nobody is asked who is not set up."""
    every = [*source_targets(stores, config), *channel_targets(stores, config, seconds)]
    asked = every[:MOST_HOSTS]
    if not asked:
        yield Finding("network", True, "没有信源、邮件服务器和机器人，不连外网")
        return
    reached = reach_all(asked, stores.clock, seconds)
    yield network_finding(reached, [target.name for target in every[MOST_HOSTS:]])
    yield clock_finding(reached)


def source_targets(stores: Stores, config: Config) -> Sequence[Target]:
    """Return one target per host of the enabled sources; without a contact nothing is asked for there."""
    if config.crawl.elsewhere:
        return ()
    crawl = with_contact(config.crawl, stores.records)
    agent = agent_of(crawl) if crawl.contact else ""
    found: dict[tuple[str, int], Target] = {}
    for manifest in sources(stores.records).values():
        parts = urlsplit(manifest.url)
        if not manifest.enabled or not parts.hostname:
            continue
        is_secure = parts.scheme == "https"
        port = parts.port or (443 if is_secure else 80)
        way = way_to(parts.hostname, config.network)
        target = Target(f"信源 {manifest.name}（{parts.hostname}）", parts.hostname, port, way, is_secure, agent)
        found.setdefault((parts.hostname, port), target)
    return list(found.values())


def channel_targets(stores: Stores, config: Config, seconds: float = SECONDS) -> Iterator[Target]:
    """Yield the mail server, the robot and the webhook that are set up; nothing is sent to them."""
    mail = MailDesk(config, stores.records).server()
    if mail is not None:
        greeted = partial(_greeted, replace(mail, user="", timeout=seconds))
        yield Target(f"邮件服务器 {mail.host}", mail.host, mail.port, mail.way, open=greeted)
    given = given_channels(config)
    for name, called, section in (("webhook", "对接系统", config.webhook), ("wecom", "企业微信机器人", config.wecom)):
        if name in given:
            parts = urlsplit(section.url)
            host, is_secure = parts.hostname or "", parts.scheme == "https"
            way = way_to(host, config.network, section.proxy, section.ca_file)
            yield Target(f"{called} {host}", host, parts.port or (443 if is_secure else 80), way, is_secure)


def _greeted(server: MailServer) -> None:
    """The mail server has greeted, over a secured connection where it shall be one; nobody logs in."""
    part(connected(server))


def network_finding(reached: Sequence[Reached], unasked: Sequence[str] = ()) -> Finding:
    """Return which servers are reached; each that is not, with the reason and the next step."""
    missed = [one for one in reached if one.reach is not Reach.OK]
    words = words_of("zh")
    lines = [f"{one.target.name}：{words(f'reach.{one.reach}')} [{CODES[one.reach]}]" for one in missed]
    if unasked:
        lines.append(f"这次没有问：{'、'.join(unasked)}")
    says = f"{len(reached)} 个地址，{len(reached) - len(missed)} 个连得上"
    codes = {CODES[one.reach] for one in missed}
    return Finding("network", not missed, says, tuple(lines), codes.pop() if len(codes) == 1 else "")


def clock_finding(reached: Sequence[Reached]) -> Finding:
    """Return how this machine's clock stands to those of the servers that told theirs; the middle one counts."""
    known = [one.ahead for one in reached if one.ahead is not None]
    if not known:
        return Finding("clock outside", True, "没有网站报时，无法核对本机时钟")
    off = int(median(known))
    if abs(off) <= MOST_OFF:
        return Finding("clock outside", True, f"本机时钟与 {len(known)} 个网站相差不到 2 分钟")
    minutes = (abs(off) + MINUTE // 2) // MINUTE
    says = f"本机时钟{'快' if off > 0 else '慢'} {minutes} 分钟（与 {len(known)} 个网站相比）"
    step = "校准 Windows 时间（设置 → 时间和语言 → 立即同步），或请网管校准；时限和预警都按本机时钟计算"
    return Finding("clock outside", False, says, (f"{step} [NET-315]",), "NET-315")
