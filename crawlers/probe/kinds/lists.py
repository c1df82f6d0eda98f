"""Lists of links that lead to pages of their own: with dates, as government sites have them, or without."""

import re
from collections.abc import Sequence

from crawlers.manifest import ListSelectors
from crawlers.probe.guess import Guess, Recognised, Sure, Unseen
from crawlers.probe.rows import DATED, Rows
from crawlers.probe.seen_page import SeenPage

_GOV_META = "meta[name=SiteName], meta[name=ColumnName], meta[name=ColumnType], meta[name=SiteIDCode]"


def recognise_list(page: SeenPage, rows: Rows | None) -> Guess | None:
    """Return that the page is a list of links; None where it shows no list."""
    if rows is None:
        return None
    is_dated = rows.dated >= DATED
    kind = Recognised.GOV_LIST if is_dated else Recognised.PLAIN_LIST
    is_sure = is_dated and (rows.others == 0 or bool(page.root.css(_GOV_META)))
    return Guess(
        kind,
        Sure.HIGH if is_sure and len(rows.rows) >= 5 else Sure.MIDDLE if is_dated else Sure.LOW,
        list=selectors_of(rows),
        also_hosts=siblings_of(page.host, rows.hosts),
        unseen=unseen_of(page, rows),
    )


def selectors_of(rows: Rows, replies: str = "") -> ListSelectors:
    """Return the selectors of a list that was found."""
    return ListSelectors(item=rows.item, link=rows.link, replies=replies, next=rows.next, depth=5)


def unseen_of(page: SeenPage, rows: Rows) -> tuple[Unseen, ...]:
    """Return what a list does not show, as far as the list itself tells."""
    found = []
    if not rows.next:
        found.append(Unseen.FIRST_PAGE_ONLY)
    if rows.others:
        found.append(Unseen.MANY_LISTS)
    siblings = siblings_of(page.host, rows.hosts)
    if any(not _is_same(host, page.host) and host not in siblings for host in rows.hosts):
        found.append(Unseen.OTHER_HOSTS)
    return tuple(found)


def siblings_of(host: str, hosts: Sequence[str]) -> tuple[str, ...]:
    """Return those of the hosts that belong to the same site as `host`: xxgk.… beside www.…"""
    own = _site(host)
    return tuple(each for each in hosts if not _is_same(each, host) and _site(each) == own)


def _is_same(one: str, other: str) -> bool:
    return one.removeprefix("www.") == other.removeprefix("www.")


def _site(host: str) -> str:
    """Return what the hosts of one site share: the name below gov.cn, com.cn, cn or com."""
    labels = host.split(".")
    if re.fullmatch(r"[\d.]+|.*:.*", host) or len(labels) < 2:
        return host
    is_double = len(labels) > 2 and labels[-1] == "cn" and labels[-2] in ("gov", "com", "net", "org", "edu")
    return ".".join(labels[-3:] if is_double else labels[-2:])
