"""
Which characters a page's bytes mean: what decodes without damage wins over what is declared.

Chinese pages say gb2312 and are GB18030, their servers say utf-8 or latin-1 and are wrong, or nothing is said at all
(crawl.md §1b). GB18030 holds every byte pair of GB2312 and GBK, so it is read in place of both.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([a-zA-Z0-9_.:-]{2,40})|encoding\s*=\s*["']([a-zA-Z0-9_.:-]{2,40})""")
_HEAD_BYTES = 4_096
_SAMPLE = 20_000
_COMMON = frozenset(
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能"
    "好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长民间理"
    "這個來說們為時後過對裡麼沒還發當無開見經頭動兩長與問請嗎您問題"
)
"""Common characters in both scripts: a text read with the wrong table holds almost none of them."""

_SAME_FAMILY = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}
_SAYS_NOTHING = frozenset({"ascii", "us-ascii", "iso8859-1", "latin-1", "cp1252", "windows-1252"})
"""What servers send by default; bytes above 127 in a Chinese page are never these."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """The bytes read with one table."""

    text: str
    damage: int
    is_declared: bool

    @property
    def rank(self) -> tuple[int, float]:
        """Less damage first, then more common characters; what is declared is believed a little more."""
        hanzi = [c for c in self.text[:_SAMPLE] if "\u4e00" <= c <= "\u9fff"]
        share = sum(c in _COMMON for c in hanzi) / len(hanzi) if hanzi else 0.0
        return (self.damage, -share - (0.1 if self.is_declared else 0.0))


def decode_page(body: bytes, content_type: str = "") -> str:
    """Return the text of a page's bytes; what no table can read is U+FFFD. Nothing is raised."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    if (text := _as_utf8(body)) is not None:
        return text
    declared = list(dict.fromkeys(_declared(body, content_type)))
    readings = [_read(body, name, is_declared=True) for name in declared]
    readings += [_read(body, name) for name in ("gb18030", "big5hkscs", "utf-8") if name not in declared]
    return min(readings, key=lambda reading: reading.rank).text


def _as_utf8(body: bytes) -> str | None:
    """Return the text where the bytes are UTF-8, also where the last character was cut; None where they are not."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as cause:
        if len(body) - cause.start < 4:
            return body[: cause.start].decode("utf-8") if cause.start else None
    return None


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    """Yield the tables that the page and its header name, as Python calls them, the page's own word first."""
    names = [(match[1] or match[2]).decode("ascii") for match in _DECLARED.finditer(body[:_HEAD_BYTES])]
    names += [
        match[1].decode("ascii") for match in _DECLARED.finditer(content_type.encode("ascii", "ignore")) if match[1]
    ]
    for name in names:
        table = _SAME_FAMILY.get(name.lower(), name.lower())
        try:
            table = codecs.lookup(table).name
        except LookupError:
            continue
        if table not in _SAYS_NOTHING and _is_of_text(table):
            yield _SAME_FAMILY.get(table, table)


def _is_of_text(table: str) -> bool:
    try:
        return isinstance(b"a".decode(table), str)
    except (LookupError, UnicodeError, TypeError):
        return False


def _read(body: bytes, table: str, *, is_declared: bool = False) -> _Reading:
    text = body.decode(table, "replace")
    private = sum("\ue000" <= c <= "\uf8ff" for c in text[:_SAMPLE])
    return _Reading(text, text.count("\ufffd") + private, is_declared)
