"""Who asks: an account as one request sees it."""

from dataclasses import dataclass

from .account import ALL_UNITS
from .permissions import may


@dataclass(frozen=True, slots=True)
class Principal:
    """
    Who asks, with the roles and units that hold for this request.

    `csrf` is what the forms of this session carry ("" for programs with a token); `key` names the session or token.
    """

    account: str
    name: str
    roles: frozenset[str]
    units: frozenset[str]
    key: str
    csrf: str = ""
    is_demo: bool = False

    @property
    def actor(self) -> str:
        """Return how commands and events name this account."""
        return f"account:{self.account}"

    def sees(self, unit: str) -> bool:
        """Whether the unit is in scope; another unit's things are for this account as if they were not there."""
        return unit in self.units or ALL_UNITS in self.units

    def may(self, permission: str) -> bool:
        """Whether the roles allow it; for showing or hiding a button, the routes ask for themselves."""
        return may(permission, self.roles)
