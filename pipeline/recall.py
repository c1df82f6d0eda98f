"""A unit's memory as its stored mentions and living poster tokens make it; the worker and a replay load it alike."""

from .domain.member import by_order
from .domain.post import Millis
from .ports import PosterTokens, PostStore
from .stages.fold import UnitMemory

RELOAD: Millis = 180 * 24 * 3_600_000
"""How far back a unit's memory is loaded: as long as a mention is kept."""

TOKENS_LIVE: Millis = 15 * 24 * 3_600_000
"""How long poster tokens can be asked for (MECHANICS §1)."""


def recall(memory: UnitMemory, posts: PostStore, tokens: PosterTokens, now: Millis) -> None:
    """The memory holds what was decided, in its order; nothing is decided twice."""
    rows = list(by_order(posts.mentions(memory.unit, now - RELOAD)))
    recent = {post.id for _, post in rows if post.collected_at > now - TOKENS_LIVE}
    known = tokens.of(recent)
    for mentions, post in rows:
        memory.remember(mentions, post, known.get(post.id, ()))
