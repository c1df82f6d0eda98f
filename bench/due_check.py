"""
What the minute's check of due times costs: most incidents closed, then all of them open.

A unit's log of so many incidents is laid into `huiyin.db`, a desk folds it, and then the clock asks minute after
minute, once while nothing is due and once while some are. Goal: at most 50 ms of CPU a minute while nothing is due.

    python bench/due_check.py [--incidents 100000]
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.command import Acknowledge, Command, Open
from pipeline.domain.deadline import clocks_from, due_times
from pipeline.domain.decide import decide
from pipeline.domain.escalation import next_look
from pipeline.domain.event import GENESIS, Batch, Event, Value, encode
from pipeline.domain.facts import Facts, GroupFacts
from pipeline.domain.group import GroupRow, incident_id
from pipeline.domain.incident import Disposition
from pipeline.domain.incident_command import Close
from pipeline.domain.shipped_clocks import SHIPPED_CLOCKS
from pipeline.domain.unit_state import empty, evolve_batch
from pipeline.domain.working_calendar import working_calendar
from pipeline.workflow.desk import Desk, Practice

UNIT = "yunxi-mz"
MONDAY = 1_795_400_000_000
MINUTE = 60_000
DUTY = "account:duty-1"
ROLES = frozenset({"duty", "leader"})
GOAL_MILLISECONDS = 50.0
MINUTES = 60
OPEN_SHARE_WHEN_MOST_ARE_CLOSED = 50
"""One in so many incidents is open in the first run."""

Chain = Sequence[tuple[Event, ...]]


class HandClock:
    """A clock that is moved by hand."""

    def __init__(self, at: int) -> None:
        self.at = at

    def now(self) -> int:
        return self.at


def practice() -> Practice:
    """Return what a unit has that set nothing: the shipped clocks over the shipped calendar."""
    return Practice(DEFAULT_POLICY, due_times(SHIPPED_CLOCKS, working_calendar()), clocks_from(SHIPPED_CLOCKS))


def a_row(group: str) -> GroupRow:
    return GroupRow(
        unit=UNIT,
        id=group,
        incident=incident_id(UNIT, group),
        lead="p",
        posts=1,
        reposts=0,
        posters=1,
        recent_posts=1,
        recent_posters=1,
        sources=1,
        needs=0,
        first_at=MONDAY,
        last_at=MONDAY,
        collected_at=MONDAY,
        about=True,
    )


def events_of(own: Practice, *, is_closed: bool) -> Chain:
    """Return the events of one incident, batch by batch, as the decider makes them."""
    incident, state = incident_id(UNIT, "g"), empty(UNIT)
    ending = Close(command_id="c", actor=DUTY, incident=incident, disposition=Disposition.IRRELEVANT)
    commands: list[Command] = [
        Open(command_id="o", actor=DUTY, group="g"),
        Acknowledge(command_id="a", actor=DUTY, incident=incident),
        *([ending] if is_closed else []),
    ]
    facts = Facts({"g": GroupFacts(a_row("g"))}, ROLES, own.due, own.clocks)
    chain: list[tuple[Event, ...]] = []
    for command in commands:
        decision = decide(state, command, MONDAY, facts)
        state = evolve_batch(state, Batch(UNIT, state.seq + 1, GENESIS, command.command_id, decision.events))
        chain.append(decision.events)
    return chain


def batches(incidents: int, chain_of: Callable[[int], Chain]) -> Iterator[Batch]:
    """Yield the log of so many incidents, each one's events moved to an id and a minute of its own."""
    seq, previous = 0, GENESIS
    for number in range(incidents):
        group = f"g{number}"
        names = {"g": group, incident_id(UNIT, "g"): incident_id(UNIT, group)}
        for events in chain_of(number):
            seq += 1
            moved = tuple(_moved(event, names, number % 1_440 * MINUTE) for event in events)
            batch = Batch(UNIT, seq, previous, f"c{seq}", moved)
            previous = batch.hash
            yield batch


