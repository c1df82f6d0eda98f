"""One entry as a person gives it, and everything that is wrong with it, at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.domain.bad_order import Problem
from pipeline.domain.intake import masked_text
from pipeline.domain.post import Millis, Origin
from pipeline.domain.share_text import LINK, Dropped, Shared, read_shared
from pipeline.domain.stated import SUPERIORS
from pipeline.workflow.settings import UnitSettings

ORIGINS = (Origin.INTERNAL, Origin.MESSAGE, Origin.LETTER, Origin.HOTLINE, Origin.SUPERIOR)
"""What somebody addressed to the unit or its own people found: each becomes an incident (DESIGN §2)."""
RECEIVED = frozenset({Origin.LETTER, Origin.HOTLINE, Origin.SUPERIOR})
"""What the unit itself received is internal: never quoted, shown only to the roles that work it."""
LONGEST, LONGEST_LINK, LONGEST_REF, LONGEST_OFFICE, LONGEST_WANTS = 20_000, 2_000, 80, 40, 1_000
_KEY = re.compile(r"[!-~]{1,200}")
_PRIVATE_NUMBER = re.compile(r"(?<!＊)(?:＊{11}|＊{18})(?!＊)")
"""What is left of a telephone number or of a card's number where a reference is masked."""

SENTENCES: Mapping[str, str] = {
    "empty": "nothing was typed and no link was given; write what was seen, or give a link",
    "long": f"too long; give at most {LONGEST} characters",
    "link_bad": "this is no web address; begin it with http:// or https://",
    "origin_bad": "no such origin; choose one of those that are named",
    "ref_bad": f"a reference is one line of at most {LONGEST_REF} characters, and no telephone or card number",
    "line_bad": "no such business line; take an id of the unit's table, or leave it out",
    "place_bad": "no such place; take one of the unit's list, or leave it out",
    "whom_missing": "from which superior the paper came is missing; say it",
    "only_from_above": "this belongs to 上级交办 alone; leave it out",
    "office_long": f"name the office in one line of at most {LONGEST_OFFICE} characters",
    "wants_long": f"say what they want back in at most {LONGEST_WANTS} characters",
    "due_early": "the due time lies more than a year back; correct it",
    "same_as_bad": "no such open incident that you may see; leave it out, or look at the list",
    "key_bad": "give an Idempotency-Key of 1 to 200 letters, digits and marks, new for each entry",
}
"""What is wrong → the sentence for programs and the command line; pages say it in their own words."""
_YEAR: Millis = 366 * 24 * 3_600_000


@dataclass(frozen=True)
class Entry:
    """
    What was given. `text` may be a pasted share text; `same_as` is the incident of which it is part.

    `whom`, `office` and `wants` are those of a paper from above: from whom, which of their offices, what they want.
    """

    unit: str
    account: str
    key: str
    text: str = ""
    link: str = ""
    origin: str = Origin.INTERNAL.value
    ref: str = ""
    published_at: Millis | None = None
    due_at: Millis | None = None
    line: str = ""
    place: str = ""
    same_as: str = ""
    whom: str = ""
    office: str = ""
    wants: str = ""

    @cached_property
    def shared(self) -> Shared:
        """The words and the link, without nicknames; a link that was given in its own field wins."""
        shared = read_shared(self.text)
        if not self.link.strip():
            return shared
        given = read_shared(self.link.strip())
        return replace(shared, link=given.link or self.link.strip())

    @property
    def words(self) -> str:
        """What is said, as far as words were given."""
        return self.shared.words

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        """Which kinds of things were left out of what was pasted."""
        return self.shared.dropped

    @property
    def is_from_above(self) -> bool:
        """Whether it is a superior's paper."""
        return self.origin == Origin.SUPERIOR.value


@dataclass(frozen=True, slots=True)
class Wrong:
    """One field that cannot be used; `what` is a key of SENTENCES."""

    field: str
    what: str
    allowed: tuple[str, ...] = ()

    def problem(self) -> Problem:
        """Return it as programs are told."""
        return Problem(self.field, SENTENCES[self.what], self.allowed)


def wrongs_of(entry: Entry, own: UnitSettings | None, now: Millis) -> Sequence[Wrong]:
    """Return everything that is wrong with the entry in itself and beside the unit's tables."""
    found = [*_of_words(entry), *_of_tables(entry, own), *_of_paper(entry)]
    if entry.due_at is not None and entry.due_at < now - _YEAR:
        found.append(Wrong("due_at", "due_early"))
    return found


def _of_words(entry: Entry) -> Iterator[Wrong]:
    if not entry.words and not entry.shared.link:
        yield Wrong("text", "empty")
    if len(entry.text) > LONGEST:
        yield Wrong("text", "long")
    if entry.link.strip() and (len(entry.link) > LONGEST_LINK or not LINK.search(entry.link)):
        yield Wrong("link", "link_bad")
    if entry.origin not in [one.value for one in ORIGINS]:
        yield Wrong("origin", "origin_bad", tuple(one.value for one in ORIGINS))
    if not is_key(entry.key):
        yield Wrong("key", "key_bad")
    ref = entry.ref.strip()
    is_private = _PRIVATE_NUMBER.search(masked_text(ref, frozenset())) is not None
    if len(ref) > LONGEST_REF or is_private or not ref.isprintable():
        yield Wrong("ref", "ref_bad")


def _of_tables(entry: Entry, own: UnitSettings | None) -> Iterator[Wrong]:
    if entry.line and not (own and own.lines.holds(entry.line)):
        yield Wrong("line", "line_bad", tuple(line.id for line in own.lines.lines) if own else ())
    if entry.place.strip() and entry.place.strip() not in places_of(own):
        yield Wrong("place", "place_bad")


def _of_paper(entry: Entry) -> Iterator[Wrong]:
    if not entry.is_from_above:
        given = {"whom": entry.whom, "office": entry.office, "wants": entry.wants}
        yield from (Wrong(name, "only_from_above") for name, said in given.items() if said.strip())
        return
    if entry.whom not in SUPERIORS:
        yield Wrong("whom", "whom_missing", SUPERIORS)
    if len(entry.office.strip()) > LONGEST_OFFICE or not entry.office.strip().isprintable():
        yield Wrong("office", "office_long")
    if len(entry.wants) > LONGEST_WANTS:
        yield Wrong("wants", "wants_long")


def is_key(said: str) -> bool:
    """Whether it can be the key of an entry."""
    return _KEY.fullmatch(said) is not None


def places_of(own: UnitSettings | None) -> tuple[str, ...]:
    """Return the places that an entry may name."""
    return own.places if own else ()
