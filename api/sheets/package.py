"""The archive that an .xlsx file is: looked at before it is unpacked, so that a bomb stays a small file."""

import io
import zipfile
from collections.abc import Mapping

from defusedxml.ElementTree import ParseError, fromstring

from pipeline.domain.errors import BadInput

from .kind import SAVE_AS

MOST_UNPACKED = 256 * 1024 * 1024
MOST_OF_A_PART = 64 * 1024 * 1024
"""Of every part but the sheets, which are read as a stream."""
MOST_PARTS = 2_000
MOST_RATIO = 200
RATIO_COUNTS_FROM = 20 * 1024 * 1024
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"


def open_package(data: bytes, name: str) -> zipfile.ZipFile:
    """Return the archive; raise BadInput (SHT-102, 105, 108, 111) where it is a bomb, locked, damaged or another."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as cause:
        raise damaged(name) from cause
    parts = package.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise BadInput(f"{name}: it is locked by a password; save it without one, as .xlsx", code="SHT-105")
    _refuse_bomb(parts, len(data), name)
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise BadInput(f"{name}: this is no .xlsx workbook but another kind of file; {SAVE_AS}", code="SHT-111")
    return package


def sheet_parts(package: zipfile.ZipFile, name: str) -> Mapping[str, str]:
    """Return the name of each sheet → its part of the archive, in the order of the file."""
    try:
        book = fromstring(package.read("xl/workbook.xml"))
        relations = fromstring(package.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ParseError, ValueError, zipfile.BadZipFile) as cause:
        raise damaged(name) from cause
    targets = {one.get("Id"): str(one.get("Target")) for one in relations}
    found = {}
    for sheet in (*book.iter(f"{_MAIN}sheet"), *book.iter(f"{_STRICT}sheet")):
        target = targets.get(sheet.get(_REL), "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        if part in package.NameToInfo and "chartsheets" not in part:
            found[str(sheet.get("name"))] = part
    return found


def damaged(name: str) -> BadInput:
    """Return the refusal of a file that is cut off or was changed."""
    return BadInput(f"{name}: the file is damaged or not complete; {SAVE_AS}", code="SHT-108")


def _refuse_bomb(parts: list[zipfile.ZipInfo], packed: int, name: str) -> None:
    """The archive's own figures are believed: what a part holds beyond its stated size is never read."""
    unpacked = sum(part.file_size for part in parts)
    is_bomb = len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED
    is_bomb = is_bomb or any(
        part.file_size > MOST_OF_A_PART for part in parts if not part.filename.startswith("xl/worksheets/")
    )
    if is_bomb or (unpacked > RATIO_COUNTS_FROM and unpacked > MOST_RATIO * packed):
        sentence = f"{name}: it would unpack to far more than a table holds; it was not opened"
        raise BadInput(f"{sentence}; copy the cells into a new workbook", code="SHT-102")
