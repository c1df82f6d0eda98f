"""Pages from templates. The only importer of `jinja2`; every value is escaped, an unknown one is an error."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.accounts.principal import Principal

from .service import service_of


def open_templates() -> Environment:
    """Return the environment of all templates, which the application keeps."""
    return Environment(
        loader=PackageLoader("api.http", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(
    request: Request,
    name: str,
    values: Mapping[str, Any] | None = None,
    *,
    who: Principal | None = None,
    status: int = 200,
) -> HTMLResponse:
    """Return the page of a template. Every template knows `who`, `csrf`, `is_demo` and `path` besides its values."""
    known = {
        "who": who,
        "csrf": who.csrf if who else "",
        "is_demo": service_of(request).is_demo,
        "path": request.url.path,
    }
    templates: Environment = request.app.state.templates
    html = templates.get_template(name).render(known | dict(values or {}))
    return HTMLResponse(html, status_code=status)
