"""Post versions in memory: where they lie in time, in which part, and what they say."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.domain.part import KEPT, is_month, part_for, span_of
from pipeline.domain.post import Millis, Post
from pipeline.domain.searchable import searchable
from pipeline.ports import StoredPost


@dataclass(slots=True)
class _Lying:
    """One post: its place in time (second, number within it), its versions, the units that mention it."""

    place: tuple[int, int]
    newest: str
    versions: dict[str, Post] = field(default_factory=dict)
    units: set[str] = field(default_factory=set)
    matters: bool = False
    is_kept: bool = False
    is_erased: bool = False
    gone_at: Millis | None = None

    @property
    def part(self) -> str:
        """The part that holds the post."""
        collected_at = self.versions[self.newest].collected_at
        return KEPT if self.is_kept else part_for(collected_at, matters=self.matters)


class Shelf:
    """Everything that is stored of posts."""

    def __init__(self) -> None:
        self._posts: dict[str, _Lying] = {}
        self._in_second: dict[int, int] = {}

    def see(self, post: Post) -> bool:
        """The version is stored once; returns whether the post is new."""
        lies = self._posts.get(post.id)
        stored = replace(post, tokens=())
        if lies is None:
            second = max(0, post.occurred_at // 1000)
            number = self._in_second[second] = self._in_second.get(second, -1) + 1
            self._posts[post.id] = _Lying((second, number), post.version, {post.version: stored})
            return True
        newest = lies.versions[lies.newest]
        if post.version == lies.newest:
            if lies.gone_at is not None and post.collected_at > lies.gone_at:
                lies.gone_at = None
        elif post.collected_at >= newest.collected_at:
            lies.versions[post.version] = stored
            lies.newest, lies.gone_at = post.version, None
        else:
            lies.versions.setdefault(post.version, stored)
        return False

    def is_mentioned_by(self, post_id: str, unit: str, *, matters: bool) -> bool:
        """The post is found among those of the unit; returns whether that is new. A post that is not there is not."""
        lies = self._posts.get(post_id)
        if lies is None:
            return False
        lies.matters = lies.matters or matters
        is_new = unit not in lies.units
        lies.units.add(unit)
        return is_new

    def mark_gone(self, post_id: str, at: Millis | None) -> None:
        """The post is known to be gone at its source since then; None: it is there again."""
        lies = self._posts.get(post_id)
        if lies is not None and (at is None or lies.gone_at is None):
            lies.gone_at = at

    def versions(self, post_id: str) -> Sequence[StoredPost]:
        """Return all versions of a post, oldest first."""
        lies = self._posts.get(post_id)
        if lies is None:
            return []
        ordered = sorted(
            lies.versions.values(), key=lambda post: (post.version == lies.newest, post.collected_at, post.version)
        )
        return [
            StoredPost(post, is_newest=post.version == lies.newest, erased=lies.is_erased, gone_at=lies.gone_at)
            for post in ordered
        ]

    def collected_since(self, since: Millis) -> list[str]:
        """Return the ids of the posts whose newest version was collected since, in the order of collection."""
        found = [(lies.versions[lies.newest].collected_at, lies.place, post) for post, lies in self._posts.items()]
        return [post for collected_at, _, post in sorted(found) if collected_at >= since]

    def with_term(self, unit: str | None, term: str, span: tuple[Millis, Millis]) -> list[Post]:
        """Return the newest versions that contain the term, newest first; times go by the second."""
        if not term:
            return []
        since, until = span[0] // 1000, -(-span[1] // 1000)
        wanted = searchable(term)
        places = {
            lies.place: lies.versions[lies.newest]
            for lies in self._posts.values()
            if (unit is None or unit in lies.units) and since <= lies.place[0] < until and not lies.is_erased
        }
        return [places[place] for place in sorted(places, reverse=True) if _contains(places[place], wanted)]

    def erase(self, post_ids: frozenset[str]) -> tuple[int, int]:
        """The posts hold ids, kinds and times only; returns how many posts were not erased before, and all versions."""
        found = [self._posts[post_id] for post_id in post_ids if post_id in self._posts]
        new = sum(not lies.is_erased for lies in found)
        for lies in found:
            lies.is_erased = True
            lies.versions = {version: _what_is_left(post) for version, post in lies.versions.items()}
        return new, sum(len(lies.versions) for lies in found)

    def drop(self, before_week: Millis, before_month: Millis, kept: frozenset[str]) -> frozenset[str]:
        """Posts of parts that ended before are gone, but what is kept lies apart from now on; returns which went."""
        over_age = {
            post_id for post_id, lies in self._posts.items() if _is_over_age(lies.part, before_week, before_month)
        }
        for post_id in over_age & kept:
            self._posts[post_id].is_kept = True
        gone = frozenset(over_age - kept)
        self._posts = {post_id: lies for post_id, lies in self._posts.items() if post_id not in gone}
        return gone


def _is_over_age(part: str, before_week: Millis, before_month: Millis) -> bool:
    return part != KEPT and span_of(part)[1] <= (before_month if is_month(part) else before_week)


def _contains(post: Post, folded: str) -> bool:
    return folded in searchable(post.title) or folded in searchable(post.text)


def _what_is_left(post: Post) -> Post:
    return replace(
        post,
        heads=(),
        text="",
        title="",
        salt="",
        given_id=None,
        address=None,
        sealed_address=None,
        ref=None,
        thread=None,
        counts={},
        body_hash="",
        stated=None,
    )
