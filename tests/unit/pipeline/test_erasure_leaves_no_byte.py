"""After an erasure no file holds a byte of the text: not in pages, in slack, in the full text, in the log beside it."""

import random
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.adapters.sqlite.erasure import erase_posts
from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.adapters.sqlite.writer import Writer
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.event import GENESIS, Batch, Event, Memo
from pipeline.domain.post import Post
from pipeline.domain.stated import Stated
from tests.stored import DAY, MONDAY, UNIT, a_mention, a_post, work

RARE = re.compile(rb"(?: ?(?:\xe3[\x90-\xbf]|\xe4[\x80-\xad])[\x80-\xbf])+")
"""Runs of the rare characters that secrets are made of, spaced or not, as they stand in a file."""
FILLING = "今天去敬老院看望老人食堂很好低保金停发殡葬费用高孩子在家没有照顾社区居委会养老服务残疾补贴"


@dataclass
class Planted:
    """A store whose every post version holds a secret that occurs nowhere else."""

    folder: Path
    writer: Writer
    posts: SqlitePostStore
    secrets: dict[str, list[str]]

    def traces(self) -> dict[str, int]:
        """Return for each post how many of its secrets left a trace in any file."""
        data = b"\n".join(run for path in self.folder.iterdir() for run in RARE.findall(path.read_bytes()))
        return {
            post: sum(any(piece.encode() in data for piece in pieces_of(secret)) for secret in secrets)
            for post, secrets in self.secrets.items()
        }

    def expected(self, gone: Iterable[str]) -> dict[str, int]:
        """Return the same where exactly these posts left none."""
        without = set(gone)
        return {post: 0 if post in without else len(secrets) for post, secrets in self.secrets.items()}


def pieces_of(secret: str) -> list[str]:
    """Return a sentence, parts of it, and the spaced form in which it is indexed."""
    return [secret, secret[:3], secret[-3:], " ".join(secret), " ".join(secret[:2])]


def a_planted_post(chance: random.Random, number: int, version: int, secret: str) -> Post:
    """Return a post from a handful to thousands of characters, with the secret somewhere in text and address."""
    filling = "".join(chance.choices(FILLING, k=chance.choice([5, 30, 90, 400, 5_000])))
    cut = chance.randrange(len(filling))
    return a_post(
        number,
        filling[:cut] + secret + filling[cut:],
        version=f"v{version}",
        title=secret[:4],
        address=f"https://forum.example/{secret}",
        salt=f"salt-{secret}",
        stated=Stated(office=secret[:3], wants=secret),
        collected_at=MONDAY + version * DAY + chance.randrange(DAY),
        published_at=MONDAY - chance.randrange(DAY),
    )


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Planted]:
    """A thousand posts in random order of time, many edited, many mentioned later, in several parts."""
    chance = random.Random(4)
    with closing(open_huiyin(tmp_path / "huiyin.db")) as writer, closing(SqlitePostStore(writer)) as posts:
        store = Planted(tmp_path, writer, posts, {})
        for step in range(20):
            numbers = [*range(step * 50, step * 50 + 50), *(chance.randrange(step * 50 + 50) for _ in range(15))]
            batch = []
            for number in dict.fromkeys(numbers):
                secret = "".join(chr(0x3400 + chance.randrange(6_000)) for _ in range(8))
                batch.append(a_planted_post(chance, number, step, secret))
                store.secrets.setdefault(f"p{number}", []).append(secret)
            mentions = [a_mention(post, group=None, order=step) for post in chance.sample(batch, 10)]
            posts.commit(work(batch, mentions, to=step))
        yield store


def test_no_file_holds_a_trace_of_an_erased_post(planted: Planted) -> None:
    """Neither its newest nor an older text, whole, in part or spaced; every other post is still there."""
    chance = random.Random(5)
    erased = frozenset(chance.sample(sorted(planted.secrets), 120))
    planted.posts.erase(erased, MONDAY)
    assert planted.traces() == planted.expected(gone=erased)


def test_no_position_of_an_erased_text_stays_in_the_full_text(planted: Planted) -> None:
    """The index alone would spell the text: character and position. It does not know the document any more."""
    erased = frozenset(sorted(planted.secrets)[::7])
    planted.posts.erase(erased, MONDAY)
    with closing(sqlite3.connect(planted.folder / "huiyin.db")) as connection:
        places = {row[0] for row in connection.execute("SELECT place FROM posts WHERE is_erased")}
        known: set[int] = set()
        for (part,) in connection.execute("SELECT name FROM parts").fetchall():
            connection.execute(f"CREATE VIRTUAL TABLE temp.v_{part} USING fts5vocab(main, words_{part}, instance)")
            known |= {row[0] for row in connection.execute(f"SELECT DISTINCT doc FROM v_{part}")}
    assert len(places) == len(erased)
    assert not places & known
    assert len(known) == len(planted.secrets) - len(erased)


def test_posts_that_were_dropped_with_their_part_leave_no_trace(planted: Planted) -> None:
    """Retention overwrites what it drops; what is kept for a matter can still be erased without a trace."""
    posts = [f"p{number}" for number in range(50)]
    planted.posts.commit(work(mentions=[a_mention(stored_post(planted, post), rule="kept") for post in posts[:5]]))
    planted.posts.drop_parts(MONDAY + 999 * DAY, MONDAY + 999 * DAY, frozenset({(UNIT, "g1")}))
    planted.writer.checkpoint()
    assert planted.traces() == planted.expected(gone=planted.secrets.keys() - set(posts[:5]))
    planted.posts.erase(frozenset(posts[:5]), MONDAY)
    assert planted.traces() == planted.expected(gone=planted.secrets)


def stored_post(planted: Planted, post_id: str) -> Post:
    """Return the newest version of a planted post."""
    stored = planted.posts.post(post_id)
    assert stored is not None
    return stored.post


def test_an_erased_memo_leaves_no_trace(tmp_path: Path) -> None:
    """What people typed is overwritten where it stands; other memos and the log stay as they are."""
    with closing(open_huiyin(tmp_path / "huiyin.db")) as writer, closing(SqliteIncidentLog(writer)) as log:
        previous = GENESIS
        for number in range(1, 201):
            memo = Memo(UNIT, f"m{number}", "", f"第{number}次走访的记录：" + "无人在家，" * number, f"salt{number}!")
            event = Event("commented", 1, MONDAY, "", "account:duty-1", {})
            batch = Batch(UNIT, number, previous, f"c{number}", (event,), (), (memo.id,))
            log.append(batch, [memo])
            previous = batch.hash
        log.erase_memos(UNIT, frozenset(f"m{number}" for number in range(1, 201, 2)), MONDAY)
        data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [n for n in range(1, 201) if f"第{n}次走访".encode() in data] == list(range(2, 201, 2))
    assert [n for n in range(1, 201) if f"salt{n}!".encode() in data] == list(range(2, 201, 2))


def test_an_erasure_says_when_a_reader_keeps_the_old_bytes(planted: Planted) -> None:
    """The write-ahead log cannot be emptied under a reader; no proof is claimed, and saying it again mends it."""
    with closing(sqlite3.connect(planted.folder / "huiyin.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM posts").fetchone()
        with pytest.raises(StoreUnavailable, match="reader keeps"):
            erase_posts(planted.writer, frozenset({"p1"}), MONDAY, patience_seconds=0.2)
        reader.execute("ROLLBACK")
    erase_posts(planted.writer, frozenset({"p1"}), MONDAY)
    assert planted.traces() == planted.expected(gone=["p1"])
