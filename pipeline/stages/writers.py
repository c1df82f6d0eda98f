"""How many different people wrote in each group within 14 days: counts only, from tokens that say nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.member import WINDOW
from pipeline.domain.post import Millis, Token


@dataclass(frozen=True, slots=True)
class Wrote:
    """
    That somebody wrote in a group, for counting people; without tokens a person of his own.

    What a changed rule found later (`backfilled`) is counted only for posts that were found so too, so that it never
    helps to raise anything.
    """

    at: Millis
    tokens: tuple[Token, ...]
    backfilled: bool


class Writers:
    """Who wrote when in each group of one unit, as long as it can still be counted."""

    def __init__(self) -> None:
        self._wrote: dict[str, list[Wrote]] = {}

    def count(self, group: str, *, backfilled: bool = False, also: Wrote | None = None) -> int:
        """Return how many people wrote within the window; it ends at the newest post, in whatever order posts come."""
        wrote = [one for one in self._wrote.get(group, ()) if backfilled or not one.backfilled]
        if also is not None:
            wrote.append(also)
        until = max((one.at for one in wrote), default=0)
        return different_people([one.tokens for one in wrote if one.at > until - WINDOW])

    def remember(self, group: str, wrote: Wrote) -> None:
        """Somebody wrote in the group."""
        self._wrote[group] = _still_counted([*self._wrote.get(group, ()), wrote])

    def absorb(self, absorbed: str, into: str) -> None:
        """Who wrote in the first group wrote in the other."""
        wrote = [*self._wrote.get(into, ()), *self._wrote.pop(absorbed, ())]
        if wrote:
            self._wrote[into] = _still_counted(wrote)


def different_people(tokens: Sequence[tuple[Token, ...]]) -> int:
    """Return how many different people wrote; two posts are one person's where they share a token of one period."""
    seen: set[Token] = set()
    people = 0
    for of_post in tokens:
        if not of_post or seen.isdisjoint(of_post):
            people += 1
        seen.update(of_post)
    return people


def _still_counted(wrote: list[Wrote]) -> list[Wrote]:
    """Return those who can still be counted: the window only moves on, and what was backfilled does not move it."""
    until = max((one.at for one in wrote if not one.backfilled), default=0)
    return [one for one in wrote if one.at > until - WINDOW]
