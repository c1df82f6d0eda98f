"""
Several documents of one index changed in one step: what is intended is written first, in one document: that decides.

From then on whoever comes to these documents carries it out before he reads or writes, so a crash between two of them
is completed by the next comer and nobody sees a half. Each intended write is made once: it carries a stamp, and it is
made only while the intent still stands.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from .client import Change, Doc, Elastic
from .rewrite import STAMPS, a_stamp, turns, was_stamped
from .wire import Json

INTENTS = "|intents"
"""The document's id; no other begins with a bar."""
_KEPT_ENDED = 16


@dataclass(frozen=True, slots=True)
class Intent:
    """What is to be written, under the stamp that its writes carry."""

    stamp: str
    body: Any


CarryOut: TypeAlias = Callable[[Intent], None]


class Intents:
    """The intents over one index; `carry_out` makes an intent's writes, by `write_while_it_stands`."""

    def __init__(self, elastic: Elastic, index: str, carry_out: CarryOut) -> None:
        self._elastic = elastic
        self._index = index
        self._carry_out = carry_out

    def run(self, body: object, stamp: str = "") -> str:
        """The intent is decided and carried out; returns its stamp."""
        intent = Intent(stamp or a_stamp(), body)
        self._change(lambda now: now.with_one(intent))
        self.complete()
        return intent.stamp

    def complete(self) -> None:
        """No intent that stood when this began stands any more."""
        for intent in _read(self._elastic.get(self._index, INTENTS)).standing():
            self._carry(intent)

    def read(self, ids: Iterable[str]) -> Mapping[str, Doc]:
        """Return the documents that there are of the ids, with nothing of an intent still to be written."""
        wanted = list(dict.fromkeys(ids))
        for _ in turns(self._elastic, self._index):
            # one shard answers in the order of the question: what was carried out before the intents were read is seen
            found = self._elastic.mget((self._index, doc_id) for doc_id in (INTENTS, *wanted))
            standing = _read(found.pop((self._index, INTENTS), None)).standing()
            if not standing:
                return {doc_id: doc for (_, doc_id), doc in found.items()}
            for intent in standing:
                self._carry(intent)
        raise AssertionError  # turns ends by raising

    def write_while_it_stands(
        self, intent: Intent, ids: Sequence[str], step: Callable[[str, Doc | None], Json | None]
    ) -> None:
        """Each document is what the step makes of it; None leaves it. Nothing is written once the intent has ended."""
        left = list(dict.fromkeys(ids))
        for _ in turns(self._elastic, self._index):
            # the documents first: one that changes after the intent was seen to stand is not overwritten
            found = self._elastic.mget((self._index, doc_id) for doc_id in (*left, INTENTS))
            if intent.stamp not in _read(found.get((self._index, INTENTS))).bodies:
                return
            changes = []
            for doc_id in left:
                doc = found.get((self._index, doc_id))
                source = step(doc_id, doc)
                if source is not None:
                    changes.append(Change("create" if doc is None else "index", self._index, doc_id, source, doc))
            made = self._elastic.bulk(changes)
            left = [change.id for change, was_made in zip(changes, made, strict=True) if not was_made]
            if not left:
                return

    def _carry(self, intent: Intent) -> None:
        self._carry_out(intent)
        self._change(lambda now: now.without(intent))

    def _change(self, step: Callable[["_Intents"], "_Intents | None"]) -> None:
        for _ in turns(self._elastic, self._index):
            doc = self._elastic.get(self._index, INTENTS)
            wanted = step(_read(doc))
            if wanted is None:
                return
            source = {"intents": json.dumps(wanted.bodies, ensure_ascii=False), STAMPS: list(wanted.ended)}
            new = doc is None and self._elastic.create(self._index, INTENTS, source)
            if new or (doc is not None and self._elastic.replace(doc, source)):
                return


@dataclass(frozen=True, slots=True)
class _Intents:
    """What the intents' document says: those that stand, and the last that ended."""

    bodies: Mapping[str, Any]
    ended: tuple[str, ...] = ()

    def standing(self) -> list[Intent]:
        return [Intent(stamp, body) for stamp, body in self.bodies.items()]

    def with_one(self, intent: Intent) -> "_Intents | None":
        if intent.stamp in self.bodies or intent.stamp in self.ended:
            return None  # the answer was lost
        return replace(self, bodies={**self.bodies, intent.stamp: intent.body})

    def without(self, intent: Intent) -> "_Intents | None":
        if intent.stamp not in self.bodies:
            return None
        left = {stamp: body for stamp, body in self.bodies.items() if stamp != intent.stamp}
        return _Intents(left, (*self.ended, intent.stamp)[-_KEPT_ENDED:])


def _read(doc: Doc | None) -> _Intents:
    if doc is None:
        return _Intents({})
    return _Intents(json.loads(doc.source["intents"]), tuple(doc.source[STAMPS]))


def is_written(intent: Intent, doc: Doc | None, part: int = 0) -> bool:
    """Whether the intent's write of this document (the part-th, where there are several) was made already."""
    return doc is not None and was_stamped(doc.source, stamp_of(intent, part))


def stamp_of(intent: Intent, part: int = 0) -> str:
    """Return the stamp of an intent's part-th write to a document."""
    return f"{intent.stamp}.{part}"
