"""What every page shows around its own content: language and look, navigation, coverage, and what the browser loads."""

import contextlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from fastapi.routing import iter_route_contexts

from api.accounts.account import ALL_UNITS
from api.accounts.principal import Principal
from api.demo_story import caption_of
from api.health import Health
from api.words import Words, words_of
from pipeline.domain.errors import StoreUnavailable

from .look import COOKIE, Look, look_from
from .moment import Moments
from .passage import passage_of
from .service import Service, service_of

COVERAGE_SECONDS = 2.0
"""Pages in quick succession are told the same coverage."""
LANGUAGE = "lang"
"""The name in an address that asks for a language: ?lang=en."""
LAYOUT, PART = "base.html", "part.html"

NAVIGATION: Sequence[tuple[str, str, str]] = (
    ("queue", "/u/{unit}/queue", "read_queue"),
    ("work", "/u/{unit}/work", "read_queue"),
    ("needs", "/u/{unit}/needs", "read_needs"),
    ("letters", "/u/{unit}/letters", "read_letters"),
    ("overview", "/u/{unit}/overview", "read_overview"),
    ("search", "/u/{unit}/search", "search"),
    ("sources", "/u/{unit}/sources", "read_sources"),
    ("settings", "/u/{unit}/settings", "read_settings"),
    ("digest", "/u/{unit}/digest", "read_digest"),
    ("statement", "/u/{unit}/statement", "be_signed_in"),
    ("people", "/accounts", "read_accounts"),
)
"""(word, path, permission) of each entry; one whose page is not served is not shown."""


@dataclass(slots=True)
class Glance:
    """The coverage as every page shows it, looked at anew after some seconds."""

    look: Callable[[], Health]
    _seen: tuple[float, Health] | None = None
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def health(self) -> Health:
        """Return how the service fares, at most some seconds old."""
        with self._guard:
            now = time.monotonic()
            if self._seen is None or now - self._seen[0] > COVERAGE_SECONDS:
                self._seen = (now, self.look())
            return self._seen[1]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation."""

    word: str
    href: str
    is_here: bool


def look_of(request: Request) -> Look:
    """Return how this browser's pages look: the cookie's choice, and the language that the address asks for."""
    look = look_from(request.cookies.get(COOKIE, ""))
    return look.with_choices({"language": request.query_params.get(LANGUAGE, "")})


def words_for(request: Request) -> Words:
    """Return the words in which this browser's pages speak."""
    return words_of(look_of(request).language)


def is_part(request: Request) -> bool:
    """Whether the console's script asks for a part of a page: then only the page's own content is sent."""
    return "hx-request" in request.headers and "hx-history-restore-request" not in request.headers


def units_of(service: Service, who: Principal) -> Sequence[str]:
    """Return the units that an account sees, by id."""
    every = set(service.settings.units)
    with contextlib.suppress(StoreUnavailable):  # a page about that very problem must be shown
        every |= set(service.stores.log.units())
    return sorted(every if ALL_UNITS in who.units else every & who.units)


def unit_name(service: Service, unit: str) -> str:
    """Return how people call the unit."""
    own = service.settings.units.get(unit)
    return own.profile.name if own else unit


def shell_of(request: Request, who: Principal | None, nonce: str) -> Mapping[str, Any]:
    """Return what every template knows besides its own values."""
    service, look = service_of(request), look_of(request)
    words = words_of(look.language)
    who = who or passage_of(request).who
    units = units_of(service, who) if who else []
    unit = request.path_params.get("unit") or (units[0] if units else "")
    health = request.app.state.glance.health() if who else None
    return {
        "who": who,
        "csrf": who.csrf if who else "",
        "is_demo": service.is_demo,
        "story": caption_of(service.stores.records) if service.is_demo else None,
        "path": request.url.path,
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        "layout": PART if is_part(request) else LAYOUT,
        "nonce": nonce,
        "t": words,
        "lang": words.language,
        "look": look,
        "moments": Moments(service.clock.now(), words),
        "asset": _addresses(request),
        "health": health,
        "count": _counting(health, words),
        "names_of_moves": lambda moves: words("common.and").join(words.named("command", one) for one in moves),
        "names_of_roles": lambda roles: words("common.and").join(words.named("role", one) for one in roles),
        "names_of_parts": lambda parts: words("common.and").join(
            words.named("coverage", f"part_{one}") for one in parts
        ),
        "unit": unit,
        "unit_name": unit_name(service, unit) if unit else "",
        "units": [(each, unit_name(service, each)) for each in units],
        "navigation": entries_for(request, who, unit) if who else [],
    }


def _addresses(request: Request) -> Callable[[str], str]:
    assets = request.app.state.assets
    return lambda name: assets[name].address if name in assets else ""


def _counting(health: Health | None, words: Words) -> Callable[[int], str]:
    """Return how a count is said: a count of nothing is unknown while a source is dead (DESIGN §1.6)."""
    is_whole = health is not None and health.is_whole
    return lambda number: str(number) if number or is_whole else words("common.unknown")


def entries_for(request: Request, who: Principal, unit: str) -> Sequence[Entry]:
    """Return the pages that the navigation shows to this reader: those that are served and that his roles may open."""
    served = {context.path for context in iter_route_contexts(request.app.routes)}
    return [
        Entry(word, href, request.url.path.startswith(href))
        for word, path, permission in NAVIGATION
        if path in served and who.may(permission) and (unit or "{unit}" not in path)
        for href in (path.replace("{unit}", unit),)
    ]
