"""A unit's memory as its stored mentions and living poster tokens make it; the worker and a replay load it alike."""

from collections.abc import Mapping, Sequence

from .domain.group_merge import MergesInOrder
from .domain.member import by_order
from .domain.post import Millis, Post
from .ports import Head, PosterTokens, PostStore
from .stages.arrivals import edited
from .stages.fold import UnitMemory

TOKENS_LIVE: Millis = 15 * 24 * 3_600_000
"""How long poster tokens can be asked for (MECHANICS §1)."""


def recall(memory: UnitMemory, posts: PostStore, tokens: PosterTokens, now: Millis) -> None:
    """The memory holds what was decided, in its order, as far back as it is stored; nothing is decided twice."""
    rows = list(by_order(posts.mentions(memory.unit, 0)))
    recent = {post.id for _, post in rows if post.collected_at > now - TOKENS_LIVE}
    known = tokens.of(recent)
    for proposal in posts.proposals(memory.unit):
        memory.propose(proposal)
    merges = MergesInOrder(posts.merges(memory.unit))
    for mentions, post in rows:
        for merge in merges.before(mentions[0].order):
            memory.absorb(merge)
        memory.remember(mentions, post, known.get(post.id, ()))
    for merge in merges.rest():
        memory.absorb(merge)


def newest_times(store: PostStore, posts: Sequence[Post], heads: Mapping[str, Head]) -> Mapping[str, Millis]:
    """Return when the newest version was collected, of each known post of which another version has come."""
    stored = (store.post(post_id) for post_id in edited(posts, heads))
    return {each.post.id: each.post.collected_at for each in stored if each is not None}
