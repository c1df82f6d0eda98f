"""What every Outbox does, in every store: sends are created once, due in order, tried, held, released."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.adapters.elastic.outbox import ElasticOutbox
from pipeline.adapters.memory.outbox import MemoryOutbox
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.outbox import SqliteOutbox
from pipeline.adapters.sqlite.writer import Reader
from pipeline.domain.errors import BadInput
from pipeline.domain.event import Notice
from pipeline.ports import Attempt, Outbox, Send
from tests.elastic_house import ElasticHouse

OpenOutbox = Callable[[], Outbox]


def a_send(name: str, *, level: int = 3, at: int = 10, next_at: int = 10, unit: str = "yunxi-mz") -> Send:
    """A waiting send to the duty role, over the terminal."""
    notice = Notice("opened", "new_matter", "duty", f"incident-of-{name}", level, at)
    return Send(name, unit, 1, 0, notice, "值班", "terminal", "waiting", "", next_at)


@pytest.fixture(params=["memory", "sqlite", "elastic"])
def open_the_outbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenOutbox]:
    """A function that opens the same outbox again and again, each time as another process would."""
    if request.param == "elastic":
        house: ElasticHouse = request.getfixturevalue("elastic_house")
        yield lambda: ElasticOutbox(house.open())
        return
    with ExitStack() as stack:

        def open_again() -> Outbox:
            writer = stack.enter_context(closing(open_huiyin(tmp_path / "huiyin.db")))
            return SqliteOutbox(writer, stack.enter_context(closing(Reader(tmp_path / "huiyin.db"))))

        memory = MemoryOutbox()
        yield open_again if request.param == "sqlite" else lambda: memory


@pytest.fixture
def outbox(open_the_outbox: OpenOutbox) -> Outbox:
    """One opened outbox."""
    return open_the_outbox()


def names(sends: object) -> list[str]:
    """The ids of sends."""
    assert isinstance(sends, list)
    return [send.id for send in sends]


def test_a_send_comes_back_as_it_was_created(outbox: Outbox) -> None:
    """Notice, recipient, channel and attempts are all facts."""
    full = replace(a_send("a"), attempts=(Attempt(1, 5, "failed", "超时"), Attempt(2, 6, "trying")), reason="夜间")
    assert outbox.create([full], {"yunxi-mz": 1}) == 1
    assert outbox.sends("yunxi-mz") == [full]


def test_a_send_is_created_once(open_the_outbox: OpenOutbox) -> None:
    """A dispatcher that died before it noted its place makes the same sends again, and none of them is new."""
    outbox, other = open_the_outbox(), open_the_outbox()
    assert outbox.create([a_send("a"), a_send("b"), a_send("a")], {"yunxi-mz": 1}) == 2
    outbox.record("a", Attempt(1, 20, "delivered"), state="delivered", reason="", next_at=0)
    assert other.create([a_send("a"), a_send("b"), a_send("c")], {"yunxi-mz": 2}) == 1
    assert names(other.due(100, 10)) == ["b", "c"]
    assert [send.state for send in other.sends("yunxi-mz")] == ["waiting", "waiting", "delivered"]


def test_the_dispatched_seq_is_kept_for_each_unit_and_never_goes_back(outbox: Outbox) -> None:
    """Two dispatchers cannot make the place of a unit fall behind."""
    assert outbox.dispatched("yunxi-mz") == 0
    assert outbox.create([], {"yunxi-mz": 7, "baihe-mz": 2}) == 0
    outbox.create([], {"yunxi-mz": 5})
    assert (outbox.dispatched("yunxi-mz"), outbox.dispatched("baihe-mz")) == (7, 2)


def test_the_highest_level_is_due_first_then_the_oldest(outbox: Outbox) -> None:
    """Ⅰ goes before Ⅳ, both before what has no level; what was noticed first goes first."""
    outbox.create(
        [
            a_send("none", level=0, at=1),
            a_send("blue", level=4, at=1),
            a_send("young", level=2, at=9),
            a_send("old", level=2, at=3),
            a_send("red", level=1, at=9),
            a_send("old too", level=2, at=3),
        ],
        {},
    )
    assert names(outbox.due(100, 10)) == ["red", "old", "old too", "young", "blue", "none"]
    assert names(outbox.due(100, 2)) == ["red", "old"]


def test_only_what_waits_and_whose_time_has_come_is_due(outbox: Outbox) -> None:
    """A send in quiet hours waits until its time; a held, failed or delivered one is not tried."""
    outbox.create([a_send("now", next_at=50), a_send("later", next_at=51), a_send("done")], {})
    outbox.record("done", Attempt(1, 20, "delivered"), state="delivered", reason="", next_at=0)
    assert names(outbox.due(50, 10)) == ["now"]
    assert names(outbox.due(51, 10)) == ["now", "later"]
    assert outbox.due(49, 10) == []


def test_an_attempt_is_written_before_and_judged_after_the_try(open_the_outbox: OpenOutbox) -> None:
    """The second write of a number replaces the first; a new number is a new attempt."""
    outbox, other = open_the_outbox(), open_the_outbox()
    outbox.create([a_send("a"), a_send("b")], {})
    outbox.record("a", Attempt(1, 20, "trying"), state="waiting", reason="", next_at=20)
    assert other.due(20, 10)[0].attempts == (Attempt(1, 20, "trying"),)
    outbox.record("a", Attempt(1, 21, "failed", "对方忙"), state="waiting", reason="重试", next_at=90)
    outbox.record("a", Attempt(2, 90, "trying"), state="unclear", reason="没有回音", next_at=120)
    send = other.sends("yunxi-mz", "incident-of-a")[0]
    assert send.attempts == (Attempt(1, 21, "failed", "对方忙"), Attempt(2, 90, "trying"))
    assert (send.state, send.reason, send.next_at) == ("unclear", "没有回音", 120)
    assert other.sends("yunxi-mz", "incident-of-b") == [a_send("b")]


def test_an_attempt_of_no_send_is_refused(outbox: Outbox) -> None:
    """An attempt that belongs to nothing is a mistake, and is named."""
    with pytest.raises(BadInput, match="send never"):
        outbox.record("never", Attempt(1, 20, "trying"), state="waiting", reason="", next_at=20)


def test_sends_of_a_unit_are_listed_newest_first(outbox: Outbox) -> None:
    """Another unit's sends are never among them."""
    outbox.create([a_send("a"), a_send("x", unit="baihe-mz"), a_send("b")], {})
    outbox.create([a_send("c")], {})
    assert names(outbox.sends("yunxi-mz")) == ["c", "b", "a"]
    assert names(outbox.sends("yunxi-mz", None, 2)) == ["c", "b"]
    assert names(outbox.sends("yunxi-mz", "incident-of-x")) == []
    assert names(outbox.sends("baihe-mz", "incident-of-x")) == ["x"]


