"""What a file really is, by its first bytes: names lie, above all that of a web page called .xls."""

import re
from enum import Enum

from pipeline.domain.errors import BadInput

from .sheet import MOST_BYTES

_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MARKUP = re.compile(rb"^\s*<(?:!doctype|html|head|body|meta|table|style|div|\?xml|!--)", re.IGNORECASE)
_HEAD = 1_024
SAVE_AS = "open it in WPS or Excel and save it as .xlsx, then hand that in"


class Kind(Enum):
    """The two kinds that can be read."""

    WORKBOOK = "workbook"
    TEXT = "text"


def kind_of(data: bytes, name: str) -> Kind:
    """Return how the file must be read; raise BadInput (SHT-101, 105 to 108, 111) where it cannot be."""
    if len(data) > MOST_BYTES:
        sentence = f"{name}: larger than {MOST_BYTES // 1_048_576} MB; divide it into several files"
        raise BadInput(sentence, code="SHT-101")
    if not data.strip():
        raise BadInput(f"{name}: there is nothing in it; choose the file that holds the table", code="SHT-109")
    if data.startswith(_ZIP):
        return Kind.WORKBOOK
    if data.startswith(_OLE):
        raise _old_or_locked(data, name)
    if data.startswith(_PDF):
        raise BadInput(f"{name}: this is a PDF and no table; {SAVE_AS}", code="SHT-111")
    if _MARKUP.match(_plain_head(data)):
        raise BadInput(f"{name}: this is a web page under the name of a table; {SAVE_AS}", code="SHT-107")
    return Kind.TEXT


def _old_or_locked(data: bytes, name: str) -> BadInput:
    if _ENCRYPTED in data:
        sentence = f"{name}: it is locked by a password; open it, remove the password, save it as .xlsx"
        return BadInput(sentence, code="SHT-105")
    return BadInput(f"{name}: this is the old form (.xls, .et); {SAVE_AS}", code="SHT-106")


def _plain_head(data: bytes) -> bytes:
    """Return the beginning without what encodings put around ASCII."""
    return data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe").replace(b"\x00", b"")
