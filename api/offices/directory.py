"""
The directory of offices out of a table that somebody hands in: which column is what, and what is wrong on which line.

The columns are found by their headings and can be chosen otherwise. An office that is known by its name is changed and
keeps its id; the others of the directory stay. A line with something wrong is left out and named.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.office import Contact, Fault, Office, OfficeKind, faults_of, office_table, office_tables
from pipeline.domain.service_line import ServiceLines
from pipeline.domain.unit_settings import Table

MOST_ROWS = 500
FIELDS: Mapping[str, tuple[str, ...]] = {
    "name": ("单位名称", "承办单位", "单位全称", "名称", "单位", "部门", "科室", "股室"),
    "kind": ("单位类别", "单位性质", "类别", "类型", "性质"),
    "lines": ("业务领域", "负责业务", "分管业务", "业务范围", "业务", "职责", "职能"),
    "places": ("辖区", "管辖区域", "所辖范围", "负责区域", "区域", "乡镇街道", "村社区"),
    "mail": ("单位邮箱", "公共邮箱", "公用邮箱", "邮箱", "电子邮箱", "邮件"),
    "liaison_post": ("联络员岗位", "联络岗位", "联络员", "经办岗位", "联系岗位", "A岗", "主岗"),
    "liaison_mail": ("联络员邮箱", "联络邮箱", "经办邮箱", "A岗邮箱"),
    "deputy_post": ("备用联络员岗位", "副联络员岗位", "备用联络员", "副联络员", "代办岗位", "B岗", "副岗"),
    "deputy_mail": ("备用联络员邮箱", "副联络员邮箱", "备用邮箱", "代办邮箱", "B岗邮箱"),
}
"""Field → the headings under which it is found, the likeliest first."""

_KINDS: Mapping[str, OfficeKind] = {
    **{kind.value: kind for kind in OfficeKind},
    **dict.fromkeys(("股", "科室", "内设机构", "内设股室", "机关股室"), OfficeKind.SECTION),
    **dict.fromkeys(("下属单位", "直属单位", "二级单位", "事业单位", "局属事业单位", "局属"), OfficeKind.SUBORDINATE),
    **dict.fromkeys(("乡镇", "街道", "乡镇街道", "乡镇(街道)", "镇", "乡", "镇街"), OfficeKind.TOWN),
    **dict.fromkeys(("外部单位", "县直单位", "县直部门", "其他单位", "协作单位", "部门"), OfficeKind.OUTSIDE),
}
_BETWEEN = re.compile(r"[\s、,，;；/|]+")
_DECORATION = re.compile(r"[\s()（）:：*＊【】\[\]]+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: its number as spreadsheet programs show it, and the cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong on a line, with the heading of its column; the line was left out."""

    number: int
    heading: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Merged:
    """
    The directory with the table worked in. `added`, `changed`, `same` are names of offices.

    `private` are cells that were not taken, though their lines were: they name a person where a post belongs.
    """

    offices: tuple[Office, ...]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    problems: tuple[Problem, ...]
    private: tuple[Problem, ...] = ()

    @property
    def table(self) -> Table:
        """Return the setting."""
        return office_tables(self.offices)


def columns_of(headings: Sequence[str]) -> dict[str, int]:
    """Return field → column, found by the headings; a field that has none is not in it."""
    plain = [_DECORATION.sub("", heading) for heading in headings]
    found: dict[str, int] = {}
    for exact in (True, False):
        for field, names in FIELDS.items():
            free = [column for column in range(len(plain)) if plain[column] and column not in found.values()]
            hits = [column for name in names for column in free if _fits(plain[column], name, exact=exact)]
            if field not in found and hits:
                found[field] = hits[0]
    return found


def _fits(heading: str, name: str, *, exact: bool) -> bool:
    if exact:
        return heading == name
    is_mail = "邮" in heading
    return name in heading and is_mail == ("邮" in name)


