"""One row of a list as a letter, or what is wrong with it: nothing is guessed and nothing of people is read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.sheets import CellMoment, SheetRow, read_moment
from pipeline.domain.masking import MASK
from pipeline.domain.name_rule import reads_as_name
from pipeline.domain.post import Kind, Millis, Origin, RawPost, Visibility
from pipeline.domain.sheet import LONGEST_TEXT
from pipeline.domain.stated import Stated

from .columns import is_about_people
from .mapping import Columns

LONGEST_REF = 80
LONGEST_NAMES = 200
_BETWEEN_NAMES = re.compile(r"[\s,，、;；/|()（）]+")
_PERSONAL_REF = re.compile(r"1[3-9]\d{9}|[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]")
_NOT_YET = re.compile(r"^[未待没否不无×✗]|[未待没][回答办处结反]|(?:办理|处理|承办|流转)中")
_ANSWERED = re.compile(r"[回答]复|反馈")
_DONE = re.compile(r"办结|办毕|完成|完结|结案|归档|已办")
_SUM = re.compile(r"[合总小共]\s*计[\s\d件条封人次:：()（）]*")
"""How the row begins in which a list adds itself up."""
_YES = re.compile(r"是|已|有|√|✓|[Yy](?:es)?")
_MEANS = (
    ("visit", re.compile(r"上门|走访|入户")),
    ("in_person", re.compile(r"当面|面谈|当场|现场|面复")),
    ("phone", re.compile(r"电话|来电|电复|致电|手机")),
    ("letter", re.compile(r"书面|信函|来函|邮寄|纸质")),
    ("message", re.compile(r"短信|微信")),
    ("online", re.compile(r"网|平台|邮件|线上|系统")),
)
SOURCES: Mapping[Origin, str] = {Origin.HOTLINE: "hotline", Origin.LETTER: "letters"}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was not taken, or not wholly: a code (`words` explain it), and the row or field that it is about."""

    number: int
    code: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """
    One row. `is_done`, `done_at`, `answered_at` (None: not answered), `how` and `answer` are what the list says became
    of it.
    """

    number: int
    ref: str
    raw: RawPost
    is_done: bool
    done_at: Millis | None
    answered_at: Millis | None
    how: str
    answer: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows of one list become letters of a unit; `headings` say what a status column answers."""

    unit: str
    columns: Columns
    headings: tuple[str, ...]
    now: Millis

    @property
    def source(self) -> str:
        """The source under which the unit's letters of this origin are kept, whichever list they came in."""
        return source_of(self.columns.origin, self.unit)

    def letter(self, row: SheetRow) -> Letter | RowProblem:
        """Return the row as a letter, or the first thing that is wrong with it."""
        fault = next((one for one in row.faults if one.column in self.columns.by_field.values()), None)
        if fault is not None:
            return RowProblem(row.number, fault.code, self._field_at(fault.column))
        if _SUM.fullmatch(next(filter(None, map(str.strip, row.cells)), "")):
            return RowProblem(row.number, "LTR-209", "content")
        people = names_in(row.cells, self.headings)
        said = {
            field: without_names(row.cells[column].strip(), people) for field, column in self.columns.by_field.items()
        }
        wrong = _problem_of(row.number, said, self.columns)
        if wrong is not None:
            return wrong
        moments: dict[str, CellMoment] = {}
        for field in ("received_at", "due_at", "done_at", "answered_at"):
            if text := said.get(field, ""):
                moment = read_moment(text)
                if moment is None:
                    return RowProblem(row.number, "LTR-203", field)
                moments[field] = moment
        return self._made(row.number, said, moments)

    def _made(self, number: int, said: Mapping[str, str], moments: Mapping[str, CellMoment]) -> Letter | RowProblem:
        received, due, done = (moments.get(field) for field in ("received_at", "due_at", "done_at"))
        is_done, is_answered = self._ended(said, has_done=done is not None)
        answered = moments.get("answered_at") or (done if is_answered else None)
        answered_at = _end_of(answered) if answered else self.now if is_answered else None
        if answered_at is not None and (answered_at > self.now + 86_400_000 or _before(answered, received)):
            return RowProblem(number, "LTR-206", "answered_at")
        ref, how = said.get("ref", ""), _means_of(said.get("how", ""))
        answered_at = None if answered_at is None else min(answered_at, self.now)
        ends = {"answered_at": answered_at, "done_at": None if done is None else min(_end_of(done), self.now)}
        stated = Stated(
            imported="yes",
            to_unit=self.unit,
            line=said.get("category", ""),
            how=how if answered_at is not None else "",
            answer=said.get("answer", ""),
            **{name: "" if at is None else str(at) for name, at in ends.items()},
        )
        raw = RawPost(
            source=self.source,
            text=_text_of(said),
            title=said.get("title", ""),
            native_id=ref or None,
            ref=ref or None,
            origin=self.columns.origin,
            visibility=Visibility.INTERNAL,
            kind=Kind.LETTER,
            published_at=received.at if received else None,
            due_at=due.ends_at if due else None,
            stated=stated,
        )
        return Letter(number, ref, raw, is_done, ends["done_at"], answered_at, how, said.get("answer", ""))

    def _ended(self, said: Mapping[str, str], *, has_done: bool) -> tuple[bool, bool]:
        """Return whether the list says that the letter is done, and that it is answered."""
        status = said.get("status", "")
        if status and not _NOT_YET.search(status):
            asks = self.headings[self.columns.by_field["status"]]
            is_yes = bool(_YES.fullmatch(status))
            answered = bool(_ANSWERED.search(status)) or (is_yes and bool(_ANSWERED.search(asks)))
            done = answered or bool(_DONE.search(status)) or (is_yes and "结" in asks)
        else:
            answered = done = False
        done = done or has_done
        answered = answered or bool(said.get("answered_at")) or (done and self.columns.done_is_answered)
        return done or answered, answered

    def _field_at(self, column: int) -> str:
        return next(field for field, one in self.columns.by_field.items() if one == column)


