"""Dead letters: what could not be worked is kept, counted, and stops the worker where there is too much of it."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import Post
from pipeline.domain.wire import post_to_json
from pipeline.ports import Clock, DeadLetter, Delivered, DeliveredFound, PostBus

log = logging.getLogger(__name__)

BUDGET = 100
"""Unreadable or unworkable records in one run before the worker stops and calls a person."""


@dataclass(slots=True)
class Burial:
    """Buries records as dead letters; `count` is how many since the start, each once however often it is tried."""

    bus: PostBus
    clock: Clock
    _ids: set[str] = field(default_factory=set)

    @property
    def count(self) -> int:
        """Return how many records could not be worked since the start."""
        return len(self._ids)

    def bury_unreadable(self, delivered: Iterable[Delivered | DeliveredFound]) -> int:
        """Records whose bytes hold no post, or no finding, are dead letters; returns how many."""
        return self._bury(
            DeadLetter(
                id=f"{item.after.stream}/{item.after.partition}/{item.after.offset}",
                source="",
                stage="read",
                error=item.problem,
                at=self.clock.now(),
            )
            for item in delivered
            if (item.post if isinstance(item, Delivered) else item.found) is None
        )

    def bury(self, post: Post, stage: str, failure: Exception) -> int:
        """The post that broke the stage is a dead letter: intake's output, never what intake was given."""
        letter = DeadLetter(
            id=f"{post.id}/{post.version}/{stage}",
            source=post.source,
            stage=stage,
            error=type(failure).__name__,
            at=self.clock.now(),
            body_hash=post.body_hash,
            post=post_to_json(post),
        )
        return self._bury([letter])

    def _bury(self, letters: Iterable[DeadLetter]) -> int:
        kept = tuple(letters)
        if not kept:
            return 0
        self.bus.bury(kept)
        self._ids.update(letter.id for letter in kept)
        log.error("worker.buried: %d records in stage %s, %s", len(kept), kept[0].stage, kept[0].error)
        if self.count > BUDGET:
            sentence = (
                f"{self.count} records could not be worked since the start; the worker stops instead of draining them. "
                "Look at `huiyin doctor`, mend the cause and start again"
            )
            raise StoreUnavailable(sentence, code="WRK-201")
        return len(kept)
