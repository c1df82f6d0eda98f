"""The application: liveness, readiness and metrics, each told as it is."""

from collections.abc import Callable, Mapping
from dataclasses import asdict

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from api.health import Health


def create_app(health: Callable[[], Health], metrics: Callable[[], Mapping[str, int]]) -> FastAPI:
    """Return the application over two questions; the handlers know nothing else."""
    app = FastAPI(title="Huiyin 回音", docs_url=None, redoc_url=None)

    @app.get("/livez")
    def livez() -> Response:
        return PlainTextResponse("alive\n")

    @app.get("/readyz")
    def readyz() -> Response:
        now = health()
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

    @app.get("/metrics")
    def numbers() -> Response:
        lines = [f"huiyin_{name} {value}" for name, value in sorted(metrics().items())]
        return PlainTextResponse("\n".join([*lines, ""]))

    return app
