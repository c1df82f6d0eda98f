"""Whom the crawler names to the sites that it reads: one page or mailbox for the whole installation."""

from dataclasses import dataclass

from api.http.service import Service
from api.settings.change import Moved, Wanted, change_setting
from api.settings.installation import CONTACT, contact_set, is_contact
from api.words import Words
from pipeline.workflow.settings import SETTING


@dataclass(frozen=True, slots=True)
class ContactView:
    """The contact as the page shows it; `is_written` where the operator's file names it, so that nobody types one."""

    contact: str
    is_written: bool
    revision: int = 0
    problem: str = ""


def contact_of(service: Service) -> str:
    """Return the contact that holds; "" where nobody gave one, and nothing is crawled."""
    return service.written_contact or contact_set(service.stores.records)


def contact_shown(service: Service, typed: str | None = None, problem: str = "") -> ContactView:
    """Return what the form shows: what was typed, else what holds."""
    record = service.stores.records.get(SETTING, "", CONTACT)
    held = contact_of(service)
    known = held if typed is None else typed
    return ContactView(known, bool(service.written_contact), record.revision if record else 0, problem)


def save_contact(service: Service, typed: str, revision: int, author: str, words: Words) -> str:
    """The contact holds, and crawling begins within a second; returns what is wrong with it, "" where it holds."""
    if service.written_contact or service.is_demo:
        return words("setup.contact_written")
    contact = typed.strip()
    if not is_contact(contact):
        return words("setup.contact_bad")
    wanted = Wanted("", CONTACT, {"contact": contact}, revision)
    try:
        change_setting(service.stores.records, service.clock, wanted, author=author, reason=words("setup.reason"))
    except Moved:
        return words("setup.moved")
    return ""
