"""Posts arrive: new ones are stored where they belong; an edit is a new version of the post that is there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.domain.local_day import day_of
from pipeline.domain.mention import Mention
from pipeline.domain.part import needs_its_post, part_for
from pipeline.domain.post import Millis, Post
from pipeline.ports import Head

from .client import Change, Elastic
from .post_document import Stored, arrival, as_arrived
from .shelf import HEADS, Lying, Shelf, Step, locator_id
from .wire import Json


@dataclass(slots=True)
class Reached:
    """Which units mention a post in this work, each with the day and line it counts for; whether any needs it."""

    units: dict[str, tuple[int, str]] = field(default_factory=dict)
    matters: bool = False


@dataclass(frozen=True, slots=True)
class Arriving:
    """What a step of the worker says of posts; `offset` is where it moves its position."""

    posts: Sequence[Post]
    mentioned: Mapping[str, Reached]
    found_for: Mapping[str, tuple[str, ...]]
    gone: Sequence[tuple[str, Millis | None]]
    offset: int


def reached_by(mentions: Iterable[Mention]) -> dict[str, Reached]:
    """Return post id → what reaches it; the first mention of a unit says day and service line."""
    reached: dict[str, Reached] = {}
    for mention in mentions:
        of_post = reached.setdefault(mention.post, Reached())
        of_post.units.setdefault(mention.unit, (day_of(mention.occurred_at), mention.service_line or ""))
        of_post.matters = of_post.matters or needs_its_post(mention)
    return reached


def store_arrivals(shelf: Shelf, arriving: Arriving) -> None:
    """Every post version is stored once, under the keys that are new, and says for which units it counts."""
    seen: dict[str, list[tuple[int, Post]]] = {}
    for number, post in enumerate(arriving.posts):
        seen.setdefault(post.id, []).append((number, replace(post, tokens=())))
    gone: dict[str, list[Millis | None]] = {}
    for post_id, at in arriving.gone:
        gone.setdefault(post_id, []).append(at)
    ids = {*seen, *arriving.mentioned, *gone}
    steps = {post_id: _step(arriving, post_id, seen.get(post_id, ()), gone.get(post_id, ())) for post_id in sorted(ids)}
    shelf.change(steps, beside=_keys(arriving.posts))


def heads_of(elastic: Elastic, keys: Iterable[str]) -> Mapping[str, Head]:
    """Return the heads that are known of the keys."""
    wanted = {f"key:{key}": key for key in keys}
    found = {wanted[doc.id]: doc.source for doc in elastic.mget((HEADS, doc_id) for doc_id in wanted).values()}
    locators = elastic.mget((HEADS, locator_id(source["id"])) for source in found.values())
    heads = {}
    for key, source in found.items():
        locator = locators.get((HEADS, locator_id(source["id"])))
        post: Json = {} if locator is None else locator.source  # a commit was cut: the key keeps its id all the same
        heads[key] = Head(source["id"], source["first_at"], post.get("newest", ""), tuple(post.get("units", ())))
    return heads


def _keys(posts: Iterable[Post]) -> list[Change]:
    """Return the keys of the posts, each to be created: the first id that one ever had stays."""
    first: dict[str, Post] = {}
    for post in posts:
        for key in post.heads:
            first.setdefault(key, post)
    return [
        Change("create", HEADS, f"key:{key}", {"id": post.id, "first_at": post.collected_at})
        for key, post in first.items()
    ]


def _step(arriving: Arriving, post_id: str, seen: Sequence[tuple[int, Post]], gone: Sequence[Millis | None]) -> Step:
    reached = arriving.mentioned.get(post_id, Reached())
    found_for = arriving.found_for.get(post_id, ()) if seen else ()

    def becomes(lying: Lying | None) -> Lying | None:
        if lying is not None and lying.stored.is_erased:
            return None
        stored = None if lying is None else lying.stored
        for number, post in seen:
            stored = _with(stored, post, arrival(arriving.offset, number))
        if stored is None:
            return None
        stored = replace(stored, reach={**reached.units, **stored.reach})
        for at in gone:
            if at is None or stored.gone_at is None:
                stored = replace(stored, gone_at=at)
        if lying is not None and lying.is_kept:
            return replace(lying, stored=stored, found_for=(*lying.found_for, *found_for))
        matters = reached.matters or (lying is not None and lying.matters)
        return Lying(stored, part_for(stored.newest.collected_at, matters=matters), found_for)

    return becomes


def _with(stored: Stored | None, post: Post, arrival: int) -> Stored:
    """Return the post after this sight of it: new, a repeat, a newer version or an older one."""
    if stored is None:
        return as_arrived(post, arrival)
    newest = stored.newest
    if post.version == newest.version:
        is_back = stored.gone_at is not None and post.collected_at > stored.gone_at
        return replace(stored, gone_at=None) if is_back else stored
    if post.collected_at < newest.collected_at:
        is_known = any(older.version == post.version for older in stored.older)
        return stored if is_known else replace(stored, older=(*stored.older, post))
    older = tuple(each for each in stored.older if each.version != post.version)
    return replace(stored, newest=post, older=(*older, newest), gone_at=None)
