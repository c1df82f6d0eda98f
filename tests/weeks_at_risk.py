"""
Simulated weeks of one unit: a clock by hand, real stores on disk, a real mail server, and everything that goes wrong.

Processes die at any call of a store or in the middle of a letter; two schedulers take turns by the lease; the clock
steps an hour back and forth; the PC is off for hours or days; the mail server refuses, is away, or falls silent after
it has taken a letter. What counts is what the recipients got.
"""

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tomli_w

from api import bootstrap
from api.cli.installation import Installation, open_installation
from api.cli.serve import close_week
from api.lease import LASTS
from api.notify.channels import open_channels
from api.notify.editor import Editor
from api.serving import Clockwork, dispatcher_of
from pipeline.domain.command import NeedContacted, Open
from pipeline.domain.post import Millis
from pipeline.domain.week import WEEK, week_of
from pipeline.domain.working_calendar import DAY
from pipeline.ports import Delivery, Message, Record, Send
from pipeline.workflow.desk import Desk
from tests.builders import HOUR, MINUTE, HeldClock
from tests.end_to_end.kill_harness import install
from tests.smtp_server import Mailbox
from tests.stored import UNIT, a_group, a_mention, a_post, work

LEADERS = ("juzhang", "fujuzhang", "zhuren")
BEGINS = week_of(1_769_990_400_000).until
"""A Monday of 2026; what follows runs through holidays that are announced, and years that are not."""


class Killed(BaseException):
    """The process ends here: nothing of it runs any more, not even what catches errors."""


@dataclass
class Fate:
    """Decides when a process dies. `spared` sends were hit once: a second hit leaves them to a person, by design."""

    chance: random.Random
    risk: float
    kills: int = 0
    is_armed: bool = True
    hit: set[str] = field(default_factory=set)

    def strikes(self, risk: float = 0.0) -> bool:
        """Whether the process dies now."""
        if not self.is_armed or self.chance.random() >= (risk or self.risk):
            return False
        self.kills += 1
        return True


class Mortal:
    """A store in whose calls the process may die: before the call took effect, or after it."""

    def __init__(self, inner: Any, fate: Fate) -> None:
        self._inner, self._fate = inner, fate

    def __getattr__(self, name: str) -> Any:
        """Return the store's own method, at a risk."""
        method = getattr(self._inner, name)

        def call(*values: Any, **named: Any) -> Any:
            if name == "record" and values[0] in self._fate.hit:
                return method(*values, **named)
            if self._fate.strikes():
                self._remember(name, values)
                raise Killed
            done = method(*values, **named)
            if self._fate.strikes():
                self._remember(name, values)
                raise Killed
            return done

        return call

    def _remember(self, name: str, values: tuple[Any, ...]) -> None:
        if name == "record":
            self._fate.hit.add(values[0])


@dataclass
class Post:
    """The mail channel, with a server that fails and a process that may die before or after a letter left."""

    inner: Any
    mailbox: Mailbox
    fate: Fate
    faults: Counter[str] = field(default_factory=Counter)
    name: str = "mail"
    per_minute: int = 0

    def deliver(self, send: Send, message: Message) -> Delivery:
        """The letter is handed over, or one of the faults befalls it."""
        is_spared = send.id in self.fate.hit or not self.fate.is_armed
        self.mailbox.recipient_says = self.mailbox.data_says = ""
        if not is_spared and self.fate.strikes(0.05):
            self.fate.hit.add(send.id)
            raise Killed
        fault = "" if is_spared else self.fate.chance.choice(("away", "busy", "silence", *[""] * 12))
        self.faults[fault or "none"] += 1
        if fault == "away":
            raise ConnectionRefusedError(111, "Connection refused")
        if fault == "busy":
            self.mailbox.recipient_says = "450 try later"
        elif fault == "silence":
            self.fate.hit.add(send.id)
            self.mailbox.data_says = "silence"
        delivery: Delivery = self.inner.deliver(send, message)
        if not is_spared and send.id not in self.fate.hit and self.fate.strikes(0.05):
            self.fate.hit.add(send.id)
            raise Killed
        return delivery


