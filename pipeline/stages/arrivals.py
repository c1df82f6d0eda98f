"""
Arrivals: which posts of a batch are new, which are new versions, which say nothing new.

The first id that a key ever had stays (MECHANICS §2): a post takes the id that `post_heads` answers for one of its
keys, so a better canonicaliser changes no id.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.domain.post import Millis, Post, Token
from pipeline.ports import Head

NEVER_SEEN: Mapping[str, Millis] = {}


@dataclass(frozen=True, slots=True)
class Arrival:
    """
    A post with the id that stays; `is_edit` where an earlier version is known.

    `is_old` says that it was collected before the newest version that is known: delivered again, or late. It is kept
    as a version and says nothing new.
    """

    post: Post
    is_edit: bool
    is_old: bool = False


def keys_of(posts: Iterable[Post]) -> frozenset[str]:
    """Return every key that must be asked of `post_heads` before the posts can be sorted."""
    keys: set[str] = set()
    for post in posts:
        keys.update(post.heads)
        if post.thread:
            keys.add(post.thread)
    return frozenset(keys)


def edited(posts: Iterable[Post], heads: Mapping[str, Head]) -> frozenset[str]:
    """Return the ids of known posts of which another version than the newest has come."""
    known = ((post, heads[key]) for post in posts for key in post.heads if key in heads)
    return frozenset(head.id for post, head in known if head.newest != post.version)


def sort_arrivals(
    posts: Sequence[Post],
    heads: Mapping[str, Head],
    erased: frozenset[str],
    newest_at: Mapping[str, Millis] = NEVER_SEEN,
) -> Sequence[Arrival]:
    """
    Return what is new of the posts, in order; repeats of the newest version and erased posts are left out.

    `newest_at` says when the newest version of each edited post was collected.
    """
    collected = dict(newest_at)
    ids = {key: head.id for key, head in heads.items()}
    newest = {head.id: head.newest for head in heads.values()}
    arrivals = []
    for post in posts:
        first = next((ids[key] for key in post.heads if key in ids), post.id)
        for key in post.heads:
            ids.setdefault(key, first)
        known = newest.get(first)
        if known == post.version or first in erased or not erased.isdisjoint(post.heads):
            continue
        is_old = post.collected_at < collected.get(first, post.collected_at)
        if not is_old:
            newest[first], collected[first] = post.version, post.collected_at
        arrivals.append(Arrival(_settled(post, first, ids), known is not None, is_old))
    return arrivals


def with_first_tokens(arrivals: Sequence[Arrival], known: Mapping[str, tuple[Token, ...]]) -> Sequence[Arrival]:
    """Return the arrivals with the tokens of each post's first sight: no edit changes who wrote."""
    first = dict(known)
    kept = []
    for each in arrivals:
        tokens = first.get(each.post.id, ()) if each.is_edit else each.post.tokens
        first[each.post.id] = tokens
        kept.append(replace(each, post=replace(each.post, tokens=tokens)))
    return kept


def _settled(post: Post, first: str, ids: Mapping[str, str]) -> Post:
    thread = ids.get(post.thread, post.thread) if post.thread else None
    if first == post.id and thread == post.thread:
        return post
    return replace(post, id=first, thread=thread)
