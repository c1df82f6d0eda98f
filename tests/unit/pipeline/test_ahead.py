"""Posts of several partitions are worked in the order of collection, roughly, and none waits for ever."""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.ahead import IN_A_ROW, SLACK, SPAN, Ahead
from pipeline.domain.post import Millis
from pipeline.ports import Delivered, Position
from tests.builders import DAY, MINUTE, MONDAY, a_post
from tests.halves_house import Topic

NOTHING_MORE = 0


class Filled(Topic):
    """A topic whose partitions hold posts collected at these moments; it counts how often it was read."""

    def __init__(self, *parts: Sequence[Millis]) -> None:
        super().__init__(len(parts))
        self.reads = 0
        self._parts = [[a_post(f"{n}-{at}", "养老院", at=at - 5_000) for at in part] for n, part in enumerate(parts)]

    def read(self, after: Position | None, limit: int) -> Sequence[Delivered]:
        self.reads += 1
        return super().read(after, limit)


def worked(topic: Topic, partitions: int, steps: int = 99) -> list[tuple[int, list[Millis]]]:
    """Return what each step works: the partition, and when its posts were collected."""
    ahead, at = Ahead(lambda: topic), {n: Position(topic.stream, n, 0) for n in range(partitions)}
    done = []
    for _ in range(steps):
        found = ahead.next(list(at.values()), lambda _partition: NOTHING_MORE)
        if found is None:
            break
        ahead.worked(found)
        at[found.position.partition] = found.delivered[-1].after
        moments = [item.post.collected_at for item in found.delivered if item.post]
        done.append((found.position.partition, moments))
    return done


def test_what_waited_longest_is_worked_first_and_not_far_ahead_of_what_waits_elsewhere() -> None:
    """After an outage both partitions hold the same hours: they are worked in turns, each post once."""
    one = [MONDAY + n * 20 * MINUTE for n in range(6)]
    other = [moment + 5 * MINUTE for moment in one]
    steps = worked(Filled(other, one), 2)
    order = [moment for _, moments in steps for moment in moments]

    assert sorted(order) == sorted(one + other)
    assert steps[0] == (1, one[:1])
    assert all(later >= earlier - SLACK for earlier, later in pairwise(order))


def test_posts_that_are_close_to_each_other_are_one_step() -> None:
    """In daily life a step takes all that came; one that would span hours is cut."""
    near = [MONDAY + n * MINUTE for n in range(9)]
    assert worked(Filled(near, []), 2) == [(0, near)]
    far = [MONDAY, MONDAY + SPAN, MONDAY + SPAN + MINUTE]
    assert worked(Filled(far), 1) == [(0, far[:2]), (0, far[2:])]


def test_a_partition_with_old_posts_keeps_no_other_waiting_for_ever() -> None:
    """Somebody hands in an archive of years: what comes now is worked in between."""
    archive = [MONDAY - (60 - n) * DAY for n in range(40)]
    steps = worked(Filled(archive, [MONDAY]), 2, IN_A_ROW + 1)

    assert [partition for partition, _ in steps] == [0] * IN_A_ROW + [1]


def test_what_was_read_ahead_is_not_read_again() -> None:
    """Each record comes over the line once, however small the steps are."""
    topic = Filled([MONDAY + n * DAY for n in range(20)])
    assert len(worked(topic, 1)) == 20
    assert topic.reads == 2


def test_a_partition_that_held_nothing_is_not_asked_at_each_step_while_others_wait() -> None:
    """What comes there meanwhile is newer than what waits; now and then it is looked at all the same."""
    topic = Filled([MONDAY + n * DAY for n in range(3 * IN_A_ROW)], [], [])
    assert len(worked(topic, 3)) == 3 * IN_A_ROW
    assert topic.reads <= 3 * (3 + 2)


def test_records_that_hold_no_post_are_worked_with_the_next_that_does() -> None:
    """They say no time, and stop nothing."""
    topic = Filled([MONDAY, MONDAY + DAY])
    ahead, position = Ahead(lambda: topic), Position(topic.stream, 0, 0)
    damaged = Delivered(None, Position(topic.stream, 0, 1), "no JSON")
    topic.read = lambda after, limit: [damaged, *Topic.read(topic, after, limit)]  # type: ignore[method-assign]  # a foreign record
    found = ahead.next([position], lambda _partition: NOTHING_MORE)

    assert found is not None
    assert found.delivered[0] == damaged
    assert [item.post is None for item in found.ahead] == [True, False, False]


def test_what_was_let_go_is_read_anew() -> None:
    """Another may have worked it meanwhile."""
    topic = Filled([MONDAY, MONDAY + MINUTE])
    ahead, position = Ahead(lambda: topic), Position(topic.stream, 0, 0)
    first = ahead.next([position], lambda _partition: NOTHING_MORE)
    ahead.forget(0)
    again = ahead.next([Position(topic.stream, 0, 1)], lambda _partition: NOTHING_MORE)

    assert first is not None
    assert again is not None
    assert (len(first.delivered), len(again.delivered)) == (2, 1)
