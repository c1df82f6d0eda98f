"""The API does what its description says: every operation is asked with generated data, in process (schemathesis)."""

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance
from starlette.types import Receive, Scope, Send

from api.accounts.account import ROLES_OF_PEOPLE
from pipeline.domain.group import incident_id
from tests.desk_house import DeskHouse, desk_house
from tests.http_house import UNIT
from tests.stored import SECOND

DESCRIPTION = "/api/v1/openapi.json"
ENDLESS = "/api/v1/alerts/stream"
IS_DEEP = os.environ.get("HUIYIN_DEEP") == "1"
"""Minutes instead of seconds: about a hundred cases of every operation, with each rule of its description broken."""


@dataclass
class Near:
    """The application as this machine asks it; ten seconds pass with each request, so that no limit is met."""

    house: DeskHouse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Every request comes from this machine, and names it."""
        if scope["type"] == "http":
            self.house.clock.at += 10 * SECOND
            scope["client"] = ("127.0.0.1", 50_000)
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope["headers"] = [*others, (b"host", f"127.0.0.1:{self.house.service.entrance.port}".encode())]
        await self.house.app(scope, receive, send)


@functools.cache
def ids_for(operation: str) -> dict[str, str]:
    """Return what the addresses of one operation name: an incident of its own, a free group, a plea for help."""
    here = NEAR.house
    owned, free = here.has_group(1_000 + here.grown), here.has_group(1_000 + here.grown)
    here.order("open", f"open {operation}", group=owned)
    here.order("acknowledge", f"ack {operation}", incident=incident_id(UNIT, owned))
    return {"unit": UNIT, "incident": incident_id(UNIT, owned), "group": free, "post": "p3"}


NEAR = Near(desk_house())
TOKEN = NEAR.house.officer("everyone", *ROLES_OF_PEOPLE).headers["authorization"]
CONFIG = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": IS_DEEP}}})
schema: Any = schemathesis.openapi.from_asgi(DESCRIPTION, NEAR, config=CONFIG).exclude(path=ENDLESS)

each_operation: Callable[[Callable[[Any], None]], Callable[..., None]] = schema.parametrize()

LEFT_OUT = [positive_data_acceptance, ignored_auth]
"""
A well-formed cursor may be none of the list, and a well-formed claim none of the incident: such an order is refused.
That nothing is answered without an account, test_api_cells.py asks of every route.
"""


def is_wrong_on_purpose(case: Any) -> bool:
    """Whether the ids of the address were made to break the description."""
    path = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    return path is not None and path.mode.is_negative


@pytest.mark.filterwarnings("ignore")  # of the generator, about its own strategies
@each_operation
@settings(
    max_examples=40 if IS_DEEP else 6,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_each_operation_answers_as_described(case: Any) -> None:
    """No error of the server; status, media type, headers and body as the description says; bad data is refused."""
    if not is_wrong_on_purpose(case):
        ids = ids_for(case.operation.label)
        case.path_parameters.update({name: one for name, one in ids.items() if name in case.path_parameters})
    case.call_and_validate(headers={"Authorization": TOKEN}, excluded_checks=LEFT_OUT)
