"""What the probe takes a page for: how it would be read, how sure that is, and what cannot be seen this way."""

from dataclasses import dataclass
from enum import StrEnum

from crawlers.manifest import ListSelectors, ThreadSelectors


class Recognised(StrEnum):
    """The kind of place that an address leads to."""

    FEED = "feed"
    WORDPRESS = "wordpress"
    DISCUZ = "discuz"
    MESSAGE_BOARD = "message_board"
    GOV_LIST = "gov_list"
    PLAIN_LIST = "plain_list"


class Sure(StrEnum):
    """How much the guess is to be trusted."""

    HIGH = "high"
    MIDDLE = "middle"
    LOW = "low"


class Unseen(StrEnum):
    """What would not be seen, although the source is read."""

    TITLES_ONLY = "titles_only"
    SUMMARIES_ONLY = "summaries_only"
    NO_REPLIES = "no_replies"
    LATER_REPLIES = "later_replies"
    FIRST_PAGE_ONLY = "first_page_only"
    FEW_ENTRIES = "few_entries"
    NO_TIMES = "no_times"
    LATE_FEED = "late_feed"
    MANY_LISTS = "many_lists"
    OTHER_HOSTS = "other_hosts"
    LOGIN = "login"
    SOME_FORBIDDEN = "some_forbidden"
    SOME_UNREAD = "some_unread"
    PICTURES = "pictures"
    NO_ANSWERS = "no_answers"
    EDITS = "edits"
    SLOW = "slow"


class Dead(StrEnum):
    """Why nothing can be read of a page that came."""

    JAVASCRIPT = "javascript"
    LOGIN_WALL = "login_wall"
    ONE_PAGE = "one_page"
    FRONT_PAGE = "front_page"
    INLINE_BOARD = "inline_board"
    NOT_A_PAGE = "not_a_page"
    EMPTY_FEED = "empty_feed"
    NOTHING_READ = "nothing_read"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Choice:
    """A better address that the page itself names: what it is called there, and where it leads."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Guess:
    """
    What a page is taken for. `follow` is the feed to read in its place, `list` and `thread` how a list is read.

    `also_hosts` are further hosts that its entries lie on. A guess may still fail when its first posts are read.
    """

    kind: Recognised
    sure: Sure = Sure.MIDDLE
    follow: str = ""
    list: ListSelectors | None = None
    thread: ThreadSelectors | None = None
    also_hosts: tuple[str, ...] = ()
    unseen: tuple[Unseen, ...] = ()


@dataclass(frozen=True, slots=True)
class NoGuess:
    """A page of which nothing can be read, why, and the better addresses that it names."""

    why: Dead
    choices: tuple[Choice, ...] = ()