def test_a_restore_holds_every_unsent_send(outbox: Outbox) -> None:
    """Nothing is sent again by a restore; what was decided before stays as it is."""
    outbox.create([a_send("a"), a_send("b", next_at=900), a_send("done")], {})
    outbox.record("done", Attempt(1, 20, "delivered"), state="delivered", reason="", next_at=0)
    assert outbox.hold_unsent("从备份恢复") == 2
    assert outbox.hold_unsent("再次") == 0
    assert outbox.due(10_000, 10) == []
    found = [(send.id, send.state, send.reason) for send in outbox.sends("yunxi-mz")]
    assert found == [("done", "delivered", ""), ("b", "held", "从备份恢复"), ("a", "held", "从备份恢复")]


def test_a_released_send_waits_again_from_now(outbox: Outbox) -> None:
    """A person releases what he looked at; what is not held is left alone."""
    outbox.create([a_send("a"), a_send("b"), a_send("c")], {})
    outbox.hold_unsent("从备份恢复")
    outbox.create([a_send("d", next_at=400)], {})
    assert outbox.release(["b", "c", "d", "never", "b"], 300) == 2
    assert names(outbox.due(300, 10)) == ["b", "c"]
    assert [(send.reason, send.next_at) for send in outbox.due(300, 10)] == [("", 300), ("", 300)]
    assert outbox.release([], 300) == 0


