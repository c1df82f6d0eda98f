"""Every page of the console and who looks at it, taken from the routes, so that no new page is forgotten."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from fastapi.routing import iter_route_contexts

from api.accounts.permissions import may
from api.http.gate import Needs, declared

from .county import PEOPLE, UNIT, County

OTHER_LOOKS = (("dark", "large"), ("contrast", "normal"))
"""(theme, size of type) beside light and normal, in which CI looks; bench/console.py looks in every one."""
EVERY_OTHER_LOOK = tuple(product(("light", "dark", "contrast"), ("normal", "large")))[1:]
NO_PAGES = frozenset(
    {
        "/static/{name}",
        "/story/line",
        "/u/{unit}/digest/letter",
        "/u/{unit}/palette",
        "/u/{unit}/incidents/{incident}/files/{memo}",
    }
    | {"/u/{unit}/letters.xlsx", "/u/{unit}/ledger.xlsx", "/u/{unit}/letters/imports/{ident}/refused.xlsx"}
)
"""Routes outside the API that answer with a file, or with what a script or a frame asks for."""


def pages_of(county: County, values: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """
    Return account → the addresses that he may open, every page once; "" is whoever has not signed in.

    `values` holds for each name in a path what stands there, one page each, or the addresses of a whole path; a name
    that it lacks is a KeyError.
    """
    found: dict[str, list[str]] = {}
    pages = {str(each.path) for each in iter_route_contexts(county.app.routes) if _is_page(each)}
    for path, methods, mark in declared(county.app):
        if path in pages and "GET" in methods:
            here = values[path] if path in values else _filled(path, {"unit": [UNIT], **values})
            found.setdefault(_who_may(mark), []).extend(here)
    return found


def _is_page(context: object) -> bool:
    route = getattr(context, "original_route", None)
    path = str(getattr(context, "path", ""))
    return getattr(route, "include_in_schema", True) is False and path not in NO_PAGES and not path.startswith("/api/")


def _who_may(mark: object) -> str:
    if not isinstance(mark, Needs):
        return ""
    return next(account for account, roles in PEOPLE.items() if may(mark.permission, frozenset(roles)))


def _filled(path: str, values: Mapping[str, Sequence[str]]) -> Iterator[str]:
    names = [part.strip("{}").partition(":")[0] for part in path.split("/") if part.startswith("{")]
    for chosen in product(*(values[name] for name in names)):
        filled = path
        for name, value in zip(names, chosen, strict=True):
            filled = filled.replace(f"{{{name}}}", value).replace(f"{{{name}:path}}", value)
        yield filled
