"""On the crawling machine: what came in since the last file is one signed file, and is known to be packed."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from api.carry.pairing import OwnKey
from api.stores import Stores
from crawlers.fetch_record import KIND as FETCH
from crawlers.source_state import KIND as STATE
from pipeline.domain.absence import ABSENCE
from pipeline.domain.carried import MOST_POSTS, Carried, body_of, file_of, hash_of, head_of
from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis, Post, Visibility
from pipeline.domain.wire import post_to_json
from pipeline.ports import Position, Record

KINDS = (FETCH, STATE, ABSENCE)
"""What travels beside the posts, so that the coverage is true on the other machine."""
PACKED = "packed"
_PAGE = 500
_DAY: Millis = 86_400_000
BUS_DAYS = 7


@dataclass(frozen=True, slots=True)
class Packed:
    """How far the files of this machine reach. `number` was given last, `finished` is the last that was written."""

    number: int = 0
    finished: int = 0
    until: Millis = 0
    stream: str = ""
    offset: int = 0
    changes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gathered:
    """
    What goes into one file: its lines, and how far it reaches.

    `kept_back` posts were not public or erased; `has_more`: the next file goes on.
    """

    posts: Sequence[str]
    records: Sequence[str]
    reaches: Packed
    kept_back: int = 0
    has_more: bool = False


Seal = Callable[[str], str]
Sign = Callable[[str, bytes], str]


def pack(stores: Stores, key: OwnKey, target: Path, *, reseal: Seal, sign: Sign) -> tuple[Path, Carried, Gathered]:
    """
    A signed file with everything since the last one lies at the target; returns where, what it says and what it holds.

    A folder as target means a new file in it. What was packed leaves the bus when it is seven days old. Raises
    BadInput (CAR-109) where the file is there already or cannot be written; then the next one holds all of it.
    """
    before = _packed(stores)
    now = stores.clock.now()
    gathered = _gather(stores, replace(before, number=before.number + 1, until=now), reseal)
    body = body_of([*gathered.posts, *gathered.records])
    says = Carried(
        machine=key.pairing.machine,
        number=gathered.reaches.number,
        follows=before.finished,
        made_at=now,
        since=before.until,
        until=now,
        posts=len(gathered.posts),
        records=len(gathered.records),
        sha256=hash_of(body),
    )
    path = target / f"huiyin-{says.machine}-{says.number:06d}.carried" if target.is_dir() else target
    _note(stores, replace(before, number=says.number))  # a number is never given twice, whatever happens now
    _write(path, file_of(says, sign(key.private, head_of(says)), body))
    _note(stores, replace(gathered.reaches, finished=says.number))
    stores.bus.trim(now - BUS_DAYS * _DAY, Position(gathered.reaches.stream, 0, gathered.reaches.offset))
    return path, says, gathered


def _packed(stores: Stores) -> Packed:
    record = stores.records.get(PACKED, "", "last")
    return Packed(**json.loads(record.value)) if record else Packed()


def _note(stores: Stores, packed: Packed) -> None:
    value = json.dumps(asdict(packed), sort_keys=True)
    stores.records.put(Record(PACKED, "", "last", 0, value, stores.clock.now(), "carry", ""), expect=None)


def _gather(stores: Stores, reaches: Packed, reseal: Seal) -> Gathered:
    stream = stores.bus.stream
    position = Position(stream, 0, reaches.offset) if reaches.stream == stream else None
    posts: list[str] = []
    kept_back = 0
    page = stores.bus.read(position, _PAGE)
    while page and len(posts) < MOST_POSTS:
        for delivered in page:
            if delivered.post is not None and delivered.post.visibility is Visibility.PUBLIC:
                posts.append(_line_of_post(delivered.post, reseal))
            else:
                kept_back += 1
            position = delivered.after
        page = stores.bus.read(position, _PAGE)
    changes, records = dict(reaches.changes), list[str]()
    for kind in KINDS:
        changes[kind], changed = stores.records.changed_since(kind, changes.get(kind, 0))
        records += [_line_of_record(record) for record in changed]
    offset = position.offset if position else 0
    reached = replace(reaches, stream=stream, offset=offset, changes=changes)
    return Gathered(posts, records, reached, kept_back, bool(page))


def _line_of_post(post: Post, reseal: Seal) -> str:
    sealed = reseal(post.sealed_address) if post.sealed_address else None
    return f'{{"post":{post_to_json(replace(post, sealed_address=sealed), with_tokens=True)}}}'


def _line_of_record(record: Record) -> str:
    said = {"kind": record.kind, "key": record.key, "value": record.value, "at": record.at, "reason": record.reason}
    return json.dumps({"record": said}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _write(path: Path, data: bytes) -> None:
    if path.exists():
        sentence = f"{path}：已经有这个文件，里面可能是还没带走的帖文；请换一个文件名，或写到文件夹里"
        raise BadInput(sentence, code="CAR-109")
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as cause:
        unfinished.unlink(missing_ok=True)
        sentence = f"{path}：写不了（{cause.strerror}）；检查 U 盘有没有插好、有没有空间"
        raise BadInput(sentence, code="CAR-109") from cause
