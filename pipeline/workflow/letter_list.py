"""
Letters, visits and 12345 orders by number: received, done, answered, waiting. Derived from the log's answer lines and
the posts behind them; there is no second truth. Only reads.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pipeline.domain.errors import BadInput
from pipeline.domain.incident import AnswerLine, Incident, State
from pipeline.domain.post import Millis, Origin
from pipeline.domain.unit_state import UnitState
from pipeline.ports import PostStore

from .headline import shortened
from .visibility import NOBODY, Roles, Sight, may_read, may_see, rows_of

RECEIVED = frozenset({Origin.LETTER, Origin.HOTLINE})
"""What the unit received by letter, visit or hotline."""
LONGEST_WORDS = 80


class Standing(StrEnum):
    """Which letters are asked for. Each letter is waiting, answered or declined; overdue ones are among the waiting."""

    ALL = "all"
    WAITING = "waiting"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    DECLINED = "declined"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which letters are looked for; `text` stands in their number. What is empty asks for nothing."""

    standing: Standing = Standing.ALL
    origin: Origin | None = None
    text: str = ""
    since: Millis = 0


@dataclass(frozen=True, slots=True)
class LetterRow:
    """
    One letter. `outcome` is "" while it waits, else answered or declined, at `ended_at`; `is_done`: its matter ended.

    `withheld` says why no words are shown: "erased", "internal", or "conduct", where not even the number is for the
    reader. `done_at` is when the system of origin ended it, as far as its list said so.
    """

    post: str
    incident: str
    origin: Origin
    received_at: Millis
    due_at: Millis | None
    outcome: str
    how: str
    ended_at: Millis | None
    is_done: bool
    is_overdue: bool
    ref: str = ""
    words: str = ""
    withheld: str = ""
    done_at: Millis | None = None


@dataclass(frozen=True, slots=True)
class LetterPage:
    """A page of letters, received last first. `cursor` None means that nothing follows."""

    rows: Sequence[LetterRow]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class LetterCounts:
    """`all` is `answered` + `declined` + `waiting`; `overdue` are among the waiting; of `done` the matter ended."""

    all: int
    answered: int
    declined: int
    waiting: int
    overdue: int
    done: int


@dataclass(frozen=True, slots=True)
class LetterList:
    """The letters of one unit as its log stands in `state`, for a reader of these roles (visibility.py)."""

    posts: PostStore
    state: UnitState
    now: Millis
    roles: Roles = NOBODY
    _sights: dict[str, Sight] = field(default_factory=dict)

    def counts(self, asked: Asked = Asked()) -> LetterCounts:
        """Return how many letters there are of the asked origin and time; words and standing are not looked at."""
        kinds = Counter[str]()
        for row in self._lines(replace(asked, standing=Standing.ALL)):
            kinds[row.outcome or "waiting"] += 1
            kinds["overdue"] += row.is_overdue
            kinds["done"] += row.is_done
        return LetterCounts(
            all=kinds["answered"] + kinds["declined"] + kinds["waiting"],
            answered=kinds["answered"],
            declined=kinds["declined"],
            waiting=kinds["waiting"],
            overdue=kinds["overdue"],
            done=kinds["done"],
        )

    def page(self, asked: Asked, cursor: str | None = None, limit: int = 50) -> LetterPage:
        """Return the next letters. Raises BadInput (INP-154) for a cursor that is none of this list."""
        behind = None if cursor is None else _place_from(cursor)
        rows: list[LetterRow] = []
        for row in self.rows(asked, behind):
            if len(rows) == limit:
                return LetterPage(rows, f"{rows[-1].received_at}.{rows[-1].post}")
            rows.append(row)
        return LetterPage(rows, None)

    def rows(self, asked: Asked, behind: tuple[Millis, str] | None = None) -> Iterator[LetterRow]:
        """Yield the letters, received last first, with number and words as far as the roles may read them."""
        lines = sorted(self._lines(asked), key=_place, reverse=True)
        for row in lines:
            if (behind is not None and _place(row) >= behind) or not self._is_numbered(row.post, asked.text):
                continue
            said = self._said(row)
            if said is not None and asked.text.casefold() in said.ref.casefold():
                yield said

    def _lines(self, asked: Asked) -> Iterator[LetterRow]:
        wanted = _WANTED[asked.standing]
        for incident in self.state.incidents.values():
            if not incident.lines:
                continue
            root = self._root(incident)
            for line in incident.lines:
                is_asked = asked.origin in (None, line.origin) and line.at >= asked.since
                if line.origin in RECEIVED and is_asked and wanted(row := self._row(root, line)):
                    yield row

    def _root(self, incident: Incident) -> Incident:
        while incident.into is not None:
            incident = self.state.incidents[incident.into]
        return incident

    def _row(self, root: Incident, line: AnswerLine) -> LetterRow:
        is_overdue = not line.outcome and line.due_at is not None and line.due_at < self.now
        return LetterRow(
            post=line.post,
            incident=root.id,
            origin=line.origin,
            received_at=line.at,
            due_at=line.due_at,
            outcome=line.outcome,
            how=line.how,
            ended_at=line.ended_at,
            is_done=root.state is State.CLOSED,
            is_overdue=is_overdue,
        )

    def _said(self, row: LetterRow) -> LetterRow | None:
        """Return the letter with its number and words; None where its matter does not exist for these roles."""
        sight = self._sight(row.incident)
        if sight is Sight.NONE:
            return None
        if sight is Sight.NAMED:
            return replace(row, withheld="conduct")
        stored = self.posts.post(row.post)
        if stored is None or stored.erased:
            return replace(row, withheld="erased")
        post, said = stored.post, stored.post.stated
        known = replace(row, ref=post.ref or "", done_at=said.done_millis if said else None)
        if not may_read(self.roles, post):
            return replace(known, withheld="internal")
        return replace(known, words=shortened(post.title or post.text, LONGEST_WORDS))

    def _is_numbered(self, post: str, text: str) -> bool:
        """Whether a letter's number holds the text; whether the reader may know that is not asked yet."""
        if not text:
            return True
        stored = self.posts.post(post)
        return stored is not None and text.casefold() in (stored.post.ref or "").casefold()

    def _sight(self, incident: str) -> Sight:
        if incident not in self._sights:
            one = self.state.as_one(incident)
            self._sights[incident] = may_see(self.roles, rows_of(self.posts, self.state.unit, one), one)
        return self._sights[incident]


_WANTED: Mapping[Standing, Callable[[LetterRow], bool]] = {
    Standing.ALL: lambda _: True,
    Standing.WAITING: lambda row: not row.outcome,
    Standing.OVERDUE: lambda row: row.is_overdue,
    Standing.ANSWERED: lambda row: row.outcome == "answered",
    Standing.DECLINED: lambda row: row.outcome == "declined",
    Standing.DONE: lambda row: row.is_done,
}


def posts_read(rows: Iterable[LetterRow]) -> Sequence[str]:
    """Return the posts whose words are shown, for the record of reads."""
    return [row.post for row in rows if row.words]


def _place(row: LetterRow) -> tuple[Millis, str]:
    return row.received_at, row.post


def _place_from(cursor: str) -> tuple[Millis, str]:
    at, dot, post = cursor.partition(".")
    if not (dot and post and at.isascii() and at.isdecimal() and len(at) < 17):
        raise BadInput(f"cursor {cursor[:40]!r} is none of this list; leave it out to begin anew", code="INP-154")
    return int(at), post
