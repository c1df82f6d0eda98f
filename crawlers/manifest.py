"""What a source is, why it is read and how gently: the typed manifest. `read_manifest` makes and checks one."""

import dataclasses
import json
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from pipeline.domain.post import Kind, Origin, Visibility

LEAST_PACE_SECONDS = 5.0
"""The least pause between two requests to one public host (crawl.md §5.4)."""


class SourceKind(StrEnum):
    """How a source shows its posts: in one feed, or as a list that leads to threads."""

    FEED = "feed"
    LISTING = "listing"


@dataclass(frozen=True, slots=True)
class Expected:
    """How many entries (feed) or threads (listing) a round normally finds; outside of it an issue is recorded."""

    min: int
    max: int


@dataclass(frozen=True, slots=True)
class Impact:
    """The impact note: why collecting is justified, when that was reviewed, and by which office."""

    purpose: str
    reviewed_on: str
    reviewed_by: str


@dataclass(frozen=True, slots=True)
class ListSelectors:
    """
    CSS selectors of a list page, within each `item` except `next`; "" means that the page does not show it.

    `replies` and `last_reply` tell whether a known thread has grown; without them it is read again after an interval.
    At most `depth` pages of the list are walked.
    """

    item: str
    link: str
    id: str = ""
    replies: str = ""
    last_reply: str = ""
    next: str = ""
    depth: int = 20


@dataclass(frozen=True, slots=True)
class ThreadSelectors:
    """
    CSS selectors of a thread page, within each `post` except `title` and `next`. `poster` only makes the token.

    `skip` is what is left out of the text: quotes of others, signatures, marks of edits. `answer` finds those of the
    posts that the page marks as an office's answer.
    """

    post: str
    text: str
    title: str = ""
    time: str = ""
    id: str = ""
    floor: str = ""
    poster: str = ""
    skip: str = ""
    answer: str = ""
    next: str = ""
    revisit_hours: int = 24


@dataclass(frozen=True, slots=True)
class SourceManifest:
    """
    One public source. `pace_seconds` lies between two requests to its host, never less.

    `expected` counts what a round finds, `max_pages` and `max_posts` bound a round; what is left waits for the next.
    A listing without `thread` leads to articles, which are read without selectors. `local` false: it speaks of more
    than the units' area (national media), so that a post must name a place of a unit to be its mention. `units`: it
    speaks of the area of these units alone (a county's forum, beside those of other counties); none: of every unit's.
    `only_offices_reply`: on this board nobody but an office writes below a message (县长信箱), so replies are answers.
    `also_hosts` are further hosts that belong to the source. `time_zone` holds where a page states none. `listed_as` is
    the place of the checklist (deploy/sources) that the source fills; "" for none.
    """

    id: str
    name: str
    kind: SourceKind
    url: str
    publisher: str
    why: str
    owner: str
    expected: Expected
    origin: Origin = Origin.MONITORED
    visibility: Visibility = Visibility.PUBLIC
    entries: Kind = Kind.POST
    address_names_author: bool = False
    local: bool = True
    only_offices_reply: bool = False
    enabled: bool = False
    every_minutes: int = 30
    pace_seconds: float = LEAST_PACE_SECONDS
    max_pages: int = 20
    max_posts: int = 500
    also_hosts: tuple[str, ...] = ()
    time_zone: str = "Asia/Shanghai"
    listed_as: str = ""
    units: tuple[str, ...] = ()
    impact: Impact | None = None
    list: ListSelectors | None = None
    thread: ThreadSelectors | None = None

    @property
    def host(self) -> str:
        """The host whose pace and robots.txt count."""
        return urlsplit(self.url).hostname or ""

    def owns_host(self, host: str) -> bool:
        """Whether an address on this host belongs to the source: its own host, `www.` before it, or a named one."""
        bare = self.host.removeprefix("www.")
        return host in {self.host, bare, f"www.{bare}", *self.also_hosts}


def manifest_to_json(manifest: SourceManifest) -> str:
    """Return the manifest as the value of a settings record; `manifest_from_json` gives the same one back."""
    table = {key: value for key, value in dataclasses.asdict(manifest).items() if value is not None}
    return json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