@dataclass(frozen=True)
class Got:
    """What came of it: for each recipient and week the ids of letters, and how often each arrived."""

    weeks: list[str]
    letters: dict[tuple[str, str], Counter[str]]
    marked: int
    kills: int
    faults: Counter[str]
    changed: list[str]
    states: Counter[str]

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """Recipients and weeks with any other number of letters than one."""
        cells = [(who, week) for who in LEADERS for week in self.weeks]
        return [cell for cell in cells if len(self.letters.get(cell, ())) != 1]

    @property
    def repeats(self) -> int:
        """How many arrivals were of a letter that had arrived before."""
        return sum(times - 1 for of_cell in self.letters.values() for times in of_cell.values())


class WeeksAtRisk:
    """An installation, two schedulers, and the weeks that pass over them."""

    def __init__(self, folder: Path, mailbox: Mailbox, seed: int, *, risk: float = 0.002) -> None:
        self.chance = random.Random(seed)
        self.mailbox = mailbox
        self.clock = HeldClock(BEGINS)
        self.fate = Fate(self.chance, risk)
        config = install(folder)
        people = [{"account": n, "role": "leader", "channel": "mail", "to": f"{n}@yunxi.example"} for n in LEADERS]
        (folder / "settings" / "recipients.toml").write_bytes(tomli_w.dumps({"recipient": people}).encode())
        mail = (
            f'\n[mail]\nhost = "localhost"\nport = {mailbox.port}\nsecurity = "none"\nsender = "huiyin@yunxi.example"\n'
        )
        config.write_text(config.read_text(encoding="utf-8") + mail, encoding="utf-8")
        opened = open_installation(argparse.Namespace(config=str(config)))
        self.plain: Installation = replace(opened, stores=replace(opened.stores, clock=self.clock))
        self.post = Post(next(iter(_mail(self.plain))), mailbox, self.fate)
        self.workers = [self.starts(number) for number in range(2)]
        self.decided = 0
        self.desk: Desk = bootstrap.open_desk(self.plain.stores, self.plain.settings)

    def starts(self, number: int) -> Clockwork:
        """Return a scheduler of a fresh process."""
        stores = self.plain.stores
        mortal = replace(
            stores,
            records=Mortal(stores.records, self.fate),
            outbox=Mortal(stores.outbox, self.fate),
            log=Mortal(stores.log, self.fate),
        )
        here = replace(self.plain, stores=mortal)
        desk = bootstrap.open_desk(mortal, here.settings)
        editor = bootstrap.open_editor(mortal, here.settings, here.config, desk)
        practice = bootstrap.send_practice_of(here.settings)
        return Clockwork(
            stores=mortal,
            settings=here.settings,
            config=here.config,
            dispatcher=dispatcher_of(mortal, [self.post], practice, desk, editor),
            tidy=dict,
            remind=lambda: 0,
            due_check=desk.due_check,
            close_week=lambda week: close_week(here, editor, week),
            holder=f"clock-{number}-{self.fate.kills}",
        )

    def runs(self, weeks: int) -> Got:
        """So many weeks have passed, and a fortnight of calm behind them."""
        for number in range(weeks):
            begins = BEGINS + number * WEEK
            off = self._off_in(begins)
            for moment in self._moments(begins):
                if not any(since <= moment < until for since, until in off):
                    self._beats(moment)
        self.fate.is_armed = False
        for moment in range(BEGINS + weeks * WEEK, BEGINS + (weeks + 2) * WEEK, 6 * HOUR + MINUTE):
            self._beats(moment)
        return self._outcome(weeks)

    def _off_in(self, begins: Millis) -> list[tuple[Millis, Millis]]:
        """Return when the PC is off in this week: often at night, sometimes for days, over Monday too."""
        if self.chance.random() < 0.5:
            return []
        since = begins + self.chance.randrange(7 * DAY) - self.chance.choice((0, DAY))
        return [(since, since + self.chance.choice((10 * HOUR, DAY, 3 * DAY, 6 * DAY)))]

    def _moments(self, begins: Millis) -> list[Millis]:
        """Return when the clock is looked at: around midnight of Monday, around each 08:30, and at random."""
        edges = [begins + 5_000, begins + 40_000]
        mornings = [begins + day * DAY + 8 * HOUR + 30 * MINUTE + late for day in range(7) for late in (-2_000, 3_000)]
        return sorted([*edges, *mornings, *(begins + self.chance.randrange(WEEK) for _ in range(8))])

    def _beats(self, moment: Millis) -> None:
        """Each scheduler beats some times if the lease is his; the clock may be an hour off meanwhile."""
        step = self.chance.choice((0, 0, 0, 0, 0, 0, HOUR, -HOUR)) if self.fate.is_armed else 0
        self._decides(moment)
        for name in ("remind", "tidy"):  # not looked at here; else each pause would write its thousand skipped ones
            passed = Record("watermark", "", name, 0, str(moment - moment % MINUTE), moment, "test", "")
            self.plain.stores.records.put(passed, expect=None)
        for turn in range(6):
            self.clock.at = moment + step + turn * 1_000
            number = turn % 2
            worker = self.workers[number]
            try:
                now = self.clock.at
                if worker.stores.records.take("schedule", worker.holder, now=now, until=now + LASTS) is not None:
                    worker.beat()
                    if turn >= 2:
                        worker.stores.records.release("schedule", worker.holder)
            except Killed:
                self.workers[number] = self.starts(number)

    def _decides(self, moment: Millis) -> None:
        """Now and then somebody writes, opens a matter, or contacts a person who asked for help."""
        if self.chance.random() > 0.15:
            return
        self.clock.at, self.decided = moment, self.decided + 1
        number, group = self.decided, f"g{self.decided}"
        desk = self.desk
        if self.chance.random() < 0.5:
            command = NeedContacted(command_id=f"need-{number}", actor="account:duty", post=f"p{number}")
            desk.execute(UNIT, command, roles=frozenset({"duty"}))
            return
        post = a_post(number, f"云汐县第{number}号院停水没人管", version=f"v{number}", collected_at=moment)
        row = a_group(group, at=moment, lead=post.id)
        self.plain.stores.posts.commit(work([post], [a_mention(post, group=group, order=number)], [row], to=number))
        desk.execute(
            UNIT, Open(command_id=f"open-{number}", actor="account:duty", group=group), roles=frozenset({"duty"})
        )

    def _outcome(self, weeks: int) -> Got:
        letters: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        marked, sends = 0, {send.id: send for send in self.plain.stores.outbox.sends(UNIT, limit=100_000)}
        editor = self._editor()
        closed = {cut.week for cut in editor.digests.closed(UNIT)}
        names = [week_of(BEGINS + number * WEEK).name for number in range(weeks)]
        bodies = {week: editor.letter(editor.digests.of_week(UNIT, week)).html for week in closed}
        changed: list[str] = []
        for letter in self.mailbox.letters:
            name = str(letter["Message-ID"]).strip("<>").partition("@")[0]
            send = sends[name]
            letters[send.recipient, send.notice.why][name] += 1
            marked += str(letter["Subject"]).startswith("（可能重复）")
            html = letter.get_body(("html",))
            if html is None or html.get_content().replace("\r\n", "\n").strip() != bodies[send.notice.why].strip():
                changed.append(send.notice.why)
        states = Counter(send.state for send in sends.values() if send.notice.why in names)
        return Got(names, dict(letters), marked, self.fate.kills, self.post.faults, changed, states)

    def _editor(self) -> Editor:
        here = self.plain
        return bootstrap.open_editor(
            here.stores, here.settings, here.config, bootstrap.open_desk(here.stores, here.settings)
        )


def _mail(here: Installation) -> Iterator[Any]:
    yield from (channel for channel in open_channels(here.config, here.stores.clock) if channel.name == "mail")
