"""
Reads a list of threads and the pages of a thread, by the selectors of the manifest.

The first post of a thread is a post, what stands below it are replies to it. A poster's name only makes the token.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from parsel import Selector

from crawlers.byline import without_bylines
from crawlers.frontier import ListSeen, Sighting
from crawlers.issues import Unexpected
from crawlers.manifest import ListSelectors, SourceManifest, ThreadSelectors
from crawlers.plain_text import text_of
from crawlers.stated_time import stated_time
from crawlers.visit import Visit
from pipeline.domain.post import Kind, Millis, RawPost


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page as it came: its text, the address it came from in the end, the hash of its bytes, and when."""

    text: str
    address: str
    body_hash: str
    now: Millis


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """What a thread's page held: posts in their order, the first post's id, the next page, and what was missing."""

    posts: tuple[RawPost, ...]
    opener: str
    next_page: str | None
    problems: tuple[tuple[Unexpected, str], ...]


def read_list(page: HtmlPage, visit: Visit, manifest: SourceManifest) -> ListSeen:
    """Return the threads that a list page shows, the first one of each address, and where its next page is."""
    selectors = manifest.list or ListSelectors("", "")
    root = Selector(page.text, type="html")
    base = _base(root, page)
    zone = ZoneInfo(manifest.time_zone)
    found: dict[str, Sighting] = {}
    for item in root.css(selectors.item):
        address = _address(item, selectors.link, base)
        if address is not None and manifest.owns_host(urlsplit(address).hostname or ""):
            mark = _mark(item, selectors, zone)
            found.setdefault(address, Sighting(address, _value(item, selectors.id), mark))
    return ListSeen(visit.source, visit.page, tuple(found.values()), _next(root, selectors.next, page, manifest))


def read_thread(page: HtmlPage, visit: Visit, manifest: SourceManifest) -> ThreadPage:
    """Return the posts of a thread's page; replies name the thread's first post as their parent."""
    selectors = manifest.thread or ThreadSelectors("", "")
    root = Selector(page.text, type="html")
    reader = _PostReader(page, visit, manifest, root)
    title = _value(root, selectors.title)
    posts = [reader.post(item, number, title) for number, item in enumerate(root.css(selectors.post))]
    kept = tuple(post for post in posts if post is not None)
    following = _next(root, selectors.next, page, manifest)
    return ThreadPage(kept, reader.opener, following, tuple(reader.problems))


