"""What the fold must know of a post's wording: what is compared, and whether it shares it with others by its form."""

from pipeline.domain.post import Post

SAME_WORDS = 9_800
"""How alike two orders of a list must be to be one matter, in 1/10,000."""


def body_of(post: Post) -> str:
    """Return title and text as they are compared with those of other posts."""
    return f"{post.title}\n{post.text}" if post.title else post.text


def is_order(post: Post) -> bool:
    """Whether it came in a list of numbered orders: they share their wording, and settling one matter answers all."""
    return bool(post.stated and post.stated.imported)
