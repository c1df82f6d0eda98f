"""What robots.txt says to each address of a probe, asked once per origin, before anything else is asked there."""

from collections.abc import Callable
from dataclasses import dataclass

from crawlers.manifest import LEAST_PACE_SECONDS
from crawlers.public_address import Target
from crawlers.robots_rules import PARSE_LIMIT, RobotsAnswer, RobotsRules, Verdict
from pipeline.domain.post import Millis

from .visitor import Visitor

_MOST_HOPS = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """What robots.txt said to one address: where it lies, the status it was answered with, and the verdict."""

    address: str
    robots: str
    status: int
    verdict: Verdict


class Permits:
    """Asks each origin for its robots.txt, once, and remembers every verdict."""

    def __init__(self, visitor: Visitor, product: str, now: Callable[[], Millis]) -> None:
        self._visitor = visitor
        self._product = product
        self._now = now
        self._rules: dict[str, tuple[int, RobotsRules]] = {}
        self.seen: list[Seen] = []

    @property
    def delay_seconds(self) -> float:
        """The longest pause that a robots.txt asked for; 0 where none did."""
        return max((each.verdict.delay_seconds for each in self.seen), default=0.0)

    @property
    def pace_seconds(self) -> float:
        """The pause between two requests to one host."""
        return max(LEAST_PACE_SECONDS, self.delay_seconds)

    def verdict_on(self, target: Target) -> Seen:
        """Return what the origin's robots.txt says to the address; raises what hinders asking for it."""
        if target.origin not in self._rules:
            answer = self._ask(target)
            self._rules[target.origin] = answer.status, RobotsRules(answer, self._product)
        status, rules = self._rules[target.origin]
        seen = Seen(target.address, f"{target.origin}/robots.txt", status, rules.verdict(target.address))
        self.seen.append(seen)
        return seen

    def _ask(self, target: Target) -> RobotsAnswer:
        """Return what the origin answers, redirects followed as RFC 9309 §2.3.1.2 has it."""
        address = f"{target.origin}/robots.txt"
        for _ in range(_MOST_HOPS):
            answer = self._visitor.ask(self._visitor.target(address), LEAST_PACE_SECONDS)
            if not (300 <= answer.status < 400 and answer.location):
                break
            address = answer.leads_to
        text = answer.body[:PARSE_LIMIT].decode("utf-8-sig", "replace")
        is_read = 200 <= answer.status < 300
        return RobotsAnswer(
            answer.status if answer.status < 300 or answer.status >= 400 else 404, text if is_read else "", self._now()
        )
