"""When the unit itself first had a post of a group: the moment from which its own discovery counts."""

from collections.abc import Iterable

from pipeline.domain.mention import Mention
from pipeline.domain.post import OWN_FINDS, Kind, Millis
from pipeline.ports import PostStore


def found_at(posts: PostStore, mentions: Iterable[Mention]) -> Millis | None:
    """
    Return when the first post was collected that monitoring or the unit's own people found; None where none was.

    What a changed rule found later was not found then, and an office's answer is nobody's find.
    """
    for mention in sorted((one for one in mentions if not one.backfilled), key=lambda one: one.collected_at):
        stored = posts.post(mention.post)
        if stored is not None and stored.post.origin in OWN_FINDS and stored.post.kind is not Kind.ANSWER:
            return mention.collected_at
    return None
