"""One post of the demo county, with the truth that only its author, the generator, can know."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipeline.domain.post import Kind, Millis, Origin, RawPost

NOTICE = "演示数据 纯属虚构"
"""Stands on every page, in every feed and in every source name of the demo county."""


@dataclass(frozen=True, slots=True)
class Private:
    """Invented private data that was planted: its kind, the field and the code points where it stands."""

    kind: str
    field: str
    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class Truth:
    """
    What is so about one post: labels of the classifier's guideline, its matter, and where it comes from.

    `matter` is the same for all posts of one matter, replies and reposts included. `repost_of` is the key of the
    original; `version` counts from 0, an edit has the key of its original and a higher version. `is_official` marks
    what a public body wrote, `is_rumour` what is not so, `is_chatter` replies without content of their own.
    `conduct_of` is the office of the bureau whose people are complained about. `template` is the kind of the matter.
    """

    matter: str
    about: bool = False
    service_line: str | None = None
    act: str = "其他"
    need: bool = False
    stance: str = "neutral"
    urgency: str = "normal"
    grave: bool = False
    repost_of: str | None = None
    version: int = 0
    is_official: bool = False
    is_rumour: bool = False
    is_chatter: bool = False
    conduct_of: str | None = None
    template: str = ""
    private: tuple[Private, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoPost:
    """
    A post as the site publishes it: the fields of a `RawPost`, the moment it appears, and its truth.

    `appears_at` orders the stream; it differs from `published_at` only for an edit, which keeps the time of its
    original. `path` is the address below the site's root. `parent` is the native id of the thread's first post.
    """

    source: str
    native_id: str
    path: str
    title: str
    text: str
    published_at: Millis
    appears_at: Millis
    poster: str
    truth: Truth
    kind: Kind = Kind.POST
    origin: Origin = Origin.MONITORED
    parent: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name of the post in the truth: source and native id."""
        return f"{self.source}:{self.native_id}"

    def raw(self, site: str = "http://demo.invalid", collected_at: Millis | None = None) -> RawPost:
        """Return what a perfect spider would hand to intake."""
        return RawPost(
            source=self.source,
            text=self.text,
            title=self.title,
            native_id=self.native_id,
            address=site + self.path,
            origin=self.origin,
            kind=self.kind,
            published_at=self.published_at,
            collected_at=self.appears_at if collected_at is None else collected_at,
            parent=self.parent,
            counts=dict(self.counts),
            poster=self.poster,
        )

    def moved(self, published_at: Millis, appears_at: Millis) -> "DemoPost":
        """Return the same post at another time, as the living site shows it."""
        return replace(self, published_at=published_at, appears_at=appears_at)


def locate(planted: Mapping[str, str], title: str, text: str) -> tuple[Private, ...]:
    """Return where the planted values (value → kind) stand in the title and the text, every occurrence."""
    found = []
    for place, content in (("title", title), ("text", text)):
        for value, kind in planted.items():
            start = content.find(value)
            while start >= 0:
                found.append(Private(kind, place, start, start + len(value), value))
                start = content.find(value, start + len(value))
    return tuple(found)
