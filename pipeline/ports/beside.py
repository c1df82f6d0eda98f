"""What stands beside the stores: tokens, attachments, the classifier, the clock."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from pipeline.domain.mention import Opinion
from pipeline.domain.post import Millis, Token


class PosterTokens(Protocol):
    """Poster tokens, counted and never shown; kept apart from everything that is backed up."""

    def add(self, tokens: Mapping[str, tuple[Token, ...]]) -> None:
        """The tokens of the posts are known."""

    def of(self, post_ids: Iterable[str]) -> Mapping[str, tuple[Token, ...]]:
        """Return the tokens that are known of the posts."""

    def forget(self, before_period: str) -> int:
        """Tokens of periods that sort before the given one are gone."""

    def erase(self, post_ids: frozenset[str]) -> int:
        """Tokens of the posts are gone."""


class Blobs(Protocol):
    """Attachments by the hash of their content, at most 10 MB each."""

    def stored_before(self, at: Millis) -> Iterable[str]:
        """Return what was stored last before the time; who stores the same content again stores it anew."""

    def put(self, data: bytes) -> str:
        """The data are stored; returns their SHA-256, hexadecimal."""

    def get(self, blob_id: str) -> bytes | None:
        """Return the data; None where they were erased or never were. Raises StoreUnavailable where damaged."""

    def remove(self, blob_id: str) -> bool:
        """The data are gone."""


class Classifier(Protocol):
    """Gives an opinion of a text, or abstains head by head; a failure is an abstention, never a label."""

    @property
    def model(self) -> str:
        """Name and version of the model that speaks."""

    def opinions(self, texts: Sequence[tuple[str, str]]) -> Sequence[Opinion]:
        """Return one opinion per (title, text), in order."""


class Clock(Protocol):
    """The only way to know what time it is."""

    def now(self) -> Millis:
        """Return the present moment."""
