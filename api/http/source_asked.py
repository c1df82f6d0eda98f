"""One request to the pages of sources: who asks for which unit, and what these pages have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from api.accounts.principal import Principal
from api.source_checklist import SAID, place_named
from api.sources.book import Kept, SourceBook, Typed
from api.words import Words

from .local_path import local_path
from .problem import missing
from .service import Service, service_of
from .shell import words_for

DONE = frozenset({"enabled", "changed", "paused", "resumed", "removed", "said"})
LONGEST_ADDRESS, LONGEST_REASON = 2_000, 500


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of one account to the sources of a unit."""

    request: Request
    unit: str
    who: Principal

    @property
    def service(self) -> Service:
        """The service that was asked."""
        return service_of(self.request)

    @property
    def book(self) -> SourceBook:
        """Who tries addresses and keeps sources."""
        return self.service.source_book

    @property
    def words(self) -> Words:
        """The words in which the page speaks."""
        return words_for(self.request)

    @property
    def done(self) -> str:
        """What was done just before; "" where nothing was."""
        said = self.request.query_params.get("done", "")
        return said if said in DONE else ""

    def kept(self, source: str) -> Kept:
        """Return a source that is set; raises Problem (HTP-404)."""
        kept = self.book.kept(source)
        if kept is None:
            raise missing(f"source {source[:60]}")
        return kept

    def back(self, typed: Typed | None = None) -> str:
        """Return the page of this site to go back to; "" where none was named."""
        said = (typed or {}).get("back", "") or self.request.query_params.get("back", "")
        return local_path(said) if said else ""

    def adding(self, *, url: str = "", place: str = "", problem: str = "") -> Mapping[str, Any]:
        """Return what `source_add.html` shows: the field, with the place of the checklist that was clicked."""
        asked = self.request.query_params
        return {
            "of_unit": self.unit,
            "url": url or asked.get("url", "")[:LONGEST_ADDRESS],
            "place": place_named(place or asked.get("place", "")),
            "back": self.back(),
            "add_problem": self.words(f"source_form.problem_{problem}") if problem else "",
            "may_change": self.who.may("change_settings"),
        }

    def places(self) -> Mapping[str, Any]:
        """Return what `checklist.html` shows: the ten places as the unit stands to them."""
        return places_of(self.service, self.unit, self.who)


def places_of(service: Service, unit: str, who: Principal) -> Mapping[str, Any]:
    """Return what `checklist.html` shows of a unit; a page that includes it says where to come back to (`back`)."""
    return {
        "listing": service.source_book.checklist(unit),
        "may_change": who.may("change_settings"),
        "says": [each.value for each in SAID],
    }


def reason_of(typed: Typed) -> str:
    """Return why, as it was typed."""
    return typed.get("reason", "").strip()[:LONGEST_REASON]
