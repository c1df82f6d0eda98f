"""
Names of places out of what somebody copied from a spreadsheet: 乡镇(街道) and 村(社区), in one column or in several.

Quotes, tabs, blanks, numbering, headings, repeats and the office behind a place's name (人民政府, 村民委员会) are
cleaned away; what was left out is said, with its reason. Columns of names, telephones or counts beside the places are
never taken: where a column holds mostly places, the others of that paste are not asked.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_TEXT = 400_000
MOST_PLACES = 5_000
LONGEST = 30
_KINDS = (
    "镇|乡|街道|苏木|嘎查|村|社区|居委会|农场|林场|牧场|渔场|开发区|工业区|产业园|园区|新区|管理区|居民区|小区|屯|寨"
)
_PLACE = re.compile(rf"[^\W\d_].*(?:{_KINDS})", re.DOTALL)
_NUMBERED = re.compile(
    r"^(?:[（(]?(?:\d{1,4}|[一二三四五六七八九十百]{1,4})[)）.、．:：]|第?\d{1,4}(?=\s)|\d{1,4}(?=[^\W\d_]{3})|[①-⑳⑴-⒇])\s*"
)
_OFFICE = re.compile(
    r"(?:人民)?政府$|党委$|办事处$|(?<=村)(?:村?民委员会|村委会|委会|村委|委)$|(?<=社区)(?:居民委员会|居委会|居委|委会)$"
)
_HEADINGS = frozenset(
    [
        "序号",
        "编号",
        "名称",
        "乡镇",
        "镇",
        "乡",
        "街道",
        "乡镇街道",
        "镇街",
        "乡镇(街道)",
        "镇(街道)",
        "乡镇/街道",
        "村",
        "社区",
        "村社区",
        "村(社区)",
        "村/社区",
        "行政村",
        "自然村",
        "村名",
        "村庄",
        "社区名称",
        "乡镇名称",
        "街道名称",
        "村名称",
        "地名",
        "辖区",
        "区划",
        "行政区划",
        "区划名称",
        "单位",
        "单位名称",
        "所属乡镇",
        "所属街道",
        "所属镇",
        "所属",
        "备注",
        "代码",
        "区划代码",
        "联系人",
        "电话",
        "联系电话",
        "负责人",
        "书记",
        "主任",
        "面积",
        "人口",
        "户数",
        "类型",
        "类别",
    ]
)
_SUMS = re.compile(r"合计|总计|小计|一览表|统计表|名单|名录|花名册|填报|^\d+\s*个")
_WITHIN = re.compile(r"[、，,;；]")
_SHAPES = str.maketrans({"（": "(", "）": ")", "／": "/", "\u3000": " "})


class Why(StrEnum):
    """Why something was left out."""

    HEADING = "heading"
    REPEAT = "repeat"
    NUMBER = "number"
    COLUMN = "column"
    LONG = "long"
    SUM = "sum"
    MANY = "many"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that was pasted and is not taken; `text` is "" where it may be a person's name or number."""

    row: int
    text: str
    why: Why


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was found: the names in order, those of them that end in no word for a place, and what was left out."""

    taken: Sequence[str]
    doubtful: Sequence[str]
    left_out: Sequence[LeftOut]


@dataclass(frozen=True, slots=True)
class _Cell:
    row: int
    column: int
    text: str


def read_pasted(text: str, county: str = "") -> Pasted:
    """Return the places of a paste; a county's name before a place is taken off, and so is its town's."""
    cells = [cell for cell in _cells(text[:MOST_TEXT]) if cell.text]
    columns = _columns_of_places(cells)
    taken: dict[str, bool] = {}
    left: list[LeftOut] = []
    sums = {cell.row for cell in cells if _SUMS.search(cell.text)}
    for cell in cells:
        if cell.row in sums:
            left.append(LeftOut(cell.row, cell.text[:LONGEST] if _SUMS.search(cell.text) else "", Why.SUM))
            continue
        if cell.column not in columns:
            left.append(_aside(cell))
            continue
        for part in _WITHIN.split(_NUMBERED.sub("", cell.text)):
            _take(_Cell(cell.row, cell.column, part), county, taken, left)
    names = _without_towns(taken)
    return Pasted(names, tuple(name for name in names if not _PLACE.fullmatch(name)), tuple(left))


def _cells(text: str) -> Iterator[_Cell]:
    """Yield the cells of rows that end at line ends and are parted by tabs, as a spreadsheet copies them."""
    for number, row in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        for column, cell in enumerate(row.split("\t")):
            yield _Cell(number, column, _clean(cell))


def _clean(cell: str) -> str:
    """Return the cell without quotes, invisible marks and blanks; marks of full width become usual ones."""
    seen = "".join(mark for mark in cell if unicodedata.category(mark) not in ("Cf", "Cc") or mark == "\t")
    return seen.translate(_SHAPES).strip(" \"'“”‘’\t\u00a0")


def _columns_of_places(cells: Sequence[_Cell]) -> frozenset[int]:
    """Return the columns to read: where some hold places by their ending, only those; of a single one, itself."""
    every = {cell.column for cell in cells}
    if len(every) < 2:
        return frozenset(every)
    named = {
        column: [cell for cell in cells if cell.column == column and not _is_heading(cell.text)] for column in every
    }
    good = {
        column
        for column, own in named.items()
        if own and sum(bool(_PLACE.fullmatch(_bare_name(cell.text))) for cell in own) * 2 > len(own)
    }
    return frozenset(good)


def _aside(cell: _Cell) -> LeftOut:
    """What stands beside the places may be a name or a telephone: it is counted, and never shown again."""
    if _is_heading(cell.text):
        return LeftOut(cell.row, cell.text, Why.HEADING)
    return LeftOut(cell.row, "", Why.COLUMN)


def _take(cell: _Cell, county: str, taken: dict[str, bool], left: list[LeftOut]) -> None:
    name = _bare_name(cell.text)
    if county and name.startswith(county) and len(name) > len(county) + 1:
        name = name.removeprefix(county)
    why = _why_not(cell.text, name, taken)
    if why is None:
        taken[name] = True
    elif cell.text.strip():
        left.append(LeftOut(cell.row, "" if why is Why.NUMBER else cell.text[:LONGEST], why))


def _bare_name(text: str) -> str:
    """Return the place alone: without its number in a list, without blanks, without the office that bears its name."""
    name = _NUMBERED.sub("", text.strip()).replace(" ", "").strip(" \"'“”‘’")
    name = _OFFICE.sub("", name)
    return name.rstrip("*＊#")


def _why_not(text: str, name: str, taken: dict[str, bool]) -> Why | None:
    if _is_heading(text):
        return Why.HEADING
    if len(name) < 2 or not any(mark.isalpha() for mark in name) or sum(mark.isdigit() for mark in name) > 4:
        return Why.NUMBER
    if len(name) > LONGEST:
        return Why.LONG
    if name in taken:
        return Why.REPEAT
    return Why.MANY if len(taken) >= MOST_PLACES else None


def _is_heading(text: str) -> bool:
    return text.replace(" ", "") in _HEADINGS


def _without_towns(taken: dict[str, bool]) -> tuple[str, ...]:
    """Return the names, a village without the town before it where that town was pasted too: 柳湾镇石桥村 is 石桥村."""
    towns = sorted((name for name in taken if re.search(r"(?:镇|乡|街道|苏木)$", name)), key=len, reverse=True)
    found: dict[str, bool] = {}
    for name in taken:
        town = next((one for one in towns if name != one and name.startswith(one)), "")
        rest = name.removeprefix(town)
        found[rest if len(rest) > 1 else name] = True
    return tuple(found)
