"""Processes that work a cluster side by side: each what it holds, none writes over what another has to say."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NoReturn

import pytest

from api.bootstrap import memory_stores, open_desk, open_halves
from api.halves import FINDS_IN_A_ROW, Halves
from api.heartbeat import STALE, Phase, pulses
from api.saying import PROGRESS, SayingBeside
from api.stores import Stores
from api.supervisor import A_PERSON_MUST_LOOK
from api.working import work_beside
from classifier.absent import AbsentClassifier
from pipeline.adapters.memory.mentions import MemoryMentionBus
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.mention import NO_OPINION
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.domain.watch_rule import WatchRule
from pipeline.ports import Position
from pipeline.workflow.burial import BUDGET
from pipeline.workflow.settings import Settings, read_settings
from tests.builders import DAY, MINUTE, MONDAY, UNIT, FixedClassifier, HeldClock, a_post, a_rule

WATCH = Watch({UNIT: UnitWatch(UNIT, (a_rule("养老院"),))})


class Breaking:
    """A matcher that breaks on every post."""

    def __init__(self, _rules: Sequence[WatchRule]) -> None:
        pass

    def matches(self, _title: str, _text: str) -> NoReturn:
        """Raise."""
        raise ValueError("broken")


def a_house() -> tuple[Stores, Settings, Halves]:
    """Return stores in memory with a bus between two halves, and the halves, which watch one unit."""
    stores = replace(memory_stores(HeldClock()), mentions=MemoryMentionBus())
    settings = read_settings(stores.records, ())
    halves = open_halves(stores, settings, open_desk(stores, settings), FixedClassifier())
    halves.change_watch(WATCH)
    return stores, settings, halves


def told(stores: Stores, key: str = "work") -> Mapping[str, str]:
    """What a record of progress says."""
    record = stores.records.get(PROGRESS, "", key)
    assert record is not None
    said: Mapping[str, str] = json.loads(record.value)
    return said


def test_a_process_that_buried_too_much_leaves_with_the_code_that_calls_a_person() -> None:
    """The budget is one for both halves; the reason is kept, for others go on."""
    stores, settings, halves = a_house()
    halves.finder.matcher_of = Breaking
    stores.bus.publish([a_post(number, "养老院的饭") for number in range(BUDGET + 1)])
    code = work_beside(stores, settings, halves, threading.Event())

    assert code == A_PERSON_MUST_LOOK
    assert f"{BUDGET + 1} records could not be worked" in told(stores)["problem"]
    assert stores.posts.position(stores.bus.stream, 0) is None


def test_a_process_that_is_asked_to_stop_says_that_it_ended_in_order() -> None:
    """The last one does; where another works on, the work has not ended."""
    for alone in (True, False):
        (stores, settings, halves), stop = a_house(), threading.Event()
        stop.set()
        if not alone:
            SayingBeside(stores, halves.classifier, "work-other").say("")
        assert work_beside(stores, settings, halves, stop) == 0
        assert (pulses(stores.records)["work"].phase is Phase.ENDED) is alone


def test_the_second_half_goes_on_where_the_first_is_refused() -> None:
    """Posts cannot be read, and what was found before is grouped all the same."""
    stores, _, halves = a_house()
    stores.bus.publish([a_post(1, "养老院的饭是凉的")])
    halves.finder.step()

    def refuse(after: Position | None, limit: int) -> NoReturn:
        raise StoreUnavailable(f"the brokers are away ({after}, {limit})", code="BUS-301")

    stores.bus.read = refuse  # type: ignore[method-assign]  # a topic that cannot be read
    with pytest.raises(StoreUnavailable, match="BUS-301"):
        halves.step()
    assert len(list(stores.posts.mentions(UNIT, 0))) == 1


def test_posts_that_wait_are_grouped_some_steps_at_a_time() -> None:
    """Each commit of the second half costs: after a pause it works what several steps of the first have found."""
    stores, _, halves = a_house()
    stores.bus.publish([a_post(n, "养老院的饭是凉的", at=MONDAY + n * DAY) for n in range(FINDS_IN_A_ROW + 2)])
    steps = [halves.step() for _ in range(3)]

    assert [step.stored for step in steps] == [FINDS_IN_A_ROW, 2, 0]
    assert [step.mentions for step in steps] == [FINDS_IN_A_ROW, 2, 0]


def test_no_process_writes_over_the_problem_of_another() -> None:
    """The record for all names it until it is over."""
    stores, _, halves = a_house()
    one, other = (SayingBeside(stores, halves.classifier, name) for name in ("work-1", "work-2"))
    one.say("3 records could not be worked")
    other.say("")
    assert told(stores)["problem"] == "3 records could not be worked"
    other.say("Elasticsearch is away")
    assert told(stores)["problem"] == "3 records could not be worked; Elasticsearch is away"
    one.say("")
    other.say("")
    assert told(stores)["problem"] == ""


def test_what_a_dead_process_said_grows_old() -> None:
    """Nobody takes its problem back, so it is told no longer than a sign of life lasts; it stays where it was last."""
    stores, _, halves = a_house()
    dead, living = (SayingBeside(stores, halves.classifier, name) for name in ("work-1", "work-2"))
    dead.say("3 records could not be worked")
    living.say("")
    clock = stores.clock
    assert isinstance(clock, HeldClock)
    clock.at += STALE + MINUTE
    living.say("")

    assert told(stores)["problem"] == ""
    assert stores.records.get(PROGRESS, "", "work-1") is None


def test_one_process_without_a_classifier_is_told() -> None:
    """Its posts ask a person each, whatever the others can."""
    stores, _, halves = a_house()
    SayingBeside(stores, AbsentClassifier("the model file is damaged"), "work-1").say("")
    SayingBeside(stores, halves.classifier, "work-2").say("")

    assert (told(stores)["model"], told(stores)["absent"]) == (NO_OPINION.model, "the model file is damaged")


def test_a_process_that_leaves_takes_back_what_it_said_unless_it_is_the_last() -> None:
    """Then the problem stands, for somebody must look."""
    stores, _, halves = a_house()
    one, other = (SayingBeside(stores, halves.classifier, name) for name in ("work-1", "work-2"))
    one.say("Elasticsearch is away")
    other.say("3 records could not be worked")
    one.leave()
    assert told(stores)["problem"] == "3 records could not be worked"
    other.leave()
    assert told(stores)["problem"] == "3 records could not be worked"