def test_more_sends_than_one_question_holds_keep_their_attempts(outbox: Outbox) -> None:
    """Attempts are read in parts; each send gets its own."""
    sends = [replace(a_send(f"s{number:04d}"), attempts=(Attempt(1, number, "failed"),)) for number in range(1100)]
    assert outbox.create(sends, {}) == 1100
    assert outbox.sends("yunxi-mz", None, 2_000) == sends[::-1]


def test_sends_outlive_their_process(tmp_path: Path) -> None:
    """Sends, attempts and the dispatched seq are there after a restart."""
    seen: list[Any] = []
    for _ in range(2):
        with closing(open_huiyin(tmp_path / "huiyin.db")) as writer, closing(Reader(tmp_path / "huiyin.db")) as reader:
            outbox = SqliteOutbox(writer, reader)
            if not seen:
                outbox.create([a_send("a"), a_send("b")], {"yunxi-mz": 4})
                outbox.record("a", Attempt(1, 20, "trying"), state="waiting", reason="", next_at=20)
            seen.append((outbox.sends("yunxi-mz"), outbox.due(100, 10), outbox.dispatched("yunxi-mz")))
    assert seen[0] == seen[1]
    assert seen[1][2] == 4


def test_what_a_roll_up_tells_waits_no_more_from_the_step_that_creates_it(open_the_outbox: OpenOutbox) -> None:
    """Two sends become one in one step; what was delivered meanwhile stays delivered."""
    outbox, other = open_the_outbox(), open_the_outbox()
    outbox.create([a_send("a"), a_send("b"), a_send("c")], {})
    outbox.record("c", Attempt(1, 20, "delivered"), state="delivered", reason="", next_at=0)
    assert outbox.create([a_send("r")], {"yunxi-mz": 2}, {"a": "r", "b": "r", "c": "r", "never": "r"}) == 1
    assert outbox.create([a_send("r")], {"yunxi-mz": 2}, {"a": "r", "b": "r", "c": "r"}) == 0
    assert names(other.due(100, 10)) == ["r"]
    assert names(other.in_roll_up("r")) == ["a", "b"]
    assert [send.state for send in other.sends("yunxi-mz")] == ["waiting", "delivered", "rolled", "rolled"]


def test_a_send_is_put_off_with_its_reason_and_without_an_attempt(open_the_outbox: OpenOutbox) -> None:
    """What waits no more is left as it is."""
    outbox, other = open_the_outbox(), open_the_outbox()
    outbox.create([a_send("a"), a_send("b")], {})
    outbox.record("b", Attempt(1, 20, "delivered"), state="delivered", reason="", next_at=0)
    for name in ("a", "b", "never"):
        outbox.put_off(name, state="waiting", reason="outside_working_hours", next_at=70)
    assert other.due(69, 10) == []
    assert names(other.due(70, 10)) == ["a"]
    found = other.send("a")
    assert found is not None
    assert (found.reason, found.next_at, found.attempts) == ("outside_working_hours", 70, ())
    assert other.send("never") is None
    assert [send.state for send in other.in_state("delivered", 5)] == ["delivered"]


def test_what_is_due_to_one_person_is_found_in_order(outbox: Outbox) -> None:
    """Another person's, another unit's and what waits for later are not among them."""
    banshi = replace(a_send("x"), recipient="办事")
    outbox.create([a_send("late", next_at=90), a_send("b", level=4), a_send("a", level=2), banshi], {})
    outbox.create([a_send("u", unit="baihe-mz")], {})
    assert names(outbox.due_to("yunxi-mz", "值班", 50, 10)) == ["a", "b"]
    assert names(outbox.due_to("yunxi-mz", "值班", 50, 1)) == ["a"]


