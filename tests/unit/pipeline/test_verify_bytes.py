"""Whatever was done to the stored bytes of the log, verification names it: changed, removed, reordered, rewritten."""

import json
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.domain.post import Origin
from pipeline.workflow.verify import verify
from tests.builders import UNIT, a_post
from tests.worker_house import House

Stored: TypeAlias = list[tuple[int, bytes]]


class Meddled(MemoryIncidentLog):
    """A log whose stored bytes are what somebody made of them."""

    def __init__(self, log: MemoryIncidentLog, meddle: Callable[[Stored], Stored]) -> None:
        super().__init__()
        self._genuine = log
        self._meddle = meddle

    def raw(self, unit: str) -> Iterator[tuple[int, bytes]]:
        """Yield what stands there now."""
        yield from self._meddle(list(self._genuine.raw(unit)))


def problems(meddle: Callable[[Stored], Stored]) -> str:
    """Return what verification says of a log of three decisions, without what follows for projections."""
    house = House()
    for number in range(3):
        house.work(a_post(number, f"第{number}件事问民政局", origin=Origin.MESSAGE))
    assert house.log.head(UNIT)[0] == 3
    found = verify(Meddled(house.log, meddle), house.posts, [UNIT]).problems
    return "\n".join(problem for problem in found if "LOG-" in problem)


def with_level(data: bytes) -> bytes:
    """Return the batch with another level, as canonical as before."""
    batch = json.loads(data)
    batch["events"][0]["data"]["level"] = 1
    return json.dumps(batch, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def test_a_log_that_nobody_touched_has_no_problem() -> None:
    """Else the others would prove nothing."""
    assert problems(lambda stored: stored) == ""


@pytest.mark.parametrize(
    ("meddle", "code"),
    [
        (lambda stored: [(1, with_level(stored[0][1])), *stored[1:]], "LOG-302"),
        (lambda stored: [stored[0], stored[2]], "LOG-301"),
        (lambda stored: [stored[0], (2, stored[2][1]), (3, stored[1][1])], "LOG-301"),
        (lambda stored: stored[1:], "LOG-301"),
        (lambda stored: [stored[0], (2, stored[1][1][:-2]), stored[2]], "LOG-303"),
        (lambda stored: [stored[0], (2, stored[1][1].replace(b":", b": ", 1)), stored[2]], "LOG-304"),
    ],
    ids=["changed", "removed", "reordered", "first removed", "cut", "rewritten with a space"],
)
def test_whatever_was_done_to_a_batch_is_named(meddle: Callable[[Stored], Stored], code: str) -> None:
    """With the unit, the number of the batch, and a code."""
    said = problems(meddle)

    assert UNIT in said
    assert code in said


def test_a_log_that_was_cut_short_ends_in_another_head() -> None:
    """Nothing in it is wrong; whoever noted the head sees that the newest decision is gone."""
    house = House()
    for number in range(2):
        house.work(a_post(number, f"第{number}件事问民政局", origin=Origin.MESSAGE))
    whole = verify(house.log, house.posts, [UNIT])
    short = verify(Meddled(house.log, lambda stored: stored[:-1]), house.posts, [UNIT])

    assert whole.heads[UNIT] == house.log.head(UNIT)[1] != short.heads[UNIT]
