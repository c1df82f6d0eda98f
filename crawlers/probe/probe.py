"""
Tries an address: robots.txt first, then the page, then as few pages behind it as show how posts would be stored.

Nothing is kept. What robots.txt forbids is not asked for. Each hop of a redirect is an address of its own: checked
anew, with the robots.txt of its own host.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from crawlers.manifest import SourceManifest
from crawlers.network import NetworkSettings
from crawlers.settings import product_of
from pipeline.domain.post import Millis, RawPost

from .draft import draft_of
from .guess import Choice, Guess, NoGuess, Unseen
from .pages import Hindered, Hop, Pages
from .permits import Permits, Seen
from .posts import SHOWN, read_first_posts
from .recognise import recognise, without_feed
from .seen_page import SeenPage
from .visitor import Visitor, World


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nothing can be proposed, as one word, what belongs to it, and better addresses that the page names."""

    why: str
    said: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A source that could be enabled, and its first posts. They are raw: masked before anybody sees them."""

    guess: Guess
    manifest: SourceManifest
    posts: tuple[RawPost, ...] = field(repr=False)
    unseen: tuple[Unseen, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """
    What became of a try: a proposal, or a trouble.

    `robots` is the verdict on each address that was wanted, in order; `hops` are the redirects of the pasted address.
    """

    asked: str
    hops: tuple[Hop, ...]
    robots: tuple[Seen, ...]
    requests: int
    proposal: Proposal | None = None
    trouble: Trouble | None = None
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, through which network, at which time; `tell` hears which address is asked for next."""

    agent: str
    network: NetworkSettings
    now: Callable[[], Millis]
    world: World = field(default_factory=World)
    tell: Callable[[str], None] = lambda _address: None


def probe(address: str, caller: Caller) -> Probe:
    """Return what an address shows, within the bounds of a probe; no failure of the other side is raised."""
    address = whole_address(address)
    visitor = Visitor(caller.agent, caller.network, caller.world)
    permits = Permits(visitor, product_of(caller.agent), caller.now)
    pages = Pages(visitor, permits, caller.now, caller.tell)
    found = _try(address, pages, permits)
    return Probe(
        asked=address,
        hops=pages.hops,
        robots=tuple(permits.seen),
        requests=visitor.requests,
        proposal=found if isinstance(found, Proposal) else None,
        trouble=found if isinstance(found, Trouble) else None,
        is_local=pages.is_local,
    )


def whole_address(typed: str) -> str:
    """Return what was typed as a whole address: people leave http:// out, and a site that wants TLS redirects."""
    bare = typed.strip()
    return f"http://{bare}" if _WITHOUT_SCHEME.match(bare) else bare


_WITHOUT_SCHEME = re.compile(r"(?:[\w-]+\.)+[\w-]+(?::\d+)?(?:[/?#]|\Z)")


def _try(address: str, pages: Pages, permits: Permits) -> Proposal | Trouble:
    try:
        page = pages.entrance(address)
        found = recognise(page)
        result = _propose(page, found, pages, permits)
        if isinstance(result, Trouble) and isinstance(found, Guess) and found.follow not in ("", page.address):
            return _propose(page, without_feed(page), pages, permits)
    except Hindered as hindrance:
        return Trouble(hindrance.why, hindrance.said)
    return result


def _propose(page: SeenPage, found: Guess | NoGuess, pages: Pages, permits: Permits) -> Proposal | Trouble:
    """Return the source that a guess amounts to, tried on its first posts."""
    if isinstance(found, NoGuess):
        return Trouble(found.why.value, choices=found.choices)
    try:
        is_elsewhere = found.follow not in ("", page.address)
        entrance = pages.page(found.follow) if is_elsewhere else page
        manifest = draft_of(found, page, entrance.address, permits.delay_seconds)
        harvest = read_first_posts(found, manifest, entrance, pages.page)
    except Hindered as hindrance:
        return Trouble(hindrance.why, hindrance.said)
    sure = harvest.sure or found.sure
    unseen = tuple(dict.fromkeys((*found.unseen, *harvest.unseen)))
    return Proposal(replace(found, sure=sure), harvest.manifest, harvest.posts[:SHOWN], unseen)
