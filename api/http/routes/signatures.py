"""Missing signatures 待补签, for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter

from api.accounts.principal import Principal
from api.http.gate import needs
from api.http.seeing import TheUnit
from pipeline.domain.row import iso_of
from pipeline.workflow.queue import Queue
from pipeline.workflow.unsigned import unsigned

router = APIRouter(prefix="/api/v1/units/{unit}/signatures", tags=["queue"])


@dataclass(frozen=True, slots=True)
class SignatureShown:
    """A step of an incident that a second person has not signed yet; `mine`: the reader may sign it himself."""

    incident: str
    what: str
    of: str
    at: str
    mine: bool


@dataclass(frozen=True, slots=True)
class SignaturesShown:
    """Every signature that is missing; `missing` counts them."""

    signatures: Sequence[SignatureShown]
    missing: int


@router.get("")
def signatures(here: TheUnit, who: Annotated[Principal, needs("read_queue")]) -> SignaturesShown:
    """Return what is not signed yet: what waits for the reader first, then what waits longest."""
    found = unsigned(Queue(here.service.stores.posts, here.state, who.roles), here.state, who.actor)
    shown = [
        SignatureShown(each.row.incident or "", each.gap.what, each.gap.of, iso_of(each.gap.at), each.is_mine)
        for each in found
    ]
    return SignaturesShown(shown, len(shown))
