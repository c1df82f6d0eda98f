"""
The matters that surround the moment at which somebody begins to watch: what the first crawl finds, and what follows.

Each row is a kind of matter and its posts: when, counted from that moment, and where. By the first crawl one grave
claim, one matter of three people and one plea are there; a second matter has two posts, and its third comes soon.
"""

from collections.abc import Sequence

from pipeline.domain.post import Millis

from .season import HOUR
from .venues import BLOGS, FORUM, MESSAGES, OLD_STREET

OPENING: Sequence[tuple[str, Sequence[tuple[Millis, str]]]] = (
    ("canteen-stopped", ((-26 * HOUR, FORUM), (-11 * HOUR, BLOGS), (-2 * HOUR, OLD_STREET), (5 * HOUR, FORUM))),
    ("care-home-abuse", ((-4 * HOUR, FORUM), (3 * HOUR, OLD_STREET))),
    ("lone-elder-plea", ((-1 * HOUR, BLOGS),)),
    ("subsidy-question", ((-6 * HOUR, MESSAGES),)),
)
