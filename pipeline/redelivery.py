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

    A version belongs to one of these records where it was collected in the same moment; and also where its head is
    there and its text is not, for a commit may have been cut between the two. So a text that was dropped with its part
    is stored once more where just these records bring it again: better than a post that is never stored.
    """
    here = {(post.version, post.collected_at) for post in posts}
    brought = {post.version for post in posts}
    before: dict[str, Head] = {}
    newest_at: dict[str, Millis] = {}
    stored = {head.id: store.versions(head.id) for head in heads.values()}
    for key, head in heads.items():
        known = [each.post for each in stored[head.id]]
        left = [post for post in known if (post.version, post.collected_at) not in here]
        has_text = head.newest not in brought or any(post.version == head.newest for post in known)
        if has_text and len(left) == len(known):
            before[key] = head
        else:
            before[key] = replace(head, newest=left[-1].version if left else NO_VERSION)
        if left:
            newest_at[head.id] = left[-1].collected_at
    return before, newest_at
