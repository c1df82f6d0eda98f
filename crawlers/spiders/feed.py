"""
Reads RSS and Atom: each entry is a post with the source's own id, so an entry that changed is a new version of it.

What is broken is said, and what can be read of a broken feed is read.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import feedparser

from crawlers.byline import without_bylines
from crawlers.fetch_record import Outcome
from crawlers.issues import Unexpected
from crawlers.manifest import SourceManifest
from crawlers.nicknames import Nicknames
from crawlers.plain_text import plain_text
from crawlers.stated_time import stated_time
from pipeline.domain.post import Kind, Millis, RawPost

_HTML = (b"<!doctype html", b"<html")


@dataclass(frozen=True, slots=True)
class FeedPage:
    """What a feed held. `is_whole` is False where a later fetch may show more of it than this one."""

    outcome: Outcome
    posts: tuple[RawPost, ...] = ()
    problems: tuple[tuple[Unexpected, str], ...] = ()
    is_whole: bool = True


def read_feed(body: bytes, headers: Mapping[str, str], manifest: SourceManifest, now: Millis) -> FeedPage:
    """
    Return the posts of a feed, oldest first, and everything about it that was not expected.

    `headers` are the answer's, in lower case: the type may name the charset, and the location makes links whole.
    """
    parsed = feedparser.parse(
        io.BytesIO(body), response_headers=dict(headers)
    )  # bytes alone it takes for a file's name
    if not parsed.entries and (not parsed.get("version") or _is_page(body)):
        what = "an HTML page" if _is_page(body) else "something else"
        sentence = f"{what} came instead of a feed; look at the address, or whether the site now wants a login"
        return FeedPage(Outcome.NOT_A_FEED, problems=((Unexpected.NOT_A_FEED, sentence),), is_whole=False)
    reader = _EntryReader(manifest, hashlib.sha256(body).hexdigest(), now)
    posts = [post for entry in parsed.entries if (post := reader.post(entry)) is not None]
    problems = reader.problems
    is_broken = bool(parsed.bozo) and _is_damage(parsed.bozo_exception)
    if is_broken:
        cause = type(parsed.bozo_exception).__name__
        sentence = f"the feed is not well-formed ({cause}); {len(posts)} entries could be read, it is read again"
        problems.append((Unexpected.BROKEN_FEED, sentence))
    posts.sort(key=lambda post: post.published_at or now)
    return FeedPage(Outcome.OK, tuple(posts), tuple(problems), is_whole=not is_broken)


class _EntryReader:
    """Turns entries into raw posts, and keeps what was missing."""

    def __init__(self, manifest: SourceManifest, body_hash: str, now: Millis) -> None:
        self._manifest = manifest
        self._zone = ZoneInfo(manifest.time_zone)
        self._body_hash = body_hash
        self._now = now
        self.problems: list[tuple[Unexpected, str]] = []

    def post(self, entry: Mapping[str, object]) -> RawPost | None:
        """Return the entry as a post; None where it has neither title nor text."""
        names = Nicknames([author] if (author := plain_text(_said(entry, "author"))) else [])
        title = names.remove_from(plain_text(_said(entry, "title")))  # blogs write 某某对《…》的评论
        text = names.remove_from(without_bylines(plain_text(_body(entry))))
        if not title and not text:
            self.problems.append((Unexpected.WITHOUT_TEXT, "an entry had neither title nor text and was left out"))
            return None
        published_at = self._time(entry)
        parent = _parent(entry)
        manifest = self._manifest
        return RawPost(
            source=manifest.id,
            text=text,
            title=title,
            native_id=_said(entry, "id") or None,
            address=_said(entry, "link") or None,
            origin=manifest.origin,
            visibility=manifest.visibility,
            kind=Kind.REPLY if parent else manifest.entries,
            published_at=published_at,
            collected_at=self._now,
            parent=parent or None,
            counts=_counts(entry),
            poster=_said(entry, "author") or None,
            address_names_author=manifest.address_names_author,
            body_hash=self._body_hash,
        )

    def _time(self, entry: Mapping[str, object]) -> Millis | None:
        """Return when the entry was published, else when it was updated; the source's zone where none is said."""
        for key in ("published", "updated", "created"):
            if (said := _said(entry, key)) and (moment := stated_time(said, self._zone)) is not None:
                return moment
        self.problems.append((Unexpected.WITHOUT_TIME, "an entry states no time that can be read; 发布时间不详"))
        return None


def _body(entry: Mapping[str, object]) -> str:
    """Return the longest of the entry's texts: many feeds give a summary beside the content."""
    contents = entry.get("content")
    texts = [str(part.get("value", "")) for part in contents] if isinstance(contents, list) else []
    return max([*texts, _said(entry, "summary")], key=len)


def _said(entry: Mapping[str, object], key: str) -> str:
    value = entry.get(key)
    return value.strip() if isinstance(value, str) else ""


def _parent(entry: Mapping[str, object]) -> str:
    """Return what the entry answers (RFC 4685, `thr:in-reply-to`); "" where it answers nothing."""
    answered = entry.get("thr_in-reply-to")
    return str(answered.get("ref", "")) if isinstance(answered, Mapping) else ""


def _counts(entry: Mapping[str, object]) -> Mapping[str, int]:
    said = _said(entry, "slash_comments")
    return {"replies": int(said)} if said.isdecimal() else {}


def _is_page(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:400].lower().startswith(_HTML)


def _is_damage(cause: object) -> bool:
    """Whether feedparser's complaint means that entries may be missing; a wrong header does not."""
    harmless = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
    return not isinstance(cause, harmless)
