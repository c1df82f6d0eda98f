"""One-time links: how somebody without a password sets one. Single use, 24 hours, only the hash is kept."""

import json
from dataclasses import dataclass

from pipeline.domain.post import Millis
from pipeline.ports import Clock, Record, Records

from .account import Account
from .secret import draw_secret, mark_of

LINK = "link"
LASTS: Millis = 24 * 3_600_000
MOST_LINKS = 100_000


@dataclass(frozen=True, slots=True)
class Link:
    """Whose password it sets. `account` "" is the first administrator, who chooses the id himself."""

    account: str
    until: Millis

    @property
    def is_first(self) -> bool:
        """Whether it makes the first account of the installation."""
        return not self.account


@dataclass(frozen=True, slots=True)
class Links:
    """All links that were handed out."""

    records: Records
    clock: Clock

    def make(self, account: Account | None, *, author: str) -> str:
        """Return the secret of a new link; older links of the same account, or for the first one, no longer work."""
        account_id = account.id if account else ""
        for record in self.records.list(LINK, "", limit=MOST_LINKS):
            if json.loads(record.value)["account"] == account_id:
                self.records.remove(LINK, "", record.key)
        secret, now = draw_secret(), self.clock.now()
        value = json.dumps({"account": account_id, "until": now + LASTS, "used": False}, sort_keys=True)
        self.records.put(Record(LINK, "", mark_of(secret), 0, value, now, author, ""), expect=None)
        return secret

    def find(self, secret: str) -> Link | None:
        """Return what the link is for; None where it was used, ran out, or never was. Looking does not use it up."""
        record = self.records.get(LINK, "", mark_of(secret))
        return _read(record, self.clock.now()) if record else None

    def take(self, secret: str) -> Link | None:
        """The link is used up and returned; None where it could not be used, also where somebody else was faster."""
        record = self.records.get(LINK, "", mark_of(secret))
        link = _read(record, self.clock.now()) if record else None
        if record is None or link is None:
            return None
        used = json.dumps({"account": link.account, "until": link.until, "used": True}, sort_keys=True)
        taken = Record(LINK, "", record.key, 0, used, self.clock.now(), record.author, "")
        return link if self.records.put(taken, expect=record.revision) else None

    def end_all(self) -> int:
        """No link works any more, as after a restore; returns how many there were."""
        records = self.records.list(LINK, "", limit=MOST_LINKS)
        for record in records:
            self.records.remove(LINK, "", record.key)
        return len(records)

    def forget_ended(self) -> int:
        """Links that were used or ran out are gone; returns how many."""
        now = self.clock.now()
        ended = [one for one in self.records.list(LINK, "", limit=MOST_LINKS) if _read(one, now) is None]
        for record in ended:
            self.records.remove(LINK, "", record.key)
        return len(ended)


def _read(record: Record, now: Millis) -> Link | None:
    value = json.loads(record.value)
    return None if value["used"] or now >= value["until"] else Link(value["account"], value["until"])
