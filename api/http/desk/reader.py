"""Who looks at a page of a unit, in which words, at what time, and what he may see there."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request

from api.accounts.principal import Principal
from api.http.called import Called, called
from api.http.moment import Moments
from api.http.service import Service
from api.http.shell import words_for
from api.words import Words
from pipeline.domain.post import Post
from pipeline.domain.unit_state import UnitState
from pipeline.workflow.queue import Queue
from pipeline.workflow.visibility import may_read


@dataclass(frozen=True, slots=True)
class Reader:
    """One request of one account to one unit. `state` is what the unit's log said when it came."""

    service: Service
    who: Principal
    unit: str
    words: Words
    moments: Moments
    called: Called
    state: UnitState

    @property
    def queue(self) -> Queue:
        """The lines of the unit as he may see them."""
        return Queue(self.service.stores.posts, self.state, self.who.roles)

    def reads(self, post: Post) -> bool:
        """Whether he may read the words of a post of a matter that he sees."""
        return may_read(self.who.roles, post)

    def at(self, moment: int | None) -> str:
        """Return date and hour; "" for none."""
        return "" if moment is None else self.moments.at(moment)

    def values(self) -> dict[str, Any]:
        """Return what every template of the desk knows besides the shell."""
        return {"called": self.called, "me": self.who.actor}


def reader_of(request: Request, service: Service, who: Principal, unit: str) -> Reader:
    """Return who looks."""
    words = words_for(request)
    moments = Moments(service.clock.now(), words)
    names = called(service, unit, words)
    return Reader(service, who, unit, words, moments, names, service.desk.state(unit))
