"""What a unit's memory knows of one post: where it was put, its mentions, and which version the unit heard of last."""

from dataclasses import dataclass, field

from pipeline.domain.mention import Mention
from pipeline.domain.post import Millis, Post

from .folded import Key


@dataclass(slots=True)
class Known:
    """A post's group, and all mentions that there ever were, as they stand; `heard` is its newest version so far."""

    group: str | None = None
    repost_of: str | None = None
    similarity: int = 0
    mentions: dict[Key, Mention] = field(default_factory=dict)
    heard: tuple[Millis, str] = (-1, "")

    def hear(self, collected_at: Millis, version: str) -> None:
        """The unit was told of this version; one that was collected before another says nothing new."""
        if collected_at >= self.heard[0]:
            self.heard = (collected_at, version)

    def has_heard(self, post: Post) -> bool:
        """Whether the unit was told of just this, or of what was collected later: then it is told again, or late."""
        return post.collected_at < self.heard[0] or (post.collected_at, post.version) == self.heard
