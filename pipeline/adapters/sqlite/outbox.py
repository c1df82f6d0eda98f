"""Sends in `huiyin.db`: what is to be told to whom, and every attempt to do so."""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence

from pipeline.crash_point import crash_point
from pipeline.domain.errors import BadInput
from pipeline.domain.event import Notice
from pipeline.domain.post import Millis
from pipeline.ports import Attempt, Send

from .writer import Reader, Writer

_COLUMNS = (
    "unit, id, seq, number, what, why, addressee, incident, level, noticed_at, "
    "recipient, channel, state, reason, next_at"
)
_IDS_AT_ONCE = 500
_IN_ORDER = "ORDER BY level = 0, level, noticed_at, ordinal LIMIT ?"
_BEGIN = """
    UPDATE send SET reason = '', next_at = ?
    WHERE id = ? AND state = 'waiting' AND NOT EXISTS (SELECT 1 FROM attempt WHERE send = ? AND number = ?)
"""
_PUT_OFF = "UPDATE send SET state = ?, reason = ?, next_at = ? WHERE id = ? AND state = 'waiting'"


class SqliteOutbox:
    """The port Outbox over `huiyin.db`."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    def create(
        self, sends: Sequence[Send], dispatched: Mapping[str, int], rolled: Mapping[str, str] | None = None
    ) -> int:
        """Sends that are new exist, units were dispatched so far, what is rolled waits no more; returns new ones."""
        with self._writer.transaction() as connection:
            new = sum(_create(connection, send) for send in sends)
            connection.executemany(
                "INSERT INTO dispatched VALUES (?, ?) ON CONFLICT (unit) DO UPDATE SET seq = max(seq, excluded.seq)",
                list(dispatched.items()),
            )
            connection.executemany(
                _PUT_OFF, [("rolled", roll_up, 0, send_id) for send_id, roll_up in (rolled or {}).items()]
            )
        crash_point("outbox.create.after_commit")
        return new

    def dispatched(self, unit: str) -> int:
        """Return the seq up to which notices have become sends; 0 where none has."""
        with self._reader.connection() as connection:
            row = connection.execute("SELECT seq FROM dispatched WHERE unit = ?", (unit,)).fetchone()
        return 0 if row is None else int(row[0])

    def due(self, now: Millis, limit: int) -> Sequence[Send]:
        """Return waiting sends whose time has come: Ⅰ before Ⅳ before those without a level (0), then the oldest."""
        return self._sends(f"WHERE state = 'waiting' AND next_at <= ? {_IN_ORDER}", (now, limit))

    def due_to(self, unit: str, recipient: str, now: Millis, limit: int) -> Sequence[Send]:
        """Return what of one recipient is due, in the order of `due`."""
        condition = f"WHERE state = 'waiting' AND next_at <= ? AND unit = ? AND recipient = ? {_IN_ORDER}"
        return self._sends(condition, (now, unit, recipient, limit))

    def put_off(self, send_id: str, *, state: str, reason: str, next_at: Millis) -> None:
        """A send that waits has this state and reason, without an attempt; one that waits no more stays as it is."""
        with self._writer.transaction() as connection:
            connection.execute(_PUT_OFF, (state, reason, next_at, send_id))

    def tried(self, unit: str, recipient: str, since: Millis) -> Sequence[Send]:
        """Return the recipient's sends that have an attempt since then, oldest first."""
        condition = (
            "WHERE unit = ? AND recipient = ? AND id IN (SELECT send FROM attempt WHERE at >= ?) ORDER BY ordinal"
        )
        return self._sends(condition, (unit, recipient, since))

    def count_tries(self, channel: str, since: Millis) -> int:
        """Return how many attempts over the channel began since then, without those that spared it."""
        query = (
            "SELECT count(*) FROM attempt JOIN send ON send.id = attempt.send"
            " WHERE attempt.at >= ? AND attempt.outcome != 'spared' AND send.channel = ?"
        )
        with self._reader.connection() as connection:
            return int(connection.execute(query, (since, channel)).fetchone()[0])

    def quoting(self, posts: Sequence[str]) -> Sequence[Send]:
        """Return all units' sends of which an attempt quoted one of the posts, oldest first."""
        found: dict[str, Send] = {}
        for post in posts:
            condition = "WHERE id IN (SELECT send FROM quotation WHERE post = ?) ORDER BY ordinal"
            found |= {send.id: send for send in self._sends(condition, (post,))}
        return list(found.values())

    def in_roll_up(self, send_id: str) -> Sequence[Send]:
        """Return what the roll-up with this send tells, oldest first."""
        return self._sends("WHERE state = 'rolled' AND reason = ? ORDER BY ordinal", (send_id,))

    def in_state(self, state: str, limit: int) -> Sequence[Send]:
        """Return all units' sends in a state, newest first."""
        return self._sends("WHERE state = ? ORDER BY ordinal DESC LIMIT ?", (state, limit))

    def send(self, send_id: str) -> Send | None:
        """Return a send by id."""
        return next(iter(self._sends("WHERE id = ?", (send_id,))), None)

    def begin(self, send_id: str, attempt: Attempt, *, next_at: Millis) -> bool:
        """The attempt is kept, and the send waits; False where it waits no more or has an attempt of this number."""
        with self._writer.transaction() as connection:
            begun = connection.execute(_BEGIN, (next_at, send_id, send_id, attempt.number))
            if begun.rowcount:
                _keep_attempt(connection, send_id, attempt)
        return begun.rowcount > 0

    def record(self, send_id: str, attempt: Attempt, *, state: str, reason: str, next_at: Millis) -> None:
        """The attempt is kept under its number (a second write of the number judges it) and the send has this state."""
        with self._writer.transaction() as connection:
            changed = connection.execute(
                "UPDATE send SET state = ?, reason = ?, next_at = ? WHERE id = ?", (state, reason, next_at, send_id)
            )
            if changed.rowcount == 0:
                raise BadInput(f"send {send_id}: there is no such send; create it before an attempt")
            _keep_attempt(connection, send_id, attempt)

    def sends(self, unit: str, incident: str | None = None, limit: int = 100) -> Sequence[Send]:
        """Return a unit's sends, newest first."""
        if incident is None:
            return self._sends("WHERE unit = ? ORDER BY ordinal DESC LIMIT ?", (unit, limit))
        return self._sends("WHERE unit = ? AND incident = ? ORDER BY ordinal DESC LIMIT ?", (unit, incident, limit))

    def hold_unsent(self, reason: str) -> int:
        """Every waiting send is held until a person releases it; returns how many."""
        with self._writer.transaction() as connection:
            held = connection.execute("UPDATE send SET state = 'held', reason = ? WHERE state = 'waiting'", (reason,))
            return held.rowcount

    def release(self, send_ids: Sequence[str], now: Millis) -> int:
        """The held sends wait again and are due now; returns how many."""
        released = "UPDATE send SET state = 'waiting', reason = '', next_at = ? WHERE id = ? AND state = 'held'"
        with self._writer.transaction() as connection:
            return sum(connection.execute(released, (now, send_id)).rowcount for send_id in send_ids)

    def drop(self, send_ids: Sequence[str], reason: str) -> int:
        """Held and unclear sends will never go out, for the reason; returns how many."""
        dropped = "UPDATE send SET state = 'dropped', reason = ? WHERE id = ? AND state IN ('held', 'unclear')"
        with self._writer.transaction() as connection:
            return sum(connection.execute(dropped, (reason, send_id)).rowcount for send_id in send_ids)

    def _sends(self, condition: str, values: tuple[str | int, ...]) -> Sequence[Send]:
        with self._reader.snapshot() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM send {condition}", values).fetchall()
            attempts = _attempts(connection, [row[1] for row in rows])
        return [_send(row, tuple(attempts[row[1]])) for row in rows]


