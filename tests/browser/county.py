"""
The demo county behind the real web service on a port: real door, real worker, real stores, no crawl.

It is made once, as files; each module of tests serves a copy, and what arrives later goes the same way.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import tomli_w
import uvicorn
from fastapi import FastAPI

from api import bootstrap
from api.accounts.account import new_account
from api.accounts.people import people_of
from api.bootstrap.offices import reply_key
from api.cli.demo import write_installation
from api.cli.installation import Installation
from api.cli.service import web_service
from api.demo.county import county
from api.health import DeadSource, Health, Part
from api.http.app import create_app
from api.http.service import Service
from api.notify.channels import open_channels
from api.offices.links import LinkMaker, ReplyLinks
from api.serving import dispatcher_of
from api.web import listen
from pipeline.domain.group import GroupRow
from pipeline.domain.mention import Mention
from pipeline.domain.order import Order, Outcome
from pipeline.domain.post import Millis, Origin, Post, RawPost
from pipeline.ports import Clock
from pipeline.runner import Worker
from pipeline.workflow.dispatch import Dispatcher
from pipeline.workflow.queue import Queue, QueuePage
from tests.end_to_end.kill_harness import installed
from tests.stored import a_group, a_mention, a_post, work

UNIT = "yunxi-mz"
HOUR: Millis = 3_600_000
NOW: Millis = 1_795_399_200_000
"""Monday, 23 November 2026, 10:00 in the county: an hour at which people work."""
HISTORY: Millis = 72 * HOUR
PEOPLE = {
    "zhang": ("monitor", "duty"),
    "li": ("duty",),
    "wang": ("leader", "reviewer"),
    "zhao": ("auditor",),
    "root": ("admin",),
}
WHOLE = Health([Part("classifier", "well", "model")], {"work": "alive"}, "model", 5, 5)
UNWHOLE = replace(WHOLE, sources_alive=4, dead=[DeadSource("云汐电视台", "timeout", NOW - 30 * HOUR)])
MAIL = '[mail]\nhost = "localhost"\nport = {port}\nsecurity = "none"\nsender = "huiyin@yunxi.example"\n'
PLACES = ("鹭灯镇", "梨桨镇", "苇笙镇", "雾铃乡", "萤渡街道", "棉桥乡", "檀篾镇", "笛坪乡")
MOST_AT_ONCE = 500
HOSTILE = (
    "<script>document.title='x'</script><img src=x onerror=alert(1)> <svg/onload=alert(1)> [[constructor]] "
    "{{7*7}} ${7*7} javascript:alert(1) \u202e\u0000\u001b[31m hx-get=/logout <div hx-on:load=alert(1)>低保</div>"
)
"""What somebody writes who wants a page to do his will."""


class RunningClock:
    """A clock that showed NOW when it was made and runs on."""

    def __init__(self, at: Millis = NOW) -> None:
        self._at, self._began = at, time.monotonic()

    def now(self) -> Millis:
        """Return the moment it shows."""
        return self._at + int((time.monotonic() - self._began) * 1_000)

    def skip(self, millis: Millis) -> None:
        """So much time has gone by."""
        self._at += millis


@dataclass
class County:
    """The served installation, with a worker of its own over the same files."""

    here: Installation
    app: FastAPI
    service: Service
    clock: RunningClock
    origin: str
    worker: Worker
    working: Installation
    dispatcher: Dispatcher
    _number: int = 0

    def arrives(self, *posts: RawPost) -> None:
        """The posts came through the door, and the worker is done with them."""
        bootstrap.open_door(self.working.folder, self.working.stores, self.working.settings).admit(posts)
        self.works()

    def works(self) -> None:
        """The bus is empty."""
        while self.worker.step().read:
            pass

    def tells(self) -> None:
        """Whoever is to be told of what was decided so far was told."""
        self.dispatcher.create_sends()
        while self.dispatcher.attempt_due():
            pass

    def says(self, text: str, *, source: str = "yunxi-forum", origin: Origin = Origin.MONITORED) -> RawPost:
        """Return a post that somebody wrote just now."""
        self._number += 1
        at, number = self.clock.now(), f"t{self._number}"
        return RawPost(
            source=source,
            text=text,
            native_id=number,
            address=f"https://forum.example/{number}",
            origin=origin,
            published_at=at,
            collected_at=at,
            poster=f"somebody-{number}",
        )

    def orders(self, command: str, *, by: str = "zhang", said: str = "", **fields: object) -> Outcome:
        """What a person asks for beside the browser is in the log."""
        account = self.service.people.accounts.get(by)
        assert account is not None
        self._number += 1
        roles, key = account.roles, f"order-{self._number}"
        return self.service.clerk.carry_out(Order(UNIT, command, fields, by, roles, key, text=said))

    def reply_link(self, incident: str, office: str, seq: int) -> str:
        """Return the secret of the page on which an office answers what batch `seq` gave it to do."""
        links = LinkMaker(ReplyLinks(self.here.stores.records, self.clock), reply_key(self.here.folder))
        return links.make(UNIT, incident, office, seq)[0]

    def queue(self) -> QueuePage:
        """Return what the queue holds now: every push and the newest to-dos."""
        stores = self.here.stores
        return Queue(stores.posts, self.service.desk.state(UNIT)).page(self.clock.now(), None, 50)

    def gains(self, count: int) -> None:
        """So many to-dos of one post each stand in the queue, as a commit of the worker writes them."""
        rows = [self._a_matter() for _ in range(count)]
        for at in range(0, count, MOST_AT_ONCE):
            posts, mentions, groups = zip(*rows[at : at + MOST_AT_ONCE], strict=True)
            self.working.stores.posts.commit(work(posts, mentions, groups, to=self._number))

    def _a_matter(self) -> tuple[Post, Mention, GroupRow]:
        self._number += 1
        number, at = self._number, self.clock.now()
        text = f"第{number}件事：{PLACES[number % len(PLACES)]}的低保金还没有发，请民政局看一看"
        post = a_post(number, text, id=f"m{number}", heads=(f"m{number}",), collected_at=at, published_at=at)
        mention = a_mention(post, group=f"matter-{number}", order=1_000_000 + number)
        return post, mention, a_group(f"matter-{number}", at=at, lead=post.id)

    def todos(self) -> set[str]:
        """Return the groups of the newest to-dos."""
        return {row.group for row in self.queue().rows if not row.state}

    def pause(self) -> None:
        """A moment goes by for other threads."""
        time.sleep(0.05)

    def cookies(self, account: str, *, look: str = "light.normal.off.zh") -> dict[str, str]:
        """Return what the browser of an account holds that has signed in; "" has not."""
        if not account:
            return {"look": look}
        found = self.service.people.accounts.get(account)
        assert found is not None
        return {self.service.entrance.cookie: self.service.people.sessions.begin(found), "look": look}


def make_county(folder: Path, *, per_day: int = 120, mail_port: int = 0) -> None:
    """The folder holds the demo county's installation with three days of its life, worked, and its people."""
    config = write_installation(folder, "http://127.0.0.1:9")
    allowed = config.read_text(encoding="utf-8").replace('"127.0.0.1:9"', '"127.0.0.1"')  # sites that tests invent
    config.write_text(allowed, encoding="utf-8")
    people = [{"account": "zhang", "role": "duty", "channel": "journal"}]
    if mail_port:
        people = [{"account": "zhang", "role": "duty", "channel": "mail", "to": "zhang@yunxi.example"}]
    (folder / "settings" / "recipients.toml").write_bytes(tomli_w.dumps({"recipient": people}).encode())
    office = {"id": "yanglao", "name": "养老服务股", "mail": "yanglao@yunxi.example"}
    (folder / "settings" / "offices.toml").write_bytes(tomli_w.dumps({"office": [office]}).encode())
    (folder / "settings" / "notices.toml").write_bytes(
        tomli_w.dumps({"alerts": ["always"] * 4, "reminders": ["always"] * 4, "budget": 100}).encode()
    )
    if mail_port:
        with (folder / "huiyin.toml").open("a", encoding="utf-8") as file:
            file.write(MAIL.format(port=mail_port))
    here = installed(folder / "huiyin.toml")
    for account, roles in PEOPLE.items():
        people_of(here.stores.records, here.stores.clock).accounts.add(
            new_account(account, "", roles, [UNIT]), author="test"
        )
    life = county(7, days=4, posts_per_day=per_day, start=NOW - HISTORY, opening=NOW - 12 * HOUR)
    past = [post.raw() for post in life if post.appears_at < NOW]
    working = _at_clock(here, RunningClock())
    desk = bootstrap.open_desk(working.stores, working.settings)
    worker = bootstrap.open_worker(working.stores, working.settings, desk, bootstrap.open_classifier())
    worker.load()
    bootstrap.open_door(working.folder, working.stores, working.settings).admit(past)
    while worker.step().read:
        pass
    here.stores.close()


