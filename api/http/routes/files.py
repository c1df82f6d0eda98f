"""Files that people attached to an incident, one by one."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from api.accounts.principal import Principal
from api.http.asked import IncidentId
from api.http.gate import needs
from api.http.problem import missing
from api.http.seeing import TheUnit
from pipeline.domain.attachment import TYPES, type_of_name
from pipeline.workflow.dossier import dossier

router = APIRouter(prefix="/api/v1/units/{unit}/incidents", tags=["incidents"])
MemoId = Annotated[str, Path(max_length=200, pattern=r"^[!-~]+$", examples=["d4735e3a265e16eee03f59718b9b5d03-1"])]
BYTES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {kind: {"schema": {"type": "string"}} for kind in TYPES}}
}


@router.get("/{incident}/files/{memo}", response_class=Response, responses=BYTES)
def file(
    incident: IncidentId, memo: MemoId, here: TheUnit, who: Annotated[Principal, needs("read_incident")]
) -> Response:
    """Return one attached file as a download; `memo` is the file's own, as `texts` names it. It is on record."""
    stores = here.service.stores
    dossier(stores.log, stores.posts, here.state, incident, who.roles)  # refuses who may not read it
    kept = stores.log.memo(here.unit, memo)
    family = {one.id for one in here.state.family(incident)}
    data = stores.blobs.get(kept.attachment) if kept and kept.attachment and kept.incident in family else None
    if kept is None or data is None:
        raise missing(f"file {memo[:40]}")
    here.service.people.audit.opened(who.account, here.unit, memo)
    kind = type_of_name(kept.text)
    headers = {"Content-Disposition": f'attachment; filename="{memo[:12]}.{TYPES[kind][0]}"'}
    return Response(data, media_type=kind, headers=headers)
