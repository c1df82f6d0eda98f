"""What is wrong with an order that a person filled in: every problem at once, each beside its field."""

from collections.abc import Sequence
from dataclasses import dataclass

from .errors import BadInput


@dataclass(frozen=True, slots=True)
class Problem:
    """One field that cannot be used: what is wrong, what would be right, and the allowed values where they are few."""

    field: str
    sentence: str
    allowed: tuple[str, ...] = ()


class BadOrder(BadInput):
    """
    An order cannot be read; nothing was decided and nothing stored. `problems` names every field that is wrong.

    Codes: ORD-101 fields, text or attachments · 102 no such command · 103 the key was used for another content.
    """

    code = "ORD-101"

    def __init__(self, name: str, problems: Sequence[Problem], *, code: str = "ORD-101") -> None:
        lines = "\n".join(f"  {problem.field}: {problem.sentence}" for problem in problems)
        super().__init__(f"{name}: {len(problems)} problem(s); nothing was done.\n{lines}", code=code)
        self.problems = tuple(problems)