def test_what_was_tried_since_is_found_by_person_and_by_channel(outbox: Outbox) -> None:
    """For the daily budget, and for the pace of a channel; a channel that was spared was not asked."""
    outbox.create([a_send("a"), a_send("b"), replace(a_send("c"), recipient="办事", channel="mail")], {})
    outbox.record("a", Attempt(1, 20, "retry"), state="waiting", reason="", next_at=30)
    outbox.record("a", Attempt(2, 40, "delivered"), state="delivered", reason="", next_at=0)
    outbox.record("b", Attempt(1, 41, "spared"), state="waiting", reason="", next_at=50)
    assert names(outbox.tried("yunxi-mz", "值班", 40)) == ["a", "b"]
    assert names(outbox.tried("yunxi-mz", "值班", 42)) == []
    assert names(outbox.tried("yunxi-mz", "办事", 0)) == []
    assert (outbox.count_tries("terminal", 20), outbox.count_tries("terminal", 21)) == (2, 1)
    assert outbox.count_tries("mail", 0) == 0


def test_sends_that_quoted_a_post_are_found_by_the_post(open_the_outbox: OpenOutbox) -> None:
    """The attempt's row holds what the message carried, from before the I/O on."""
    outbox, other = open_the_outbox(), open_the_outbox()
    outbox.create([a_send("a"), a_send("b")], {})
    outbox.record("a", Attempt(1, 20, "trying", quoted=("p1", "p2")), state="waiting", reason="", next_at=20)
    outbox.record("a", Attempt(1, 20, "delivered", "250", ("p1", "p2")), state="delivered", reason="", next_at=0)
    outbox.record("b", Attempt(1, 20, "trying", quoted=("p2",)), state="waiting", reason="", next_at=20)
    assert names(other.quoting(["p1"])) == ["a"]
    assert names(other.quoting(["p2", "p1"])) == ["a", "b"]
    assert names(other.quoting(["p3"])) == []
    assert other.quoting(["p1"])[0].attempts == (Attempt(1, 20, "delivered", "250", ("p1", "p2")),)


def test_a_person_drops_what_is_held_or_unclear_and_nothing_else(outbox: Outbox) -> None:
    """A dropped send is never tried again, and its reason stays."""
    outbox.create([a_send("a"), a_send("b"), a_send("c")], {})
    outbox.hold_unsent("从备份恢复")
    outbox.create([a_send("d")], {})
    outbox.record("c", Attempt(1, 20, "unclear"), state="unclear", reason="", next_at=0)
    assert outbox.drop(["a", "c", "d", "never"], "电话里说过了") == 2
    assert outbox.release(["a", "c"], 300) == 0
    found = [(send.id, send.state, send.reason) for send in outbox.in_state("dropped", 10)]
    assert found == [("c", "dropped", "电话里说过了"), ("a", "dropped", "电话里说过了")]


def test_of_two_that_would_try_a_send_at_once_one_does(open_the_outbox: OpenOutbox) -> None:
    """A holder that was stopped and replaced begins nothing that the other has begun, or has ended."""
    one, other = open_the_outbox(), open_the_outbox()
    one.create([a_send("a"), a_send("b")], {})
    assert other.begin("a", Attempt(1, 20, "trying", quoted=("p1",)), next_at=20)
    assert not one.begin("a", Attempt(1, 21, "trying", quoted=("p2",)), next_at=21)
    other.record("a", Attempt(1, 20, "delivered"), state="delivered", reason="", next_at=0)
    assert not one.begin("a", Attempt(2, 22, "trying"), next_at=22)
    assert not one.begin("unknown", Attempt(1, 22, "trying"), next_at=22)
    send = one.send("a")
    assert send is not None
    assert [(attempt.at, attempt.outcome) for attempt in send.attempts] == [(20, "delivered")]
    assert one.begin("b", Attempt(1, 23, "trying"), next_at=23)
