"""Records on Elasticsearch: each a document under its key, changed by compare and set."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, replace
from itertools import islice

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis
from pipeline.ports import Record

from .client import Change, Doc, Elastic
from .intents import Intent, Intents, is_written, stamp_of
from .keys import doc_id
from .rewrite import STAMPS, a_stamp, rewrite, stamped, turns, was_stamped
from .sequence import Sequences
from .wire import Json

INDEX, HISTORY, LEASES = "records", "history", "leases"
FOLLOWED = frozenset({"absence", "fetch", "retention", "source_state"})
"""Kinds, beside the settings, whose changes somebody asks for; no other pays for a change number."""
_PAGE = 1_000
_LONGEST_KEY = 8_000
"""Characters; Elasticsearch refuses a keyword of more than 32,766 bytes."""
_BY_KEY: Sequence[Json] = ({"unit": "asc"}, {"key": "asc"})


class ElasticRecords:
    """
    The port Records over the index `records`.

    Kinds whose name starts with "setting" keep every revision: the last one in its record, those before in `history`,
    where each was copied before it was replaced. The history outlives a removal. A counter of `changed_since` that
    moved without a record behind it means that a record was removed.
    """

    def __init__(self, elastic: Elastic, sequences: Sequences | None = None) -> None:
        self._elastic = elastic
        self._sequences = sequences or Sequences(elastic)
        self._intents = Intents(elastic, INDEX, self._carry_out)

    def get(self, kind: str, unit: str, key: str) -> Record | None:
        """Return the newest revision; None where there is none."""
        found = self._intents.read([doc_id(kind, unit, key)])
        return next(map(_record, found.values()), None)

    def put(self, record: Record, *, expect: int | None) -> bool:
        """The record is the next revision and True returned; False where the stored revision is not the expected."""
        _refuse_long_key(record)
        stamp, name = a_stamp(), _name(record.kind)
        if not is_followed(record.kind):
            return self._put(record, expect, 0, stamp)
        if expect is not None and _revision(self._read(record)) != expect:
            return False
        return self._sequences.change([name], lambda numbers: self._put(record, expect, numbers[name], stamp))

    def put_many(self, records: Sequence[Record]) -> None:
        """All records are stored, whatever was there, in one step."""
        if len(records) == 1:
            self.put(records[0], expect=None)
        elif records:
            for record in records:
                _refuse_long_key(record)  # what cannot be carried out must never be decided
            self._intents.run([astuple(record) for record in records])

    def list(self, kind: str, unit: str | None = None, prefix: str = "", limit: int = 10_000) -> Sequence[Record]:
        """Return records by unit and key in order; `unit` None means all units."""
        conditions: list[Json] = [{"term": {"kind": kind}}]
        if unit is not None:
            conditions.append({"term": {"unit": unit}})
        if prefix:
            conditions.append({"prefix": {"key": prefix}})
        self._intents.complete()
        self._elastic.fresh(INDEX)
        query = {"bool": {"filter": conditions}}
        if limit <= _PAGE:
            found = self._elastic.found(INDEX, {"size": limit, "query": query, "sort": list(_BY_KEY)})
            return [_record(doc) for doc in found]
        return [_record(doc) for doc in islice(self._elastic.scan(INDEX, query, _BY_KEY), limit)]

    def remove(self, kind: str, unit: str, key: str) -> None:
        """The record is gone; no error where it never was. The history of a setting stays."""
        place, name = doc_id(kind, unit, key), _name(kind)
        if not is_followed(kind):
            self._remove(place)
        elif self._intents.read([place]):
            self._sequences.change([name], lambda _numbers: self._remove(place))

    def history(self, kind: str, unit: str, key: str) -> Sequence[Record]:
        """Return all revisions that are kept, newest first; none for kinds that keep no history."""
        if not keeps_history(kind):
            return []
        now = self._intents.read([doc_id(kind, unit, key)])
        self._elastic.fresh(HISTORY)
        terms = [{"term": {"kind": kind}}, {"term": {"unit": unit}}, {"term": {"key": key}}]
        sort = [{"change": "desc"}, {"revision": "desc"}]
        before = self._elastic.scan(HISTORY, {"bool": {"filter": terms}}, sort)
        every = {_last_stamp(doc.source): doc for doc in (*now.values(), *before)}
        in_order = sorted(every.values(), key=lambda doc: (doc.source["change"], doc.source["revision"]), reverse=True)
        return [_record(doc) for doc in in_order]

    def take(self, name: str, holder: str, *, now: Millis, until: Millis) -> int | None:
        """Lease: return a fence higher than every one before, or None while another's runs that can be true."""

        def step(lease: Json | None) -> Json | None:
            last = lease or {"holder": holder, "fence": 0, "until": now}
            if last["holder"] != holder and now < last["until"] <= now + 2 * (until - now):
                return None
            return {"holder": holder, "fence": last["fence"] + 1, "until": until}

        taken = rewrite(self._elastic, LEASES, doc_id(name), step)
        return None if taken is None else int(taken["fence"])

    def release(self, name: str, holder: str) -> None:
        """The holder's lease has ended; no error where it holds none."""

        def step(lease: Json | None) -> Json | None:
            if lease is None or lease["holder"] != holder:
                return None
            return {**lease, "holder": "", "until": 0}

        rewrite(self._elastic, LEASES, doc_id(name), step)

    def changed_since(self, kind: str, change: int) -> tuple[int, Sequence[Record]]:
        """
        Return the kind's change counter and its records that changed behind the given one, in that order.

        Raises BadInput where the kind is not followed: its records carry no change.
        """
        if not is_followed(kind):
            raise BadInput(f"records of the kind {kind} carry no change numbers here; add the kind to FOLLOWED")
        self._intents.complete()
        latest = self._sequences.settled(_name(kind))
        if latest <= change:
            return (latest, [])
        self._elastic.fresh(INDEX)
        changed = [{"term": {"kind": kind}}, {"range": {"change": {"gt": change, "lte": latest}}}]
        found = self._elastic.scan(INDEX, {"bool": {"filter": changed}}, [{"change": "asc"}, *_BY_KEY])
        return (latest, [_record(doc) for doc in found])

    def _read(self, record: Record) -> Doc | None:
        place = _place(record)
        return self._intents.read([place]).get(place)

    def _put(self, record: Record, expect: int | None, change: int, stamp: str) -> bool:
        for _ in turns(self._elastic, _place(record)):
            doc = self._read(record)
            if doc is not None and was_stamped(doc.source, stamp):  # the answer was lost, or the number taken back
                source = _renumbered(doc, change)
                if source is None:
                    return True
            elif expect is not None and expect != _revision(doc):
                return False
            else:
                source = self._next(record, change, doc, stamp)
            place = _place(record)
            if self._elastic.create(INDEX, place, source) if doc is None else self._elastic.replace(doc, source):
                return True
        raise AssertionError  # turns ends by raising

    def _remove(self, place: str) -> None:
        for _ in turns(self._elastic, place):
            doc = self._intents.read([place]).get(place)
            if doc is None:
                return
            self._keep(doc)
            if self._elastic.bulk([Change("delete", INDEX, place, seen=doc)])[0]:
                return

    def _carry_out(self, intent: Intent) -> None:
        records = [Record(*values) for values in intent.body]
        names = sorted({_name(record.kind) for record in records if is_followed(record.kind)})
        if names:
            self._sequences.change(names, lambda numbers: self._write_all(intent, records, numbers))
        else:
            self._write_all(intent, records, {})

    def _write_all(self, intent: Intent, records: Sequence[Record], numbers: Mapping[str, int]) -> None:
        """Each record is written once; of one that comes twice, the first before the second."""
        for part, of_part in enumerate(_each_once(records)):

            def step(place: str, doc: Doc | None, part: int = part, of: Mapping[str, Record] = of_part) -> Json | None:
                record = of[place]
                change = numbers.get(_name(record.kind), 0)
                if doc is not None and is_written(intent, doc, part):
                    return _renumbered(doc, change)
                return self._next(record, change, doc, stamp_of(intent, part))

            self._intents.write_while_it_stands(intent, list(of_part), step)

    def _next(self, record: Record, change: int, doc: Doc | None, stamp: str) -> Json:
        """Return the record as the revision behind what is there, of which the history is kept."""
        if doc is not None:
            self._keep(doc)
        before = None if doc is None else doc.source
        return stamped(_source(replace(record, revision=_revision(doc) + 1), change), before, stamp)

    def _keep(self, doc: Doc) -> None:
        if keeps_history(doc.source["kind"]):
            stamp = _last_stamp(doc.source)
            self._elastic.create(HISTORY, stamp, {**doc.source, STAMPS: [stamp]})


