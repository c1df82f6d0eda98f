"""Open incidents that may be what somebody is about to enter: those whose posts hold the same terms and places."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.domain.address import names_author
from pipeline.domain.identity import key_of_address
from pipeline.domain.unit_state import UnitState
from pipeline.domain.working_calendar import DAY
from pipeline.workflow.queue import QueueRow
from pipeline.workflow.visibility import Sight

from .reader import Reader

MOST = 5
LOOKED_BACK = 60 * DAY
MOST_TERMS = 12
POSTS_OF_A_TERM = 50


def open_ones_like(reader: Reader, said: str, link: str = "") -> Sequence[QueueRow]:
    """
    Return open incidents of the reader's unit that hold a post of the link, or share terms or places with the words.

    The likest come first; the same page is likest of all.
    """
    own = reader.service.settings.units.get(reader.unit)
    if own is None or not (said.strip() or link):
        return []
    terms = dict.fromkeys(term for rule in own.rules for term in rule.triggers)
    known = [word for word in (*own.places, *terms) if len(word) > 1 and word in said]
    shared: Counter[str] = Counter(dict.fromkeys(_incidents_at(reader, link), MOST_TERMS + 1))
    for word in known[:MOST_TERMS]:
        shared.update(_incidents_with(reader, reader.state, word))
    rows = [reader.queue.of_incident(reader.state.as_one(one)) for one, _ in shared.most_common(3 * MOST)]
    return [row for row in rows if row.sight is Sight.FULL][:MOST]


def _incidents_at(reader: Reader, link: str) -> set[str]:
    """Return the open incidents of which a post stands at the address."""
    if not link or names_author(link):
        return set()
    posts = reader.service.stores.posts
    heads = posts.heads([key_of_address(source.source, link) for source in reader.service.sources()])
    return _owners(reader, reader.state, {head.id for head in heads.values()})


def _incidents_with(reader: Reader, state: UnitState, word: str) -> set[str]:
    """Return the open incidents of which a post holds the word."""
    posts, until = reader.service.stores.posts, reader.moments.now + 1
    found = posts.search(reader.unit, word, since=until - LOOKED_BACK, until=until, limit=POSTS_OF_A_TERM)
    return _owners(reader, state, {post.id for post in found})


def _owners(reader: Reader, state: UnitState, found: Iterable[str]) -> set[str]:
    posts = reader.service.stores.posts
    groups = {mention.group for post in found for mention in posts.mentions_of(reader.unit, post) if mention.group}
    owners = (state.incident_of(group) for group in groups)
    return {owner.id for owner in owners if owner is not None and owner.is_open}
