"""An entry by hand, as the API shows it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EntryShown:
    """
    What became of an entry. `incident` is null until the worker has come to it; `look` is where to look next.

    `dropped` are the kinds of things that were left out of a pasted share text, never their wording.
    """

    post: str
    incident: str | None
    dropped: Sequence[str]
    look: str
