"""The web service as a server: a socket, TLS where the entrance asks for it, and the application behind it."""

import contextlib
import logging
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.workflow.due_record import last_due_check

from .accounts.audit import Audit
from .entrance import is_loopback
from .http.app import create_app
from .http.patience import Patience, patient
from .http.service import Service
from .stores import Stores

log = logging.getLogger(__name__)

ENDING_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """Two PEM files: the certificate with its chain, and its key."""

    chain: Path
    key: Path

    def check(self) -> None:
        """Both can be used together; raises BadInput (CFG-132) where they cannot."""
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.chain, self.key, password=_no_password)
        except (OSError, ValueError) as cause:
            sentence = f"the certificate {self.chain} with key {self.key} cannot be used ({cause}); name two PEM files"
            raise BadInput(f"{sentence} that belong together, the key without a password", code="CFG-132") from cause


@contextlib.contextmanager
def answering(service: Service, certificate: Certificate | None) -> Iterator[None]:
    """
    The web service answers while the block runs.

    Raises BadInput (CFG-120) where the port cannot be used: a service that nobody can ask is not alive.
    """
    entrance = service.entrance
    if certificate:
        certificate.check()
    config = uvicorn.Config(
        create_app(service),
        host=entrance.host,
        port=entrance.port,
        http=patient(Patience(lambda address: not (entrance.trusts(address) or is_loopback(address)))),
        ws="none",
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # whom to believe is the entrance's decision
        server_header=False,
        ssl_certfile=certificate.chain if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
        timeout_graceful_shutdown=int(ENDING_SECONDS),
    )
    server = uvicorn.Server(config)
    door = listen(entrance.host, entrance.port)
    thread = threading.Thread(target=server.run, args=([door],), name="web", daemon=True)
    ended = threading.Event()
    writing = threading.Thread(target=_write_down, args=(service.people.audit, ended), name="audit", daemon=True)
    thread.start()
    writing.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=ENDING_SECONDS)
        ended.set()
        writing.join(timeout=ENDING_SECONDS)


def _write_down(audit: Audit, ended: threading.Event) -> None:
    """Reads are on record some seconds after they happened, also where nobody reads any more."""
    while not ended.wait(1.0):
        with contextlib.suppress(StoreUnavailable):  # they stay gathered; the next read is told where it is too much
            audit.flush_due()
    try:
        audit.flush()
    except StoreUnavailable as refusal:
        log.error("web.audit_lost: what was read in the last seconds is not on record: %s", refusal)  # noqa: TRY400


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; raise BadInput (CFG-120) where the address cannot be used."""
    try:
        return socket.create_server((host, port))
    except (OSError, UnicodeError) as cause:
        sentence = f"{host}:{port}: the web service cannot listen there ({cause})"
        next_step = "end the program that uses it, perhaps another Huiyin, or give [web] another port"
        raise BadInput(f"{sentence}; {next_step}", code="CFG-120") from cause


def metrics(stores: Stores) -> Mapping[str, int]:
    """Return counts for the operator's monitoring."""
    counts = {"dead_letters": len(stores.bus.dead_letters(1_000)), "log_units": len(stores.log.units())}
    found = last_due_check(stores.records)
    if found is None:
        return counts
    return {**counts, "open_incidents": found.open_incidents, "undated_incidents": found.undated}


def _no_password() -> str:
    """Return nothing where a key asks for a password, so that no process waits at a terminal for one."""
    return ""
