"""A web service over stores in memory, with people in it: what tests of routes and pages start from."""

import json
import os
from collections.abc import Iterable, Sequence

from fastapi import APIRouter
from fastapi.testclient import TestClient

from api import bootstrap
from api.accounts.account import new_account
from api.accounts.passwords import Passwords
from api.accounts.people import People, people_of
from api.config import Config
from api.entrance import Entrance
from api.health import Health, Part
from api.http.app import ROUTERS, create_app
from api.http.service import Service
from api.notify.mail_server import MailDesk
from api.source_line import SourceLine
from api.stores import Stores
from pipeline.ports import Record
from pipeline.workflow.door import DoorKeys, IntakeDoor
from pipeline.workflow.settings import SETTING
from tests.builders import HOUR, MONDAY, HeldClock

UNIT, OTHER_UNIT = "yunxi-mz", "linxi-mz"
PASSWORD = "云汐 reception desk 7"
WELL = Health([Part("classifier", "well", "lexicon@1")], {"work": "alive"}, "lexicon@1", 2, 2)
KEYS = DoorKeys(periods=lambda _: (), seal=lambda address: f"sealed:{address}", address_key=b"k" * 32, draw=os.urandom)
SOURCES = [
    SourceLine("yunxi-forum", "云汐论坛", "云汐网", "feed", "forum.example", "县里人常去", 10, 5.0, is_alive=True),
    SourceLine(
        "yunxi-blogs", "云汐博客", "云汐网", "listing", "blog.example", "常有长文", 30, 5.0,
        is_alive=False, why="timeout", since=MONDAY,
    ),
]  # fmt: skip


class HttpHouse:
    """Two units, a clock in hand, and browsers or programs of any role; `stores` may be those of an earlier house."""

    def __init__(
        self,
        *,
        routers: Sequence[APIRouter] = ROUTERS,
        entrance: Entrance | None = None,
        stores: Stores | None = None,
        is_demo: bool = False,
        health: Health = WELL,
        config: Config = Config(),  # noqa: B008 - frozen
    ) -> None:
        self.clock = HeldClock(MONDAY + HOUR)
        self.stores = stores or bootstrap.memory_stores(self.clock)
        for unit in (UNIT, OTHER_UNIT):
            value = json.dumps({"id": unit, "name": unit})
            self.stores.records.put(Record(SETTING, unit, "unit", 0, value, MONDAY, "test", ""), expect=None)
        settings = bootstrap.settings_of(self.stores)
        self.people: People = people_of(self.stores.records, self.stores.clock, Passwords())
        desk = bootstrap.open_desk(self.stores, settings)
        self.service = Service(
            stores=self.stores,
            desk=desk,
            clerk=bootstrap.open_clerk(self.stores, settings, desk),
            settings=settings,
            editor=bootstrap.open_editor(self.stores, settings, config, desk),
            people=self.people,
            entrance=entrance or Entrance(),
            health=lambda: health,
            metrics=lambda: {"dead_letters": 3},
            door=IntakeDoor(self.stores.bus, erased=self.stores.posts.erased, keys=KEYS, clock=self.clock),
            reveal=lambda sealed: sealed.removeprefix("sealed:"),
            sources=lambda: SOURCES,
            source_book=bootstrap.open_source_desk(self.stores, settings, config, is_demo=is_demo),
            mail=MailDesk(config, self.stores.records),
            written_contact=config.crawl.contact,
            is_demo=is_demo,
        )
        self.app = create_app(self.service, routers)

    def hire(self, account_id: str, *roles: str, units: Iterable[str] = (UNIT,), password: bool = False) -> str:
        """The account is in the book; returns its id. With a password it can log in by the form."""
        self.people.accounts.add(new_account(account_id, "", roles, units), author="test")
        if password:
            self.people.set_password(account_id, PASSWORD, author="test")
        return account_id

    def browser(self, account_id: str = "", *, peer: str = "127.0.0.1") -> TestClient:
        """Return a browser on this machine; with an account it has a session, and sends its token with changes."""
        entrance = self.service.entrance
        base = "https://127.0.0.1" if entrance.is_secure else f"http://127.0.0.1:{entrance.port}"
        client = TestClient(self.app, base_url=base, client=(peer, 50_000), follow_redirects=False)
        client.headers.update({"accept": "text/html", "sec-fetch-site": "same-origin"})
        if account_id:
            account = self.people.accounts.get(account_id)
            assert account is not None
            client.cookies.set(entrance.cookie, self.people.sessions.begin(account))
            csrf = client.get("/api/v1/me").json()["csrf"]
            client.headers["x-csrf-token"] = csrf
        return client

    def program(self, account_id: str) -> TestClient:
        """Return a program with a bearer token that has all roles of the account."""
        account = self.people.accounts.get(account_id)
        assert account is not None
        token = self.people.tokens.make(account, account.roles, days=1, purpose="test", author="test")
        client = self.stranger()
        client.headers["authorization"] = f"Bearer {token}"
        return client

    def stranger(self, *, peer: str = "127.0.0.1") -> TestClient:
        """Return a program that nobody knows."""
        base = f"http://127.0.0.1:{self.service.entrance.port}"
        return TestClient(self.app, base_url=base, client=(peer, 50_000), follow_redirects=False)
