"""
How well a run did on the demo county: what was found of what was served, which matters, which alerts, what leaked.

A stored post is recognised by its source, its time and its masked text (`＊` stands for any one code point), so the
score needs neither ids nor addresses of the pipeline. A matter counts as found where one group holds at least half of
its posts and is at least 80 % its own (events.md §4b).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.masking import MASK
from pipeline.domain.post import Millis, Post

from .county import OFFICE
from .post import DemoPost
from .season import DAY
from .venues import MESSAGES

NEW_MATTER_POSTS = 3
NEW_MATTER_POSTERS = 2
NEW_MATTER_WITHIN = 14 * DAY
ELSEWHERE = frozenset({"基层治理"})
"""Lines of civil affairs that are another office's, whose rules ship as another unit's (DESIGN §2)."""
_NOT_UNMISTAKABLE = frozenset({"minor_age", "minor_school"})


@dataclass(frozen=True, slots=True)
class Found:
    """A stored post, and the group that it is in; None where it is stored only."""

    id: str
    source: str
    title: str
    text: str
    published_at: Millis | None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """A push that the run made: why, when, and the ids of the posts that it stood on."""

    reason: str
    at: Millis
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; without any, everything was found."""

    hit: int
    of: int

    @property
    def ratio(self) -> float:
        """The share between 0 and 1."""
        return self.hit / self.of if self.of else 1.0

    def __str__(self) -> str:
        """The share as a person reads it."""
        return f"{self.hit}/{self.of} ({self.ratio:.1%})"


@dataclass(frozen=True, slots=True)
class Score:
    """
    What a run found and what it got right.

    `posts`: served posts and edits that are stored. `ours`: first posts about civil affairs that are in a group, and
    `replies`: answers below them that are, though many name no matter. `grouped_right`: grouped posts that are about
    civil affairs. `matters`: matters of several posts that one group holds. `alerts`: matters that deserve an alert and
    got one. `alerts_right`: alerts that stand on a matter that deserves one. `unknown`: stored, but never served.
    """

    posts: Share
    ours: Share
    replies: Share
    grouped_right: Share
    matters: Share
    alerts: Share
    alerts_right: Share
    unknown: int


def found_of(post: Post, group: str | None) -> Found:
    """Return a stored post as the score needs it."""
    return Found(post.id, post.source, post.title, post.text, post.published_at, group)


def score(found: Sequence[Found], raised: Sequence[Raised], served: Iterable[DemoPost]) -> Score:
    """Return how well the run did on what the site served."""
    expected = [post for post in served if not _is_answer(post)]
    known = recognise(found, expected)
    deserving = deserved_alerts(expected)
    alerted = [{known[i].truth.matter for i in alert.posts if i in known} for alert in raised]
    grouped = [(known[f.id], f.group) for f in found if f.group is not None and f.id in known]
    held = {post.key for post, _ in grouped}
    ours = {post.key for post in expected if _is_ours(post) and post.parent is None}
    replies = {post.key for post in expected if _is_ours(post) and post.parent is not None}
    return Score(
        posts=Share(len({(post.key, post.truth.version) for post in known.values()}), len(expected)),
        ours=Share(len(held & ours), len(ours)),
        replies=Share(len(held & replies), len(replies)),
        grouped_right=Share(sum(post.truth.about for post, _ in grouped), len(grouped)),
        matters=_matters(expected, {post.key: group for post, group in grouped}),
        alerts=Share(len(deserving.keys() & set().union(*alerted)), len(deserving)),
        alerts_right=Share(sum(not matters.isdisjoint(deserving) for matters in alerted), len(alerted)),
        unknown=len(found) - len(known),
    )


