"""
Bytes on a topic: JSON with a header `schema` that names kind and version, such as `post/1`.

A version is never guessed: an older one passes through its upcasters, a newer one and what is no record of ours are
problems with a sentence, which the worker buries. `tests/golden/records/` keeps one record of each version released.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pipeline.domain.errors import BadInput

from .settings import LARGEST_RECORD

Headers: TypeAlias = Sequence[tuple[str, bytes]]
Said: TypeAlias = dict[str, Any]
Upcasters: TypeAlias = Mapping[tuple[str, int], Callable[[Said], Said]]

SCHEMA = "schema"
POST, FOUND, LETTER = "post", "found", "letter"
VERSIONS: Mapping[str, int] = {POST: 1, FOUND: 1, LETTER: 1}
"""The version that is written of each kind, and the newest that is read."""

UPCASTERS: Upcasters = {}
"""(kind, version) → what makes the next version's JSON of it; an entry for every version that was ever released."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record for a topic; records of one key keep their order."""

    topic: str
    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...]

    @property
    def size(self) -> int:
        """Return about how many bytes it takes, on the way and in memory."""
        return 100 + 4 * len(self.key) + len(self.value) + sum(len(name) + len(value) for name, value in self.headers)


@dataclass(frozen=True, slots=True)
class Raw:
    """One record as it was read."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


def outgoing(topic: str, kind: str, key: str, text: str, *headers: tuple[str, bytes]) -> Outgoing:
    """Return the record that holds the JSON text; raise BadInput where it is no Unicode or too large."""
    try:
        value = text.encode()
        key.encode()
    except UnicodeEncodeError:
        sentence = f"a {kind} holds half a character (a lone surrogate); intake must mend it; nothing was published"
        raise BadInput(sentence, code="INP-111") from None
    record = Outgoing(topic, key, value, ((SCHEMA, f"{kind}/{VERSIONS[kind]}".encode()), *headers))
    if record.size > LARGEST_RECORD:
        sentence = (
            f"a {kind} of {record.size} bytes is too large for {topic}, which takes {LARGEST_RECORD}; "
            "nothing was published"
        )
        raise BadInput(sentence, code="BUS-305")
    return record


def text_of(raw: Raw, kind: str, upcasters: Upcasters = UPCASTERS) -> str | bytes:
    """Return the JSON of the newest version that the record holds; raise BadInput where it is none of this kind."""
    version = _version(raw, kind)
    if version > VERSIONS[kind]:
        sentence = (
            f"the record at offset {raw.offset} is {kind}/{version}, newer than {kind}/{VERSIONS[kind]} that this "
            "Huiyin reads; update Huiyin on this machine and publish it again"
        )
        raise BadInput(sentence, code="BUS-308")
    if raw.value is None:
        raise _foreign(raw, "is empty")
    return raw.value if version == VERSIONS[kind] else _upcast(raw, kind, version, upcasters)


def _upcast(raw: Raw, kind: str, version: int, upcasters: Upcasters) -> str:
    try:
        said = json.loads(raw.value or b"")
    except ValueError:
        raise _foreign(raw, "holds no JSON") from None
    for older in range(version, VERSIONS[kind]):
        said = upcasters[kind, older](said)
    return json.dumps(said, ensure_ascii=False)


def _version(raw: Raw, kind: str) -> int:
    """Return the version that the header names; what names no version of this kind is foreign."""
    schema = dict(raw.headers).get(SCHEMA, b"").decode("ascii", "replace")
    name, _, version = schema.partition("/")
    if name != kind or not version.isdecimal() or not version.isascii() or not 1 <= int(version) < 1_000:
        raise _foreign(raw, f"names no {kind} in its header `{SCHEMA}`")
    return int(version)


def _foreign(raw: Raw, why: str) -> BadInput:
    """Name the thing and where it is, and nothing of its content."""
    sentence = (
        f"the record at offset {raw.offset} {why}: somebody else writes to this topic; "
        "give Huiyin a [kafka] prefix of its own, or find who writes there"
    )
    return BadInput(sentence, code="BUS-307")
