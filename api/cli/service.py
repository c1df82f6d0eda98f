"""The web service of an installation as the verbs start it, and what its operator is told first."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from api import bootstrap
from api.accounts.people import people_of
from api.by_hand.proposal import Opinions
from api.cli.installation import Installation
from api.demo_mark import is_marked
from api.entrance import Entrance, open_entrance
from api.health import Part
from api.http.service import Service, no_servers
from api.known_ids import known_ids
from api.notify.mail_server import MailDesk
from api.readiness import health
from api.source_list import source_list
from api.stores import Stores
from api.web import Certificate, metrics


def web_service(here: Installation) -> Service:
    """Return the service over the installation's stores; raises BadInput where [web] cannot be (CFG-130, CFG-131)."""
    desk, people = bootstrap.open_desk(here.stores, here.settings), people_of(here.stores.records, here.stores.clock)
    return Service(
        stores=here.stores,
        desk=desk,
        clerk=bootstrap.open_clerk(here.stores, here.settings, desk, known_ids(here.settings, people)),
        settings=here.settings,
        editor=bootstrap.open_editor(here.stores, here.settings, here.config, desk),
        people=people,
        entrance=open_entrance(here.config.web),
        health=partial(health, here.stores, here.config.crawl.every_seconds),
        metrics=partial(metrics, here.stores),
        door=bootstrap.open_door(here.folder, here.stores, here.settings),
        reveal=bootstrap.private_addresses(here.folder).reveal,
        sources=partial(source_list, here.stores, here.config.crawl.every_seconds),
        source_book=bootstrap.open_source_desk(here.stores, here.settings, here.config, is_demo=is_demo(here.stores)),
        mail=MailDesk(here.config, here.stores.records),
        written_contact=here.config.crawl.contact,
        is_demo=is_demo(here.stores),
        opine=Opinions(bootstrap.open_classifier),
        servers=_servers(here),
    )


def _servers(here: Installation) -> Callable[[], Sequence[Part]]:
    """Return how to ask how the servers of the cluster stand, for readiness."""
    if here.folder.cluster is None:
        return no_servers
    look = bootstrap.look_at_servers(here.folder.cluster, here.stores.machine_clock, here.stores.posts)
    return lambda: [Part(found.what, found.state, found.says) for found in look()]


def web_certificate(here: Installation) -> Certificate | None:
    """Return the certificate that the operator wants; None where there is no TLS here."""
    web = here.config.web
    if web.tls == "given":
        return Certificate(Path(web.certificate), Path(web.certificate_key))
    if web.tls == "self-made":
        made = bootstrap.own_certificate(here.folder, web, here.stores.clock.now())
        return Certificate(made.chain, made.key)
    return None


def is_demo(stores: Stores) -> bool:
    """Whether `huiyin demo` made these data and nobody has an account in them."""
    return is_marked(stores.records) and people_of(stores.records, stores.clock).accounts.is_empty()


def first_address(here: Installation, entrance: Entrance) -> str:
    """Return the one-time address at which the first account is made; "" where there is one, or in a demo."""
    if is_demo(here.stores):
        return ""
    link = people_of(here.stores.records, here.stores.clock).first_link()
    return f"{entrance.url}/link/{link}" if link else ""


def greet(here: Installation, entrance: Entrance, first: str) -> list[str]:
    """Return what the operator must know at the start: where to open it, the fingerprint, and the first address."""
    lines = [f"网页 {entrance.url}"]
    if here.config.web.tls == "self-made":
        made = bootstrap.own_certificate(here.folder, here.config.web, here.stores.clock.now())
        lines.append(f"自制证书指纹 SHA-256（首次打开时请逐字核对）：{made.fingerprint}")
    if here.folder.cluster and not first and people_of(here.stores.records, here.stores.clock).accounts.is_empty():
        command = "huiyin user add NAME --roles admin,duty,monitor --units '*'"
        lines.append(f"还没有账号。请在集群的任一台机器上运行 {command}，建立第一个账号")
    if first:
        lines.append(f"还没有账号。请在这台电脑的浏览器里打开一次性链接（24 小时内有效），建立第一个账号：{first}")
    return lines
