"""Script, stylesheet and icon under addresses that name their content, so that a browser may keep them for ever."""

import gzip
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from fastapi import APIRouter, Request, Response

from api.http.gate import PUBLIC
from api.http.problem import missing

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)

MEDIA: Mapping[str, str] = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
FOR_EVER = "public, max-age=31536000, immutable"
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent. `address` names its content."""

    address: str
    media: str
    plain: bytes
    packed: bytes


def open_assets() -> Mapping[str, Asset]:
    """Return name → asset of what the build made; where nothing was built, pages are plain and still work."""
    folder = resources.files("api.http") / "static"
    found = {
        entry.name: _asset(entry.name, entry.read_bytes())
        for entry in (folder.iterdir() if folder.is_dir() else ())
        if entry.name.rpartition(".")[2] in MEDIA
    }
    if "console.css" not in found:
        log.warning("assets.missing: pages are plain; build them: pip install -e . (see api/http/assets)")
    return found


def _asset(name: str, content: bytes) -> Asset:
    stem, _, ending = name.rpartition(".")
    mark = hashlib.sha256(content).hexdigest()[:SHOWN]
    return Asset(f"/static/{stem}-{mark}.{ending}", MEDIA[ending], content, gzip.compress(content, 9, mtime=0))


@router.get("/static/{name}", dependencies=[PUBLIC])
def asset(request: Request, name: str) -> Response:
    """One file of the console; an address that names another content is not there."""
    assets: Mapping[str, Asset] = request.app.state.assets
    found = next((each for each in assets.values() if each.address == f"/static/{name}"), None)
    if found is None:
        raise missing(f"file {name[:80]}")
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, media_type=found.media, headers={**headers, "Content-Encoding": "gzip"})
    return Response(found.plain, media_type=found.media, headers=headers)
