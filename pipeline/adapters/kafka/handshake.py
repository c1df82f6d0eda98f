"""
Why a broker that takes connections does not let us in: asked by hand, one step after the other.

The client only says that it ran out of time: it takes a refused password, a listener that wants TLS and a web server
for the same. Here each step of Kafka's own protocol is asked by itself (ApiVersions, SaslHandshake, SaslAuthenticate,
Metadata), and the first one that fails is told.
"""

import itertools
import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kafka.net.sasl.abc import SaslMechanism
from kafka.net.sasl.plain import SaslMechanismPlain
from kafka.net.sasl.scram import SaslMechanismScram

from .settings import KafkaSettings, connection_options

SECONDS = 3.0
LARGEST_ANSWER = 1 << 20
_METADATA, _VERSIONS, _HANDSHAKE, _AUTHENTICATE = 3, 18, 17, 36
_UNSUPPORTED_MECHANISM, _ILLEGAL_STATE = 33, 34


class _Hung(Exception):
    """The other side ended the connection, or said what no broker says."""


@dataclass(slots=True)
class _Line:
    """A connection on which one question follows the other."""

    socket: socket.socket
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def ask(self, api: int, version: int, body: bytes = b"") -> bytes:
        """Return the answer without its head."""
        number = next(self._numbers)
        head = struct.pack(">hhi", api, version, number) + _text("huiyin-doctor")
        self.socket.sendall(struct.pack(">i", len(head) + len(body)) + head + body)
        (size,) = struct.unpack(">i", self._read(4))
        if not 4 <= size <= LARGEST_ANSWER:
            raise _Hung
        answer = self._read(size)
        if struct.unpack(">i", answer[:4])[0] != number:
            raise _Hung
        return answer[4:]

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise _Hung
            data += more
        return data


def what_is_wrong(settings: KafkaSettings) -> str:
    """Return why the first broker that takes connections does not let us in, with a code; "" where it does."""
    says = ""
    for server in settings.servers:
        try:
            with _connected(settings, server) as line:
                return _asked(settings, server, line)
        except ssl.SSLCertVerificationError as cause:
            says = f"{server} shows a certificate that is not believed ({cause.verify_message})"
            return f"{says}; name in [kafka] ca_file who signed it, and the server as it does [BUS-319]"
        except ssl.SSLError:
            says = f"{server} speaks no TLS on this port"
            return f'{says}; write [kafka] security = "none", or name its port for TLS [BUS-319]'
        except OSError as cause:
            says = f"{server} ends the connection ({cause.strerror or 'no answer in time'}); look at its log [BUS-318]"
    return says


@contextmanager
def _connected(settings: KafkaSettings, server: str) -> Iterator[_Line]:
    host, _, port = server.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS) as plain:
        if not settings.tls:
            yield _Line(plain)
            return
        context: ssl.SSLContext = connection_options(settings)["ssl_context"]
        with context.wrap_socket(plain, server_hostname=host.strip("[]")) as secure:
            yield _Line(secure)


def _asked(settings: KafkaSettings, server: str, line: _Line) -> str:
    try:
        line.ask(_VERSIONS, 0)
    except (_Hung, ConnectionError, TimeoutError):
        hint = "" if settings.tls else ', and whether this listener wants [kafka] security = "tls"'
        return f"{server} takes connections and does not speak as a Kafka does; check the port{hint} [BUS-318]"
    if settings.mechanism:
        return _entered(settings, server, line)
    try:
        line.ask(_METADATA, 1, struct.pack(">i", 0))
    except (_Hung, ConnectionError):
        return f"{server} lets nobody in without a user; fill in [kafka] mechanism, user and password [BUS-303]"
    return ""


def _entered(settings: KafkaSettings, server: str, line: _Line) -> str:
    """Return why the user of the settings is not let in; "" where he is."""
    mechanism = settings.mechanism.upper()
    try:
        answer = line.ask(_HANDSHAKE, 1, _text(mechanism))
    except (_Hung, ConnectionError):
        return f"{server} asks nobody who he is on this port; take [kafka] mechanism and user out [BUS-303]"
    (error,) = struct.unpack(">h", answer[:2])
    if error == _ILLEGAL_STATE:
        return f"{server} asks nobody who he is on this port; take [kafka] mechanism and user out [BUS-303]"
    if error == _UNSUPPORTED_MECHANISM:
        known = ", ".join(name.lower() for name in _texts(answer[2:]))
        return f"{server} does not take mechanism {settings.mechanism}; it takes {known or 'none'} [BUS-303]"
    try:
        is_in = _authenticated(settings, line)
    except (_Hung, ConnectionError, ValueError):
        is_in = False
    return "" if is_in else f"{server} refuses user {settings.user}: wrong password, or no such user [BUS-303]"


def _authenticated(settings: KafkaSettings, line: _Line) -> bool:
    config = {
        "sasl_mechanism": settings.mechanism.upper(),
        "sasl_plain_username": settings.user,
        "sasl_plain_password": settings.password,
        "security_protocol": "SASL_SSL",  # else the library warns of what the operator has chosen
    }
    proof: SaslMechanism = (SaslMechanismPlain if settings.mechanism == "plain" else SaslMechanismScram)(**config)
    while not proof.is_done():
        said = proof.auth_bytes()
        answer = line.ask(_AUTHENTICATE, 0, struct.pack(">i", len(said)) + said)
        (error, length) = struct.unpack(">hh", answer[:4])
        if error:
            return False
        rest = answer[4 + max(0, length) :]
        proof.receive(rest[4:])
    return True


def _text(said: str) -> bytes:
    data = said.encode()
    return struct.pack(">h", len(data)) + data


def _texts(data: bytes) -> Iterator[str]:
    (count,) = struct.unpack(">i", data[:4])
    at = 4
    for _ in range(count):
        (length,) = struct.unpack(">h", data[at : at + 2])
        yield data[at + 2 : at + 2 + length].decode()
        at += 2 + length
