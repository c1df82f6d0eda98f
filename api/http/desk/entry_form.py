"""The form of an entry by hand: what was typed into it, what is proposed, and what is wrong, in the reader's words."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Form

from api.by_hand.enter import Counter
from api.by_hand.entry import LONGEST, LONGEST_OFFICE, LONGEST_REF, LONGEST_WANTS, ORIGINS, Entry, Wrong, is_key
from api.by_hand.proposal import propose, watch_of
from api.http.typed_time import typed_moment, usual_ends
from pipeline.domain.post import Millis, Origin
from pipeline.domain.share_text import Dropped
from pipeline.domain.stated import SUPERIORS

from .alike import open_ones_like
from .lists import headline_said
from .reader import Reader

FROM_ABOVE = Origin.SUPERIOR.value
FIELD_OF = {"text": "words", "key": "words", "published_at": "published", "due_at": "due"}
"""What the core calls a field → what the form calls it, where that differs."""


@dataclass(frozen=True, slots=True)
class Typed:
    """
    What was typed. `has_looked`: similar incidents and proposals were shown already.

    `line_shown` and `place_shown` are what was proposed then: where they stand unchanged, nobody has chosen them.
    """

    words: Annotated[str, Form()] = ""
    link: Annotated[str, Form()] = ""
    origin: Annotated[str, Form()] = Origin.INTERNAL.value
    ref: Annotated[str, Form()] = ""
    published: Annotated[str, Form()] = ""
    due: Annotated[str, Form()] = ""
    line: Annotated[str, Form()] = ""
    place: Annotated[str, Form()] = ""
    whom: Annotated[str, Form()] = ""
    office: Annotated[str, Form()] = ""
    wants: Annotated[str, Form()] = ""
    same_as: Annotated[str, Form()] = ""
    key: Annotated[str, Form()] = ""
    line_shown: Annotated[str, Form()] = ""
    place_shown: Annotated[str, Form()] = ""
    has_looked: Annotated[bool, Form()] = False

    @property
    def is_from_above(self) -> bool:
        """Whether it is the form of a superior's paper."""
        return self.origin == FROM_ABOVE


@dataclass(frozen=True, slots=True)
class EntryForm:
    """The form of one reader, with what he typed."""

    reader: Reader
    typed: Typed

    def entry(self) -> Entry:
        """Return what was typed as an entry; a time that cannot be read is left out, and told by `problems`."""
        typed, now = self.typed, self.reader.moments.now
        return Entry(
            unit=self.reader.unit,
            account=self.reader.who.account,
            key=typed.key,
            text=typed.words,
            link=typed.link,
            origin=typed.origin,
            ref=typed.ref,
            published_at=_moment(typed.published, now),
            due_at=_moment(typed.due, now),
            line=typed.line,
            place=typed.place,
            same_as=typed.same_as,
            whom=typed.whom,
            office=typed.office,
            wants=typed.wants,
        )

    def problems(self, counter: Counter) -> Mapping[str, str]:
        """Return field → what is wrong with it."""
        words, now = self.reader.words, self.reader.moments.now
        found = {"published": self.typed.published, "due": self.typed.due}
        problems = {
            name: words("enter.time_bad") for name, said in found.items() if said.strip() and _moment(said, now) is None
        }
        for wrong in counter.wrongs(self.entry(), self.reader.who.roles):
            problems.setdefault(FIELD_OF.get(wrong.field, wrong.field), self.said(wrong))
        return problems

    def said(self, wrong: Wrong) -> str:
        """Return what is wrong, in the reader's words."""
        return self.reader.words(f"enter.{wrong.what}", most=LONGEST)

    def values(self, problems: Mapping[str, str], *, looks: bool) -> dict[str, Any]:
        """Return what the template shows; with `looks` also what may be the same matter, and what is proposed."""
        entry, own = self.entry(), self.reader.service.settings.units.get(self.reader.unit)
        shown = replace(self.typed, words=entry.words if entry.dropped or entry.shared.link else self.typed.words)
        if not shown.link.strip() and entry.shared.link:
            shown = replace(shown, link=entry.shared.link)
        shown = replace(shown, key=shown.key if is_key(shown.key) else secrets.token_urlsafe(16))
        alike = open_ones_like(self.reader, entry.words, entry.shared.link) if looks else []
        return {
            **self.reader.values(),
            "typed": self._proposed(shown, entry) if looks else shown,
            "problems": problems,
            "origins": [one for one in ORIGINS if one is not Origin.SUPERIOR],
            "superiors": SUPERIORS,
            "from_above": FROM_ABOVE,
            "lines": [(line.id, own.lines.name_of(line.id)) for line in own.lines.lines] if own else [],
            "places": own.places if own else (),
            "alike": [(row, headline_said(self.reader, row)) for row in alike],
            "has_looked": looks and bool(entry.words or entry.shared.link),
            "ends": [(end, self.reader.words(f"incident.{word}")) for end, word in usual_ends(self.reader.moments.now)],
            "dropped": self._dropped(entry.dropped),
            "longest": {"words": LONGEST, "ref": LONGEST_REF, "office": LONGEST_OFFICE, "wants": LONGEST_WANTS},
        }

    def _proposed(self, typed: Typed, entry: Entry) -> Typed:
        """What nobody has chosen yet is what the words speak for."""
        service = self.reader.service
        found = propose(watch_of(service.settings.watch(), self.reader.unit), entry.words, service.opine)
        line = found.line if typed.line in ("", typed.line_shown) else typed.line
        place = found.place if typed.place in ("", typed.place_shown) else typed.place
        return replace(typed, line=line, place=place, line_shown=found.line, place_shown=found.place)

    def _dropped(self, dropped: Sequence[Dropped]) -> str:
        words = self.reader.words
        said = words("common.and").join(words(f"enter.dropped_{kind}") for kind in dropped)
        return words("enter.dropped", what=said) if said else ""


def _moment(said: str, now: Millis) -> Millis | None:
    """Return the moment that was typed; None where none was, or none can be read."""
    typed = typed_moment(said, now) if said.strip() else ""
    return int(typed) if typed.isdecimal() and len(typed) < 15 else None
