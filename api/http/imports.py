"""The imports of lists that this web service carries out."""

from fastapi import Request

from api.accounts.principal import Principal
from api.http.service import Service
from api.letters.imports import Imports
from api.letters.office import Office
from api.words import Words


def imports_of(request: Request) -> Imports:
    """Return the imports of this application."""
    imports: Imports = request.app.state.imports
    return imports


def office_of(service: Service, unit: str, who: Principal, words: Words) -> Office:
    """Return who takes lists for the unit: this account, with its roles."""
    return Office(service.stores, service.door, service.clerk, service.settings, unit, who.account, who.roles, words)


def attachment(name: str) -> dict[str, str]:
    """Return the header with which a browser saves an answer under an ASCII name."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
