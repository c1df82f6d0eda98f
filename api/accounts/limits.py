"""
Limits on how often something may be tried. Counts are records, so a restart forgives nothing.

A window is fixed: it begins with the first try and ends after its length. What happens rarely (a login) is written at
each try; what happens all the time (a request) is reserved in blocks: a restart may cost a block, and never gives one.
"""

import ipaddress
import json
import threading
from dataclasses import dataclass

from pipeline.domain.errors import Refused
from pipeline.domain.post import Millis
from pipeline.ports import Clock, Record, Records

from .secret import mark_of

LIMIT = "limit"
MINUTE: Millis = 60_000
TRIES = 20
MOST_COUNTS = 100_000


class TooMany(Refused):
    """Tried too often; `retry_after` seconds from now it may be tried again."""

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence, code="ACC-429")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in a window."""

    name: str
    most: int
    window: Millis


LOGIN_OF_ACCOUNT_AND_CLIENT = Limit("login", 5, 15 * MINUTE)
LOGIN_OF_CLIENT = Limit("login-client", 30, 15 * MINUTE)
LOGIN_OF_ACCOUNT = Limit("login-account", 50, 24 * 60 * MINUTE)
"""
Against many machines that guess at one account. A place from which the account came in before counts by itself; whoever
is locked out elsewhere is let in by a link.
"""
TURNED_AWAY = Limit("turned-away", 1, 15 * MINUTE)
"""How often it is put on record that a limit turned somebody of one place away."""
LINK_OF_CLIENT = Limit("link-client", 30, 15 * MINUTE)
REQUESTS = Limit("requests", 600, MINUTE)
BLOCK = 50
"""How many requests of a session are reserved in one write."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Counts of tries."""

    records: Records
    clock: Clock

    def take(self, limit: Limit, key: str, number: int = 1) -> Millis:
        """So many tries are counted, and the window's end returned; raises TooMany where that is above the limit."""
        place = f"{limit.name}:{mark_of(key)}"
        for _ in range(TRIES):
            now = self.clock.now()
            record = self.records.get(LIMIT, "", place)
            count, until = _read(record, now, limit)
            if count + number > limit.most:
                raise _too_many(until - now)
            value = json.dumps({"count": count + number, "until": until}, sort_keys=True)
            revision = record.revision if record else 0
            if self.records.put(Record(LIMIT, "", place, 0, value, now, "limits", ""), expect=revision):
                return until
        raise _too_many(1_000)

    def forgive(self, limit: Limit, key: str) -> None:
        """The count begins anew."""
        self.records.remove(LIMIT, "", f"{limit.name}:{mark_of(key)}")

    def forget_ended(self) -> int:
        """Counts whose window is over are gone; returns how many."""
        now = self.clock.now()
        records = self.records.list(LIMIT, "", limit=MOST_COUNTS)
        ended = [record for record in records if json.loads(record.value)["until"] <= now]
        for record in ended:
            self.records.remove(LIMIT, "", record.key)
        return len(ended)


class RequestLimit:
    """The limit of requests per session, reserved in blocks."""

    def __init__(self, limits: Limits, limit: Limit = REQUESTS, block: int = BLOCK) -> None:
        self._limits = limits
        self._limit = limit
        self._block = block
        self._guard = threading.Lock()
        self._left: dict[str, tuple[int, Millis]] = {}

    def take(self, key: str) -> None:
        """One request is counted; raises TooMany where the session has none left in this window."""
        with self._guard:
            now = self._limits.clock.now()
            left, until = self._left.get(key, (0, 0))
            if left <= 0 or now >= until or until - now > self._limit.window:
                until = self._limits.take(self._limit, key, self._block)
                left = self._block
                self._left = {one: held for one, held in self._left.items() if held[1] > now}
            self._left[key] = (left - 1, until)


def neighbourhood(client: str) -> str:
    """Return what is limited instead of an address: of IPv6 the network that one customer is given whole (/64)."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else client


def _read(record: Record | None, now: Millis, limit: Limit) -> tuple[int, Millis]:
    """Return (count, end of the window); a window that ended, or lies in a future that never was, is a new one."""
    if record is not None:
        value = json.loads(record.value)
        if now < value["until"] <= now + limit.window:
            return value["count"], value["until"]
    return 0, now + limit.window


def _too_many(wait: Millis) -> TooMany:
    seconds = max(1, -(-wait // 1_000))
    return TooMany(f"tried too often; wait {seconds} seconds, then try again", seconds)
