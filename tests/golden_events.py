"""
Golden events: one file per released event type and version, written once and never changed (MECHANICS §4).

A file holds a whole small log that ends with the event, as canonical bytes, each batch with its hash, and what the log
makes of incidents and marks. `python -m tests.golden_events` adds the files that are missing and touches no other.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

from pipeline.domain.closed_week import ClosedWeek
from pipeline.domain.command import GroupSetAside, NeedContacted, NeedOutcome, RollUp, WeekClosed
from pipeline.domain.event import Batch, encode
from pipeline.domain.event_types import TYPES
from pipeline.domain.incident_json import bytes_of_incident
from pipeline.domain.moves import MOVES
from pipeline.domain.people import GroupMark, Need
from pipeline.domain.unit_state import UnitState, replay
from tests.matters import DUTY, UNIT, Desk, a_cut, a_row
from tests.ready_commands import ready

FOLDER = Path(__file__).parent / "golden" / "events"


def path_of(kind: str, v: int) -> Path:
    """Return where the golden event of this type and version lies."""
    return FOLDER / f"{kind}.v{v}.json"


def projection_of(state: UnitState) -> str:
    """Return a hash over everything that the log made: equal projections have equal hashes."""
    digest = hashlib.sha256()
    for incident in sorted(state.incidents.values(), key=lambda one: one.id):
        digest.update(bytes_of_incident(incident))
    for kept in (state.marks, state.needs, state.moved, state.weeks):
        digest.update(json.dumps(kept, default=_plain, ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()


def _plain(record: GroupMark | Need | ClosedWeek) -> dict[str, object]:
    return asdict(record)


def logs() -> Iterator[list[Batch]]:
    """Yield small logs, one for each legal cell of the table, then those of needs, set-aside groups and digests."""
    for name, states in MOVES.items():
        for state in states:
            desk, command = ready(name, state)
            desk.does(command)
            yield desk.log
    desk = Desk().has(a_row("g7", posts=2))
    desk.does(GroupSetAside(command_id="aside", actor=DUTY, group="g7", how="filed"))
    desk.does(NeedContacted(command_id="contact", actor=DUTY, post="p1"))
    desk.does(NeedOutcome(command_id="outcome", actor=DUTY, post="p1", outcome="helped"))
    desk.does(WeekClosed(command_id="week", actor="clock:digest", cut=a_cut(until_seq=3)))
    rolled = {"account": "duty-1", "channel": "mail", "why": "budget", "level": 3, "sends": ("s1", "s2")}
    desk.does(RollUp(command_id="roll-up", actor="clock:send", **rolled))  # type: ignore[arg-type]  # its fields
    yield desk.log


@cache
def shortest() -> dict[str, list[Batch]]:
    """Return, for each event type, the first beginning of a log that ends with one."""
    found: dict[str, list[Batch]] = {}
    for log in logs():
        for end, batch in enumerate(log):
            for event in batch.events:
                found.setdefault(event.type, log[: end + 1])
    return found


def golden(kind: str) -> str:
    """Return the text of the golden file of a type in its newest version, as today's code would write it."""
    log = shortest()[kind]
    content = {
        "type": kind,
        "v": TYPES[kind].v,
        "batches": [encode(batch).decode() for batch in log],
        "hashes": [batch.hash for batch in log],
        "projection": projection_of(replay(UNIT, log)),
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def write_missing() -> None:
    """Every released type has its golden file; a file that exists stays byte for byte what it is."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind, released in TYPES.items():
        path = path_of(kind, released.v)
        if not path.exists():
            path.write_text(golden(kind), encoding="utf-8")


if __name__ == "__main__":
    write_missing()
