"""The pages of one probe: allowed by robots.txt, redirects followed hop by hop, and what hinders told by its name."""

from collections.abc import Callable
from dataclasses import dataclass

from crawlers.public_address import AddressRefused
from pipeline.domain.post import Millis

from .connection import Unanswered
from .permits import Permits
from .seen_page import SeenPage
from .visitor import Visitor

MOST_REDIRECTS = 5


class Hindered(Exception):
    """Nothing can be read there: `why` is a word (forbidden, status, no_name …), `said` what belongs to it."""

    def __init__(self, why: str, said: str = "") -> None:
        super().__init__(f"{why}: {said}")
        self.why = why
        self.said = said


@dataclass(frozen=True, slots=True)
class Hop:
    """One address that sent on to another, and the status with which it did."""

    address: str
    status: int


class Pages:
    """Fetches pages; `is_local` says that one of them lay on a host that only the operator's list allows."""

    def __init__(
        self, visitor: Visitor, permits: Permits, now: Callable[[], Millis], tell: Callable[[str], None]
    ) -> None:
        self._visitor = visitor
        self._permits = permits
        self._now = now
        self._tell = tell
        self.hops: tuple[Hop, ...] = ()
        self.is_local = False

    def entrance(self, address: str) -> SeenPage:
        """Return the page that was pasted; the hops on the way to it are kept, also where they lead to nothing."""
        return self._follow(address, keep=True)

    def page(self, address: str) -> SeenPage:
        """Return a further page; raises Hindered."""
        return self._follow(address, keep=False)

    def _follow(self, address: str, *, keep: bool) -> SeenPage:
        hops: list[Hop] = []
        for _ in range(MOST_REDIRECTS + 1):
            answered = self._one(address)
            if isinstance(answered, SeenPage):
                return answered
            hops.append(Hop(address, answered[0]))
            if keep:
                self.hops = tuple(hops)
            address = answered[1]
        raise Hindered("redirects", address)

    def _one(self, address: str) -> SeenPage | tuple[int, str]:
        """Return the page at exactly this address, or the status and the address that it sends on to."""
        try:
            target = self._visitor.target(address)
            self.is_local = self.is_local or target.is_local
            seen = self._permits.verdict_on(target)
            if not seen.verdict.is_allowed:
                raise Hindered("forbidden" if seen.verdict.is_reachable else "robots_unreachable", target.address)
            self._tell(target.address)
            answer = self._visitor.ask(target, self._permits.pace_seconds)
        except AddressRefused as refusal:
            raise Hindered(refusal.why.value, refusal.host) from refusal
        except Unanswered as failure:
            raise Hindered(failure.failure.value, failure.said) from failure
        if answer.leads_to:
            return answer.status, answer.leads_to
        if answer.status in (429, 503):
            raise Hindered("rate_limited", str(answer.status))
        if not 200 <= answer.status < 300:
            raise Hindered("status", str(answer.status))
        return SeenPage(answer.address, answer.body, answer.content_type, self._now())
