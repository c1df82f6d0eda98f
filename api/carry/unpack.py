"""On the other machine: a carried file is verified whole before anything of it is taken; taken twice it is one."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from api.carry.pack import KINDS
from api.carry.pairing import Pairing
from api.stores import Stores
from crawlers.fetch_record import KIND as FETCH
from crawlers.fetch_record import fetch_of
from crawlers.source_state import KIND as STATE
from crawlers.source_state import SourceState
from pipeline.domain.absence import ABSENCE, absence_from_json
from pipeline.domain.carried import MOST_BYTES, MOST_POSTS, Carried, CarriedFile, hash_of, take_apart
from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis, Post, Visibility
from pipeline.domain.wire import post_from_json
from pipeline.ports import Admitted, Record

from .taken import is_taken, note_taken

BATCH = 500
MOST_AHEAD: Millis = 10 * 60_000
"""So far the two clocks may differ."""
TOKENS_FOR: Millis = 15 * 86_400_000
"""Poster tokens of older posts are left out: they are kept no longer anywhere (MECHANICS §7)."""

IsSigned = Callable[[str, bytes, str], bool]
Readmit = Callable[[Sequence[Post]], Admitted]
Reseal = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a verified file holds, and what it says of itself."""

    says: Carried
    posts: Sequence[Post]
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file. `was_known`: it had been taken before, and nothing was changed."""

    says: Carried
    admitted: Admitted = field(default_factory=Admitted)
    records: int = 0
    was_known: bool = False


def read_carried(path: Path) -> CarriedFile:
    """Return the parts of a file; raises BadInput where it cannot be read (CAR-107) or is none (CAR-101)."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(f"{path}：超过 {MOST_BYTES >> 20} MB，不是采集机做的文件", code="CAR-107")
        return take_apart(path.read_bytes())
    except OSError as cause:
        raise BadInput(f"{path}：读不了（{cause.strerror}）；检查 U 盘有没有插好", code="CAR-107") from cause


def verified(file: CarriedFile, trusted: Mapping[str, Pairing], is_signed: IsSigned, now: Millis) -> Contents:
    """
    Return the contents of a file that a trusted machine signed and nobody changed.

    Raises BadInput and takes nothing: CAR-102 foreign, CAR-103 changed, CAR-105 unreadable inside, CAR-106 clocks.
    """
    says = file.says
    known = trusted.get(says.machine)
    if known is None:
        sentence = f"这个文件是采集机 {says.machine[:12]} 做的，本机没有和它配对；一点也没有收"
        raise BadInput(f"{sentence}。先在那台机器上 huiyin carry key，再在本机 huiyin carry trust", code="CAR-102")
    if not is_signed(known.public, file.signed, file.signature) or hash_of(file.body) != says.sha256:
        sentence = "这个文件在路上被改过、坏了，或是别的机器冒名做的；一点也没有收"
        raise BadInput(f"{sentence}。请从采集机重新拷贝，仍不行就换一个 U 盘", code="CAR-103")
    if says.made_at > now + MOST_AHEAD:
        minutes = (says.made_at - now) // 60_000
        sentence = f"这个文件的时间比本机早走 {minutes} 分钟：采集机快了，或本机慢了；一点也没有收"
        raise BadInput(f"{sentence}。校准两台机器的时钟后再收", code="CAR-106")
    return _contents(file)


def take(stores: Stores, contents: Contents, readmit: Readmit, reseal: Reseal) -> Taken:
    """
    Everything of the file is here: posts on the bus, records of what was seen. Repeating it changes nothing.

    Cut off in the middle it is not known as taken, and the next try brings the whole of it again: a post that is here
    already is one. Raises BadInput (CAR-104) for another file under a number that was taken.
    """
    says = contents.says
    if is_taken(stores.records, says):
        return Taken(says, was_known=True)
    now = stores.clock.now()
    total = Admitted()
    for start in range(0, len(contents.posts), BATCH):
        part = [_own(post, reseal, now) for post in contents.posts[start : start + BATCH]]
        done = readmit(part)
        total = Admitted(total.published + done.published, total.turned_away + done.turned_away)
    kept = [record for record in contents.records if _is_news(stores, record)]
    stores.records.put_many(kept)
    sources = {record.key for record in contents.records if record.kind == STATE}
    note_taken(stores.records, says, sources, now)
    return Taken(says, total, len(kept))


def _own(post: Post, reseal: Reseal, now: Millis) -> Post:
    sealed = reseal(post.sealed_address) if post.sealed_address else None
    tokens = post.tokens if post.collected_at > now - TOKENS_FOR else ()
    return replace(post, sealed_address=sealed, tokens=tokens)


def _is_news(stores: Stores, record: Record) -> bool:
    """Whether the record is newer than what is known: a file that comes late takes no source back in time."""
    known = stores.records.get(record.kind, "", record.key)
    return known is None or known.at < record.at


def _contents(file: CarriedFile) -> Contents:
    posts, records = list[Post](), list[Record]()
    for number, line in enumerate(file.body.split(b"\n")[:-1], start=3):
        try:
            _read_line(line, file.says, posts, records)
        except (BadInput, ValueError, KeyError, TypeError, AttributeError):
            sentence = f"这个文件的第 {number} 行读不懂；一点也没有收"
            raise BadInput(f"{sentence}。请把两台机器的回音升到同一个版本，再从采集机重新做", code="CAR-105") from None
    if (len(posts), len(records)) != (file.says.posts, file.says.records) or len(posts) > MOST_POSTS + BATCH:
        raise BadInput("这个文件里的条数和它自己说的不一样；一点也没有收。请从采集机重新做", code="CAR-105")
    return Contents(file.says, posts, records)


def _read_line(line: bytes, says: Carried, posts: list[Post], records: list[Record]) -> None:
    said = json.loads(line)
    ((what, value),) = said.items()
    if what == "post":
        posts.append(_post(post_from_json(json.dumps(value))))
    elif what == "record":
        records.append(_record(value, says.machine))
    else:
        raise KeyError(what)


def _post(post: Post) -> Post:
    texts: Sequence[object] = (post.id, post.version, post.source, post.text, post.title, post.salt, *post.heads)
    numbers: Sequence[object] = (post.collected_at,)
    if not all(isinstance(each, str) for each in texts) or not all(isinstance(each, int) for each in numbers):
        raise TypeError("a field of the post has another type")
    if post.visibility is not Visibility.PUBLIC:
        raise ValueError("only public posts travel")
    return replace(post, stated=None)  # what a person says of a post is said here, where he is asked


def _record(value: Mapping[str, object], machine: str) -> Record:
    kind, key, text = str(value["kind"]), str(value["key"]), str(value["value"])
    if kind not in KINDS:
        raise KeyError(kind)
    at = value["at"]
    if not isinstance(at, int):
        raise TypeError("a time is no number")
    record = Record(kind, "", key, 0, text, at, f"carrier:{machine}", str(value["reason"])[:80])
    _READ[kind](record)
    return record


_READ: Mapping[str, Callable[[Record], object]] = {
    FETCH: fetch_of,
    STATE: lambda record: SourceState(**json.loads(record.value)),
    ABSENCE: lambda record: absence_from_json(record.value),
}