@contextmanager
def served(folder: Path, *, health: Health = UNWHOLE) -> Iterator[County]:
    """The installation of a folder answers on a port while the block runs."""
    clock = RunningClock()
    here, working = (_at_clock(installed(folder / "huiyin.toml"), clock) for _ in range(2))
    door = listen("127.0.0.1", 0)
    port = int(door.getsockname()[1])
    plain = web_service(here)
    service = replace(plain, entrance=replace(plain.entrance, port=port), health=lambda: health)
    desk = bootstrap.open_desk(working.stores, working.settings)
    worker = bootstrap.open_worker(working.stores, working.settings, desk, bootstrap.open_classifier())
    worker.load()
    channels = open_channels(working.config, clock)
    dispatcher = dispatcher_of(working.stores, channels, bootstrap.send_practice_of(working.settings), desk)
    app = create_app(service)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, args=([door],), daemon=True)
    thread.start()
    try:
        yield County(here, app, service, clock, f"http://127.0.0.1:{port}", worker, working, dispatcher)
    finally:
        server.force_exit = server.should_exit = True
        thread.join(timeout=5.0)
        here.stores.close()
        working.stores.close()


def _at_clock(here: Installation, clock: Clock) -> Installation:
    return replace(here, stores=replace(here.stores, clock=clock))