def _moved(event: Event, names: dict[str, str], by: int) -> Event:
    data = {key: _renamed(value, names, by) for key, value in event.data.items()}
    return replace(event, at=event.at + by, incident=names[event.incident], data=data)


def _renamed(value: Value, names: dict[str, str], by: int) -> Value:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, int) and value > MONDAY // 2:
        return value + by
    if isinstance(value, list):
        return [_renamed(one, names, by) for one in value]
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(one, names, by) for key, one in value.items()}
    return value


def measure(title: str, incidents: int, chain_of: Callable[[int], Chain], own: Practice) -> bool:
    """Lay the log, fold it, ask minute by minute; print the figures, and return whether the goal is met."""
    with tempfile.TemporaryDirectory() as name, closing(open_huiyin(Path(name) / "huiyin.db")) as writer:
        rows = ((one.unit, one.seq, encode(one), one.hash, one.command) for one in batches(incidents, chain_of))
        with writer.transaction(bulk=True) as connection:
            connection.executemany("INSERT INTO log (unit, seq, bytes, hash, command) VALUES (?, ?, ?, ?, ?)", rows)
        with closing(SqliteIncidentLog(writer)) as log, closing(SqlitePostStore(writer)) as posts:
            log.reproject(UNIT)
            clock = HandClock(MONDAY + MINUTE)
            return _ask_and_print(title, Desk(log, posts, clock, lambda _unit: own), clock, own)


def _ask_and_print(title: str, desk: Desk, clock: HandClock, own: Practice) -> bool:
    began = time.perf_counter()
    incidents = len(desk.state(UNIT).incidents)
    folded = time.perf_counter() - began
    began = time.perf_counter()
    desk.remind()
    indexed = time.perf_counter() - began
    idle = sorted(_minute(desk, clock) for _ in range(MINUTES))
    check = desk.due_check()
    undated = sum(map(len, check.undated.values()))
    clock.at = _first_due(desk, own) + MINUTE
    cpu = time.process_time()
    told = desk.remind()
    each = (time.process_time() - cpu) * 1_000 / max(1, told)
    print(f"\n{title}: {incidents} incidents, {check.open_incidents} open, {undated} of them without a due time")
    print(f"  log folded in {folded:.1f} s, index made in {indexed:.2f} s, once per start")
    print(f"  a minute with nothing due, CPU: median {statistics.median(idle):.2f} ms, worst {idle[-1]:.2f} ms")
    print(f"  a minute with {told} reminders: {each:.1f} ms CPU each, decided and written to disk")
    return idle[-1] <= GOAL_MILLISECONDS and not undated


def _minute(desk: Desk, clock: HandClock) -> float:
    """Return the CPU milliseconds of one minute's check in which nothing is due."""
    clock.at += 1
    began = time.process_time()
    assert desk.remind() == 0
    return (time.process_time() - began) * 1_000


def _first_due(desk: Desk, own: Practice) -> int:
    """Return the first moment at which the clocks want something."""
    open_now = (one for one in desk.state(UNIT).incidents.values() if one.is_open)
    return min(at for one in open_now if (at := next_look(one, own.reminders)) is not None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--incidents", type=int, default=100_000)
    options = parser.parse_args()
    own = practice()
    standing, ended = events_of(own, is_closed=False), events_of(own, is_closed=True)
    share = OPEN_SHARE_WHEN_MOST_ARE_CLOSED
    mostly = measure("most closed", options.incidents, lambda n: ended if n % share else standing, own)
    wholly = measure("all open", options.incidents, lambda _n: standing, own)
    print(f"\ngoal: at most {GOAL_MILLISECONDS:.0f} ms of CPU with nothing due, and nothing without a due time")
    return 0 if mostly and wholly else 1


if __name__ == "__main__":
    raise SystemExit(main())
