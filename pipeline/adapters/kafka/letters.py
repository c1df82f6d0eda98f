"""Dead letters on a compacted topic of one partition: the first of each id counts, an erased one is empty."""

import json
import logging
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from pipeline.domain.errors import BadInput
from pipeline.ports import DeadLetter

from .onlooker import Onlooker
from .publisher import Publisher
from .record import LETTER, Raw, outgoing, text_of

log = logging.getLogger(__name__)

MOST = 10_000
"""Letters that are kept in mind; the worker stops long before (its budget is 100 a run)."""
ERASED = ("erased", b"1")


@dataclass(slots=True)
class DeadLetters:
    """What could not be worked. Reads the topic forward from where it stood, so asking often costs little."""

    topic: str
    publisher: Publisher
    onlooker: Onlooker
    _stream: str = ""
    _next: int = 0
    _letters: dict[str, tuple[int, DeadLetter]] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def bury(self, letters: Sequence[DeadLetter]) -> None:
        """The letters are on the topic; one whose id is there already is not written again."""
        with self._guard:
            self._catch_up()
            first: dict[str, DeadLetter] = {}
            for letter in map(_clean, letters):
                if letter.id not in self._letters:
                    first.setdefault(letter.id, letter)
            self.publisher.deliver([outgoing(self.topic, LETTER, one.id, _text(one)) for one in first.values()])

    def newest(self, limit: int) -> list[DeadLetter]:
        """Return at most so many, newest first; of two at one moment the one buried last comes first."""
        with self._guard:
            self._catch_up()
            found = sorted(self._letters.values(), key=lambda each: (each[1].at, each[0]), reverse=True)
        return [letter for _, letter in found[:limit]]

    def erase(self, post_ids: frozenset[str]) -> None:
        """Letters that hold one of the posts are replaced by empty ones; the topic's compaction removes the others."""
        with self._guard:
            self._catch_up()
            hit = [letter for _, letter in self._letters.values() if any(each in letter.post for each in post_ids)]
            empty = [replace(letter, post="", address="") for letter in hit]
            self.publisher.deliver([outgoing(self.topic, LETTER, one.id, _text(one), ERASED) for one in empty])

    def _catch_up(self) -> None:
        stream, first, end = self.onlooker.reach(0)
        if stream != self._stream or end < self._next:
            self._stream, self._next, self._letters = stream, 0, {}
        for raw in self.onlooker.follow(0, max(self._next, first), end):
            self._take(raw)
            self._next = raw.offset + 1
        gone = [letter_id for letter_id, (offset, _) in self._letters.items() if offset < first]
        for letter_id in (*gone, *list(self._letters)[: max(0, len(self._letters) - len(gone) - MOST)]):
            self._letters.pop(letter_id, None)

    def _take(self, raw: Raw) -> None:
        try:
            letter = DeadLetter(**json.loads(text_of(raw, LETTER)))
        except (BadInput, ValueError, TypeError) as fault:
            log.warning("bus.no_letter: offset %d of %s (%s)", raw.offset, self.topic, type(fault).__name__)
            return
        known = self._letters.get(letter.id)
        if known is None or ERASED in raw.headers:
            self._letters[letter.id] = (raw.offset, letter if known is None else replace(known[1], post="", address=""))


def _text(letter: DeadLetter) -> str:
    return json.dumps(asdict(letter), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _clean(letter: DeadLetter) -> DeadLetter:
    """What failed may be odd in any way, and a dead letter must never fail itself."""
    texts = {key: _sound(value) for key, value in asdict(letter).items() if isinstance(value, str)}
    return replace(letter, **texts)  # type: ignore[arg-type]  # `at` is no text


def _sound(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
