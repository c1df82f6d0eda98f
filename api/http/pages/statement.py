"""What is watched, for every account: terms, sources, paces, retention, the model, and how to object (DESIGN §1.9)."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.http.gate import needs
from api.http.page import render
from api.http.service import TheService
from api.http.shell import words_for
from api.http.statement_view import values_of
from api.settings.installation import contact_set
from api.statement import Circumstances, statement_of

router = APIRouter(include_in_schema=False)


@router.get("/u/{unit}/statement")
def statement(
    request: Request, service: TheService, unit: str, who: Annotated[Principal, needs("be_signed_in")]
) -> Response:
    """The unit's statement as of now; publishing it is the unit's own act."""
    contact = service.written_contact or contact_set(service.stores.records)
    here = Circumstances(service.clock.now(), request.app.state.glance.health().model, contact)
    found = statement_of(service.settings, unit, service.sources(), here)
    return render(request, "statement.html", values_of(found, words_for(request)), who=who)
