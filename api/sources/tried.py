"""What a try of an address came to, as pages and the terminal tell it: plain values, masked posts, no author."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from pipeline.domain.post import Millis
from pipeline.domain.row import iso_of

CODES: Mapping[str, str] = {
    "unreadable": "SRC-520",
    "scheme": "SRC-521",
    "login": "SRC-522",
    "port": "SRC-523",
    "strange_host": "SRC-524",
    "not_public": "SRC-525",
    "demo_only": "SRC-526",
    "no_name": "SRC-530",
    "refused": "SRC-531",
    "no_route": "SRC-532",
    "timeout": "SRC-533",
    "certificate": "SRC-534",
    "tls": "SRC-535",
    "proxy": "SRC-536",
    "broken": "SRC-537",
    "too_big": "SRC-538",
    "budget": "SRC-539",
    "redirects": "SRC-540",
    "forbidden": "SRC-541",
    "robots_unreachable": "SRC-542",
    "rate_limited": "SRC-543",
    "status": "SRC-544",
    "javascript": "SRC-550",
    "login_wall": "SRC-551",
    "one_page": "SRC-552",
    "front_page": "SRC-553",
    "inline_board": "SRC-554",
    "not_a_page": "SRC-555",
    "empty_feed": "SRC-556",
    "nothing_read": "SRC-557",
    "unknown": "SRC-558",
}
"""Why nothing can be proposed → the code under which the runbook explains it."""


FORGOTTEN, OUR_FAULT = "SRC-514", "SRC-515"
"""The codes of a try that is no longer there, and of one that broke by itself."""


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post as it would be stored: masked. `is_sealed`: its address names its author, and is kept encrypted."""

    kind: str
    title: str
    text: str
    published_at: Millis | None
    address: str
    is_sealed: bool


@dataclass(frozen=True, slots=True)
class RobotsLine:
    """What a robots.txt said to one address; `rule` is its line `number`, "" and 0 where no line decided."""

    address: str
    robots: str
    status: int
    is_allowed: bool
    is_reachable: bool
    rule: str
    number: int
    delay_seconds: float


@dataclass(frozen=True, slots=True)
class Link:
    """An address with what it is called."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Tried:
    """
    The whole result. `why` is "" where a source can be proposed; then `manifest` is its table, not enabled.

    `hops` are the addresses that sent on, with their status. `said` belongs to `why`: a status, a host, a cause.
    """

    asked: str
    hops: tuple[tuple[str, int], ...]
    robots: tuple[RobotsLine, ...]
    requests: int
    why: str = ""
    said: str = ""
    choices: tuple[Link, ...] = ()
    kind: str = ""
    sure: str = ""
    unseen: tuple[str, ...] = ()
    posts: tuple[ShownPost, ...] = ()
    manifest: Mapping[str, object] = field(default_factory=dict)
    is_local: bool = False

    @property
    def code(self) -> str:
        """The code of the trouble; "" where there is none."""
        return CODES.get(self.why, "")

    @property
    def address(self) -> str:
        """What would be asked each time; the pasted address where nothing can be proposed."""
        return str(self.manifest.get("url", self.asked))

    @property
    def decided(self) -> RobotsLine | None:
        """What robots.txt said last, which is what forbade where something was forbidden; None before it was asked."""
        return self.robots[-1] if self.robots else None

    def to_json(self) -> Mapping[str, object]:
        """Return the result for machines; times are ISO 8601."""
        row = asdict(self)
        row["posts"] = [
            {**asdict(post), "published_at": None if post.published_at is None else iso_of(post.published_at)}
            for post in self.posts
        ]
        row["hops"] = [{"address": address, "status": status} for address, status in self.hops]
        return {**row, "code": self.code}


Steps = Sequence[str]
"""The addresses that were asked for so far, in order."""
