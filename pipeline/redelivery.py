"""
Posts that come again after a crash: what was known before them.

The first half stores posts, tells of them, and moves its position. Cut off in between, it finds its own posts stored
when they are delivered again, and what it had to tell was perhaps never told. So it looks at them as it did at first:
versions that these very records stored are left out of what is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .domain.post import Millis, Post
from .ports import Head, PostStore

NO_VERSION = ""
"""The newest version of a post that is known by these records alone: none is a repeat of it."""


def as_before(
    heads: Mapping[str, Head], posts: Sequence[Post], store: PostStore
) -> tuple[Mapping[str, Head], Mapping[str, Millis]]:
    """
    Return the heads as they were before the posts came, and when each known post's newest version was collected then.

    A version belongs to one of these records where it was collected in the same moment. The head of a post whose texts
    were dropped with their part stays as it is: nothing of it can have come just now.
    """
    here = {(post.version, post.collected_at) for post in posts}
    before: dict[str, Head] = {}
    newest_at: dict[str, Millis] = {}
    stored = {head.id: store.versions(head.id) for head in heads.values()}
    for key, head in heads.items():
        left = [each for each in stored[head.id] if (each.post.version, each.post.collected_at) not in here]
        if len(left) == len(stored[head.id]):
            before[key] = head
        else:
            before[key] = replace(head, newest=left[-1].post.version if left else NO_VERSION)
        if left:
            newest_at[head.id] = left[-1].post.collected_at
    return before, newest_at
