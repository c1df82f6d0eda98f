"""
Links to the reply page of an office: one per assignment, made again alike for a mail that is tried again.

The secret is an HMAC over what it is for, with a key that lies in the key file and so in no backup; kept is its hash
alone. Looking uses nothing up; what ends a link is the end of its assignment, or its time.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field

from api.accounts.secret import is_same, mark_of
from pipeline.domain.post import Millis
from pipeline.ports import Clock, Record, Records

REPLY_LINK = "reply_link"
LASTS: Millis = 30 * 24 * 3_600_000
"""From the last mail that carried it."""
KEPT: Millis = 180 * 24 * 3_600_000
"""So long a link that ran out is still known, so that whoever opens it late is told so."""
MOST_LINKS = 1_000_000


@dataclass(frozen=True, slots=True)
class ReplyLink:
    """What a link is for: the assignment that a batch of the unit's log gave to an office."""

    unit: str
    incident: str
    office: str
    seq: int
    until: Millis


@dataclass(frozen=True, slots=True)
class ReplyLinks:
    """All links that were handed out."""

    records: Records
    clock: Clock

    def find(self, secret: str) -> ReplyLink | None:
        """Return what a link is for, also where it ran out; None where it never was. Nothing is changed."""
        record = self.records.get(REPLY_LINK, "", mark_of(secret))
        return None if record is None else ReplyLink(**json.loads(record.value))

    def is_over(self, link: ReplyLink) -> bool:
        """Whether the link's time has ended."""
        return self.clock.now() >= link.until

    def keep(self, secret: str, link: ReplyLink) -> None:
        """The link is known, at least up to its `until`; a longer time that it was given before stays."""
        place = mark_of(secret)
        for _ in range(20):
            record = self.records.get(REPLY_LINK, "", place)
            if record is not None and json.loads(record.value)["until"] >= link.until:
                return
            said = {name: getattr(link, name) for name in ("unit", "incident", "office", "seq", "until")}
            value = json.dumps(said, sort_keys=True)
            fresh = Record(REPLY_LINK, "", place, 0, value, self.clock.now(), "clock:send", "")
            if self.records.put(fresh, expect=record.revision if record else 0):
                return

    def forget_ended(self) -> int:
        """Links that ran out long ago are gone; returns how many."""
        before = self.clock.now() - KEPT
        ended = [
            one
            for one in self.records.list(REPLY_LINK, "", limit=MOST_LINKS)
            if json.loads(one.value)["until"] < before
        ]
        for record in ended:
            self.records.remove(REPLY_LINK, "", record.key)
        return len(ended)


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """Makes the secrets. `key` is the installation's, from its key file."""

    links: ReplyLinks
    key: bytes = field(repr=False)

    def secret_of(self, unit: str, incident: str, office: str, seq: int) -> str:
        """Return the secret of an assignment's link: always the same, and nobody's guess."""
        said = "\n".join(("huiyin: reply page of an office", unit, incident, office, str(seq)))
        return base64.urlsafe_b64encode(hmac.new(self.key, said.encode(), hashlib.sha256).digest()).decode().rstrip("=")

    def make(self, unit: str, incident: str, office: str, seq: int) -> tuple[str, Millis]:
        """The link of an assignment is known from now on; returns its secret, and until when it works at least."""
        until = self.links.clock.now() + LASTS
        secret = self.secret_of(unit, incident, office, seq)
        self.links.keep(secret, ReplyLink(unit, incident, office, seq, until))
        return secret, until


def form_token(secret: str) -> str:
    """Return the token that the page's own forms carry; who has not seen the page cannot make it."""
    said = hmac.new(secret.encode("utf-8", "surrogatepass"), b"huiyin: forms of this reply page", hashlib.sha256)
    return said.hexdigest()


def is_form_token(given: str, secret: str) -> bool:
    """Whether a form was sent from the page of this link."""
    return is_same(given, form_token(secret))
