"""
Absences: a page that was read before is no longer at its source (MECHANICS §7, Gone at the source).

The crawler notes what it met, the worker says of the post since when it is gone. A single "not found" may be a mistake
of the site: it counts only after a second one, in another round and at least an hour later. "Gone" (410) counts at
once: whoever answers so says that it was meant (RFC 9110, 15.5.11).
"""

import json
from dataclasses import asdict, dataclass

from .post import Millis

ABSENCE = "absence"
"""The kind of the records; their key is the one under which `post_heads` knows the page's address."""

SURE_AFTER: Millis = 3_600_000


@dataclass(frozen=True, slots=True)
class Absence:
    """
    What is known of a page that was missing. `first_at` None: it was seen again since.

    `gone_at` is when it was first missing, once that is sure; `last_round` names the round that looked last.
    """

    first_at: Millis | None = None
    gone_at: Millis | None = None
    last_round: str = ""


BACK = Absence()
"""The page was seen again."""


def missing(before: Absence | None, *, at: Millis, in_round: str, is_meant: bool) -> Absence:
    """Return the absence after the page was missing once more; `is_meant` where the site answered 410."""
    first_at = before.first_at if before is not None and before.first_at is not None else at
    if before is not None and before.gone_at is not None:
        return before
    is_sure = is_meant or (
        before is not None and before.last_round not in ("", in_round) and at - first_at >= SURE_AFTER
    )
    return Absence(first_at, first_at if is_sure else None, in_round)


def absence_to_json(absence: Absence) -> str:
    """Return an absence as JSON text."""
    return json.dumps(asdict(absence), sort_keys=True)


def absence_from_json(text: str) -> Absence:
    """Return the absence that `absence_to_json` wrote."""
    return Absence(**json.loads(text))
