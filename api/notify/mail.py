"""
Mail over SMTP: one message per send, with an id of its own, so that a repeat is known as one by the receiving side.

The server's answer is judged by a table. An answer that was lost after the whole message had been handed over is
neither success nor failure: it is unclear, and the dispatcher repeats it once, marked.
"""

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from api import outward
from api.outward import Way, context_of
from pipeline.ports import Clock, Delivery, Message, Send

ANSWERS: Mapping[int, str] = {
    421: "retry",  # the service closes; it comes again
    452: "retry",  # no room just now
    454: "retry",  # authentication fails for a time
    530: "retry",  # authentication or TLS is asked for: somebody mends the settings
    534: "retry",
    535: "retry",  # the password is wrong; it is tried until somebody mends it, for a day
    538: "retry",
    550: "permanent",  # no such mailbox, or refused by policy
    552: "retry",  # the mailbox is full; it may be emptied
    553: "permanent",
    554: "permanent",
}
"""Reply code → what it means for the message; other codes go by their first digit (RFC 5321 §4.2.1)."""

FIRST_DIGIT: Mapping[int, str] = {2: "delivered", 4: "retry", 5: "permanent"}
MOST_SAID = 160
_LINK = re.compile(r"/reply/[A-Za-z0-9_-]+")
"""What opens the page of an office; a server that quotes it must not bring it into what is kept and logged."""
_LEADING_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True)
class MailServer:
    """How the unit's mail server is reached. `security` is tls, starttls or none."""

    host: str
    port: int
    sender: str
    security: str = "tls"
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    timeout: float = 10.0
    way: Way = field(default_factory=Way)

    def believes(self) -> ssl.SSLContext:
        """Return which certificates a connection to it believes."""
        return context_of(self.ca_file or self.way.ca_file)


class Mail:
    """The channel "mail"."""

    name = "mail"
    per_minute = 0

    def __init__(self, server: MailServer, clock: Clock) -> None:
        self._server = server
        self._clock = clock

    def deliver(self, send: Send, message: Message) -> Delivery:
        """The server has taken the message over, or the answer says why not. Raises OSError where nobody answers."""
        try:
            letter = self._letter(send, message)
        except (ValueError, IndexError, MessageError) as cause:
            return Delivery("permanent", f"{send.recipient} has no usable mail address in the recipients: {cause}")
        try:
            smtp = connected(self._server)
            try:
                delivery = _handed_over(smtp, letter)
            finally:
                part(smtp)
        except smtplib.SMTPResponseException as answer:
            return judged(answer.smtp_code, answer.smtp_error)
        except smtplib.SMTPNotSupportedError as cause:
            return Delivery("retry", f"the mail server cannot do what [mail] asks for: {cause}")
        except ssl.SSLError as cause:
            return Delivery("retry", f"no secure connection to the mail server: {cause.reason}")
        return delivery

    def _letter(self, send: Send, message: Message) -> EmailMessage:
        letter = EmailMessage(policy=SMTP)
        letter["From"] = Address("Huiyin 回音", addr_spec=self._server.sender)
        letter["To"] = Address(addr_spec=message.to)
        letter["Subject"] = " ".join(message.subject.split())
        letter["Date"] = formatdate(self._clock.now() / 1_000)
        letter["Message-ID"] = f"<{send.id}@{self._server.sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content("\n".join(message.lines) + "\n", cte="base64" if message.html else None)
        if message.html:
            letter.add_alternative(message.html, subtype="html", cte="base64")
        return letter


class _Smtp(smtplib.SMTP):
    """Reaches the server the way that it says, and speaks TLS at once where it does."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        super().__init__(server.host, server.port, timeout=server.timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Return the connection; the library asks for it here, as its own SMTP_SSL answers here."""
        context = self._server.believes() if self._server.security == "tls" else None
        there = outward.connected(self._server.way, host, port, timeout)
        return outward.secured(there, context, host) if context else there


def connected(server: MailServer) -> smtplib.SMTP:
    """Return a connection that is secured and logged in as the settings say."""
    smtp = _Smtp(server)
    try:
        if server.security == "starttls":
            smtp.starttls(context=server.believes())
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _handed_over(smtp: smtplib.SMTP, letter: EmailMessage) -> Delivery:
    """Every step before the last dot leaves nothing at the server; a lost answer after it is unclear."""
    smtp.ehlo_or_helo_if_needed()
    for _, wanted, step in steps(smtp, letter):
        code, said = step()
        if code // 100 != wanted:
            return judged(code, said)
    try:
        return judged(*hand_over(smtp, letter))
    except (smtplib.SMTPServerDisconnected, TimeoutError, ConnectionError):
        return Delivery("unclear", "the mail server fell silent after it had the whole message")


def steps(smtp: smtplib.SMTP, letter: EmailMessage) -> Sequence[tuple[str, int, Callable[[], tuple[int, bytes]]]]:
    """Return (name, first digit of a yes, step) of each step before the message itself, in order."""
    sender, recipient = letter["From"].addresses[0].addr_spec, letter["To"].addresses[0].addr_spec
    return (
        ("sender", 2, lambda: smtp.mail(sender)),
        ("recipient", 2, lambda: smtp.rcpt(recipient)),
        ("content", 3, lambda: smtp.docmd("DATA")),
    )


def hand_over(smtp: smtplib.SMTP, letter: EmailMessage) -> tuple[int, bytes]:
    """The whole message was sent; returns the server's answer to it."""
    smtp.send(_LEADING_DOT.sub(b"..", letter.as_bytes()) + b".\r\n")
    return smtp.getreply()


def part(smtp: smtplib.SMTP) -> None:
    """The connection ends; what the server says to that changes nothing about the message."""
    with contextlib.suppress(OSError):
        smtp.quit()
    smtp.close()


def judged(code: int, said: bytes | str) -> Delivery:
    """Return what a reply of the server means; a code that nobody knows is tried again, and never a success."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    outcome = ANSWERS.get(code) or FIRST_DIGIT.get(code // 100, "retry")
    return Delivery(outcome, f"{code} {' '.join(_LINK.sub('/reply/…', text).split())}"[:MOST_SAID])