def _create(connection: sqlite3.Connection, send: Send) -> bool:
    notice = send.notice
    made = connection.execute(
        f"INSERT INTO send ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO NOTHING",
        (
            *(send.unit, send.id, send.seq, send.number),
            *(notice.what, notice.why, notice.to, notice.incident, notice.level, notice.at),
            *(send.recipient, send.channel, send.state, send.reason, send.next_at),
        ),
    )
    if made.rowcount == 0:
        return False
    for attempt in send.attempts:
        _keep_attempt(connection, send.id, attempt)
    return True


def _keep_attempt(connection: sqlite3.Connection, send_id: str, attempt: Attempt) -> None:
    row = (send_id, attempt.number, attempt.at, attempt.outcome, attempt.detail)
    connection.execute("INSERT OR REPLACE INTO attempt VALUES (?, ?, ?, ?, ?)", row)
    connection.execute("DELETE FROM quotation WHERE send = ? AND number = ?", (send_id, attempt.number))
    quoted = [(post, send_id, attempt.number) for post in attempt.quoted]
    connection.executemany("INSERT OR IGNORE INTO quotation VALUES (?, ?, ?)", quoted)


def _attempts(connection: sqlite3.Connection, send_ids: Sequence[str]) -> Mapping[str, list[Attempt]]:
    found: defaultdict[str, list[Attempt]] = defaultdict(list)
    for start in range(0, len(send_ids), _IDS_AT_ONCE):
        part = send_ids[start : start + _IDS_AT_ONCE]
        marks = ",".join("?" * len(part))
        quoted: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for send_id, number, post in connection.execute(
            f"SELECT send, number, post FROM quotation WHERE send IN ({marks}) ORDER BY rowid", part
        ):
            quoted[send_id, number].append(post)
        query = f"SELECT send, number, at, outcome, detail FROM attempt WHERE send IN ({marks}) ORDER BY send, number"
        for send_id, number, at, outcome, detail in connection.execute(query, part):
            found[send_id].append(Attempt(number, at, outcome, detail, tuple(quoted[send_id, number])))
    return found


def _send(row: tuple[str | int, ...], attempts: tuple[Attempt, ...]) -> Send:
    unit, send_id, seq, number, what, why, to, incident, level, at, recipient, channel, state, reason, next_at = row
    notice = Notice(str(what), str(why), str(to), str(incident), int(level), int(at))
    return Send(
        unit=str(unit),
        id=str(send_id),
        seq=int(seq),
        number=int(number),
        notice=notice,
        recipient=str(recipient),
        channel=str(channel),
        state=str(state),
        reason=str(reason),
        next_at=int(next_at),
        attempts=attempts,
    )
