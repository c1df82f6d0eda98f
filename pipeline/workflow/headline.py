"""How a matter is named on one line: its leading post's title, or how its text begins."""

from dataclasses import dataclass

from pipeline.domain.post import Millis, Origin, Visibility
from pipeline.ports import PostStore

from .visibility import NOBODY, Roles, may_read

LONGEST = 60
"""Code points of a headline; more does not fit a line of the queue."""


@dataclass(frozen=True, slots=True)
class Headline:
    """
    The words that name a matter, with what a page must know before it shows them.

    `text` is "" where the post was erased or dropped, or where the reader's roles may not read it: then `withheld` says
    why, "conduct" or "internal". `is_internal`: what the unit itself received; only roles that
    work it may read it (DESIGN §1.4). `said_at` None: the time is unknown, `collected_at` counts (发布时间不详).
    """

    post: str
    text: str = ""
    source: str = ""
    origin: Origin = Origin.MONITORED
    is_internal: bool = False
    said_at: Millis | None = None
    collected_at: Millis = 0
    withheld: str = ""


KEPT = Headline("", withheld="conduct")
"""The line of a complaint about staff for whoever works the desk, until a leader has decided."""


def headline(posts: PostStore, post_id: str | None, roles: Roles = NOBODY) -> Headline:
    """Return the headline of a post as the roles may read it; an empty one where the post is gone."""
    stored = posts.post(post_id) if post_id else None
    if stored is None or stored.erased:
        return Headline(post_id or "")
    post, is_read = stored.post, may_read(roles, stored.post)
    return Headline(
        post=post.id,
        text=shortened(post.title or post.text) if is_read else "",
        source=post.source,
        origin=post.origin,
        is_internal=post.visibility is Visibility.INTERNAL,
        said_at=post.published_at,
        collected_at=post.collected_at,
        withheld="" if is_read else "internal",
    )


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return the text on one line, at most so many code points, with an ellipsis where more follows."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
