"""The application: liveness, readiness and metrics, each told as it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, PlainTextResponse


@dataclass(frozen=True, slots=True)
class Health:
    """
    What readiness says: whether the service does its job, why not, and which classifier speaks.

    `problems` keep the service from its work; `degraded` is what it works without, such as a dead source.
    """

    problems: Sequence[str]
    degraded: Sequence[str]
    processes: Mapping[str, str]
    model: str
    sources_alive: int
    sources: int


def create_app(health: Callable[[], Health], metrics: Callable[[], Mapping[str, int]]) -> FastAPI:
    """Return the application over two questions; the handlers know nothing else."""
    app = FastAPI(title="Huiyin 回音", docs_url=None, redoc_url=None)

    @app.get("/livez")
    def livez() -> Response:
        return PlainTextResponse("alive\n")

    @app.get("/readyz")
    def readyz() -> Response:
        now = health()
        body = {
            "ready": not now.problems,
            "problems": list(now.problems),
            "degraded": list(now.degraded),
            "processes": dict(now.processes),
            "classifier": now.model,
            "coverage": f"{now.sources_alive} of {now.sources} sources alive",
        }
        return JSONResponse(body, status_code=503 if now.problems else 200)

    @app.get("/metrics")
    def numbers() -> Response:
        lines = [f"huiyin_{name} {value}" for name, value in sorted(metrics().items())]
        return PlainTextResponse("\n".join([*lines, ""]))

    return app
