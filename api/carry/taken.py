"""Which files of which machine were taken, which are missing in between, and up to when a source was seen so."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from pipeline.domain.carried import Carried
from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis
from pipeline.ports import Record, Records

FILE, CARRIER = "carried_file", "carrier"
MOST_MISSING = 50
FRESH: Millis = 36 * 3_600_000
"""A file each working day keeps the coverage known; after a longer pause it is unknown."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """
    What is known of a crawling machine: the newest file that was taken, and up to when its sources were seen.

    `missing` are numbers of files that others follow and that never came.
    """

    machine: str
    number: int = 0
    until: Millis = 0
    taken_at: Millis = 0
    sources: tuple[str, ...] = ()
    missing: tuple[int, ...] = ()
    follows: Mapping[str, int] = field(default_factory=dict)


def is_taken(records: Records, says: Carried) -> bool:
    """Whether the file was taken; raises BadInput (CAR-104) where another one was, under the same number."""
    record = records.get(FILE, "", _key(says.machine, says.number))
    if record is None:
        return False
    if json.loads(record.value)["sha256"] != says.sha256:
        sentence = f"第 {says.number} 号文件已经收过，内容和这个不一样；一点也没有收"
        step = "采集机大概恢复过旧数据：在它上面 huiyin carry key --renew，再重新配对"
        raise BadInput(f"{sentence}。{step}", code="CAR-104")
    return True


def note_taken(records: Records, says: Carried, sources: Iterable[str], now: Millis) -> Carrier:
    """The file is known as taken; returns what is known of its machine then."""
    before = carrier_of(records, says.machine)
    follows = {**before.follows, str(says.number): says.follows}
    known = {int(number) for number in follows}
    missing = sorted({number for number in follows.values() if number and number not in known})
    after = Carrier(
        machine=says.machine,
        number=max(known),
        until=max(before.until, says.until),
        taken_at=now,
        sources=tuple(sorted({*before.sources, *sources})),
        missing=tuple(missing[-MOST_MISSING:]),
        follows={number: follows[number] for number in sorted(follows, key=int)[-10 * MOST_MISSING :]},
    )
    value = json.dumps(asdict(after), ensure_ascii=False, sort_keys=True)
    kept = json.dumps({"sha256": says.sha256, "posts": says.posts, "made_at": says.made_at}, sort_keys=True)
    records.put_many(
        [
            Record(FILE, "", _key(says.machine, says.number), 0, kept, now, "carry", ""),
            Record(CARRIER, "", says.machine, 0, value, now, "carry", ""),
        ]
    )
    return after


def carrier_of(records: Records, machine: str) -> Carrier:
    """Return what is known of a machine; an empty value where no file of it came yet."""
    record = records.get(CARRIER, "", machine)
    return _read(record) if record else Carrier(machine)


def carriers_taken(records: Records) -> Sequence[Carrier]:
    """Return every machine of which a file was taken."""
    return [_read(record) for record in records.list(CARRIER)]


def seen_until(records: Records, now: Millis) -> Mapping[str, Millis]:
    """
    Return each carried source with the moment up to which it was seen: until then its last round says how it fares.

    A machine whose newest file is older than a day and a half is left out: nobody has looked since.
    """
    fresh = [one for one in carriers_taken(records) if now - one.until <= FRESH]
    return {source: one.until for one in fresh for source in one.sources}


def _read(record: Record) -> Carrier:
    said = json.loads(record.value)
    return Carrier(**{**said, "sources": tuple(said["sources"]), "missing": tuple(said["missing"])})


def _key(machine: str, number: int) -> str:
    return f"{machine}/{number:08d}"
