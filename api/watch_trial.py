"""
A trial of what a unit watches: which of the newest stored posts its words and places would find, before and after.

Only words and places are asked; nothing is written. What was received and is internal counts for the unit that has it
alone. It is quick because it is bounded: at most MOST posts of at most 30 days, and it says how many it looked at. What
the machine would make of them (todos, alerts) is the matter of `huiyin replay --rules`.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.domain.mention import Hit
from pipeline.domain.post import Millis, Post, Visibility
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.ports import PostStore
from pipeline.stages.match import Match, Matcher
from pipeline.stages.place import Places
from pipeline.stages.watching import Watching

MOST = 10_000
DAY: Millis = 86_400_000
WINDOWS = (1, 3, 10, 30)
"""Days that are looked back, the fewest that hold MOST posts."""
WIDE = "wide"
LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Example:
    """A post of which the answer changes, with the words that are found (before or after), and its rules."""

    post: Post
    hits: tuple[Hit, ...]
    rules: tuple[str, ...]


@dataclass(slots=True)
class WatchTrial:
    """
    What a change would do: posts that would be found and are not now (`added`), and the other way round (`dropped`).

    `looked_at` posts of `days` days; `is_cut` where there were more than were looked at. `kept` are found both ways.
    """

    looked_at: int
    days: int
    is_cut: bool
    kept: int = 0
    added: list[Example] = field(default_factory=list)
    dropped: list[Example] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TriedText:
    """What the watch makes of a text: what it finds, the place it names, and whether it counts by its source."""

    text: str
    matches: tuple[Match, ...]
    place: str | None
    counts_locally: bool
    counts_widely: bool


def try_watch(posts: PostStore, before: UnitWatch, after: UnitWatch, now: Millis, most: int = MOST) -> WatchTrial:
    """Return which stored posts a unit's changed words and places would find, and which no longer; newest first."""
    found, days, is_cut = _newest(posts, now, most)
    newest = [post for post in found if _may_count(posts, before.unit, post)]
    old, new = _watching(before), _watching(after)
    trial = WatchTrial(len(newest), days, is_cut)
    for post in newest:
        was, will = old.met_by(post), new.met_by(post)
        if was and will:
            trial.kept += 1
        elif will:
            trial.added.append(_example(post, will))
        elif was:
            trial.dropped.append(_example(post, was))
    return trial


def try_texts(watch: UnitWatch, texts: Sequence[str]) -> Sequence[TriedText]:
    """Return what the watch makes of texts, from a source of the unit's own area and from one of a wider area."""
    wide = UnitWatch(watch.unit, watch.rules, watch.places, area=watch.area, wide_sources=frozenset({WIDE}))
    watching, area = _watching(wide), Places(watch.area)
    matcher = Matcher(watch.rules)
    return [
        TriedText(
            text=text,
            matches=matcher.matches("", text),
            place=area.named_in("", text),
            counts_locally=bool(watching.met_in("", text, source=LOCAL)),
            counts_widely=bool(watching.met_in("", text, source=WIDE)),
        )
        for text in texts
    ]


def _watching(watch: UnitWatch) -> Watching:
    return Watching(Watch({watch.unit: watch}), Matcher)


def _newest(posts: PostStore, now: Millis, most: int) -> tuple[Sequence[Post], int, bool]:
    """Return the newest posts, newest first, the days that they are of, and whether there were more of those days."""
    kept: deque[Post] = deque(maxlen=most + 1)
    days = 0
    for days in WINDOWS:
        kept.clear()
        kept.extend(posts.posts_since(now - days * DAY))
        if len(kept) > most:
            break
    found = list(reversed(kept))
    return found[:most], days, len(found) > most


def _may_count(posts: PostStore, unit: str, post: Post) -> bool:
    """Whether the post is public, or the unit's own already: a count alone would tell of another unit's letters."""
    return post.visibility is Visibility.PUBLIC or bool(posts.mentions_of(unit, post.id))


def _example(post: Post, matches: Sequence[Match]) -> Example:
    hits = tuple(hit for match in matches for hit in match.hits)
    return Example(post, hits, tuple(match.rule.id for match in matches))
