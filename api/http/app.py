"""The application: every router, the gate, the edge. What is not declared is not served."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI

from api.letters.imports import Imports
from pipeline.workflow.live import Live

from .answer import tell_problems
from .edge import Edge
from .gate import refuse_undeclared
from .hub import Hub
from .page import open_templates
from .pages import PAGES
from .routes import (
    assets,
    commands,
    description,
    entries,
    files,
    groups,
    health,
    incidents,
    letters,
    needs,
    overview,
    people,
    queue,
    search,
    signatures,
    stream,
)
from .service import Service
from .shell import Glance

ROUTERS: Sequence[APIRouter] = (
    health.router,
    people.router,
    stream.router,
    queue.router,
    signatures.router,
    incidents.router,
    files.router,
    groups.router,
    needs.router,
    letters.router,
    search.router,
    overview.router,
    commands.router,
    entries.router,
    description.router,
    assets.router,
    *PAGES,
)
"""One per subject; a new module of routes or pages is named here."""


def create_app(service: Service, routers: Sequence[APIRouter] = ROUTERS) -> FastAPI:
    """
    Return the application over a service.

    Raises RuntimeError where a route does not declare exactly one permission, or that it is public.
    """
    app = FastAPI(title="Huiyin 回音", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.service = service
    app.state.templates = open_templates()
    app.state.assets = assets.open_assets()
    app.state.imports = Imports(service.stores.records, service.clock)
    app.state.glance = Glance(service.health)
    app.state.hub = Hub(Live(service.stores.log, service.stores.posts, service.desk.is_for_leader))

    for router in routers:
        app.router.routes.extend(router.routes)  # as they stand: include_router would build every one a second time
    tell_problems(app)
    app.add_middleware(Edge, service=service)
    refuse_undeclared(app)
    return app