def recognise(found: Sequence[Found], served: Iterable[DemoPost]) -> Mapping[str, DemoPost]:
    """Return which served post (or edit) each stored post is, by its id; each served one at most once."""
    shelf: dict[tuple[str, Millis | None, int], list[DemoPost]] = defaultdict(list)
    for post in served:
        shelf[post.source, post.published_at, len(post.text)].append(post)
    known: dict[str, DemoPost] = {}
    for stored in found:
        candidates = shelf.get((stored.source, stored.published_at, len(stored.text)), [])
        match = next(
            (p for p in candidates if _is_masked(stored.text, p.text) and _is_masked(stored.title, p.title)), None
        )
        if match is not None:
            candidates.remove(match)
            known[stored.id] = match
    return known


def deserved_alerts(served: Iterable[DemoPost]) -> Mapping[str, Millis]:
    """
    Return the matters that deserve an alert, with the moment from which they do.

    That is so for a grave claim, for a message to the unit, and for three posts of two people within 14 days. An answer
    counts where people complain, not where they help or explain; reposts, edits and what a public body wrote never do.
    """
    deserved: dict[str, Millis] = {}
    seen: dict[str, list[DemoPost]] = defaultdict(list)
    for post in served:
        truth = post.truth
        if not _is_a_voice(post) or truth.matter in deserved:
            continue
        recent = [p for p in seen[truth.matter] if post.appears_at - p.appears_at <= NEW_MATTER_WITHIN] + [post]
        seen[truth.matter] = recent
        is_new_matter = len(recent) >= NEW_MATTER_POSTS and len({p.poster for p in recent}) >= NEW_MATTER_POSTERS
        if truth.grave or is_new_matter or post.source == MESSAGES:
            deserved[truth.matter] = post.appears_at
    return deserved


def planted_values(served: Iterable[DemoPost]) -> frozenset[str]:
    """Return authors, numbers and names that must be in no byte of any file after a run."""
    values = set()
    for post in served:
        if post.poster != OFFICE:
            values.add(post.poster)
        values.update(found.value for found in post.truth.private if found.kind not in _NOT_UNMISTAKABLE)
    return frozenset(values)


def _matters(served: Sequence[DemoPost], group_of: Mapping[str, str | None]) -> Share:
    """Count the matters of at least two told posts that one group holds."""
    members: dict[str, set[str]] = defaultdict(set)
    matter_of: dict[str, str] = {}
    for post in served:
        matter_of[post.key] = post.truth.matter
        if _is_ours(post) and post.parent is None and not post.truth.is_official:
            members[post.truth.matter].add(post.key)
    several = {matter: keys for matter, keys in members.items() if len(keys) > 1}
    inside: dict[str, Counter[str]] = defaultdict(Counter)
    for key, group in group_of.items():
        if group is not None:
            inside[group][matter_of[key]] += 1
    return Share(sum(_is_held(m, keys, group_of, inside) for m, keys in several.items()), len(several))


def _is_held(
    matter: str, keys: set[str], group_of: Mapping[str, str | None], inside: Mapping[str, Counter[str]]
) -> bool:
    groups = Counter(group for key in keys if (group := group_of.get(key)) is not None)
    if not groups:
        return False
    group, count = groups.most_common(1)[0]
    return 2 * count >= len(keys) and inside[group][matter] >= 0.8 * inside[group].total()


def _is_ours(post: DemoPost) -> bool:
    """Whether the post says something about civil affairs that the unit watches."""
    truth = post.truth
    return truth.about and not truth.is_chatter and (truth.service_line not in ELSEWHERE or post.source == MESSAGES)


def _is_a_voice(post: DemoPost) -> bool:
    """Whether the post is one more person who says it of himself."""
    truth = post.truth
    if truth.repost_of or truth.version or truth.is_official or not _is_ours(post):
        return False
    return post.parent is None or truth.stance == "negative"


def _is_answer(post: DemoPost) -> bool:
    """Whether the post is a public body's answer below a message, which the manifest does not read."""
    return post.truth.is_official and post.parent is not None


def _is_masked(stored: str, original: str) -> bool:
    """Whether the stored text is the original, or the original with some code points masked."""
    if len(stored) != len(original):
        return False
    return stored == original or all(a in (b, MASK) for a, b in zip(stored, original, strict=True))
