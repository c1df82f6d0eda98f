"""The work process ends as what it is: in order, or so that a person looks."""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NoReturn

from api.bootstrap import memory_stores, open_rehearsed_worker
from api.heartbeat import Phase, pulses
from api.saying import PROGRESS
from api.stores import Stores
from api.supervisor import A_PERSON_MUST_LOOK
from api.working import work
from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.domain.errors import StaleWorker
from pipeline.domain.post import Post
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.domain.watch_rule import WatchRule
from pipeline.ports import Work
from pipeline.stages.match import Matcher
from pipeline.stages.watching import PostMatcher
from pipeline.workflow.burial import BUDGET
from pipeline.workflow.settings import read_settings
from tests.builders import UNIT, HeldClock, a_post, a_rule


class Breaking:
    """A matcher that breaks on every post."""

    def __init__(self, _rules: Sequence[WatchRule]) -> None:
        pass

    def matches(self, _title: str, _text: str) -> NoReturn:
        """Raise."""
        raise ValueError("broken")


def ended(
    stores: Stores,
    posts: Sequence[Post],
    stop: threading.Event,
    matcher: Callable[[Sequence[WatchRule]], PostMatcher] = Breaking,
) -> int:
    """Return the exit code of the work process over these posts."""
    watch = Watch({UNIT: UnitWatch(UNIT, (a_rule("养老院"),))})
    stores.bus.publish(posts)
    worker = open_rehearsed_worker(stores, watch, matcher)
    return work(stores, read_settings(stores.records, ()), worker, stop)


def test_a_worker_that_buried_too_much_leaves_with_the_code_that_calls_a_person() -> None:
    """The supervisor must not start it again at once, for it would bury the next hundred; the reason is kept."""
    stores = memory_stores(HeldClock())
    code = ended(stores, [a_post(number, "养老院的饭") for number in range(BUDGET + 1)], threading.Event())
    said = stores.records.get(PROGRESS, "", "work")

    assert code == A_PERSON_MUST_LOOK
    assert said is not None
    assert f"{BUDGET + 1} records could not be worked" in json.loads(said.value)["problem"]
    assert pulses(stores.records)["work"].phase is not Phase.ENDED


class Overtaken(MemoryPostStore):
    """A store in which another worker has always decided already; the second try ends the work."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__()
        self.stop = stop
        self.tries = 0

    def commit(self, work: Work) -> int:
        """Refuse."""
        self.tries += 1
        self.stop.set()
        raise StaleWorker(f"{len(work.mentions)} mentions exist with another decision")


def test_a_worker_that_was_overtaken_says_so_and_does_not_spin() -> None:
    """The same step would be stale again at once; it rests before it tries again."""
    stop = threading.Event()
    store = Overtaken(stop)
    stores = replace(memory_stores(HeldClock()), posts=store)
    assert ended(stores, [a_post(1, "今天天气真好")], stop, Matcher) == 0
    said = stores.records.get(PROGRESS, "", "work")

    assert store.tries == 1
    assert said is not None
    assert "another worker has decided meanwhile" in json.loads(said.value)["problem"]


def test_a_worker_that_is_asked_to_stop_says_that_it_ended_in_order() -> None:
    """So nobody takes it for killed."""
    stores, stop = memory_stores(HeldClock()), threading.Event()
    stop.set()

    assert ended(stores, [], stop) == 0
    assert pulses(stores.records)["work"].phase is Phase.ENDED
