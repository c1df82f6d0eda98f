"""The API's description, for programs that are made from it."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.http.gate import PUBLIC
from api.http.openapi import describe

router = APIRouter(prefix="/api/v1", include_in_schema=False)


@router.get("/openapi.json", dependencies=[PUBLIC])
def openapi(request: Request) -> JSONResponse:
    """Return the description; it is made once, at the first question."""
    state = request.app.state
    if not hasattr(state, "description"):
        state.description = describe(request.app)
    return JSONResponse(state.description)
