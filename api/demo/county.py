"""
The life of the demo county: one deterministic stream of posts, in the order in which they appear.

A matter begins at a random moment (more by day than by night, more of some kinds near a feast), is written up once or
by several people over hours and days, draws replies, is passed on, edited, answered. All that follows from a post is
put on an agenda when the post is written, so the stream needs no memory of the past and may be as long as one likes.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import ceil
from random import Random
from typing import TypeAlias

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Kind, Millis, Origin

from .almanac import Almanac
from .echo import edit, repost, still_there
from .matters import Matters, by_id
from .opening import OPENING
from .phrasebook import MatterTemplate, read_phrasebook
from .post import DemoPost, Truth, locate
from .season import DAY, HOUR, HOURLY, MINUTE, SECOND, local_day, local_hour
from .teller import Matter, Teller, Told
from .venues import BLOGS, BOARDS, FORUM, MESSAGES, NEWS, OLD_STREET, ORIGINS, Addresses, Thread

POSTS_PER_MATTER = 2.75
"""How many posts a matter has on average with its replies and reposts; measured, and held by a test."""

POSTS_PER_DISTRICT = 2500
"""With more posts a day the stream is that of several districts, so that names do not run out."""

OFFICE = "云汐县民政局"
"""Who answers messages and clears up rumours."""

_POSTERS = 6000
_POSTERS_REMEMBERED = 60
_EDITABLE = (NEWS, BLOGS, FORUM)
_PLACES = {
    True: ((FORUM, 0.34), (MESSAGES, 0.64), (OLD_STREET, 0.82), (BLOGS, 1.0)),
    False: ((FORUM, 0.6), (OLD_STREET, 0.86), (BLOGS, 1.0)),
}
"""Where people write, as cumulative chances, about civil affairs and about all else."""

Act: TypeAlias = Callable[[Millis], DemoPost]


def county(
    seed: int, *, days: float, posts_per_day: float, start: Millis, opening: Millis | None = None
) -> Iterator[DemoPost]:
    """
    Yield the posts of the county from `start` on, oldest first, the same for the same arguments.

    `opening` is the moment at which somebody begins to watch: the matters of `opening.OPENING` are placed around it, so
    that he finds something at once. Raises BadInput where no time or no posts are asked for.
    """
    if days <= 0 or posts_per_day <= 0:
        raise BadInput("a county needs days and posts per day above 0; give both")
    return _Life(seed, posts_per_day, start // SECOND * SECOND).posts(start + int(days * DAY), opening)


class _Life:
    """The agenda, the counters and the draws of one run."""

    def __init__(self, seed: int, posts_per_day: float, start: Millis) -> None:
        self._random = Random(seed)  # noqa: S311  (a story, not a secret)
        self._chance = self._random.random
        book = read_phrasebook(self._chance, districts=ceil(posts_per_day / POSTS_PER_DISTRICT))
        self._teller = Teller(book.grammar, self._chance)
        self._almanac = Almanac(book.matters)
        self._templates = by_id(book.matters)
        self._matters = Matters(self._teller, self._chance)
        self._gap = DAY * POSTS_PER_MATTER / posts_per_day
        self._start = start
        self._agenda: list[tuple[Millis, int, Act]] = []
        self._serial = count()
        self._addresses = Addresses()
        self._posters = self._people()

    def posts(self, end: Millis, opening: Millis | None) -> Iterator[DemoPost]:
        """Yield everything that appears before `end`."""
        if opening is not None:
            self._place_opening(opening)
        at = self._start
        while at < end:
            at += self._pause(at)
            while self._agenda and self._agenda[0][0] <= min(at, end - 1):
                due, _, act = heappop(self._agenda)
                yield act(due)
            if at < end:
                yield self._begin(at)

    def _people(self) -> tuple[str, ...]:
        numbers = self._random.sample(range(10_000), _POSTERS)
        return tuple(f"{self._teller.phrase('nick_first')}{self._teller.phrase('nick_last')}{n:04d}" for n in numbers)

    def _pause(self, at: Millis) -> Millis:
        busy = HOURLY[local_hour(at)] * self._almanac.busy(local_day(at))
        return round(self._random.expovariate(1.0) * self._gap / busy / SECOND) * SECOND

    def _later(self, at: float, act: Act) -> None:
        heappush(self._agenda, (int(at) // SECOND * SECOND, next(self._serial), act))

    def _place_opening(self, opening: Millis) -> None:
        for name, tellings in OPENING:
            matter, _ = self._matters.begin(self._templates[name], opening)
            for hours, source in tellings:
                self._later(opening + hours * HOUR, partial(self._open, matter, source))
            if matter.template.clarify:
                self._later(opening + (tellings[-1][0] + 8) * HOUR, partial(self._clarify, matter))

    def _begin(self, at: Millis) -> DemoPost:
        template = self._almanac.draw(local_day(at), self._chance())
        matter, is_new = self._matters.begin(template, at)
        if is_new and self._chance() < template.spread:
            self._spread(matter, at)
        return self._open(matter, self._place(template), at)

    def _spread(self, matter: Matter, at: Millis) -> None:
        """Others write about the matter too; one matter in eight grows, faster and faster, for a day or two."""
        is_growing = self._chance() < 0.125
        others = 12 + int(self._chance() * 24) if is_growing else 2 + int(self._chance() * 10)
        for _ in range(others):
            delay = (
                30 * HOUR * self._chance() ** 0.4 if is_growing else self._random.lognormvariate(0.0, 0.9) * 12 * HOUR
            )
            source = self._place(matter.template)
            self._later(at + delay, partial(self._open, matter, source))
        if matter.template.clarify:
            self._later(at + (10 + 14 * self._chance()) * HOUR, partial(self._clarify, matter))

    def _place(self, template: MatterTemplate) -> str:
        if template.venue:
            return template.venue
        draw = self._chance()
        return next(source for source, below in _PLACES[template.about] if draw < below)

    def _anyone(self) -> str:
        """Return somebody; few write much, most write little."""
        return self._posters[int(self._chance() ** 2 * _POSTERS)]

    def _newcomer(self, matter: Matter) -> str:
        """Return somebody who has not yet begun to write about the matter."""
        poster = self._anyone()
        while poster in matter.posters:
            poster = self._anyone()
        matter.posters.append(poster)
        del matter.posters[:-_POSTERS_REMEMBERED]
        return poster

    def _open(self, matter: Matter, source: str, at: Millis) -> DemoPost:
        told = self._teller.open(matter, source)
        thread = self._addresses.open(source, self._newcomer(matter))
        post = self._first_post(thread, told, at, self._truth(matter, told))
        if source in BOARDS:
            self._draw_replies(matter, thread, at)
        if source == MESSAGES and matter.template.answer and self._chance() < 0.7:
            self._later(at + (3 + 45 * self._chance()) * HOUR, partial(self._answer, matter, thread))
        self._draw_echoes(matter, post, at)
        return post

    def _first_post(self, thread: Thread, told: Told, at: Millis, truth: Truth) -> DemoPost:
        path = thread.path(1, thread.opener)
        counts = {"views": int(self._random.expovariate(1 / 180))}
        return DemoPost(
            thread.source,
            thread.opener,
            path,
            told.title,
            told.text,
            published_at=at,
            appears_at=at,
            poster=thread.poster,
            origin=ORIGINS.get(thread.source, Origin.MONITORED),
            counts=counts,
            truth=truth,
        )

    def _below(self, thread: Thread, told: Told, at: Millis, poster: str, truth: Truth) -> DemoPost:
        native_id = self._addresses.below(thread)
        return DemoPost(
            thread.source,
            native_id,
            thread.path(thread.floors, native_id),
            "",
            told.text,
            published_at=at,
            appears_at=at,
            poster=poster,
            kind=Kind.REPLY,
            parent=thread.opener,
            truth=truth,
        )

    def _truth(self, matter: Matter, told: Told) -> Truth:
        kind = matter.template
        return Truth(
            matter.id,
            kind.about,
            kind.line,
            kind.act,
            kind.need,
            kind.stance,
            kind.urgency,
            grave=kind.grave,
            is_rumour=kind.rumour,
            conduct_of=matter.bound.get("office") if kind.conduct else None,
            template=kind.id,
            private=locate(told.planted, told.title, told.text) if told.planted else (),
        )

    def _draw_replies(self, matter: Matter, thread: Thread, at: Millis) -> None:
        """Most threads get none or a few replies, some get pages of them; a third of the replies says nothing."""
        wanted = int(self._random.expovariate(1 / 1.4)) if self._chance() < 0.97 else 8 + int(self._chance() * 22)
        for _ in range(wanted):
            then = at + self._random.lognormvariate(0.0, 1.1) * 90 * MINUTE
            self._later(then, partial(self._reply, matter, thread))

    def _reply(self, matter: Matter, thread: Thread, at: Millis) -> DemoPost:
        if matter.template.reply and self._chance() < 0.65:
            told = self._teller.reply(matter, thread.poster)
            truth = self._truth(matter, told)
        else:
            told = self._teller.chatter()
            truth = Truth(matter.id, template=matter.template.id, is_chatter=True)
        return self._below(thread, told, at, self._anyone(), truth)

    def _answer(self, matter: Matter, thread: Thread, at: Millis) -> DemoPost:
        told = self._teller.answer(matter)
        truth = Truth(matter.id, True, matter.template.line, template=matter.template.id, is_official=True)
        return self._below(thread, told, at, OFFICE, truth)

    def _clarify(self, matter: Matter, at: Millis) -> DemoPost:
        told = self._teller.clarify(matter)
        truth = Truth(matter.id, True, matter.template.line, template=matter.template.id, is_official=True)
        return self._first_post(self._addresses.open(NEWS, OFFICE), told, at, truth)

    def _draw_echoes(self, matter: Matter, post: DemoPost, at: Millis) -> None:
        """Others pass the post on, a rumour far more than anything else; its author looks at it again."""
        if post.source != MESSAGES:
            likely = 0.75 if matter.template.rumour else 0.3 if matter.template.grave else 0.04
            while self._chance() < likely:
                then = at + self._random.lognormvariate(0.0, 1.0) * 5 * HOUR
                self._later(then, partial(self._repost, matter, post))
        if post.source in _EDITABLE and self._chance() < 0.04:
            then = at + (10 + 300 * self._chance()) * MINUTE
            self._later(then, partial(self._edit, post))

    def _repost(self, matter: Matter, original: DemoPost, at: Millis) -> DemoPost:
        draw = self._chance()
        source = next(place for place, below in _PLACES[False] if draw < below)
        text = repost(original.text, self._teller, self._chance)
        told = Told(original.title if self._chance() < 0.7 else "转：" + original.title, text, {})
        private = still_there(original.truth.private, told.title, text)
        truth = replace(original.truth, repost_of=original.key, private=private)
        thread = self._addresses.open(source, self._anyone())
        if source in BOARDS:
            self._draw_replies(matter, thread, at)
        return self._first_post(thread, told, at, truth)

    def _edit(self, original: DemoPost, at: Millis) -> DemoPost:
        more = "edit_more" if original.truth.about else "edit_plain"
        text = edit(original.text, self._teller, self._chance, more=more)
        private = still_there(original.truth.private, original.title, text)
        truth = replace(original.truth, version=original.truth.version + 1, private=private)
        return replace(original, text=text, appears_at=at, truth=truth)