def names_in(cells: Sequence[str], headings: Sequence[str]) -> frozenset[str]:
    """Return the names in a row's columns about people: where its words repeat them, they are masked."""
    about = (cell for cell, heading in zip(cells, headings, strict=True) if is_about_people(heading))
    parts = (part for cell in about for part in _BETWEEN_NAMES.split(cell[:LONGEST_NAMES]))
    return frozenset(part for part in parts if len(part) > 1 and ("·" in part or reads_as_name(part, frozenset())))


def without_names(text: str, people: frozenset[str]) -> str:
    """Return the text with these names masked, one mark for each character, as the door masks."""
    for name in people:
        text = text.replace(name, MASK * len(name))
    return text


def source_of(origin: Origin, unit: str) -> str:
    """Return the source under which a unit's letters of an origin are kept."""
    return f"{SOURCES[origin]}:{unit}"


def _problem_of(number: int, said: Mapping[str, str], columns: Columns) -> RowProblem | None:
    """Return what is wrong with number and words of a row, None where nothing is."""
    ref = said.get("ref", "")
    if not said.get("content") and not said.get("title"):
        return RowProblem(number, "LTR-202", "content")
    if "ref" in columns.by_field and not ref:
        return RowProblem(number, "LTR-201", "ref")
    if ref and (not re.search(r"\d", ref) or _PERSONAL_REF.fullmatch(ref) or len(ref) > LONGEST_REF):
        return RowProblem(number, "LTR-204", "ref")
    if sum(map(len, said.values())) > LONGEST_TEXT:
        return RowProblem(number, "LTR-205", "content")
    return None


def _text_of(said: Mapping[str, str]) -> str:
    lines = [said.get("content", "")]
    place = said.get("place", "")
    lines += [f"地点：{place}"] if place and place not in lines[0] else []
    return "\n".join(line for line in lines if line)


def _means_of(said: str) -> str:
    return next((code for code, pattern in _MEANS if pattern.search(said)), "")


def _end_of(moment: CellMoment) -> Millis:
    """Return the moment of something that happened: of a day alone its end, lest it come before what it answers."""
    return moment.ends_at


def _before(answered: CellMoment | None, received: CellMoment | None) -> bool:
    return answered is not None and received is not None and answered.ends_at < received.at
