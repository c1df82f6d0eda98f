"""
How a unit stands now, in counts. Only reads; whoever shows a count shows the coverage with it (DESIGN §1.6).

`found` counts come from sources: where a source is dead, a zero among them is not known to be one. `decided` counts
come from the log alone and are exact.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.facts import Due
from pipeline.domain.incident import OPEN_STATES, State
from pipeline.domain.local_day import day_of
from pipeline.domain.next_due import next_due
from pipeline.domain.post import Millis
from pipeline.domain.unit_state import UnitState
from pipeline.ports import PostStore

from .need_list import need_list
from .visibility import READS, WORKS

MOST_TODOS = 1_000
"""To-dos are counted up to this; more are told as "at least"."""


@dataclass(frozen=True, slots=True)
class Tally:
    """
    Counts of one unit. `todos_at_least`: there are more to-dos than were counted.

    `days` holds (day as `local_day` counts, posts that the unit mentions), without days of which nothing is known.
    """

    pushes: int
    todos: int
    todos_at_least: bool
    needs: int
    late_needs: int
    by_state: Mapping[State, int]
    by_level: Mapping[int, int]
    overdue: int
    days: Sequence[tuple[int, int]]


def tally(posts: PostStore, state: UnitState, due: Due, now: Millis, days: int = 14) -> Tally:
    """Return the counts as the log stands in `state`, with the posts of so many days up to now."""
    open_now = [state.as_one(one.id) for one in state.incidents.values() if one.is_open]
    by_state = Counter(one.state for one in open_now)
    dues = [next_due(one) for one in open_now]
    todos = posts.groups(state.unit, todo_only=True, cursor=None, limit=MOST_TODOS)
    needs = need_list(posts, state, due, roles=READS | WORKS)  # counts say no word of anything
    return Tally(
        pushes=by_state[State.DISCOVERED],
        todos=len(todos.rows),
        todos_at_least=todos.cursor is not None,
        needs=len(needs),
        late_needs=sum(need.is_late(now) for need in needs),
        by_state={each: by_state[each] for each in OPEN_STATES},
        by_level=dict(sorted(Counter(int(one.level) for one in open_now).items())),
        overdue=sum(1 for one in dues if one is not None and one.at < now),
        days=_days(posts, state.unit, day_of(now), days),
    )


def _days(posts: PostStore, unit: str, today: int, days: int) -> Sequence[tuple[int, int]]:
    counted: Counter[int] = Counter()
    for day, _, count in posts.daily(unit, today - days + 1, today + 1):
        counted[day] += count
    return sorted(counted.items())
