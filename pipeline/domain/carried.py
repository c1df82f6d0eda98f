"""
A file of posts that another machine crawled, as text: what it says of itself, its signature, then a line per thing.

    {"format":"huiyin-carried/1","machine":"9f2c…","number":7,"follows":6,"made_at":…,"sha256":…,…}
    <signature of the line above>
    {"post":{…}}
    {"record":{"kind":"fetch","key":…,"value":…,"at":…,"reason":…}}

`number` counts the files of one machine; `follows` is the number of the file before, so that one that is missing in
between is told. Posts are masked already; poster tokens travel in them and nowhere else.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from .errors import BadInput
from .post import Millis

FORMAT = "huiyin-carried/1"
MOST_BYTES = 256 * 1024 * 1024
MOST_POSTS = 50_000
"""No file holds more; what is left goes into the next."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a file says of itself. `since` and `until` bound the time of which it tells."""

    machine: str
    number: int
    follows: int
    made_at: Millis
    since: Millis
    until: Millis
    posts: int
    records: int
    sha256: str
    format: str = FORMAT


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """A file taken apart; nothing of it is believed yet."""

    says: Carried
    signed: bytes
    signature: str
    body: bytes


def file_of(says: Carried, signature: str, body: bytes) -> bytes:
    """Return the bytes of a file."""
    return b"\n".join((head_of(says), signature.encode(), body))


def head_of(says: Carried) -> bytes:
    """Return the line that is signed: canonical, so that the same file has the same bytes."""
    return json.dumps(asdict(says), sort_keys=True, separators=(",", ":")).encode()


def body_of(lines: Sequence[str]) -> bytes:
    """Return the lines as they stand in the file."""
    return "".join(f"{line}\n" for line in lines).encode()


def hash_of(body: bytes) -> str:
    """Return the SHA-256 that the head names."""
    return hashlib.sha256(body).hexdigest()


def take_apart(data: bytes) -> CarriedFile:
    """Return the parts of a file; raise BadInput (CAR-101) where it is none, or of a newer form."""
    head, _, rest = data.partition(b"\n")
    signature, _, body = rest.partition(b"\n")
    try:
        said = json.loads(head)
        if not isinstance(said, dict) or set(said) != {field.name for field in fields(Carried)}:
            raise BadInput(_NO_FILE, code="CAR-101")
        if any(type(value) is not (str if name in _TEXTS else int) for name, value in said.items()):
            raise BadInput(_NO_FILE, code="CAR-101")
        says = Carried(**said)
        text = signature.decode("ascii")
    except ValueError:
        raise BadInput(_NO_FILE, code="CAR-101") from None
    if says.format != FORMAT:
        sentence = f"这个文件的格式是 {says.format[:40]}，本机只认识 {FORMAT}；请把两台机器的回音升到同一个版本"
        raise BadInput(sentence, code="CAR-101")
    return CarriedFile(says, head, text, body)


_TEXTS = ("machine", "sha256", "format")
_NO_FILE = "这不是采集机做的文件；请选 huiyin crawl --to 写出的那个文件"
