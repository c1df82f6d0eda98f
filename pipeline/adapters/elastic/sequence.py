"""
Change numbers: they only grow, and no reader's cursor ever passes one that is still to be written.

Per name one document: the next number, and the numbers that were given and are not settled yet, each with its deadline
and its holder. A writer takes a number, writes under it, settles it; a reader reads up to below the lowest unsettled.
A number past its deadline is taken back, so a crashed writer holds nobody up; one who was only slow learns of it when
he settles, and writes again under a new number.
"""

import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pipeline.domain.errors import HuiyinError, StoreUnavailable

from .client import Change, Doc, Elastic
from .keys import doc_id
from .rewrite import a_stamp, rewrite, turns
from .wire import Json

T = TypeVar("T")

INDEX = "sequences"
LASTS_SECONDS = 10.0
"""A number that is not settled after this time is taken back."""
_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What a sequence's document says; `pending` maps a number to its deadline (ms UTC) and its holder."""

    next: int = 1
    pending: Mapping[int, tuple[int, str]] = field(default_factory=dict)

    def of(self, holder: str) -> int | None:
        return next((number for number, (_, held_by) in self.pending.items() if held_by == holder), None)

    def without_late(self, now: int) -> "_Numbers":
        return replace(self, pending={number: held for number, held in self.pending.items() if held[0] > now})

    def with_one_for(self, holder: str, until: int) -> "_Numbers":
        return _Numbers(self.next + 1, {**self.pending, self.next: (until, holder)})

    def without(self, holder: str) -> "_Numbers":
        return replace(self, pending={number: held for number, held in self.pending.items() if held[1] != holder})


class Sequences:
    """The change numbers of one installation: per unit its groups', per followed kind its records'."""

    def __init__(self, elastic: Elastic, *, wall: Callable[[], float] = time.time) -> None:
        self._elastic = elastic
        self._wall = wall

    def change(self, names: Collection[str], write: Callable[[Mapping[str, int]], T]) -> T:
        """
        Return what `write` returns, called with a new number for each of the names.

        What it writes under a name carries that number. It is called again, with higher numbers, where it took longer
        than a number lasts: it must write what it has written once more. Raises StoreUnavailable STO-308 where that
        happens again and again; what `write` raises is raised.
        """
        for _ in range(_TRIES):
            holder = a_stamp()
            numbers = self._take(names, holder)
            try:
                result = write(numbers)
            except StoreUnavailable:
                raise  # the numbers are taken back at their deadline
            except HuiyinError:
                self._settle(numbers, holder)
                raise
            if self._settle(numbers, holder):
                return result
        raise StoreUnavailable(
            f"change numbers of {', '.join(sorted(names))} were taken back {_TRIES} times before what they number was "
            "written; check that the clocks of all machines agree, and how busy Elasticsearch is",
            code="STO-308",
        )

    def count(self, name: str, count: int) -> int:
        """Return the first of so many numbers in a row that nobody else is given; nobody follows them."""
        counted = rewrite(self._elastic, INDEX, doc_id("count", name), lambda doc: _counted(name, doc, count))
        if counted is None:
            raise AssertionError  # the step always writes
        return int(counted["next"]) - count

    def settled(self, name: str) -> int:
        """
        Return the number up to which all is written; 0 where nothing ever was.

        Ask this first, then refresh the index, then search for changes up to the number: none is missing.
        """
        for _ in turns(self._elastic, name):
            doc = self._elastic.get(INDEX, name)
            if doc is None:
                return 0
            stored = _read(doc)
            now = stored.without_late(self._now())
            if now == stored or self._elastic.replace(doc, _source(name, now)):
                return min(now.pending, default=now.next) - 1
        raise AssertionError  # turns ends by raising

    def _now(self) -> int:
        return int(self._wall() * 1000)

    def _take(self, names: Collection[str], holder: str) -> Mapping[str, int]:
        taken: dict[str, int] = {}
        until = self._now() + int(LASTS_SECONDS * 1000)

        def give(name: str, doc: Doc | None) -> _Numbers | None:
            numbers = _read(doc)
            given = numbers.of(holder)  # an answer was lost: the number is ours already
            taken[name] = given or numbers.next
            return None if given else numbers.without_late(self._now()).with_one_for(holder, until)

        self._rewrite(names, give)
        return taken

    def _settle(self, numbers: Mapping[str, int], holder: str) -> bool:
        """The numbers are written; False where one of them was taken back before."""
        lost: set[str] = set()

        def end(name: str, doc: Doc | None) -> _Numbers | None:
            stored = _read(doc)
            if stored.of(holder) is not None:
                return stored.without(holder)
            lost.add(name)  # or settled by us while the answer was lost: then it is written once more
            return None

        self._rewrite(numbers, end)
        return not lost

    def _rewrite(self, names: Collection[str], step: Callable[[str, Doc | None], _Numbers | None]) -> None:
        left = list(names)
        for _ in turns(self._elastic, ", ".join(sorted(names))):
            seen = self._elastic.mget((INDEX, name) for name in left)
            wanted = {name: step(name, seen.get((INDEX, name))) for name in left}
            changes = [
                _change(name, numbers, seen.get((INDEX, name)))
                for name, numbers in wanted.items()
                if numbers is not None
            ]
            made = self._elastic.bulk(changes)
            left = [change.id for change, was_made in zip(changes, made, strict=True) if not was_made]
            if not left:
                return


def _counted(name: str, doc: Json | None, count: int) -> Json:
    return {"name": name, "next": (1 if doc is None else doc["next"]) + count}


def _change(name: str, numbers: _Numbers, seen: Doc | None) -> Change:
    return Change("create" if seen is None else "index", INDEX, name, _source(name, numbers), seen)


def _source(name: str, numbers: _Numbers) -> Json:
    pending = {str(number): list(held) for number, held in sorted(numbers.pending.items())}
    return {"name": name, "next": numbers.next, "pending": json.dumps(pending)}


def _read(doc: Doc | None) -> _Numbers:
    if doc is None:
        return _Numbers()
    pending = {int(number): (held[0], held[1]) for number, held in json.loads(doc.source["pending"]).items()}
    return _Numbers(int(doc.source["next"]), pending)
