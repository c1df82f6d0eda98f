"""
Files that people attach: at most 10 MB, of a fixed list of types, known by the hash of their content. Pure.

What stands inside a file cannot be masked, so plain text is refused: typed into the field it is masked. A name of a
file often is a person's name; it is masked as if each word of it stood behind a cue.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .bad_order import Problem
from .intake import masked_text

LARGEST = 10_000_000
"""Bytes (MECHANICS §4)."""
MOST = 10
"""Files of one order."""
LONGEST_NAME = 60
_OFFICE_XML = "application/vnd.openxmlformats-officedocument"

TYPES: Mapping[str, tuple[str, bytes]] = {
    "image/jpeg": ("jpg", b"\xff\xd8\xff"),
    "image/png": ("png", b"\x89PNG\r\n\x1a\n"),
    "image/webp": ("webp", b"RIFF"),
    "application/pdf": ("pdf", b"%PDF-"),
    "application/ofd": ("ofd", b"PK\x03\x04"),
    "application/msword": ("doc", b"\xd0\xcf\x11\xe0"),
    "application/vnd.ms-excel": ("xls", b"\xd0\xcf\x11\xe0"),
    f"{_OFFICE_XML}.wordprocessingml.document": ("docx", b"PK\x03\x04"),
    f"{_OFFICE_XML}.spreadsheetml.sheet": ("xlsx", b"PK\x03\x04"),
}
"""Type → the ending of its name, and the bytes with which such a file begins."""

_CUE = "姓名："
_HAN = re.compile(r"[\u3400-\u9fff]{2,}")
_NOT_A_NAME = re.compile(r"[\x00-\x1f\x7f<>:\"|?*]+")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as it was given: its name, the type that was said, its bytes."""

    name: str
    type: str
    data: bytes


def problem_of(file: Attached, number: int) -> Problem | None:
    """Return what is wrong with the file, the first being number 1; None where it can be kept."""
    where, kind = f"attachment {number}", plain_type(file.type)
    allowed = tuple(TYPES)
    if not file.data:
        return Problem(where, "the file is empty; choose it again")
    if len(file.data) > LARGEST:
        return Problem(where, f"{len(file.data)} bytes are too many; a file has at most {LARGEST} bytes (10 MB)")
    if kind == "text/plain":
        return Problem(where, "plain text is not attached but pasted into the text, where it is masked", allowed)
    if kind not in TYPES:
        endings = ", ".join(ending for ending, _ in TYPES.values())
        return Problem(where, f"a file of type {kind or 'unknown'} is not kept; these are: {endings}", allowed)
    if not _begins_right(file.data, kind):
        return Problem(where, f"its bytes are not those of a file of type {kind}; save it again as that type")
    return None


def masked_name(file: Attached, keep: frozenset[str]) -> str:
    """Return the name under which the file is kept: masked, without folders, with the ending of its type."""
    stem = re.split(r"[/\\]", file.name)[-1]
    stem = stem.rsplit(".", 1)[0] if "." in stem.lstrip(".") else stem
    stem = masked_text(_NOT_A_NAME.sub(" ", stem).strip(" .")[:LONGEST_NAME], keep)
    stem = _HAN.sub(lambda run: masked_text(_CUE + run[0], keep)[len(_CUE) :], stem)
    return f"{stem or '附件'}.{TYPES[plain_type(file.type)][0]}"


def type_of_name(name: str) -> str:
    """Return the type of a kept file, which its name's ending tells; "" where it is none of the list."""
    ending = name.rsplit(".", 1)[-1]
    return next((kind for kind, (own, _) in TYPES.items() if own == ending), "")


def plain_type(said: str) -> str:
    """Return a media type without parameters, in small letters."""
    return said.split(";", 1)[0].strip().lower()


def _begins_right(data: bytes, kind: str) -> bool:
    return data.startswith(TYPES[kind][1]) and (kind != "image/webp" or data[8:12] == b"WEBP")