class _PostReader:
    """Turns the posts of one page into raw posts, and keeps what was missing."""

    def __init__(self, page: HtmlPage, visit: Visit, manifest: SourceManifest, root: Selector) -> None:
        self._page = page
        self._visit = visit
        self._manifest = manifest
        self._selectors = selectors = manifest.thread or ThreadSelectors("", "")
        self._zone = ZoneInfo(manifest.time_zone)
        self._answers = {found.root for found in root.css(selectors.answer)} if selectors.answer else set()
        self.opener = visit.opener
        self.problems: list[tuple[Unexpected, str]] = []

    def post(self, item: Selector, number: int, title: str) -> RawPost | None:
        """Return a post; None where it has no text (pictures, deleted floors)."""
        is_opener = self._visit.page == 1 and number == 0
        native_id = self._native_id(item, number, is_opener=is_opener)
        if is_opener:
            self.opener = native_id or self._visit.address
        text = self._text(item)
        if not text and not (is_opener and title):
            self.problems.append((Unexpected.WITHOUT_TEXT, "a post had no text and was left out"))
            return None
        manifest = self._manifest
        return RawPost(
            source=manifest.id,
            text=text,
            title=title if is_opener else "",
            native_id=native_id or None,
            address=self._address(is_opener=is_opener, has_id=bool(native_id)),
            origin=manifest.origin,
            visibility=manifest.visibility,
            kind=self._kind(item, is_opener=is_opener),
            published_at=self._time(item),
            collected_at=self._page.now,
            parent=None if is_opener else self.opener or None,
            poster=_value(item, self._selectors.poster) or None,
            address_names_author=manifest.address_names_author,
            body_hash=self._page.body_hash,
        )

    def _kind(self, item: Selector, *, is_opener: bool) -> Kind:
        if is_opener:
            return self._manifest.entries
        return Kind.ANSWER if item.root in self._answers else Kind.REPLY

    def _native_id(self, item: Selector, number: int, *, is_opener: bool) -> str:
        """
        Return the source's own id of a post, else one made of the thread's id and the floor, else nothing.

        Answers have none and are often alike word for word, so theirs is made of the place where they stand.
        """
        said = _value(item, self._selectors.id)
        if said or (is_opener and self._visit.thread):
            return said or self._visit.thread
        floor = _value(item, self._selectors.floor)
        if not floor and item.root in self._answers:
            floor = f"answer-{self._visit.page}-{number}"
        return f"{self._visit.thread}#{floor}" if self._visit.thread and floor else ""

    def _address(self, *, is_opener: bool, has_id: bool) -> str | None:
        """Return where the post stands. A reply without an id gets none, else its page would be taken for its own."""
        if is_opener:
            return self._visit.address
        return self._page.address if has_id else None

    def _text(self, item: Selector) -> str:
        """Return what a person wrote, without quotes and signatures (`skip`) and without the software's bylines."""
        skip = [found.root for found in item.css(self._selectors.skip)] if self._selectors.skip else []
        if "::" in self._selectors.text:
            return without_bylines(_value(item, self._selectors.text))
        texts = (text_of(found.root, skip) for found in item.css(self._selectors.text))
        return without_bylines("\n".join(texts)).strip()

    def _time(self, item: Selector) -> Millis | None:
        """Return the first full date of all that the selector finds: many pages show 「2 秒前」 beside it."""
        found = item.css(self._selectors.time) if self._selectors.time else ()
        for said in found:
            text = said.get() if isinstance(said.root, str) else text_of(said.root)
            if (moment := stated_time(text, self._zone)) is not None:
                return moment
        self.problems.append((Unexpected.WITHOUT_TIME, "a post states no time that can be read; 发布时间不详"))
        return None


def body_hash(body: bytes) -> str:
    """Return the SHA-256 of the bytes that were seen."""
    return hashlib.sha256(body).hexdigest()


def _mark(item: Selector, selectors: ListSelectors, zone: ZoneInfo) -> str:
    """Return what changes when a thread grows. A time relative to now changes by itself and is left out."""
    replied_at = stated_time(_value(item, selectors.last_reply), zone)
    parts: Iterable[object] = (_value(item, selectors.replies), "" if replied_at is None else replied_at)
    return "/".join(str(part) for part in parts)


def _next(root: Selector, selector: str, page: HtmlPage, manifest: SourceManifest) -> str | None:
    """Return the next page's address; None where there is none, or where it leads to this page or another host."""
    address = _address(root, selector, _base(root, page)) if selector else None
    if address is None or address == page.address:
        return None
    return address if manifest.owns_host(urlsplit(address).hostname or "") else None


def _base(root: Selector, page: HtmlPage) -> str:
    """Return the address that relative links of the page start from: many forums state it in <base>."""
    stated = root.css("base::attr(href)").get("").strip()
    try:
        return urljoin(page.address, stated)
    except ValueError:
        return page.address


def _address(node: Selector, selector: str, base: str) -> str | None:
    """Return the address that a selector finds, made whole and without its fragment."""
    said = node.css(selector if "::" in selector else f"{selector}::attr(href)").get("").strip()
    try:
        whole = urljoin(base, said).split("#", 1)[0]
        is_web = urlsplit(whole).scheme in {"http", "https"} and bool(urlsplit(whole).hostname)
    except ValueError:
        return None
    return whole if said and is_web else None


def _value(node: Selector, selector: str) -> str:
    """Return the visible text of all that a selector finds, or the texts or the first attribute that it names."""
    if not selector:
        return ""
    found = node.css(selector)
    if "::attr" in selector:
        return found.get("").strip()
    if "::" in selector:
        return " ".join(" ".join(found.getall()).split())
    return "\n".join(text_of(element.root) for element in found).strip()
