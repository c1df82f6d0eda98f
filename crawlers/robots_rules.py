"""
What a robots.txt allows, as RFC 9309 has it: 2xx is parsed, other 4xx allow, 429, 5xx and silence disallow.

Protego reads and decides; the line that decided is found again here, so that it can be shown with the fetch.
"""

from dataclasses import dataclass

from protego import Protego

from pipeline.domain.address import names_author
from pipeline.domain.post import Millis

PARSE_LIMIT = 500 * 1024
"""RFC 9309 §2.5: at least 500 KiB are read; we read no more."""

KEPT_FOR: Millis = 24 * 3_600_000
"""RFC 9309 §2.4: a cached robots.txt is not used for longer than 24 hours."""


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """What a host answered for /robots.txt. Status 0 means that no answer came."""

    status: int
    text: str
    at: Millis

    @property
    def is_reachable(self) -> bool:
        """Whether the answer says something about the rules: a 2xx, or a 4xx other than 429."""
        return 200 <= self.status < 300 or (400 <= self.status < 500 and self.status != 429)

    def is_fresh(self, now: Millis) -> bool:
        """Whether the answer may still be used."""
        return self.is_reachable and self.at <= now < self.at + KEPT_FOR


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    Whether a page may be fetched, the line that decided ("" where none applies), and the delay that is asked for.

    `number` is where that line stands in the text that was read, from 1; 0 where no line decided.
    """

    is_allowed: bool
    rule: str
    at: Millis
    is_reachable: bool = True
    delay_seconds: float = 0.0
    number: int = 0


class RobotsRules:
    """The rules of one host for one product token."""

    def __init__(self, answer: RobotsAnswer, product: str) -> None:
        self._answer = answer
        self._product = product
        self._parsed = Protego.parse(answer.text) if 200 <= answer.status < 300 else None

    def verdict(self, address: str) -> Verdict:
        """Return the verdict on an address of the host."""
        at = self._answer.at
        if not self._answer.is_reachable:
            said = f"robots.txt answered {self._answer.status}" if self._answer.status else "robots.txt did not answer"
            return Verdict(is_allowed=False, rule=f"{said}: nothing is fetched", at=at, is_reachable=False)
        if self._parsed is None:
            return Verdict(is_allowed=True, rule=f"no robots.txt ({self._answer.status})", at=at)
        is_allowed = bool(self._parsed.can_fetch(address, self._product))
        delay = self._parsed.crawl_delay(self._product) or 0.0
        number, line = deciding_rule(self._answer.text, self._product, address, is_allowed=is_allowed)
        shown = f"{line.partition(':')[0]}: a path that names a person" if names_author(_pattern(line)) else line
        return Verdict(is_allowed, shown, at, delay_seconds=delay, number=number)


def without_comments(text: str) -> str:
    """Return what may be kept of a robots.txt: its rules, without comments (they name people) and site maps."""
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.lower().startswith(("sitemap", "host")))


def deciding_line(text: str, product: str, address: str, *, is_allowed: bool) -> str:
    """Return the longest rule for the verdict in the product's group (or that of `*`); "" where no rule met."""
    return deciding_rule(text, product, address, is_allowed=is_allowed)[1]


def deciding_rule(text: str, product: str, address: str, *, is_allowed: bool) -> tuple[int, str]:
    """Return that rule with the number of its line; (0, "") where no rule met."""
    groups = _groups(text)
    lines = groups.get(product.lower()) or groups.get("*") or []
    target = address.split("#", 1)[0]
    met = [
        (number, line)
        for number, line in lines
        if line.lower().startswith("allow") is is_allowed and _meets(line, target)
    ]
    return max(met, key=lambda each: len(_pattern(each[1])), default=(0, ""))


def _groups(text: str) -> dict[str, list[tuple[int, str]]]:
    """Return the numbered rule lines of each agent that the file names, in lower case."""
    groups: dict[str, list[tuple[int, str]]] = {}
    current: list[str] = []
    after_rule = False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.split("#", 1)[0].strip()
        field, _, value = (part.strip() for part in line.partition(":"))
        if field.lower() == "user-agent":
            current = [] if after_rule else current
            current.append(value.lower())
            groups.setdefault(value.lower(), [])
            after_rule = False
        elif field.lower() in {"allow", "disallow"}:
            after_rule = True
            for agent in current:
                groups[agent].append((number, f"{field}: {value}"))
    return groups


def _pattern(line: str) -> str:
    return line.partition(":")[2].strip()


def _meets(line: str, target: str) -> bool:
    """Whether a rule's pattern matches: as the only rule of a file, turned into a Disallow, it would forbid."""
    pattern = _pattern(line)
    return bool(pattern) and not Protego.parse(f"User-agent: *\nDisallow: {pattern}").can_fetch(target, "x")
