"""
Memos: what people typed, written before the batch that names them and read only through it.

A text lies under (unit, memo, stamp of its append); once its batch stands in the log, the document (unit, memo) points
to it. So of two that append at once with one memo id, the winner's words are the ones that are read; what no batch
names is never read, and swept after a day.
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence

from pipeline.domain.event import Memo
from pipeline.domain.post import Millis

from .client import Change, Doc, Elastic
from .expunge import Expunge, expunge
from .keys import doc_id
from .rewrite import turns
from .wire import Json

INDEX = "memos"


class Memos:
    """The memos of all units."""

    def __init__(
        self, elastic: Elastic, *, wall: Callable[[], float] = time.time, expunging: Expunge = expunge
    ) -> None:
        self._elastic = elastic
        self._expunge = expunging
        self._wall = wall

    def lay_down(self, memos: Sequence[Memo], stamp: str) -> None:
        """The texts are kept, and nobody reads them yet."""
        at = int(self._wall() * 1000)
        self._elastic.bulk([Change("index", INDEX, _text_id(memo, stamp), _source(memo, stamp, at)) for memo in memos])

    def take_back(self, memos: Sequence[Memo], stamp: str) -> None:
        """The texts of an append that lost its race are gone."""
        self._elastic.bulk([Change("delete", INDEX, _text_id(memo, stamp)) for memo in memos])

    def name(self, unit: str, memo_ids: Sequence[str], stamp: str) -> None:
        """The memos are read under their ids from now on; one that was erased stays erased."""
        if not memo_ids:
            return
        pointers = [
            Change("create", INDEX, doc_id(unit, memo), _pointer(unit, memo, stamp, is_erased=False))
            for memo in memo_ids
        ]
        made = self._elastic.bulk(pointers)
        there = [memo for memo, was_made in zip(memo_ids, made, strict=True) if not was_made]
        found = self._elastic.mget((INDEX, doc_id(unit, memo)) for memo in there)
        unread = [doc.source["memo"] for doc in found.values() if doc.source["stamp"] != stamp]
        self._elastic.bulk([Change("delete", INDEX, doc_id(unit, memo, stamp)) for memo in unread])

    def memo(self, unit: str, memo_id: str) -> Memo | None:
        """Return a memo by id; None where it was erased or never was."""
        pointer = self._elastic.get(INDEX, doc_id(unit, memo_id))
        if pointer is None or pointer.source["is_erased"]:
            return None
        doc = self._elastic.get(INDEX, doc_id(unit, memo_id, pointer.source["stamp"]))
        return None if doc is None else _memo(doc)

    def erase(self, unit: str, memo_ids: Iterable[str]) -> int:
        """No text of the memos is in any byte of the index; returns how many were not erased before."""
        wanted = sorted(memo_ids)
        erased = sum(self._blank(unit, memo) for memo in wanted)
        self._elastic.fresh(INDEX)
        query = {
            "bool": {"filter": [{"term": {"unit": unit}}, {"terms": {"memo": wanted}}, {"exists": {"field": "at"}}]}
        }
        texts = list(self._elastic.scan(INDEX, query, [{"memo": "asc"}, {"stamp": "asc"}]))
        self._elastic.bulk([Change("delete", INDEX, doc.id) for doc in texts])
        self._expunge(self._elastic, [INDEX])
        return erased

    def sweep(self, before: Millis) -> int:
        """Texts that were laid down before the time and that no batch names are gone; returns how many."""
        self._elastic.fresh(INDEX)
        laid_down = {"range": {"at": {"lt": before}}}
        old = list(self._elastic.scan(INDEX, laid_down, [{"unit": "asc"}, {"memo": "asc"}, {"stamp": "asc"}]))
        pointers = self._elastic.mget((INDEX, _pointer_id(doc.source)) for doc in old)
        named = {(_pointer_id(each.source), each.source["stamp"]) for each in pointers.values()}
        unnamed = [doc for doc in old if (_pointer_id(doc.source), doc.source["stamp"]) not in named]
        return sum(self._elastic.bulk([Change("delete", INDEX, doc.id) for doc in unnamed]))

    def _blank(self, unit: str, memo: str) -> bool:
        place = doc_id(unit, memo)
        for _ in turns(self._elastic, place):
            doc, blank = self._elastic.get(INDEX, place), _pointer(unit, memo, "", is_erased=True)
            if doc is None:
                if self._elastic.create(INDEX, place, blank):
                    return False
            elif doc.source["is_erased"]:
                return False
            elif self._elastic.replace(doc, blank):
                return True
        raise AssertionError  # turns ends by raising


def _text_id(memo: Memo, stamp: str) -> str:
    return doc_id(memo.unit, memo.id, stamp)


def _pointer_id(source: Json) -> str:
    return doc_id(source["unit"], source["memo"])


def _pointer(unit: str, memo: str, stamp: str, *, is_erased: bool) -> Json:
    return {"unit": unit, "memo": memo, "stamp": stamp, "is_erased": is_erased}


def _source(memo: Memo, stamp: str, at: Millis) -> Json:
    told = {
        "incident": memo.incident,
        "text": memo.text,
        "salt": memo.salt,
        "public": memo.public,
        "attachment": memo.attachment,
    }
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return {"unit": memo.unit, "memo": memo.id, "stamp": stamp, "is_erased": False, "at": at, "body": body}


def _memo(doc: Doc) -> Memo:
    return Memo(doc.source["unit"], doc.source["memo"], **json.loads(doc.source["body"]))
