"""How fast a unit was, and how much was said of it: from the log and the roll-ups alone."""

from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.domain.post import Millis
from pipeline.workflow.pace import Pace, pace
from pipeline.workflow.trend import trend
from tests.matters import DAY, HOUR, NOON, Desk, a_desk
from tests.stored import MONDAY, UNIT, a_mention, a_post, work

LATER: Millis = NOON + 9 * DAY


def answered(after: Millis) -> Desk:
    """A matter was opened, acknowledged and judged within an hour, and answered so long after noon."""
    desk = a_desk()
    incident = desk.opens()
    desk.now = NOON + HOUR
    desk.acknowledges(incident)
    desk.judges(incident)
    desk.now = NOON + after
    desk.replies(incident)
    return desk


def test_an_answer_within_its_clock_is_in_time_and_one_behind_it_is_not() -> None:
    """The reply clock is due after 48 hours."""
    assert pace(answered(2 * HOUR).state, NOON, LATER) == Pace(1, 1, 1, 1, 1, 0, 0)
    assert pace(answered(3 * DAY).state, NOON, LATER) == Pace(1, 1, 1, 1, 0, 0, 1)


def test_only_what_was_done_in_the_span_counts() -> None:
    """Its first moment belongs to it, its last does not."""
    state = answered(2 * HOUR).state

    assert pace(state, NOON + HOUR, NOON + 2 * HOUR) == Pace(0, 1, 1, 0, 0, 0, 0)
    assert pace(state, NOON - DAY, NOON) == Pace(0, 0, 0, 0, 0, 0, 0)


def test_clocks_that_ran_out_unanswered_became_overdue_when_they_did() -> None:
    """Acknowledgement after two hours, verification and reply after 48; nothing that still runs."""
    desk = a_desk()
    desk.opens()

    assert pace(desk.state, NOON, NOON + 2 * HOUR).became_overdue == 0
    assert pace(desk.state, NOON, NOON + 3 * HOUR).became_overdue == 1
    assert pace(desk.state, NOON + DAY, LATER).became_overdue == 2


def test_posts_are_counted_by_day_and_line_and_a_day_of_silence_is_unknown() -> None:
    """A day of which something else was collected is a true 0; one of which nothing was is not known."""
    store, today = MemoryPostStore(), MONDAY + 3 * DAY
    ours = [a_post(number, published_at=MONDAY, collected_at=MONDAY) for number in (1, 2)]
    other = a_post(9, published_at=MONDAY + DAY, collected_at=MONDAY + DAY)
    mentions = [a_mention(post, order=number) for number, post in enumerate(ours)]
    store.commit(work([*ours, other], mentions))
    found = trend(store, UNIT, today, 4)

    assert [count for _, count in found.days] == [2, 0, None, None]
    assert found.lines == [("社会救助", 2)]
