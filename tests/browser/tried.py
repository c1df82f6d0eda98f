"""Tries of invented sites in the served county: one that can be enabled, and a front page that offers its boards."""

import time
from collections.abc import Sequence

from tests.end_to_end.loopback_site import Site
from tests.invented_sites import board_site, forum_site

from .county import County


def tries_of(county: County, account: str) -> Sequence[str]:
    """Return the ids of two tries of the account, both at their end."""
    book = county.service.source_book
    with Site(board_site()) as board, Site(forum_site()) as forum:
        ids = [book.start(address, account) for address in (f"{board.url}/xzxx/", f"{forum.url}/")]
        until = time.monotonic() + 30
        while any(under is None or under.is_running for under in (book.look(each, account) for each in ids)):
            assert time.monotonic() < until
            time.sleep(0.05)
    return ids
