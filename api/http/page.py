"""Pages from templates. The only importer of `jinja2`; every value is escaped and plain, an unknown one is an error."""

import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.accounts.principal import Principal
from api.plain_text import plain, web_address
from api.source_name import short_name

from .look import COOKIE, KEPT_SECONDS
from .service import service_of
from .shell import LANGUAGE, look_of, shell_of

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types htmx"
)
"""
No inline script or style, nothing of another origin, and no address or text becomes script: htmx's policy alone makes
markup of an answer, and only of elements that carry the page's nonce (hx-csp).
"""


def open_templates() -> Environment:
    """Return the environment of all templates, which the application keeps."""
    templates = Environment(
        loader=PackageLoader("api.http", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=plain,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["web_address"] = web_address
    templates.filters["short_name"] = short_name
    return templates


def render(
    request: Request,
    name: str,
    values: Mapping[str, Any] | None = None,
    *,
    who: Principal | None = None,
    status: int = 200,
) -> HTMLResponse:
    """
    Return the page of a template, or its content alone where the console's script asks for a part.

    Every template knows what `shell_of` returns besides its values. A language that the address asks for is kept.
    """
    nonce = secrets.token_urlsafe(16)
    templates: Environment = request.app.state.templates
    html = templates.get_template(name).render({**shell_of(request, who, nonce), **(values or {})})
    page = HTMLResponse(html, status_code=status)
    page.headers["content-security-policy"] = POLICY.format(nonce=nonce)
    page.headers["vary"] = "HX-Request, Cookie"
    if request.query_params.get(LANGUAGE):
        keep_look(request, page)
    return page


def keep_look(request: Request, page: Response, choices: Mapping[str, str] | None = None) -> None:
    """The browser keeps its look, with the choices that were made."""
    page.set_cookie(
        COOKIE,
        str(look_of(request).with_choices(choices or {})),
        max_age=KEPT_SECONDS,
        httponly=True,
        samesite="lax",
        secure=service_of(request).entrance.is_secure,
    )