def merged(
    known: Sequence[Office],
    lines: Sequence[Line],
    columns: Mapping[str, int],
    headings: Sequence[str],
    business: ServiceLines,
) -> Merged:
    """Return the directory with every usable line of the table in it."""
    offices = {one.name: one for one in known}
    added: list[str] = []
    changed: list[str] = []
    same: list[str] = []
    problems: list[Problem] = []
    private: list[Problem] = []
    for line in lines:
        said = {field: _cell(line, column) for field, column in columns.items()}
        if not any(said.values()):
            continue
        before = offices.get(said.get("name", ""))
        is_again = said.get("name", "") in (*added, *changed, *same)
        office, faults = _office(said, before, columns, business)
        if people := [fault for fault in faults if fault.key in _POSTS and fault.what in _OF_PEOPLE]:
            private += [Problem(line.number, _heading(fault, columns, headings), fault) for fault in people]
            posts = {fault.key.replace(".", "_"): "" for fault in people}
            office, faults = _office({**said, **posts}, before, columns, business)
        if is_again:
            faults = [*faults, Fault("name", "twice", office.name)]
        problems += [Problem(line.number, _heading(fault, columns, headings), fault) for fault in faults]
        if faults:
            continue
        (added if before is None else same if office == before else changed).append(office.name)
        offices[office.name] = office
    return Merged(tuple(offices.values()), tuple(added), tuple(changed), tuple(same), tuple(problems), tuple(private))


_POSTS, _OF_PEOPLE = ("liaison.post", "deputy.post"), ("person", "trace")
"""A list of an office's people has their names where a post belongs: the cell falls, the line is good."""


def id_of_name(name: str) -> str:
    """Return the id of a new office: letters made of its name, since the log holds ASCII and no long numbers."""
    digest = hashlib.sha256(name.encode()).digest()
    return "dw-" + "".join(_LETTERS[byte % 26] for byte in digest[:8])


def _office(
    said: Mapping[str, str], before: Office | None, columns: Mapping[str, int], business: ServiceLines
) -> tuple[Office, list[Fault]]:
    """A field whose column the table does not have stays what it was."""
    was = before or Office(id_of_name(said.get("name", "")), said.get("name", ""))
    faults: list[Fault] = []
    kind, lines = was.kind, was.lines
    if said.get("kind"):
        kind = _KINDS.get(_DECORATION.sub("", said["kind"])) or _KINDS.get(said["kind"].strip())
        faults += [] if kind else [Fault("kind", "kind", said["kind"])]
    if "lines" in columns:
        named = {word: line_named(word, business) for word in words_in(said["lines"])}
        faults += [Fault("lines", "line", word) for word, line in named.items() if line is None]
        lines = tuple(dict.fromkeys(line for line in named.values() if line is not None))
    office = Office(
        id=was.id,
        name=said.get("name", ""),
        kind=kind,
        lines=lines,
        places=tuple(words_in(said["places"])) if "places" in columns else was.places,
        mail=said.get("mail", was.mail),
        liaison=Contact(said.get("liaison_post", was.liaison.post), said.get("liaison_mail", was.liaison.mail)),
        deputy=Contact(said.get("deputy_post", was.deputy.post), said.get("deputy_mail", was.deputy.mail)),
        absent_until=was.absent_until,
    )
    return office, [*faults, *faults_of({"name": "", **office_table(office)})]


def line_named(word: str, business: ServiceLines) -> str | None:
    """Return the id of the business line that people call so; None where there is none."""
    by_name = {name: one.id for one in business.lines for name in (one.name, one.id, business.name_of(one.id))}
    return by_name.get(word)


def words_in(cell: str) -> list[str]:
    """Return the words of a cell or box, each once, whatever stands between them."""
    return list(dict.fromkeys(word for word in _BETWEEN.split(cell) if word))


def _cell(line: Line, column: int) -> str:
    return line.cells[column].strip() if 0 <= column < len(line.cells) else ""


def _heading(fault: Fault, columns: Mapping[str, int], headings: Sequence[str]) -> str:
    field = fault.key.replace(".", "_")
    column = columns.get(field)
    return headings[column] if column is not None and column < len(headings) else ""


def unknown_places(offices: Sequence[Office], places: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (office, place) of each place that the unit does not list: allowed, but seldom meant."""
    known = set(places)
    for office in offices if known else ():
        yield from ((office.name, place) for place in office.places if place not in known)
