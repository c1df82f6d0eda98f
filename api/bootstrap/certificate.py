"""The certificate of the web service, and who it is for."""

import contextlib
import socket
from collections.abc import Sequence

from api.config import Web
from api.entrance import ANY_HOST
from pipeline.adapters.certificate import SelfMade, read_certificate, self_made_certificate
from pipeline.domain.post import Millis

from .folder import Folder


def own_certificate(folder: Folder, web: Web, now: Millis) -> SelfMade:
    """Return the installation's self-made certificate for every name under which it is opened."""
    return self_made_certificate(folder.root, names_of(web), now)


def known_certificate(folder: Folder) -> SelfMade | None:
    """Return the self-made certificate that there is; nothing is made."""
    path = folder.root / "web-certificate.pem"
    return read_certificate(path) if path.exists() else None


def names_of(web: Web) -> Sequence[str]:
    """Return names and addresses of this machine: what the operator wrote, and what the machine says of itself."""
    hosts = [web.host] if web.host not in ANY_HOST else []
    if not hosts:
        name = socket.gethostname()
        with contextlib.suppress(OSError):
            hosts = [name, *(str(found[4][0]).partition("%")[0] for found in socket.getaddrinfo(name, None))]
    return list(dict.fromkeys(["localhost", "127.0.0.1", *hosts, *web.names]))
