"""The manifest that a guess amounts to: everything that the machine can know, and nothing that a person must say."""

import hashlib
import re
from urllib.parse import urlsplit

from crawlers.host import is_loopback
from crawlers.manifest import LEAST_PACE_SECONDS, Expected, SourceKind, SourceManifest
from pipeline.domain.address import names_author
from pipeline.domain.masking import mask

from .guess import Guess, Recognised
from .seen_page import SeenPage

MINUTES = {
    Recognised.FEED: 30,
    Recognised.WORDPRESS: 30,
    Recognised.DISCUZ: 15,
    Recognised.MESSAGE_BOARD: 30,
    Recognised.GOV_LIST: 60,
    Recognised.PLAIN_LIST: 60,
}
"""How often each kind is asked: a forum lives in minutes, a notice board in hours."""
LOOPBACK_PACE_SECONDS = 0.1
"""A site on this machine, which only a demo or a test has, disturbs nobody."""
_LONGEST_NAME = 40
_SEPARATOR = re.compile(r"\s*[-_—|–»·]+\s*(?=\S)")


def draft_of(guess: Guess, page: SeenPage, address: str, delay_seconds: float) -> SourceManifest:
    """
    Return the source as a guess has it, not enabled: reason, owner and impact note are a person's to say.

    A board is watched like any other source: that its messages are written to this unit, which must then answer each
    of them, no page says; a person does, by the origin.

    `address` is what is asked each time; `delay_seconds` is the pause that its robots.txt wants.
    """
    return SourceManifest(
        id=id_of(address),
        name=name_of(page),
        kind=SourceKind.LISTING if guess.list else SourceKind.FEED,
        url=address,
        publisher=publisher_of(page),
        why="",
        owner="",
        expected=Expected(0, 1_000),
        only_offices_reply=guess.kind is Recognised.MESSAGE_BOARD,
        address_names_author=names_author(address),
        every_minutes=MINUTES[guess.kind],
        pace_seconds=max(LOOPBACK_PACE_SECONDS if is_loopback(page.host) else LEAST_PACE_SECONDS, delay_seconds),
        also_hosts=guess.also_hosts,
        list=guess.list,
        thread=guess.thread,
    )


def id_of(address: str) -> str:
    """Return a short id for an address: readable where its host names nobody, and different for each address."""
    mark = hashlib.sha256(address.encode()).hexdigest()[:6]
    labels = [each for each in (urlsplit(address).hostname or "").split(".") if each not in ("www", "gov", "com", "cn")]
    said = re.sub(r"[^a-z0-9]+", "-", "-".join(labels[:2]).lower()).strip("-")[:40]
    return f"source-{mark}" if names_author(address) or not said else f"{said}-{mark}"


def name_of(page: SeenPage) -> str:
    """Return what a page calls itself, without the slogans behind it; the host where it says nothing."""
    return (" · ".join(_title_parts(page)[:2]) or page.host)[:_LONGEST_NAME]


def publisher_of(page: SeenPage) -> str:
    """Return whose site it is, where its title ends with that: 公示公告-云汐县人民政府; "" elsewhere."""
    parts = _title_parts(page)
    return parts[-1][:_LONGEST_NAME] if len(parts) > 1 else ""


def _title_parts(page: SeenPage) -> list[str]:
    title = page.title or " ".join(page.root.css("channel > title::text, feed > title::text").get("").split())
    parts = [part for part in _SEPARATOR.split(title) if part and "Discuz" not in part and "Powered" not in part]
    return list(dict.fromkeys(mask(part) for part in parts))  # a person's page may be called by the person
