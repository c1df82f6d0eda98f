"""After an erasure no file of Elasticsearch holds a byte of the text: not in translog, old segments or soft deletes."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.expunge import expunge
from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.domain.errors import StoreUnavailable
from tests.elastic_house import ElasticHouse
from tests.servers import refuse
from tests.stored import DAY, EVER, HOUR, MONDAY, a_mention, a_post, work

RARE = re.compile(rb"(?: ?(?:\xe3[\x90-\xbf]|\xe4[\x80-\xad])[\x80-\xbf])+")
"""Runs of the rare characters that secrets are made of, spaced or not, as they stand in a file."""
FILLING = "今天去敬老院看望老人食堂很好低保金停发殡葬费用高孩子在家没有照顾社区居委会养老服务残疾补贴"
ERASED = ("p1", "p2", "p3", "p4")
NEIGHBOUR = "p5"


class Planted:
    """A store on a real server whose every post version holds a secret that occurs nowhere else."""

    def __init__(self, elastic: Elastic) -> None:
        self.elastic = elastic
        self.posts = ElasticPostStore(elastic, expunging=partial(expunge, patience_seconds=45.0))
        self.secrets: dict[str, list[str]] = {}
        self._chance = random.Random(elastic.prefix)
        self._to = 0

    def plant(self, post_id: str, *, hours: int, length: int, mentioned: bool = False) -> None:
        """A version of the post is stored, with a secret in title, text and address."""
        secret = "".join(chr(self._chance.randrange(0x3400, 0x4DB0)) for _ in range(12))
        self.secrets.setdefault(post_id, []).append(secret)
        filling = "".join(self._chance.choices(FILLING, k=length))
        post = replace(
            a_post(
                int(post_id[1:]), f"{filling}{secret}{filling}", title=secret, address=f"https://a.example/{secret}"
            ),
            version=f"v{self._to}",
            collected_at=MONDAY + hours * HOUR,
        )
        self._to += 1
        self.posts.commit(work([post], [a_mention(post, order=self._to)] if mentioned else (), to=self._to))

    def traces(self) -> dict[str, int]:
        """Return for each post how many of its secrets left a trace in any file of the server."""
        data = b"\n".join(run for path in self.files() for run in RARE.findall(_read(path)))
        return {
            post: sum(any(piece.encode() in data for piece in _pieces(secret)) for secret in secrets)
            for post, secrets in self.secrets.items()
        }

    def files(self) -> Iterator[Path]:
        """Yield every file of the server's data folder."""
        nodes = self.elastic.wire.ask("GET", ["_nodes", "stats", "fs"]).body["nodes"].values()
        for folder in {Path(data["path"]) for node in nodes for data in node["fs"]["data"]}:
            if not folder.is_dir():
                refuse(f"Elasticsearch keeps its files in {folder}, which is not on this machine")
            yield from (path for path in folder.rglob("*") if path.is_file())


def test_no_file_of_the_server_holds_a_byte_of_an_erased_post(elastic_house: ElasticHouse) -> None:
    """Neither of any version, nor where it lay before; while somebody reads old files it is refused, and then done."""
    planted = Planted(elastic_house.open())
    plant_all(planted)
    assert planted.traces() == {post: len(secrets) for post, secrets in planted.secrets.items()}
    with reading_on(elastic_house.open()), pytest.raises(StoreUnavailable, match="a reader keeps old files") as refused:
        planted.posts.erase(frozenset(ERASED), MONDAY + DAY)
    assert refused.value.code == "STO-320"
    assert planted.posts.count("*", planted.secrets["p1"][0], **EVER) == 0
    assert planted.posts.drop_parts(0, 0, frozenset()) == 0
    assert planted.traces() == {**dict.fromkeys(ERASED, 0), NEIGHBOUR: 1}
    assert [post.id for post in planted.posts.search("*", planted.secrets[NEIGHBOUR][0], **EVER, limit=9)] == ["p5"]


def plant_all(planted: Planted) -> None:
    """Posts that were edited, moved to a month since they matter, kept from an old part, long ones; and neighbours."""
    planted.plant("p4", hours=-60 * 24, length=40, mentioned=True)
    planted.posts.drop_parts(MONDAY - 20 * DAY, MONDAY - 20 * DAY, frozenset(), frozenset({"p4"}))
    for version in range(3):
        planted.plant("p1", hours=version, length=60)
    planted.plant("p2", hours=1, length=5)
    planted.plant("p3", hours=2, length=15_000)
    planted.plant("p5", hours=3, length=60)
    for number in range(6, 60):
        planted.posts.commit(work([a_post(number, f"{FILLING}{number}")], to=100 + number))
    stored = planted.posts.post("p2")
    assert stored is not None
    planted.posts.commit(work(mentions=[a_mention(stored.post, order=99)], to=200))


@contextmanager
def reading_on(elastic: Elastic) -> Iterator[None]:
    """Somebody holds a view of all posts as they stand now."""
    opened = elastic.wire.ask("POST", [elastic.name("posts-*"), "_pit"], params={"keep_alive": "5m"}).body["id"]
    yield
    elastic.wire.ask("DELETE", ["_pit"], {"id": opened})


def _pieces(secret: str) -> list[str]:
    """
    Return parts of the sentence that overlap, and the form in which it is indexed.

    A block of the store may end in the middle of a part, not of all of them.
    """
    parts = [secret[start : start + 3] for start in range(len(secret) - 2)]
    return [*parts, *(" ".join(part) for part in parts)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # the server works on
        return b""
