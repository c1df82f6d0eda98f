"""
Poster tokens: how many different people spoke, without knowing who (DESIGN §1.2, MECHANICS §7).

A period lasts 30 days and one starts every 15, so each moment lies in two. A token is HMAC-SHA-256(period key,
source ‖ author), cut to 32 bits. When a period ends its key is destroyed, and the tokens mean nothing any more.
"""

import hmac
from dataclasses import dataclass

from .post import Millis, Token

STEP: Millis = 15 * 86_400_000
"""A period starts every 15 days, counted from 1970-01-01 UTC."""

LENGTH: Millis = 2 * STEP
"""A period lasts 30 days."""


@dataclass(frozen=True, slots=True)
class PeriodKey:
    """The secret of one period. `repr` never shows it."""

    period: str
    key: bytes

    def __repr__(self) -> str:
        """Name the period only."""
        return f"PeriodKey({self.period!r})"


def period_at(number: int) -> str:
    """Return the name of a period; names sort in the order of time."""
    return f"p{number:06d}"


def periods_at(at: Millis) -> tuple[str, str]:
    """Return the two periods that a moment lies in, the older first."""
    number = max(1, at // STEP)
    return (period_at(number - 1), period_at(number))


def ends_at(period: str) -> Millis:
    """Return when the period ends and its key must be gone."""
    return int(period[1:]) * STEP + LENGTH


def period_covering(start: Millis, end: Millis) -> str | None:
    """Return a period that holds the whole window, which every window of at most 14 days has; else None."""
    number = max(0, start // STEP)
    return period_at(number) if end <= number * STEP + LENGTH else None


def tokens_of(source: str, author: str, at: Millis, keys: tuple[PeriodKey, ...]) -> tuple[Token, ...]:
    """
    Return the tokens of an author for the periods that hold the moment and whose keys are at hand.

    A moment whose keys are destroyed gets none: such a post counts as a poster of its own.
    """
    wanted = periods_at(at)
    said = f"{source}\x1f{author}".encode("utf-8", "replace")
    return tuple(Token(key.period, _number(key.key, said)) for key in keys if key.period in wanted)


def derive_keys(secret: bytes, at: Millis) -> tuple[PeriodKey, ...]:
    """
    Return keys for the periods of a moment from one secret that its holder forgets.

    For verbs that read a file on the posts' own clock and keep nothing; the service itself draws its keys by chance.
    """
    return tuple(PeriodKey(name, hmac.digest(secret, name.encode(), "sha256")) for name in periods_at(at))


def _number(key: bytes, said: bytes) -> int:
    return int.from_bytes(hmac.digest(key, said, "sha256")[:4], "big")
