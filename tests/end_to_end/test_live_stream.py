"""The live feed over real HTTP: what is decided arrives, and a cut line loses and doubles nothing."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
import uvicorn

from api.entrance import Entrance
from api.web import listen
from pipeline.domain.command import Open
from tests.http_house import OTHER_UNIT, UNIT, HttpHouse
from tests.stored import a_group, a_mention, a_post, work

DUTY = frozenset({"duty"})
CUTS = 40


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[HttpHouse, httpx2.Client]]:
    """A house that listens on loopback, and a program of a duty officer."""
    door = listen("127.0.0.1", 0)
    port = door.getsockname()[1]
    house = HttpHouse(entrance=Entrance(port=port))
    posts = [a_post(number) for number in range(1, 2 * CUTS)]
    mentions = [a_mention(post, group=f"g{post.id}", order=n) for n, post in enumerate(posts)]
    house.stores.posts.commit(work(posts, mentions, [a_group(f"g{post.id}", lead=post.id) for post in posts]))
    server = uvicorn.Server(uvicorn.Config(house.app, log_level="warning", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, args=([door],), daemon=True)
    thread.start()
    headers = dict(house.program(house.hire("duty-1", "duty")).headers)
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=10.0) as client:
        yield house, client
    server.force_exit = server.should_exit = True
    thread.join(timeout=5.0)


@contextmanager
def listening(
    client: httpx2.Client, unit: str = UNIT, after: str = ""
) -> Iterator[Iterator[tuple[str, str, dict[str, object]]]]:
    """Yield the frames of an open line as (event, id, data)."""
    headers = {"Last-Event-ID": after} if after else {}
    with client.stream("GET", "/api/v1/alerts/stream", params={"unit": unit}, headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        yield frames(answer.iter_lines())


def frames(lines: Iterator[str]) -> Iterator[tuple[str, str, dict[str, object]]]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        else:
            if "event" in fields:
                yield fields["event"], fields["id"], json.loads(fields["data"])
            fields = {}


def open_groups(house: HttpHouse, numbers: range) -> None:
    for number in numbers:
        command = Open(command_id=f"open-{number}", actor="account:duty-1", group=f"gp{number}")
        house.service.desk.execute(UNIT, command, roles=DUTY)


def test_what_is_decided_arrives_and_a_cut_line_loses_and_doubles_nothing(
    served: tuple[HttpHouse, httpx2.Client],
) -> None:
    """Every line is cut after one frame; decisions go on all the while."""
    house, client = served
    with listening(client) as told:
        event, cursor, _ = next(told)
    assert event == "hello"
    deciding = threading.Thread(target=open_groups, args=(house, range(1, CUTS)))
    deciding.start()
    heard: list[object] = []
    while len(heard) < CUTS - 1:
        with listening(client, after=cursor) as told:
            event, cursor, data = next(told)
        heard += [data["seq"]] if event == "decision" else []
    deciding.join()

    assert heard == list(range(1, CUTS))


def test_a_cursor_that_is_too_old_or_none_of_ours_begins_anew(served: tuple[HttpHouse, httpx2.Client]) -> None:
    """The page then loads its list again."""
    _, client = served
    for cursor in ("999999.0", "nonsense"):
        with listening(client, after=cursor) as told:
            assert next(told)[0] == "reset"


def test_another_units_feed_is_not_there(served: tuple[HttpHouse, httpx2.Client]) -> None:
    """As if there were no such unit."""
    _, client = served
    answer = client.get("/api/v1/alerts/stream", params={"unit": OTHER_UNIT})

    assert (answer.status_code, answer.json()["code"]) == (404, "HTP-404")
