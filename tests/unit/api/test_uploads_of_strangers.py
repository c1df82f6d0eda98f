"""Bodies wait in memory before anybody is asked who he is; of strangers only a few large ones may."""

import asyncio
from collections.abc import Mapping

from api.http.edge import LARGE_OF_STRANGERS, Edge
from api.http.service import Service
from tests.http_house import HttpHouse

BOUNDARY = b"multipart/form-data; boundary=b"


class SlowUpload:
    """One request whose body begins, and goes on when it is let."""

    def __init__(self, headers: Mapping[bytes, bytes]) -> None:
        self.status = 0
        self.go_on = asyncio.Event()
        self._headers = [(b"host", b"127.0.0.1:8765"), (b"content-type", BOUNDARY), *headers.items()]

    async def send_to(self, edge: Edge) -> None:
        path = {"path": "/login", "raw_path": b"/login", "query_string": b"", "root_path": ""}
        scope = {"type": "http", "method": "POST", "headers": self._headers, "client": ("127.0.0.1", 5), **path}
        await edge(scope, self._receive, self._note)

    async def _receive(self) -> dict[str, object]:
        await self.go_on.wait()
        return {"type": "http.request", "body": b"x", "more_body": False}

    async def _note(self, message: object) -> None:
        assert isinstance(message, dict)
        self.status = message.get("status", self.status)


async def answers(service: Service, known: Mapping[bytes, bytes]) -> list[int]:
    """Return what a known reader and two strangers are told behind a crowd of waiting strangers, one after it left."""

    async def app(_scope: object, receive: object, send: object) -> None:
        assert callable(receive)
        assert callable(send)
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    edge, told = Edge(app, service), []
    crowd = [SlowUpload({b"cookie": b"huiyin-8765=made-up"}) for _ in range(LARGE_OF_STRANGERS)]
    waiting = [asyncio.create_task(one.send_to(edge)) for one in crowd]
    await asyncio.sleep(0.5)
    for headers in ({}, known):
        one = SlowUpload(headers)
        one.go_on.set()
        await one.send_to(edge)
        told.append(one.status)
    for one in crowd:
        one.go_on.set()
    await asyncio.gather(*waiting)
    last = SlowUpload({})
    last.go_on.set()
    await last.send_to(edge)
    return [*told, last.status]


def test_strangers_fill_no_memory_and_keep_nobody_from_attaching() -> None:
    """The next stranger is told to come again; whoever has a session or a token is not counted among them."""
    house = HttpHouse()
    account = house.people.accounts.get(house.hire("wang", "duty"))
    assert account is not None
    secret = house.people.sessions.begin(account)
    token = house.people.tokens.make(account, account.roles, days=1, purpose="test", author="test")

    assert asyncio.run(answers(house.service, {b"cookie": f"huiyin-8765={secret}".encode()})) == [503, 200, 200]
    assert asyncio.run(answers(house.service, {b"authorization": f"Bearer {token}".encode()})) == [503, 200, 200]
