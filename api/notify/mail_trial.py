"""
One letter is tried, and what the mail server says comes back: at which step it stopped, why, and its own line.

Bounded in time as a whole: a name that is looked up for ever, or a server that answers one byte a second, ends it too.
"""

import queue
import smtplib
import socket
import ssl
import threading
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

from api.outward import ProxyRefusedError, ProxyUnreachableError
from pipeline.domain.post import Millis

from .mail import MOST_SAID, MailServer, connected, hand_over, part, steps

PATIENCE_SECONDS = 30.0
_CERTIFICATES = {
    10: "expired",
    18: "certificate",
    19: "certificate",
    20: "certificate",
    21: "certificate",
    62: "other_name",
}
"""OpenSSL's number → what is wrong with a certificate: run out, signed by somebody unknown, made for another name."""


@dataclass(frozen=True, slots=True)
class Trial:
    """
    How a trial ended; `said` is the server's own line.

    `outcome` is taken, or where it stopped: no_name, no_route, refused, silent, dropped, proxy, expired, certificate,
    other_name, no_tls, not_mail, no_login, login, sender, recipient, content, unfit.
    """

    outcome: str
    said: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether the server took the letter over."""
        return self.outcome == "taken"


def try_mail(
    server: MailServer, to: str, text: tuple[str, str], now: Millis, *, patience: float = PATIENCE_SECONDS
) -> Trial:
    """Return what became of a letter with this subject and body; never later than `patience` seconds from now."""
    answers: queue.SimpleQueue[Trial] = queue.SimpleQueue()

    def work() -> None:
        answers.put(_tried(server, to, text, now))

    threading.Thread(target=work, name="mail-trial", daemon=True).start()
    try:
        return answers.get(timeout=patience)
    except queue.Empty:
        return Trial("silent")


def _tried(server: MailServer, to: str, text: tuple[str, str], now: Millis) -> Trial:
    try:
        letter = _letter(server, to, text, now)
    except (ValueError, IndexError, MessageError) as cause:
        return Trial("unfit", _line(str(cause)))
    try:
        smtp = connected(server)
        try:
            return _handed_over(smtp, letter)
        finally:
            part(smtp)
    except smtplib.SMTPException as refusal:
        return _of_smtp(refusal)
    except OSError as failure:
        return _of_line(failure)


def _letter(server: MailServer, to: str, text: tuple[str, str], now: Millis) -> EmailMessage:
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address("Huiyin 回音", addr_spec=server.sender)
    letter["To"] = Address(addr_spec=to)
    letter["Subject"] = text[0]
    letter["Date"] = formatdate(now / 1_000)
    letter["Message-ID"] = make_msgid(domain=server.sender.rpartition("@")[2])
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text[1] + "\n", cte="base64")
    return letter


def _handed_over(smtp: smtplib.SMTP, letter: EmailMessage) -> Trial:
    smtp.ehlo_or_helo_if_needed()
    for name, wanted, step in steps(smtp, letter):
        code, said = step()
        if code // 100 != wanted:
            return Trial(name, _line(said, code))
    code, said = hand_over(smtp, letter)
    return Trial("taken" if code // 100 == 2 else "content", _line(said, code))


def _of_smtp(refusal: smtplib.SMTPException) -> Trial:
    """Return which step the library stopped at."""
    if isinstance(refusal, smtplib.SMTPAuthenticationError):
        return Trial("login", _line(refusal.smtp_error, refusal.smtp_code))
    if isinstance(refusal, smtplib.SMTPNotSupportedError):
        return Trial("no_tls" if "STARTTLS" in str(refusal) else "no_login", _line(str(refusal)))
    if isinstance(refusal, smtplib.SMTPResponseException) and 200 <= refusal.smtp_code < 600:
        return Trial("content", _line(refusal.smtp_error, refusal.smtp_code))
    if isinstance(refusal, smtplib.SMTPServerDisconnected):
        return Trial("silent" if "timed out" in str(refusal) else "dropped")
    return Trial("not_mail")


def _of_line(failure: OSError) -> Trial:
    """Return why there was no conversation: the name, the way, the door, or what the two sides believe."""
    if isinstance(failure, ssl.SSLCertVerificationError):
        return Trial(_CERTIFICATES.get(failure.verify_code, "certificate"), _line(failure.verify_message))
    if isinstance(failure, ssl.SSLError):
        return Trial("no_tls", _line(failure.reason or ""))
    if isinstance(failure, socket.gaierror):
        return Trial("no_name")
    if isinstance(failure, ProxyRefusedError | ProxyUnreachableError):
        return Trial("proxy", _line(str(failure)))
    if isinstance(failure, TimeoutError):
        return Trial("silent")
    return Trial("refused" if isinstance(failure, ConnectionError) else "no_route", _line(failure.strerror or ""))


def _line(said: bytes | str, code: int = 0) -> str:
    """Return what the server said as one line of visible characters."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    shown = "".join(mark if mark.isprintable() else " " for mark in text)
    return f"{code or ''} {' '.join(shown.split())}".strip()[:MOST_SAID]
