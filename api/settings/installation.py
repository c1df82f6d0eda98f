"""
What people set for the whole installation, as records of unit "": whom the crawler names, and the mail server.

The operator's file wins where it says the same thing. Passwords are never in a record: they lie in files of their own.
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.domain.unit_settings import Table, refuse_problems, unknown_settings
from pipeline.ports import Records
from pipeline.workflow.settings import SETTING, table_of

CONTACT, MAIL = "crawl", "mail"
"""The keys of the two settings."""

SECURITIES = ("tls", "starttls", "none")
LONGEST_CONTACT, LONGEST_HOST = 200, 253
_PAGE = re.compile(r"https?://[^\s()<>]+\.[^\s()<>]+")
_MAILBOX = re.compile(r"(?:mailto:)?[^\s()<>@:/]+@[^\s()<>@:/]+\.[^\s()<>@:/]+")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class MailSetting:
    """How the unit's mail server is reached, without its password; `user` "" means that nobody logs in."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""


def contact_set(records: Records) -> str:
    """Return the contact that was typed in the console; "" where nobody typed one."""
    table = _table(records, CONTACT)
    return read_contact(table) if table else ""


def mail_set(records: Records) -> MailSetting | None:
    """Return the mail server that was typed in the console; None where nobody typed one."""
    table = _table(records, MAIL)
    return read_mail(table) if table else None


def read_contact(table: Table) -> str:
    """Return whom the crawler names: a page or a mailbox, in ASCII; raise BadInput with every problem."""
    problems = list(unknown_settings(table, ("contact",)))
    contact = table.get("contact")
    if not isinstance(contact, str) or not is_contact(contact):
        problems.append('contact: expected a page or mailbox of the unit, such as "mailto:office@your-unit.example"')
    refuse_problems(problems, CONTACT)
    return str(contact)


def is_contact(text: str) -> bool:
    """Whether a site that is crawled can reach somebody by it."""
    if not text.isascii() or len(text) > LONGEST_CONTACT:
        return False
    return bool(_PAGE.fullmatch(text) or _MAILBOX.fullmatch(text))


def read_mail(table: Table) -> MailSetting:
    """Return the mail server of a table; raise BadInput with every problem."""
    problems = list(unknown_settings(table, ("host", "port", "security", "user", "sender")))
    problems += _mail_problems(table)
    refuse_problems(problems, MAIL)
    return MailSetting(
        host=str(table["host"]),
        port=int(str(table["port"])),
        security=str(table["security"]),
        sender=str(table["sender"]),
        user=str(table.get("user", "")),
    )


def _mail_problems(table: Table) -> Iterator[str]:
    host, port, security, sender = (table.get(key) for key in ("host", "port", "security", "sender"))
    if not isinstance(host, str) or not is_host(host):
        yield 'host: expected the name of the mail server, such as "smtp.your-unit.example"'
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65_536:
        yield "port: expected a number from 1 to 65535, usually 465"
    if security not in SECURITIES:
        yield f"security: expected one of {', '.join(SECURITIES)}"
    elif security == "none" and not is_this_machine(host):
        yield 'security: "none" is for a server on this machine only; write "tls" or "starttls"'
    if not isinstance(sender, str) or not sender.isascii() or not _MAILBOX.fullmatch(sender):
        yield 'sender: expected an address such as "huiyin@your-unit.example"'
    user = table.get("user", "")
    if not isinstance(user, str) or len(user) > LONGEST_CONTACT or not user.isprintable():
        yield "user: expected the account at the mail server, usually the whole address; empty where none is asked"


def is_this_machine(host: object) -> bool:
    """Whether the name is this machine's own."""
    return host in ("localhost", "127.0.0.1", "::1")


def is_host(text: str) -> bool:
    """Whether the text is the name or number of a machine that can be a mail server; a unit's own network may be."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return len(text) <= LONGEST_HOST and bool(_NAME.fullmatch(text)) and not text.replace(".", "").isdigit()
    return not (address.is_link_local or address.is_multicast or address.is_unspecified)


def _table(records: Records, key: str) -> Table | None:
    record = records.get(SETTING, "", key)
    return table_of(record) if record else None
