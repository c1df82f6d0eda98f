"""A real SMTP server on loopback that keeps what it was given, and answers otherwise where a test says so."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


@dataclass
class Mailbox:
    """What the server took over; `recipient_says` and `data_says` replace its answers."""

    letters: list[EmailMessage] = field(default_factory=list)
    recipient_says: str = ""
    data_says: str = ""
    port: int = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - the library's name
        """Take the recipient, or say what the test wants."""
        if self.recipient_says:
            return self.recipient_says
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        """Keep the letter and say so; a test may have another answer given, for a letter that is kept all the same."""
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        if self.data_says == "silence":
            server.transport.abort()
        return self.data_says or "250 OK"


class _Server(Controller):
    """Knows which free port it was given before it looks whether it listens there."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # the library says nothing of it


@contextmanager
def smtp_server(mailbox: Mailbox, **options: Any) -> Iterator[Mailbox]:
    """The server listens on a free port while the block runs."""
    controller = _Server(mailbox, hostname="127.0.0.1", port=0, **options)
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        asyncio.run_coroutine_threadsafe(_hang_up(), controller.loop).result(timeout=5.0)
        controller.stop()


async def _hang_up() -> None:
    """No connection is open any more: one that a client left in the middle of TLS would outlive the loop."""
    loop: Any = asyncio.get_running_loop()
    for transport in list(loop._transports.values()):
        transport.abort()
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def takes(user: str, password: str) -> dict[str, Any]:
    """Return options of a server that lets this account in, and no other."""

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        known = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=known, handled=False)

    return {"authenticator": authenticate, "auth_required": True}


def secured(context: SSLContext) -> dict[str, Any]:
    """Return options of a server that speaks TLS after STARTTLS, and takes nothing before it."""
    return {"tls_context": context, "require_starttls": True}


def a_certificate(folder: Path, name: str = "localhost") -> tuple[Path, SSLContext]:
    """Return the file of a certificate that nobody knows yet, and the context of a server that has it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    certificate = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(
        key, SHA256()
    )
    chain, secret = folder / "server.pem", folder / "server.key"
    chain.write_bytes(certificate.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, secret)
    return chain, context