def keeps_history(kind: str) -> bool:
    """Whether every revision of this kind is kept: settings, of which people ask who changed them and why."""
    return kind.startswith("setting")


def is_followed(kind: str) -> bool:
    """Whether somebody asks what changed of this kind."""
    return kind in FOLLOWED or keeps_history(kind)


def _renumbered(doc: Doc, change: int) -> Json | None:
    """Return the written record under a later number: the one that it had was taken back; None where it has one."""
    return None if doc.source["change"] >= change else {**doc.source, "change": change}


def _refuse_long_key(record: Record) -> None:
    if len(record.key) > _LONGEST_KEY:
        raise BadInput(f"a record of the kind {record.kind} has a key of {len(record.key)} characters; hash long keys")


def _name(kind: str) -> str:
    return f"records:{kind}"


def _place(record: Record) -> str:
    return doc_id(record.kind, record.unit, record.key)


def _revision(doc: Doc | None) -> int:
    return 0 if doc is None else int(doc.source["revision"])


def _last_stamp(source: Json) -> str:
    return str(source[STAMPS][-1])


def _each_once(records: Sequence[Record]) -> Sequence[Mapping[str, Record]]:
    parts: list[dict[str, Record]] = []
    for record in records:
        place = _place(record)
        free = next((part for part in parts if place not in part), None)
        if free is None:
            free = {}
            parts.append(free)
        free[place] = record
    return parts


def _source(record: Record, change: int) -> Json:
    told = {"value": record.value, "at": record.at, "author": record.author, "reason": record.reason}
    return {
        "kind": record.kind,
        "unit": record.unit,
        "key": record.key,
        "revision": record.revision,
        "change": change,
        "body": json.dumps(told, ensure_ascii=False, separators=(",", ":")),
    }


def _record(doc: Doc) -> Record:
    told = json.loads(doc.source["body"])
    source = doc.source
    return Record(source["kind"], source["unit"], source["key"], source["revision"], **told)
