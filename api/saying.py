"""
What working processes say of how they fare: for readiness, in other processes.

One record tells it. Where several processes work a cluster, each keeps a record of its own beside it, fresh for as long
as it lives, and whoever says something says for all: nobody's problem is written over by another's good news.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classifier.absent import AbsentClassifier
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.mention import NO_OPINION
from pipeline.domain.post import Millis
from pipeline.ports import Classifier, Record

from .heartbeat import EVERY, STALE
from .stores import Stores

log = logging.getLogger(__name__)

PROGRESS = "progress"
"""The kind of the records in which working processes say how they fare."""
TOGETHER = "work"
"""The key of the record that tells how the work fares, whoever does it."""


@dataclass(slots=True)
class Saying:
    """Writes down how the one worker fares, once per change."""

    stores: Stores
    classifier: Classifier
    said: str = "-"

    def say(self, problem: str) -> None:
        """The record holds the problem ("" for none) and the classifier that speaks."""
        if problem == self.said:
            return
        try:
            _put(self.stores, TOGETHER, _fares(problem, self.classifier), self.stores.clock.now())
            self.said = problem
        except StoreUnavailable:
            log.warning("work.cannot_say: the store does not even take the problem's record")

    def is_alone(self) -> bool:
        """Whether no other process works."""
        return True

    def leave(self) -> None:
        """This process says nothing more; what it said last stands."""


@dataclass(slots=True)
class SayingBeside:
    """Writes down how this process fares beside others, at each change and every few seconds."""

    stores: Stores
    classifier: Classifier
    name: str
    said: str = "-"
    said_at: Millis = 0

    def say(self, problem: str) -> None:
        """This process's record is fresh, and the record for all tells the problems of all that live."""
        now = self.stores.machine_clock.now()
        if problem == self.said and abs(now - self.said_at) < EVERY:
            return
        try:
            _put(self.stores, self.name, _fares(problem, self.classifier), now)
            self._say_together()
            self.said, self.said_at = problem, now
        except StoreUnavailable:
            log.warning("work.cannot_say: the store does not even take the problem's record")

    def is_alone(self) -> bool:
        """Whether no other process has said anything of late."""
        return not [record for record in self._living() if record.key != self.name]

    def leave(self) -> None:
        """Nothing of this process is told any more, unless it is the last: then what it said stands."""
        try:
            if not self.is_alone():
                self.stores.records.remove(PROGRESS, "", self.name)
                self._say_together()
        except StoreUnavailable:
            log.warning("work.cannot_say: the store does not take back what this process said; it grows old")

    def _say_together(self) -> None:
        fare = [json.loads(record.value) for record in self._living()]
        if not fare:
            return  # all left in the same moment: what was said last stands
        known = self.stores.records.get(PROGRESS, "", TOGETHER)
        value = _together(fare)
        if known is None or known.value != value:
            _put(self.stores, TOGETHER, value, self.stores.clock.now())

    def _living(self) -> Sequence[Record]:
        """Return the records of processes that said something of late; those of dead ones are taken away."""
        now, living = self.stores.machine_clock.now(), []
        for record in self.stores.records.list(PROGRESS, ""):
            if record.key != TOGETHER and abs(now - record.at) <= STALE:
                living.append(record)
            elif record.key != TOGETHER:
                self.stores.records.remove(PROGRESS, "", record.key)
        return living


def _fares(problem: str, speaks: Classifier) -> str:
    absent = speaks.reason if isinstance(speaks, AbsentClassifier) else ""
    return _text({"problem": problem, "model": speaks.model, "absent": absent})


def _together(fare: Sequence[Mapping[str, str]]) -> str:
    problems = dict.fromkeys(one["problem"] for one in fare if one["problem"])
    silent = next((one for one in fare if one["model"] == NO_OPINION.model), fare[-1])
    return _text({"problem": "; ".join(problems), "model": silent["model"], "absent": silent["absent"]})


def _text(said: Mapping[str, str]) -> str:
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def _put(stores: Stores, key: str, value: str, at: Millis) -> None:
    stores.records.put(Record(PROGRESS, "", key, 0, value, at, "work", ""), expect=None)
