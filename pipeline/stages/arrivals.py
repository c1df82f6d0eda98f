"""
Arrivals: which posts of a batch are new, which are new versions, which say nothing new.

The first id that a key ever had stays (MECHANICS §2): a post takes the id that `post_heads` answers for one of its
keys, so a better canonicaliser changes no id.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.domain.post import Post, Token
from pipeline.ports import Head


@dataclass(frozen=True, slots=True)
class Arrival:
    """A post with the id that stays; `is_edit` where an earlier version is known."""

    post: Post
    is_edit: bool


def keys_of(posts: Iterable[Post]) -> frozenset[str]:
    """Return every key that must be asked of `post_heads` before the posts can be sorted."""
    keys: set[str] = set()
    for post in posts:
        keys.update(post.heads)
        if post.thread:
            keys.add(post.thread)
    return frozenset(keys)


def sort_arrivals(posts: Sequence[Post], heads: Mapping[str, Head], erased: frozenset[str]) -> Sequence[Arrival]:
    """Return what is new of the posts, in order; repeats of the newest version and erased posts are left out."""
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
        newest[first] = post.version
        arrivals.append(Arrival(_settled(post, first, ids), known is not None))
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
