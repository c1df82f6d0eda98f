"""That one account takes the place of another, as a typed value. The book of accounts asks for it, and the clock."""

from dataclasses import dataclass
from typing import ClassVar

from .command import IncidentCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceAccount(IncidentCommand):
    """What is open here and names the one account names the other from now on; both as "account:ID"."""

    name: ClassVar[str] = "replace_account"
    old: str
    new: str
