"""The editor of digests: from a week of a unit to the letter that a recipient reads, and what the console shows."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from api.words import words_of
from pipeline.domain.digest import Digest
from pipeline.domain.week import Week, told_at
from pipeline.domain.working_calendar import Deadline, WorkingCalendar, working_calendar
from pipeline.ports import Message, Send
from pipeline.workflow.digests import Digests

from .digest_letter import Letter, card_lines, letter_of
from .digest_view import DigestView, view_of
from .phrases import Namer

MAIL = "mail"
LANGUAGE = "zh"
"""Letters speak the first language; a page speaks its reader's."""


@dataclass(frozen=True, slots=True)
class Editor:
    """Writes digests. `site` is where people outside reach the console, "" where they cannot."""

    digests: Digests
    names: Callable[[str], Namer]
    site: str = ""
    calendar: Callable[[str], WorkingCalendar] = lambda _unit: working_calendar()

    def told_at(self, unit: str, week: Week) -> Deadline:
        """Return when the unit's digest of the week goes out, by the calendar that holds now."""
        return told_at(week, self.calendar(unit))

    def view(self, digest: Digest, language: str = LANGUAGE) -> DigestView:
        """Return what the digest says in a language."""
        return view_of(digest, self.names(digest.unit), words_of(language))

    def letter(self, digest: Digest, language: str = LANGUAGE) -> Letter:
        """Return the digest as it is sent; from the same log and texts always the same bytes."""
        link = f"{self.site}/u/{digest.unit}/digest/{digest.cut.week}" if self.site and not digest.is_preview else ""
        return letter_of(self.view(digest, language), link)

    def message(self, send: Send, to: str, repeated: bool) -> Message:
        """Return the message of a digest's send: the letter by mail, a short one without a word of a post elsewhere."""
        digest = self.digests.of_week(send.unit, send.notice.why)
        mark = "（可能重复）" if repeated else ""
        if send.channel != MAIL:
            view = self.view(digest)
            return Message(to, mark + view.subject, card_lines(view), repeated)
        letter = self.letter(digest)
        lines = tuple(letter.text.splitlines())
        return Message(to, mark + letter.subject, lines, repeated, letter.quoted, letter.html)


def site_of(public_url: str) -> str:
    """Return the address that a letter may link to: set by the operator, and no address of this machine alone."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or host == "localhost" or host.endswith(".localhost"):
        return ""
    try:
        is_own = ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        is_own = False
    return "" if is_own else public_url.rstrip("/")
