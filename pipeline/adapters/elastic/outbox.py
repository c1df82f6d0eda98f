"""
Sends on Elasticsearch: each is created once under its id, and changed by compare and set.

A roll-up and what it tells change in one step (intents.py). Every other creation is safe to repeat: sends first, then
how far the unit was dispatched.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from pipeline.crash_point import crash_point
from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis
from pipeline.ports import Attempt, Send

from .client import Change, Doc, Elastic
from .intents import Intent, Intents, is_written, stamp_of
from .keys import doc_id
from .rewrite import a_stamp, advance, stamped, turns, unstamped, was_stamped
from .send_document import INDEX, rewritten, send_document, stored_send
from .sequence import Sequences
from .wire import Json

_UNITS, _DISPATCHED = "units", "dispatched"
_PAGE, _POSTS_AT_ONCE = 1_000, 10_000
_OLDEST: Sequence[Json] = ({"ordinal": "asc"},)
_NEWEST: Sequence[Json] = ({"ordinal": "desc"},)
_IN_ORDER: Sequence[Json] = ({"urgency": "asc"}, {"noticed_at": "asc"}, {"ordinal": "asc"})
_WITH_A_PERSON = ("held", "unclear")


class ElasticOutbox:
    """The port Outbox over the index `sends`."""

    def __init__(self, elastic: Elastic, sequences: Sequences | None = None) -> None:
        self._elastic = elastic
        self._sequences = sequences or Sequences(elastic)
        self._intents = Intents(elastic, INDEX, self._carry_out)

    def create(
        self, sends: Sequence[Send], dispatched: Mapping[str, int], rolled: Mapping[str, str] | None = None
    ) -> int:
        """Sends that are new exist, units were dispatched so far, what is rolled waits no more; returns new ones."""
        new = self._new(sends)
        stamp = a_stamp()
        first = self._sequences.count(INDEX, len(new)) if new else 0
        documents = {
            send.id: send_document(send, ordinal=first + number, made_by=stamp) for number, send in enumerate(new)
        }
        if rolled:
            self._intents.run({"sends": documents, "rolled": dict(rolled), "dispatched": dict(dispatched)}, stamp)
            crash_point("outbox.create.after_commit")
            found = self._elastic.mget((INDEX, send_id) for send_id in documents)
            return sum(doc.source["made_by"] == stamp for doc in found.values())
        made = self._elastic.bulk([Change("create", INDEX, send_id, one) for send_id, one in documents.items()])
        self._note_dispatched(dispatched)
        crash_point("outbox.create.after_commit")
        return sum(made)

    def dispatched(self, unit: str) -> int:
        """Return the seq up to which notices have become sends; 0 where none has."""
        doc = self._elastic.get(_UNITS, doc_id(_DISPATCHED, unit))
        return 0 if doc is None else int(doc.source["seq"])

    def due(self, now: Millis, limit: int) -> Sequence[Send]:
        """Return waiting sends whose time has come: Ⅰ before Ⅳ before those without a level (0), then the oldest."""
        return self._found([*_waiting(now)], _IN_ORDER, limit)

    def due_to(self, unit: str, recipient: str, now: Millis, limit: int) -> Sequence[Send]:
        """Return what of one recipient is due, in the order of `due`."""
        return self._found([*_waiting(now), {"term": {"unit": unit}}, _to(recipient)], _IN_ORDER, limit)

    def put_off(self, send_id: str, *, state: str, reason: str, next_at: Millis) -> None:
        """A send that waits has this state and reason, without an attempt; one that waits no more stays as it is."""
        self._change(send_id, lambda send: _off(send, state, reason, next_at) if send.state == "waiting" else None)

    def tried(self, unit: str, recipient: str, since: Millis) -> Sequence[Send]:
        """Return the recipient's sends that have an attempt since then, oldest first."""
        return self._found([{"term": {"unit": unit}}, _to(recipient), _tried(since)], _OLDEST)

    def count_tries(self, channel: str, since: Millis) -> int:
        """Return how many attempts over the channel began since then, without those that spared it."""
        sends = self._found([{"term": {"channel": channel}}, _tried(since)], _OLDEST)
        return sum(one.at >= since and one.outcome != "spared" for send in sends for one in send.attempts)

    def quoting(self, posts: Sequence[str]) -> Sequence[Send]:
        """Return all units' sends of which an attempt quoted one of the posts, oldest first."""
        if len(posts) <= _POSTS_AT_ONCE:
            return self._found([{"terms": {"quoted": list(posts)}}], _OLDEST)
        parts = [posts[start : start + _POSTS_AT_ONCE] for start in range(0, len(posts), _POSTS_AT_ONCE)]
        return list({send.id: send for part in parts for send in self.quoting(part)}.values())

    def in_roll_up(self, send_id: str) -> Sequence[Send]:
        """Return what the roll-up with this send tells, oldest first."""
        return self._found([_in_state("rolled"), {"term": {"reason": send_id}}], _OLDEST)

    def in_state(self, state: str, limit: int) -> Sequence[Send]:
        """Return all units' sends in a state, newest first."""
        return self._found([_in_state(state)], _NEWEST, limit)

    def send(self, send_id: str) -> Send | None:
        """Return a send by id."""
        doc = self._intents.read([send_id]).get(send_id)
        return None if doc is None else stored_send(doc.source)

    def sends(self, unit: str, incident: str | None = None, limit: int = 100) -> Sequence[Send]:
        """Return a unit's sends, newest first."""
        of_incident = [] if incident is None else [{"term": {"incident": incident}}]
        return self._found([{"term": {"unit": unit}}, *of_incident], _NEWEST, limit)

    def begin(self, send_id: str, attempt: Attempt, *, next_at: Millis) -> bool:
        """The attempt is kept, and the send waits; False where it waits no more or has an attempt of this number."""

        def begun(send: Send) -> Send | None:
            if send.state != "waiting" or any(one.number == attempt.number for one in send.attempts):
                return None
            return _with_attempt(_off(send, "waiting", "", next_at), attempt)

        return self._change(send_id, begun)

    def record(self, send_id: str, attempt: Attempt, *, state: str, reason: str, next_at: Millis) -> None:
        """The attempt is kept under its number (a second write of the number judges it) and the send has this state."""
        if not self._change(send_id, lambda send: _with_attempt(_off(send, state, reason, next_at), attempt)):
            raise BadInput(f"send {send_id}: there is no such send; create it before an attempt")

    def hold_unsent(self, reason: str) -> int:
        """Every waiting send is held until a person releases it; returns how many."""
        waiting = [send.id for send in self._found([_in_state("waiting")], _OLDEST)]

        def held(send: Send) -> Send | None:
            return replace(send, state="held", reason=reason) if send.state == "waiting" else None

        return self._change_all(waiting, held)

    def release(self, send_ids: Sequence[str], now: Millis) -> int:
        """The held sends wait again and are due now; returns how many."""

        def released(send: Send) -> Send | None:
            return _off(send, "waiting", "", now) if send.state == "held" else None

        return self._change_all(send_ids, released)

    def drop(self, send_ids: Sequence[str], reason: str) -> int:
        """Held and unclear sends will never go out, for the reason; returns how many."""

        def dropped(send: Send) -> Send | None:
            return replace(send, state="dropped", reason=reason) if send.state in _WITH_A_PERSON else None

        return self._change_all(send_ids, dropped)

    def _new(self, sends: Sequence[Send]) -> Sequence[Send]:
        each: dict[str, Send] = {}
        for send in sends:
            each.setdefault(send.id, send)
        there = self._elastic.mget((INDEX, send_id) for send_id in each)
        return [send for send_id, send in each.items() if (INDEX, send_id) not in there]

    def _note_dispatched(self, dispatched: Mapping[str, int]) -> None:
        for unit, seq in dispatched.items():
            source = {"unit": unit, "kind": _DISPATCHED, "seq": seq}
            advance(self._elastic, _UNITS, doc_id(_DISPATCHED, unit), source, by="seq")

    def _found(self, conditions: Sequence[Json], sort: Sequence[Json], limit: int | None = None) -> Sequence[Send]:
        """Return sends as they stand now; nothing of a roll-up is half done."""
        self._intents.complete()
        self._elastic.fresh(INDEX)
        query = {"bool": {"filter": list(conditions)}}
        if limit is not None and limit <= _PAGE:
            docs = self._elastic.found(INDEX, {"size": limit, "query": query, "sort": list(sort)})
        else:
            docs = list(islice(self._elastic.scan(INDEX, query, sort), limit))
        return [stored_send(doc.source) for doc in docs]

    def _change_all(self, send_ids: Sequence[str], step: Callable[[Send], Send | None]) -> int:
        return sum(self._change(send_id, step) for send_id in dict.fromkeys(send_ids))

    def _change(self, send_id: str, step: Callable[[Send], Send | None]) -> bool:
        """The send is what the step makes of it: True; False where there is none or the step leaves it."""
        stamp = a_stamp()
        for _ in turns(self._elastic, send_id):
            doc = self._intents.read([send_id]).get(send_id)
            if doc is None:
                return False
            if was_stamped(doc.source, stamp):
                return True
            changed = step(stored_send(doc.source))
            if changed is None:
                return False
            if self._elastic.replace(doc, _stamped(doc, changed, stamp)):
                return True
        raise AssertionError  # turns ends by raising

    def _carry_out(self, intent: Intent) -> None:
        documents: Mapping[str, Json] = intent.body["sends"]
        rolled: Mapping[str, str] = intent.body["rolled"]

        def created(send_id: str, doc: Doc | None) -> Json | None:
            return documents[send_id] if doc is None else None

        def told(send_id: str, doc: Doc | None) -> Json | None:
            if doc is None or is_written(intent, doc) or doc.source["state"] != "waiting":
                return None
            return _stamped(doc, _off(stored_send(doc.source), "rolled", rolled[send_id], 0), stamp_of(intent))

        self._intents.write_while_it_stands(intent, list(documents), created)
        self._intents.write_while_it_stands(intent, list(rolled), told)
        self._note_dispatched(intent.body["dispatched"])


def _stamped(doc: Doc, send: Send, stamp: str) -> Json:
    return stamped(rewritten(unstamped(doc.source), send), doc.source, stamp)


def _off(send: Send, state: str, reason: str, next_at: Millis) -> Send:
    return replace(send, state=state, reason=reason, next_at=next_at)


def _with_attempt(send: Send, attempt: Attempt) -> Send:
    kept = {one.number: one for one in send.attempts} | {attempt.number: attempt}
    return replace(send, attempts=tuple(kept[number] for number in sorted(kept)))


def _waiting(now: Millis) -> Sequence[Json]:
    return (_in_state("waiting"), {"range": {"next_at": {"lte": now}}})


def _in_state(state: str) -> Json:
    return {"term": {"state": state}}


def _to(recipient: str) -> Json:
    return {"term": {"recipient": recipient}}


def _tried(since: Millis) -> Json:
    return {"range": {"tried_at": {"gte": since}}}
