"""What folding changed, candidate by candidate, and what of it stands in the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pipeline.domain.group_merge import NOTHING, Found
from pipeline.domain.mention import Mention

Key: TypeAlias = tuple[str, str, str, str, str]
"""The key of a mention."""


@dataclass(frozen=True, slots=True)
class Folded:
    """
    What folding one candidate changed: new mentions, keys of those that ended, and of those met again and when.

    `found` is what was done behind it about groups that turned out to be one matter.
    """

    mentions: tuple[Mention, ...]
    lapsed: tuple[Key, ...] = ()
    revived: tuple[tuple[Key, int], ...] = ()
    found: Found = NOTHING


def ends_of(folded: Iterable[Folded]) -> tuple[Sequence[Key], Sequence[tuple[Key, int]]]:
    """Return the keys of mentions that have lapsed when all is folded, and those that were revived, with when."""
    lapsed: dict[Key, None] = {}
    revived: dict[Key, int] = {}
    for each in folded:
        for key, order in each.revived:
            lapsed.pop(key, None)
            revived[key] = order
        lapsed |= dict.fromkeys(each.lapsed)
    return tuple(lapsed), tuple(revived.items())
