"""
A certificate that Huiyin makes itself, for the local network of an office that has none.

Nobody has signed it, so each browser asks once; who compares the fingerprint then is safe. ECDSA P-256, 397 days.
"""

import datetime as dt
import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.domain.post import Millis

DAYS = 397
RENEWED_BEFORE = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SelfMade:
    """The files of a self-made certificate, and what people compare."""

    chain: Path
    key: Path
    fingerprint: str
    ends_at: Millis
    names: frozenset[str]


def self_made_certificate(folder: Path, names: Sequence[str], now: Millis) -> SelfMade:
    """
    Return the folder's certificate for these names and addresses, made or made anew where it must be.

    It stays the same until a name is missing in it or it ends within 30 days: each change asks people to compare again.
    """
    chain, key = folder / "web-certificate.pem", folder / "web-key.pem"
    at = dt.datetime.fromtimestamp(now / 1_000, dt.UTC)
    try:
        found = read_certificate(chain) if chain.exists() and key.exists() else None
        if found is None or _is_over(found, names, now):
            _make(chain, key, names, at)
            found = read_certificate(chain)
    except OSError as cause:
        sentence = f"{chain}: the certificate cannot be read or written ({cause.strerror})"
        raise StoreUnavailable(f"{sentence}; give this account the right to the folder", code="STO-001") from cause
    return found


def read_certificate(chain: Path) -> SelfMade:
    """Return what a certificate's file says; raises BadInput (CFG-132) where it is none."""
    try:
        certificate = x509.load_pem_x509_certificate(chain.read_bytes())
    except ValueError as cause:
        sentence = f"{chain}: is no certificate in PEM form ({cause}); delete it, and its key beside it"
        raise BadInput(f"{sentence}, where Huiyin made it, else name another", code="CFG-132") from cause
    print_of = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
    ends_at = int(certificate.not_valid_after_utc.timestamp() * 1_000)
    return SelfMade(chain, chain.with_name("web-key.pem"), print_of, ends_at, _names(certificate))


def _is_over(found: SelfMade, names: Sequence[str], now: Millis) -> bool:
    is_near_its_end = found.ends_at - now < RENEWED_BEFORE.total_seconds() * 1_000
    return is_near_its_end or not {name.lower() for name in names} <= found.names


def _names(certificate: x509.Certificate) -> frozenset[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    addresses = (str(address) for address in names.get_values_for_type(x509.IPAddress))
    return frozenset({*names.get_values_for_type(x509.DNSName), *addresses})


def _make(chain: Path, key: Path, names: Sequence[str], at: dt.datetime) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Huiyin")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - dt.timedelta(days=1))
        .not_valid_after(at + dt.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([_general_name(name.lower()) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    pem = secret.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    _write(key, pem, 0o600)
    _write(chain, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode())


def _write(path: Path, content: bytes, mode: int) -> None:
    """The file is there whole and with these rights, or as it was."""
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
