"""Whether words of a post may stand in a message or a digest: public, no plea for help, no child in it."""

from collections.abc import Sequence

from .minors import speaks_of_a_child
from .post import Origin, Post, Visibility

OPEN_ORIGINS = frozenset({Origin.MONITORED, Origin.MESSAGE})
"""What anybody can read where it was written; letters and hotline orders are the unit's own."""
SENSITIVE_LINES = frozenset({"儿童福利和未成年人保护"})
"""Service lines of which no word is quoted."""


def may_quote(post: Post, needs: Sequence[str | bool | None]) -> bool:
    """Whether words of a post may stand in a message: public, no plea for help as far as is known, no child in it."""
    is_no_need = bool(needs) and all(need is False for need in needs)
    is_public = post.visibility is Visibility.PUBLIC and post.origin in OPEN_ORIGINS
    return is_public and is_no_need and not speaks_of_a_child(f"{post.title}\n{post.text}")
