"""
What was said in public: as it arrives (`RawPost`) and as it is kept (`Post`).

A stored post has no author field, by construction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from .stated import Stated

Millis: TypeAlias = int
"""A moment: milliseconds since 1970-01-01 UTC. Pages and mails convert to the unit's zone; nothing else does."""

NO_COUNTS: Mapping[str, int] = {}


class Origin(StrEnum):
    """How a post reached the unit (DESIGN §4)."""

    MONITORED = "监测发现"
    MESSAGE = "网民留言"
    LETTER = "来信来访"
    HOTLINE = "12345工单"
    SUPERIOR = "上级交办"
    MEDIA = "媒体"
    INTERNAL = "内部发现"


ADDRESSED = frozenset({Origin.MESSAGE, Origin.LETTER, Origin.HOTLINE, Origin.SUPERIOR, Origin.INTERNAL})
"""Origins of what somebody addressed to the unit: such a post opens an incident by itself (DESIGN §2)."""


OWN_FINDS = frozenset({Origin.MONITORED, Origin.MEDIA, Origin.INTERNAL})
"""Origins of what the unit found by itself: its monitoring, or its own people."""


class Visibility(StrEnum):
    """Whether a post may be quoted: what the unit itself received is internal."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Kind(StrEnum):
    """The form of a post."""

    POST = "post"
    REPLY = "reply"
    LETTER = "letter"
    ANSWER = "answer"
    """An office's answer, marked as one by the page or the file: nobody's complaint, and no message to the unit."""


@dataclass(frozen=True, slots=True)
class RawPost:
    """
    A post as a spider, a file or a person hands it to intake. It lives in memory only and is never stored.

    `native_id` is the source's own id; `poster` any opaque string, replaced by tokens at intake;
    `address_names_author` is what the source's manifest says of its addresses; `body_hash` is the SHA-256 of the
    bytes that were seen, hexadecimal. `stated` is what whoever hands it over says about it. `tells_of_address`: the
    post speaks of what stands at the address and is not itself that page; it needs a native id.
    """

    source: str
    text: str
    title: str = ""
    native_id: str | None = None
    address: str | None = None
    ref: str | None = None
    origin: Origin = Origin.MONITORED
    visibility: Visibility = Visibility.PUBLIC
    kind: Kind = Kind.POST
    published_at: Millis | None = None
    collected_at: Millis | None = None
    due_at: Millis | None = None
    parent: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    poster: str | None = None
    address_names_author: bool = False
    body_hash: str = ""
    stated: Stated | None = None
    tells_of_address: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """One poster token: who wrote, as a number that can be counted in one period and means nothing after it."""

    period: str
    value: int


@dataclass(frozen=True, slots=True)
class Post:
    """
    A post as it is stored: masked, without an author.

    `heads` are the keys under which the post is found again (native id, canonical address); the first id ever given
    to one of them stays. `version` is a hash of title and text: the same content is the same version. `address` is
    readable; an address that names its author is only in `sealed_address`. `thread` is the parent's id.
    """

    id: str
    version: str
    heads: tuple[str, ...]
    source: str
    text: str
    title: str
    collected_at: Millis
    salt: str
    given_id: str | None = None
    address: str | None = None
    sealed_address: str | None = None
    ref: str | None = None
    origin: Origin = Origin.MONITORED
    visibility: Visibility = Visibility.PUBLIC
    kind: Kind = Kind.POST
    published_at: Millis | None = None
    due_at: Millis | None = None
    thread: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    tokens: tuple[Token, ...] = ()
    body_hash: str = ""
    stated: Stated | None = None

    @property
    def occurred_at(self) -> Millis:
        """When the post spoke: its own time, or the time it was collected where that is unknown or in the future."""
        if self.published_at is None or self.published_at > self.collected_at + 3_600_000:
            return self.collected_at
        return self.published_at

    @property
    def is_addressed(self) -> bool:
        """Whether somebody addressed this post to the unit; an answer on the same page is no message."""
        return self.origin in ADDRESSED and self.kind is not Kind.ANSWER
