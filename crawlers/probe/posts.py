"""The first posts of a proposed source, read by the spiders' own readers, so that they are what would be stored."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from crawlers.manifest import Expected, SourceManifest
from crawlers.spiders.article import read_article
from crawlers.spiders.feed import read_feed
from crawlers.spiders.listing import HtmlPage, ThreadPage, body_hash, read_list, read_thread
from crawlers.visit import PageKind, Visit
from pipeline.domain.post import Kind, RawPost

from .guess import Dead, Guess, Recognised, Sure, Unseen
from .kinds.board import is_letter
from .kinds.discuz import fit_thread
from .pages import Hindered
from .rows import next_selector
from .seen_page import SeenPage

SHOWN = 5
LEAST_PAGES, MOST_PAGES = 3, 5
"""How many pages behind a list are read to show them: no more than needed, since each is a request."""
_SUMMARY = 200
_HEAD = 2_000
_CUT = ("…", "...", "[…]", "[...]", "[&hellip;]", "阅读全文", "继续阅读")


@dataclass(frozen=True, slots=True)
class Harvest:
    """What was read: posts, newest or topmost first; the manifest as it fits; what showed itself to be out of sight."""

    manifest: SourceManifest
    posts: tuple[RawPost, ...] = field(default=(), repr=False)
    unseen: tuple[Unseen, ...] = ()
    sure: Sure | None = None


def read_first_posts(
    guess: Guess, manifest: SourceManifest, entrance: SeenPage, page: Callable[[str], SeenPage]
) -> Harvest:
    """Return the first posts of the source; raises Hindered where there are none, saying why."""
    if manifest.list is None:
        return _of_feed(manifest, entrance)
    return _OfList(guess, manifest, entrance, page).read()


def _of_feed(manifest: SourceManifest, entrance: SeenPage) -> Harvest:
    headers = {"content-type": entrance.content_type, "content-location": entrance.address}
    feed = read_feed(entrance.body, headers, manifest, entrance.now)
    if not feed.posts:
        raise Hindered((Dead.EMPTY_FEED if feed.outcome.is_good else Dead.NOTHING_READ).value, entrance.address)
    unseen = []
    lengths = [len(post.text) for post in feed.posts]
    if not any(lengths):
        unseen.append(Unseen.TITLES_ONLY)
    elif statistics.median(lengths) < _SUMMARY and _are_cut(feed.posts):
        unseen.append(Unseen.SUMMARIES_ONLY)
    unseen += [] if any(post.published_at for post in feed.posts) else [Unseen.NO_TIMES]
    unseen += [Unseen.LATE_FEED] if "Discuz!" in entrance.text[:_HEAD] or "mod=rss" in entrance.address else []
    fitted = replace(manifest, expected=_expected(len(feed.posts)))
    return Harvest(fitted, tuple(reversed(feed.posts)), tuple(unseen))


def _are_cut(posts: Sequence[RawPost]) -> bool:
    cut = sum(post.text.rstrip().endswith(_CUT) for post in posts)
    return 3 * cut >= len(posts)


def _expected(found: int) -> Expected:
    """Return how many entries a round normally finds, wide enough for a busy week."""
    return Expected(1, max(50, 5 * found))


class _OfList:
    """Reads the first pages behind a list."""

    def __init__(
        self, guess: Guess, manifest: SourceManifest, entrance: SeenPage, page: Callable[[str], SeenPage]
    ) -> None:
        self._guess = guess
        self._manifest = manifest
        self._entrance = entrance
        self._page = page
        self._unseen: list[Unseen] = []
        self._letters = 0
        self._failure = Hindered(Dead.NOTHING_READ.value)

    def read(self) -> Harvest:
        """Return the posts of the first pages: what opened each of them, then what stands below."""
        visit = Visit(self._manifest.id, PageKind.LIST, self._entrance.address)
        sightings = read_list(_html(self._entrance), visit, self._manifest).sightings
        read: list[tuple[RawPost, ...]] = []
        for sighting in sightings:
            if self._is_enough(read) or not self._goes_on(read):
                break
            behind = Visit(self._manifest.id, PageKind.THREAD, sighting.address, thread=sighting.thread)
            if posts := self._posts_behind(behind):
                read.append(posts)
        if not read:
            raise self._failure
        posts = tuple(each[0] for each in read) + tuple(post for each in read for post in each[1:])
        self._note_what_posts_lack(posts)
        fitted = replace(self._manifest, expected=_expected(len(sightings)))
        return Harvest(fitted, posts, tuple(dict.fromkeys(self._unseen)), self._sureness(len(read)))

    def _is_enough(self, read: Sequence[Sequence[RawPost]]) -> bool:
        return len(read) >= MOST_PAGES or (len(read) >= LEAST_PAGES and sum(len(posts) for posts in read) >= SHOWN)

    def _goes_on(self, read: Sequence[Sequence[RawPost]]) -> bool:
        """Whether another page is worth a request: after two misses, or an end of the budget, it is not."""
        if Unseen.SLOW in self._unseen:
            return False
        misses = sum(each in (Unseen.SOME_FORBIDDEN, Unseen.SOME_UNREAD) for each in self._unseen)
        return misses < 2 or bool(read)

    def _posts_behind(self, visit: Visit) -> tuple[RawPost, ...]:
        try:
            page = self._page(visit.address)
        except Hindered as hindrance:
            self._failure = hindrance
            self._unseen.append(_UNSEEN_BY.get(hindrance.why, Unseen.SOME_UNREAD))
            return ()
        self._fit(page)
        found = self._read(page, visit)
        self._letters += self._guess.kind is Recognised.MESSAGE_BOARD and is_letter(page)
        has_more = self._manifest.thread is None and bool(next_selector(page)) and len(found.posts) > 1
        self._unseen += [Unseen.LATER_REPLIES] if has_more else []
        return found.posts

    def _fit(self, page: SeenPage) -> None:
        """The selectors of threads are those of this page; where it is no thread of the forum, it is an article."""
        if self._manifest.thread is not None:
            self._manifest = replace(self._manifest, thread=fit_thread(self._manifest.thread, page))

    def _read(self, page: SeenPage, visit: Visit) -> ThreadPage:
        if self._manifest.thread is not None:
            return read_thread(_html(page), visit, self._manifest)
        return read_article(page.body, page.content_type, _html(page), visit, self._manifest)

    def _note_what_posts_lack(self, posts: Sequence[RawPost]) -> None:
        if not any(post.published_at for post in posts):
            self._unseen.append(Unseen.NO_TIMES)
        if not any(post.text for post in posts):
            self._unseen.append(Unseen.TITLES_ONLY)
        elif any(not post.text for post in posts):
            self._unseen.append(Unseen.PICTURES)
        is_board = self._guess.kind is Recognised.MESSAGE_BOARD
        if is_board and not any(post.kind is Kind.ANSWER for post in posts):
            self._unseen.append(Unseen.NO_ANSWERS)

    def _sureness(self, read: int) -> Sure | None:
        if self._guess.kind is Recognised.DISCUZ:
            return Sure.HIGH if self._manifest.thread is not None else Sure.MIDDLE
        if self._guess.kind is Recognised.MESSAGE_BOARD:
            return Sure.HIGH if self._letters == read else None
        return None


_UNSEEN_BY = {"forbidden": Unseen.SOME_FORBIDDEN, "budget": Unseen.SLOW, "login_wall": Unseen.LOGIN}


def _html(page: SeenPage) -> HtmlPage:
    return HtmlPage(page.text, page.address, body_hash(page.body), page.now)
