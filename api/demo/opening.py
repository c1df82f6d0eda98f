"""
The matters that surround the moment at which somebody begins to watch: what the first crawl finds, and what follows.

Each row is a kind of matter and its posts: when, in hours counted from that moment, and where. By the first crawl a
grave claim, a matter of three people, a plea and messages to the unit are there; a second matter has two posts and
its third comes at once. Then something ripens every few posts, so that whoever watches sees each kind of thing happen
within some minutes: growth, a child at risk, a rumour and its clarification, complaints about the bureau's own people.
"""

from collections.abc import Sequence

from .venues import BLOGS, FORUM, MESSAGES, OLD_STREET

OPENING: Sequence[tuple[str, Sequence[tuple[float, str]]]] = (
    ("canteen-stopped", ((-26, FORUM), (-11, BLOGS), (-2, OLD_STREET), (5, FORUM))),
    ("care-home-abuse", ((-4, FORUM), (3, OLD_STREET), (9, BLOGS))),
    ("lone-elder-plea", ((-1, BLOGS),)),
    ("subsidy-question", ((-6, MESSAGES),)),
    ("dibao-stopped", ((-9, MESSAGES),)),
    ("staff-conduct", ((-14, FORUM),)),
    (
        "cemetery-fee",
        (
            *((-20, OLD_STREET), (-3, FORUM), (0.5, BLOGS), (6, FORUM)),
            *((7, FORUM), (7.5, OLD_STREET), (8, FORUM), (9, BLOGS)),
        ),
    ),
    ("rumour-dibao-deposit", ((2, FORUM), (2.5, OLD_STREET), (3.5, BLOGS), (4, FORUM))),
    ("child-at-risk", ((4.5, FORUM), (12, OLD_STREET))),
    ("homeless", ((5.5, FORUM),)),
    ("registry-attitude", ((7, MESSAGES),)),
    ("hotline-dead", ((8, OLD_STREET), (9, FORUM), (10, BLOGS))),
    ("illness-plea", ((10.5, MESSAGES),)),
    ("fire-plea", ((11, BLOGS), (13, FORUM), (14, OLD_STREET))),
    ("day-care-praise", ((14.5, FORUM),)),
    ("prepaid-bed", ((15, FORUM), (16, OLD_STREET), (18, FORUM))),
    ("funeral-overcharge", ((17, MESSAGES),)),
    ("care-home-fire", ((20, FORUM),)),
    ("dibao-unfair", ((21, OLD_STREET), (22, FORUM), (24, BLOGS), (26, FORUM))),
    ("left-behind-child", ((25, BLOGS),)),
    ("photo-forced", ((28, MESSAGES),)),
    ("sign-missing", ((30, OLD_STREET),)),
    ("donation-unclear", ((32, FORUM), (34, BLOGS), (37, OLD_STREET))),
)
