"""Sessions on the server's side: revocable, found by the hash of a random id that only the browser holds."""

import json
from dataclasses import dataclass

from pipeline.domain.post import Millis
from pipeline.ports import Clock, Record, Records

from .account import Account
from .secret import draw_secret, mark_of

SESSION = "session"
MINUTE: Millis = 60_000
IDLE: Millis = 120 * MINUTE
"""A screen that nobody used for two hours is closed. An open feed counts as use, since a hidden page lets it go."""
ABSOLUTE: Millis = 12 * 60 * MINUTE
TOUCHED_EVERY: Millis = MINUTE
"""How often use is written down, so that reading a page does not write."""
MOST_SESSIONS = 100_000


@dataclass(frozen=True, slots=True)
class Session:
    """A session that runs. `mark` names it in stores and logs; the secret itself is nowhere."""

    mark: str
    account: str
    generation: int
    began_at: Millis
    seen_at: Millis

    def ends_at(self) -> Millis:
        """Return when it ends if nobody uses it any more."""
        return min(self.seen_at + IDLE, self.began_at + ABSOLUTE)


@dataclass(frozen=True, slots=True)
class Sessions:
    """All sessions of the installation."""

    records: Records
    clock: Clock

    def begin(self, account: Account) -> str:
        """A new session runs; returns its secret, which is told to the browser and to nobody else."""
        secret, now = draw_secret(), self.clock.now()
        session = Session(mark_of(secret), account.id, account.generation, now, now)
        self.records.put(_record(session, now), expect=None)
        return secret

    def find(self, secret: str) -> Session | None:
        """Return the session of a secret; None where there is none or it has ended. Its use is written down."""
        return self.use(mark_of(secret))

    def use(self, mark: str) -> Session | None:
        """Return the session of this mark, as `find` does: for a stream that outlives the request that began it."""
        record = self.records.get(SESSION, "", mark)
        if record is None:
            return None
        session, now = _read(record), self.clock.now()
        if now >= session.ends_at():
            self.records.remove(SESSION, "", mark)
            return None
        if now - session.seen_at >= TOUCHED_EVERY:
            touched = Session(session.mark, session.account, session.generation, session.began_at, now)
            # a session that was ended meanwhile is not brought back: its revision is gone
            self.records.put(_record(touched, now), expect=record.revision)
        return session

    def end(self, secret: str) -> None:
        """The session has ended; no error where it had already."""
        self.records.remove(SESSION, "", mark_of(secret))

    def end_all(self) -> int:
        """Every session has ended, as after a restore; returns how many there were."""
        records = self.records.list(SESSION, "", limit=MOST_SESSIONS)
        for record in records:
            self.records.remove(SESSION, "", record.key)
        return len(records)

    def forget_ended(self) -> int:
        """Sessions that ran out are gone; returns how many."""
        now = self.clock.now()
        ended = [one for one in map(_read, self.records.list(SESSION, "", limit=MOST_SESSIONS)) if now >= one.ends_at()]
        for session in ended:
            self.records.remove(SESSION, "", session.mark)
        return len(ended)


def _record(session: Session, now: Millis) -> Record:
    value = json.dumps(
        {
            "account": session.account,
            "generation": session.generation,
            "began_at": session.began_at,
            "seen_at": session.seen_at,
        },
        sort_keys=True,
    )
    return Record(SESSION, "", session.mark, 0, value, now, session.account, "")


def _read(record: Record) -> Session:
    value = json.loads(record.value)
    return Session(record.key, value["account"], value["generation"], value["began_at"], value["seen_at"])
