"""Liveness, readiness and metrics, each told as it is."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from api.http.gate import PUBLIC, needs
from api.http.service import TheService

router = APIRouter(tags=["health"])
NOT_READY: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"schema": {"type": "object"}}}, "description": "It does its job"},
    503: {"content": {"application/json": {"schema": {"type": "object"}}}, "description": "It does not; which part"},
}


@router.get("/livez", dependencies=[PUBLIC], response_class=PlainTextResponse)
def livez() -> Response:
    """Whether the web service answers."""
    return PlainTextResponse("alive\n")


@router.get("/readyz", dependencies=[needs("read_health", or_local=True)], responses=NOT_READY)
def readyz(service: TheService) -> Response:
    """Whether the service does its job, part by part; 503 where it does not."""
    now = service.health().with_parts(service.servers())
    problems = now.says("problem")
    body = {
        "ready": not problems,
        "problems": problems,
        "degraded": now.says("degraded"),
        "parts": [asdict(part) for part in now.parts],
        "processes": dict(now.processes),
        "classifier": now.model,
        "coverage": f"{now.sources_alive} of {now.sources} sources alive",
    }
    return JSONResponse(body, status_code=503 if problems else 200)


@router.get("/metrics", dependencies=[needs("read_health", or_local=True)], response_class=PlainTextResponse)
def metrics(service: TheService) -> Response:
    """Counts for the operator's monitoring, one per line."""
    numbers = {**service.metrics(), **service.counts.read()}
    lines = [f"huiyin_{name} {value}" for name, value in sorted(numbers.items())]
    return PlainTextResponse("\n".join([*lines, ""]))
