"""The answer to one question of the doctor."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """
    The answer to one question. `details` are lines that stand below it.

    `code` names what is wrong, for the runbook; "" where nothing is, or where the sentence holds codes of its own.
    """

    what: str
    is_well: bool
    says: str
    details: tuple[str, ...] = ()
    code: str = ""
