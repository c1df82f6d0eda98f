"""The unit that a verb is about, and the account as which somebody at this machine acts."""

from api.accounts.account import Account
from api.accounts.people import People
from api.cli.installation import Installation
from pipeline.domain.errors import BadInput


def unit_named(here: Installation, wanted: str) -> str:
    """Return the unit; raise BadInput (INP-161) where there is none of this name, or several and none is named."""
    units = sorted({*here.settings.units, *here.stores.log.units()})
    if wanted in units or (not wanted and len(units) == 1):
        return wanted or units[0]
    sentence = f"no unit {wanted!r} is known here" if wanted else "there is not one unit here"
    raise BadInput(f"{sentence}; name one with --unit: {', '.join(units) or 'none yet'}", code="INP-161")


def account_named(people: People, name: str, unit: str) -> Account:
    """Return who acts; raise BadInput (INP-171) where nobody is named, or he may not act in this unit."""
    account = people.accounts.get(name) if name else None
    if account is None or account.is_disabled or not account.sees(unit):
        why = f"{name} is no account that works in {unit}" if name else "say as whom you act"
        raise BadInput(f"{why}; give --as ACCOUNT, `huiyin user list` shows all", code="INP-171")
    return account
