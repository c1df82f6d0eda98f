"""Weeks of a unit by a clock moved by hand: posts arrive, officers work or do not, clocks remind, people are told."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from api import bootstrap
from api.bundled import bundled_rules
from api.demo.county import county
from api.stores import Stores
from pipeline.domain.command import Acknowledge, Command, GroupSetAside, Note, Open
from pipeline.domain.errors import Refused
from pipeline.domain.event import Memo, commitment
from pipeline.domain.incident import DESK, Disposition, Incident, State, Verdict
from pipeline.domain.incident_command import Hold, LeaderNote, Settle, Snooze
from pipeline.domain.next_due import next_due
from pipeline.domain.post import Post
from pipeline.domain.send_policy import DEFAULT_SENDING, is_exempt, midnight_before
from pipeline.domain.unit_settings import Recipient
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.domain.working_calendar import WorkingCalendar, working_calendar
from pipeline.ports import Send
from pipeline.runner import Asking, Worker
from pipeline.runner import Stores as WorkerStores
from pipeline.workflow.burial import Burial
from pipeline.workflow.desk import Desk
from pipeline.workflow.dispatch import MAY_HAVE_ARRIVED, Dispatcher
from pipeline.workflow.notices import SendPractice
from pipeline.workflow.settings import Settings
from tests.builders import DAY, HOUR, MONDAY, UNIT, FixedClassifier, HeldClock, a_post, an_opinion, written_by
from tests.sending import Postbox, compose

STEP = HOUR // 2
PEOPLE = (
    Recipient("zhiban", "duty", "post"),
    Recipient("zhiban", "monitor", "post"),
    Recipient("fenguan", "leader", "post"),
)
DUTY, LEADER = frozenset({"duty", "monitor"}), frozenset({"leader"})


@dataclass
class Weeks:
    """A unit over stores, with officers of whom it is drawn how busy they are; `broken` lists what must never be."""

    stores: Stores
    clock: HeldClock
    seed: int
    posts_a_day: int = 12
    broken: list[str] = field(default_factory=list)
    steps: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Worker, desk and dispatcher are those of the product."""
        self.chance = random.Random(self.seed)
        self.calendar: WorkingCalendar = working_calendar()
        settings = Settings(self.stores.records, (), {})
        start = self.clock.at
        self._life = iter(county(self.seed, days=4_000, posts_per_day=self.posts_a_day, start=start, opening=start))
        self._next = next(self._life, None)
        self.desk = Desk(self.stores.log, self.stores.posts, self.clock, bootstrap.practice_of(settings))
        self.postbox = Postbox(self.clock)
        self.worker = self._hired()
        practice = SendPractice(PEOPLE, DEFAULT_SENDING, self.calendar)
        self.dispatcher = Dispatcher(
            log=self.stores.log,
            outbox=self.stores.outbox,
            channels={"post": self.postbox},
            clock=self.clock,
            practice=lambda _unit: practice,
            compose=compose,
            roll_up=lambda unit, command: self.desk.execute(unit, command, roles=frozenset()),
            is_for_leader=self.desk.is_for_leader,
            restored_at=lambda: 0,
        )
        self.worker.load()

    def _hired(self) -> Worker:
        says = an_opinion(about=True, act="投诉", need=False)
        return Worker(
            WorkerStores(self.stores.bus, self.stores.posts, self.stores.tokens),
            FixedClassifier({"": says}),
            self.clock,
            Asking(self.desk.ask, self.desk.head, self.desk.standing, self.desk.splits),
            Watch({UNIT: UnitWatch(UNIT, bundled_rules())}),
            Burial(self.stores.bus, self.clock),
        )

    def live(self, weeks: int) -> None:
        """So many weeks have passed, half hour by half hour; what must always hold was looked at each time."""
        until = self.clock.at + weeks * 7 * DAY
        while self.clock.at < until:
            self.stores.bus.publish(list(self._arriving()))
            while self.worker.step().read:
                pass
            if self._is_office_hour():
                self._work()
            self.desk.remind()
            self.dispatcher.create_sends()
            while self.dispatcher.attempt_due():
                pass
            self._look()
            self.clock.at += STEP

    def _arriving(self) -> Iterator[Post]:
        """Yield what the county wrote in the last half hour."""
        while self._next is not None and self._next.appears_at <= self.clock.at:
            self.steps["posts"] += 1
            raw = self._next.raw()
            yield a_post(
                self.steps["posts"],
                raw.text,
                title=raw.title,
                at=self._next.appears_at - 5_000,
                origin=raw.origin,
                source=raw.source,
                tokens=written_by(str(raw.poster)),
            )
            self._next = next(self._life, None)

    def _is_office_hour(self) -> bool:
        return self.calendar.add(self.clock.at, 1).at == self.clock.at + 1

    def _work(self) -> None:
        """On some days nobody comes to it; else a few steps are taken, some of which are refused."""
        day = (self.clock.at + self.calendar.offset) // DAY
        if random.Random(f"{self.seed}/{day}").random() < 0.3:
            return
        for _ in range(self.chance.randrange(3)):
            for command, roles, memos in self._steps():
                self._does(command, roles, memos)

    def _does(self, command: Command, roles: frozenset[str], memos: Sequence[Memo]) -> None:
        try:
            self.desk.execute(UNIT, command, roles=roles, memos=memos)
            self.steps[command.name] += 1
        except Refused:
            self.steps["refused"] += 1

    def _steps(self) -> Iterator[tuple[Command, frozenset[str], Sequence[Memo]]]:
        """Yield one step about a to-do, and one about an incident."""
        self.steps["asked"] += 1
        ident, state = f"person-{self.steps['asked']}", self.desk.state(UNIT)
        todos = self.stores.posts.groups(UNIT, todo_only=True, cursor=None, limit=20).rows
        if todos:
            group = self.chance.choice(todos).row.id
            who: dict[str, Any] = {"command_id": f"{ident}-todo", "actor": "account:zhiban", "group": group}
            aside = self.chance.random() < 0.6
            yield (GroupSetAside(how="irrelevant", **who) if aside else Open(**who)), DUTY, ()
        waiting = sorted(one.id for one in state.incidents.values() if one.is_open)
        if waiting:
            yield self._step_of(state.as_one(self.chance.choice(waiting)), ident)

    def _step_of(self, incident: Incident, ident: str) -> tuple[Command, frozenset[str], Sequence[Memo]]:
        memo = Memo(UNIT, f"m-{ident}", incident.id, "已核实，已答复。", "salt")
        note = Note(memo.id, commitment(memo.salt, memo.text))
        who: dict[str, Any] = {"command_id": ident, "actor": "account:zhiban", "incident": incident.id}
        if self.desk.is_for_leader(UNIT, incident.id):
            leader = {**who, "actor": "account:fenguan"}
            return LeaderNote(note=note, permits=(DESK,), **leader), LEADER, [memo]
        drawn, later = self.chance.random(), self.clock.at + self.chance.randrange(1, 5) * DAY
        if incident.state is State.DISCOVERED and drawn < 0.5:
            return Acknowledge(**who), DUTY, ()
        if drawn < 0.6:
            return Snooze(until=later, **who), DUTY, ()
        if drawn < 0.7:
            return Hold(until=later, note=note, **who), DUTY, [memo]
        verdict = None if incident.claims else Verdict.TRUE
        return Settle(disposition=Disposition.RESOLVED, verdict=verdict, note=note, **who), DUTY, [memo]

    def _look(self) -> None:
        state = self.desk.state(UNIT)
        for one in state.incidents.values():
            if not one.is_open:
                continue
            if next_due(state.as_one(one.id)) is None:
                self.broken.append(f"incident {one.id} is open and has no next due time")
            if (one.owner is None) != (one.state is State.DISCOVERED):
                self.broken.append(f"incident {one.id} is {one.state} and owned by {one.owner}")
        undated = self.desk.due_check().undated
        self.broken += [f"the index holds {found} to be undated" for found in undated.values()]

    def end(self) -> None:
        """All that was ever told is looked at once more: budgets, doubles, ends."""
        sends = self.stores.outbox.sends(UNIT, limit=1_000_000)
        told: Counter[tuple[str, int]] = Counter()
        for send in sends:
            self._look_at(send)
            for attempt in send.attempts:
                if attempt.outcome in MAY_HAVE_ARRIVED and not is_exempt(send.notice):
                    told[send.recipient, midnight_before(attempt.at, self.calendar)] += 1
        over = {key: count for key, count in told.items() if count > DEFAULT_SENDING.budget}
        self.broken += [f"{who} got {count} messages on the day from {day}" for (who, day), count in over.items()]
        got = Counter(send.id for _, send, _ in self.postbox.got)
        self.broken += [f"send {send} went out {count} times" for send, count in got.items() if count > 1]
        self.steps["sends"], self.steps["messages"] = len(sends), len(self.postbox.got)

    def _look_at(self, send: Send) -> None:
        waits = send.state == "waiting" and send.next_at > self.clock.at - STEP
        if not waits and send.state not in ("delivered", "rolled", "queued"):
            self.broken.append(f"send {send.id} is {send.state}: {send.reason}")
        if send.recipient == "zhiban" and send.state == "delivered" and send.notice.to.startswith("policy:conduct"):
            decided = not self.desk.is_for_leader(UNIT, send.notice.incident)
            if not decided:
                self.broken.append(f"send {send.id} told the desk of a complaint about it")


def weeks_in_memory(seed: int) -> Weeks:
    """Return a unit whose stores live as long as the test."""
    clock = HeldClock(MONDAY)
    return Weeks(bootstrap.memory_stores(clock), clock, seed)


def weeks_on_disk(stores: Stores, seed: int) -> Weeks:
    """Return a unit over the embedded stores."""
    clock = HeldClock(MONDAY)
    return Weeks(replace(stores, clock=clock), clock, seed)
