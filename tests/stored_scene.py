"""
A step of the worker that does everything at once, over a store that holds something, told apart by a tag.

Posts arrive, one is edited and one moves to another part, mentions lapse and are met again, groups are merged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipeline.domain.group import GroupRow
from pipeline.domain.group_merge import Found, GroupMerge, MergeProposal
from pipeline.domain.mention import Mention
from pipeline.domain.post import Post
from pipeline.ports import Position, PostStore, Work
from tests.stored import DAY, EVER, HOUR, MONDAY, PLEA, a_group, a_mention, a_post


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything in it is of one unit and one stream of its own, so many scenes play in one store."""

    tag: str

    @property
    def unit(self) -> str:
        """The unit whose groups the step changes."""
        return f"{self.tag}-mz"

    @property
    def other(self) -> str:
        """Another unit that one post of the step concerns too."""
        return f"{self.tag}-other-mz"

    def post(self, number: int, text: str = "云汐县低保金还没有发", **changes: Any) -> Post:
        """Return a post of the scene."""
        post = a_post(number, text, id=f"{self.tag}p{number}", heads=(f"{self.tag}h{number}",))
        return replace(post, **changes)

    def mention(self, post: Post, group: str, order: int, **changes: Any) -> Mention:
        """Return the unit's mention of a post."""
        return a_mention(post, **{"group": group, "order": order, "unit": self.unit, **changes})

    def row(self, group: str, posts: int = 1, unit: str = "") -> GroupRow:
        """Return a group's row."""
        return a_group(group, unit=unit or self.unit, posts=posts)

    def work(self, to: int, **parts: Any) -> Work:
        """Return a step to a position of the scene's stream."""
        nothing: dict[str, Any] = {"posts": (), "mentions": (), "groups": ()}
        return Work(**{**nothing, **parts}, position=Position(f"bus-{self.tag}", 0, to))

    def before(self) -> Work:
        """Return what the store holds before: three groups of a post each, and a post that concerns nobody."""
        posts = [self.post(number) for number in (1, 2, 3, 4)]
        mentions = [self.mention(post, f"g{n}", n) for n, post in enumerate(posts[:3], start=1)]
        return self.work(1, posts=posts, mentions=mentions, groups=[self.row(f"g{n}") for n in (1, 2, 3)])

    def edited(self) -> Post:
        """Return the first post as it reads in the step, a week later: it lies in another part from then on."""
        return self.post(1, "云汐县低保金发了一半", collected_at=MONDAY + 30 * DAY)

    def step(self) -> Work:
        """Return the step."""
        new, quiet, edited, late = self.post(5), self.post(6, "今天天气很好"), self.edited(), self.post(4)
        mentions = [
            self.mention(new, "g1", 10),
            self.mention(new, "o1", 0, unit=self.other, opinion=PLEA),
            self.mention(edited, "g1", 11),
            self.mention(late, "g3", 12),
        ]
        merge = GroupMerge(self.unit, "g2", "g1", order=12, post=late.id, similarity=2_500, posters=4, seen_seq=0)
        proposal = MergeProposal(self.unit, "g1", "g3", order=12, post=late.id, similarity=3_000, at=MONDAY)
        return self.work(
            2,
            posts=[new, quiet, edited],
            mentions=mentions,
            groups=[self.row("g1", 4), self.row("g3", 2), self.row("o1", 1, self.other)],
            lapsed=[self.mention(self.post(1), "g1", 1).key],
            revived=[(self.mention(self.post(3), "g3", 3).key, 12)],
            gone=[(self.post(2).id, MONDAY + HOUR)],
            found=Found((merge,), (proposal,)),
            reach={new.id: (self.other, self.unit)},
        )

    def later(self) -> Work:
        """Return the step after it: what lapsed holds again, and a group has grown."""
        first = self.mention(self.post(1), "g1", 1)
        back = self.post(1, collected_at=MONDAY + 31 * DAY)
        return self.work(
            3,
            posts=[back, self.post(7)],
            mentions=[self.mention(self.post(7), "g1", 13)],
            groups=[self.row("g1", 5)],
            revived=[(first.key, 14)],
            lapsed=[self.mention(self.edited(), "g1", 11).key],
        )

    def outcome(self, posts: PostStore) -> Mapping[str, Any]:
        """Return all that the store says of the scene."""
        ids = [self.post(number).id for number in range(1, 8)]
        return {
            "versions": [posts.versions(post_id) for post_id in ids],
            "heads": posts.heads([f"{self.tag}h{number}" for number in range(1, 8)]),
            "mentions": [list(posts.mentions(unit, 0)) for unit in (self.unit, self.other)],
            "members": {group: posts.members(self.unit, group) for group in ("g1", "g2", "g3")},
            "merges": (posts.merges(self.unit), posts.proposals(self.unit)),
            "groups": [posts.groups(u, todo_only=False, cursor=None, limit=9) for u in (self.unit, self.other)],
            "absorbed": posts.group(self.unit, "g2"),
            "needs": [posts.needs(unit, 9) for unit in (self.unit, self.other)],
            "found": [posts.search(unit, "低保", **EVER, limit=9) for unit in (self.unit, self.other)],
            "daily": [posts.daily(unit, 0, 1 << 30) for unit in (self.unit, self.other)],
            "position": posts.position(f"bus-{self.tag}", 0),
        }
