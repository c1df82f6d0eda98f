"""
Handling offices 承办单位 as a setting: what kind each is, what it works on, and to which posts 岗位 mail about it goes.

    [[office]]
    id = "jiuzhu"                   # stands in the log
    name = "社会救助股"
    kind = "股室"                   # 股室, 局属单位, 乡镇（街道）, 外单位
    lines = ["社会救助"]            # ids of business lines, at either level
    places = ["青石镇"]
    mail = "jiuzhu@your-unit.example"
    liaison = { post = "救助股内勤", mail = "neiqin@your-unit.example" }
    deputy = { post = "救助股经办", mail = "jingban@your-unit.example" }
    absent_until = "2026-11-30"     # the liaison is absent up to this day, which counts

People are named by their post and never by their name (DESIGN §1.1). An office has no login.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import cast

from .lexicon import OFFICES, SURNAMES
from .masking import mask
from .name_rule import reads_as_name
from .post import Millis
from .unit_settings import ID, Table, refuse_problems, strings, unknown_settings
from .working_calendar import DAY

LONGEST_NAME = 40
MOST_OFFICES = 500
_KEYS = ("id", "name", "kind", "lines", "places", "mail", "liaison", "deputy", "absent_until")
_CONTACT_KEYS = ("post", "mail")
_MAIL = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_DUTIES = frozenset({"党务", "党建", "文秘", "文印"})
"""Words for work that are made like names."""
_TITLE = re.compile(rf"^{OFFICES}|{OFFICES}$")
_BETWEEN = re.compile(r"[\s（）()、，,/·:：;；-]+")


class OfficeKind(StrEnum):
    """What an office is to the unit."""

    SECTION = "股室"
    SUBORDINATE = "局属单位"
    TOWN = "乡镇（街道）"
    OUTSIDE = "外单位"


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is written to: a post 岗位 such as "救助股内勤", never a person's name, and its mailbox; "" where none is."""

    post: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """
    A handling office: its id stands in assignments, the name is what the screen shows.

    `mail` is the office's own mailbox. The liaison is absent up to the day `absent_until` ("" not at all).
    """

    id: str
    name: str
    kind: OfficeKind | None = None
    lines: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    mail: str = ""
    liaison: Contact = field(default=Contact())
    deputy: Contact = field(default=Contact())
    absent_until: str = ""

    def is_liaison_absent(self, today: str) -> bool:
        """Whether the liaison is absent on the day (2026-11-24)."""
        return today <= self.absent_until


class Box(StrEnum):
    """Whose mailbox of an office is written to."""

    LIAISON = "liaison"
    DEPUTY = "deputy"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Reach:
    """Which mailbox of an office is written to now; `mail` "" where there is none, and paper is left."""

    mail: str = ""
    box: Box | None = None
    post: str = ""


def date_at(now: Millis, offset: Millis) -> str:
    """Return the day (2026-11-24) of the moment in the zone of that offset."""
    return (date(1970, 1, 1) + timedelta(days=(now + offset) // DAY)).isoformat()


def reach_of(office: Office, today: str) -> Reach:
    """Return who is written to on the day: the liaison, else the deputy, else the office; nobody's is told as such."""
    liaison = Contact() if office.is_liaison_absent(today) else office.liaison
    for box, contact in ((Box.LIAISON, liaison), (Box.DEPUTY, office.deputy)):
        if contact.mail:
            return Reach(contact.mail, box, contact.post)
    return Reach(office.mail, Box.OFFICE) if office.mail else Reach()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one key of an office. `what` is a code of FAULTS; pages have words of their own for it."""

    key: str
    what: str
    value: str = ""


FAULTS: Mapping[str, str] = {
    "missing": "expected a name in quotes",
    "text": "expected a text in quotes",
    "list": 'expected a list of names in quotes, ["…", "…"]',
    "table": 'expected a table, {{ post = "…", mail = "…" }}',
    "id": '{} cannot stand in the log; use 1 to 64 of a-z, 0-9, ".", "-", "_", "@", such as "jiuzhu"',
    "twice": "another office is called {}; give each its own",
    "long": f"{{}} is too long; at most {LONGEST_NAME} characters",
    "kind": f"{{}} is no kind of office; one of {', '.join(OfficeKind)}",
    "mail": '{} is no mail address, such as "jiuzhu@your-unit.example"',
    "person": '{} reads like a person\'s name; name the post instead, such as "救助股内勤"',
    "trace": '{} leads to one person; name the post alone, such as "救助股内勤"',
    "date": '{} is no day, such as "2026-11-30"',
}


def read_offices(table: Table) -> tuple[Office, ...]:
    """Return the offices that a matter can be assigned to; raise BadInput with every problem."""
    problems = list(unknown_settings(table, ("office",)))
    rows = table.get("office", [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        problems.append("office: write [[office]] tables")
        rows = []
    if len(rows) > MOST_OFFICES:
        problems.append(f"office: {len(rows)} are too many; at most {MOST_OFFICES}")
    for number, row in enumerate(rows, start=1):
        problems += [f"office {number}: {problem}" for problem in unknown_settings(row, _KEYS)]
        problems += [f"office {number}: {_sentence(fault)}" for fault in faults_of(row, rows[: number - 1])]
    refuse_problems(problems, "offices")
    return tuple(map(_office, rows))


def office_tables(offices: Sequence[Office]) -> dict[str, object]:
    """Return the table that `read_offices` reads back as these offices, without keys that say nothing."""
    return {"office": [office_table(office) for office in offices]}


def faults_of(row: Table, others: Sequence[Table] = ()) -> list[Fault]:
    """Return everything that is wrong with the table of one office, beside those that stand before it."""
    faults = [Fault(key, "missing") for key in ("id", "name") if not isinstance(row.get(key), str) or not row[key]]
    faults += [Fault(key, "text") for key in ("kind", "mail", "absent_until") if not isinstance(row.get(key, ""), str)]
    faults += [Fault(key, "list") for key in ("lines", "places") if not _are_texts(row.get(key, []))]
    identity = row.get("id")
    if isinstance(identity, str) and identity and not ID.fullmatch(identity):
        faults.append(Fault("id", "id", identity))
    faults += [
        Fault(key, "twice", str(row[key]))
        for key in ("id", "name")
        if row.get(key) and any(row[key] == other.get(key) for other in others)
    ]
    return [*faults, *_faults_of_values(row), *_faults_of_contact(row, "liaison"), *_faults_of_contact(row, "deputy")]


def _faults_of_values(row: Table) -> Iterator[Fault]:
    name, kind, mail, until = (str(row.get(key, "")) for key in ("name", "kind", "mail", "absent_until"))
    if len(name) > LONGEST_NAME:
        yield Fault("name", "long", name)
    elif any(map(_is_person, list(filter(None, _BETWEEN.split(name)))[1:])):  # a village alone may read like a person
        yield Fault("name", "person", name)
    elif mask(name, _DUTIES) != name:
        yield Fault("name", "trace", name)
    if kind and kind not in list(OfficeKind):
        yield Fault("kind", "kind", kind)
    if mail and not is_mailbox(mail):
        yield Fault("mail", "mail", mail)
    if until and not _is_day(until):
        yield Fault("absent_until", "date", until)


def _faults_of_contact(row: Table, key: str) -> Iterator[Fault]:
    contact = row.get(key, {})
    if not isinstance(contact, Mapping) or not all(isinstance(value, str) for value in contact.values()):
        yield Fault(key, "table")
        return
    if strange := [name for name in contact if name not in _CONTACT_KEYS]:
        yield Fault(key, "table", ", ".join(map(str, strange)))
    post, mail = str(contact.get("post", "")), str(contact.get("mail", ""))
    if len(post) > LONGEST_NAME:
        yield Fault(f"{key}.post", "long", post)
    elif names_a_person(post):
        yield Fault(f"{key}.post", "person", post)
    elif mask(post, _DUTIES) != post:
        yield Fault(f"{key}.post", "trace", post)
    if mail and not is_mailbox(mail):
        yield Fault(f"{key}.mail", "mail", mail)


def names_a_person(post: str) -> bool:
    """Whether a post, or a part of it, reads like somebody's name: 张伟, 王建国主任, 张伟（内勤）, 王主任, 小李."""
    return any(map(_is_person, filter(None, _BETWEEN.split(post))))


def _is_person(part: str) -> bool:
    bare = _TITLE.sub("", part, count=1)
    is_surname = bare in SURNAMES and bare != part
    is_familiar = len(part) == 2 and part[0] in "老小" and part[1] in SURNAMES
    return is_surname or is_familiar or reads_as_name(part, _DUTIES) or (bool(bare) and reads_as_name(bare, _DUTIES))


def is_mailbox(text: str) -> bool:
    """Whether the text has the form of a mail address that any server takes."""
    return _MAIL.fullmatch(text) is not None


def _office(row: Table) -> Office:
    kind = str(row.get("kind", ""))
    return Office(
        id=str(row["id"]),
        name=str(row["name"]),
        kind=OfficeKind(kind) if kind else None,
        lines=strings(row, "lines"),
        places=strings(row, "places"),
        mail=str(row.get("mail", "")),
        liaison=_contact(row, "liaison"),
        deputy=_contact(row, "deputy"),
        absent_until=str(row.get("absent_until", "")),
    )


def _contact(row: Table, key: str) -> Contact:
    said = cast("Mapping[str, str]", row.get(key, {}))
    return Contact(said.get("post", ""), said.get("mail", ""))


def office_table(office: Office) -> dict[str, object]:
    """Return the table of one office."""
    table: dict[str, object] = {
        "id": office.id,
        "name": office.name,
        "kind": office.kind.value if office.kind else "",
        "lines": list(office.lines),
        "places": list(office.places),
        "mail": office.mail,
        "liaison": _contact_table(office.liaison),
        "deputy": _contact_table(office.deputy),
        "absent_until": office.absent_until,
    }
    return {key: value for key, value in table.items() if value}


def _contact_table(contact: Contact) -> dict[str, str]:
    return {name: said for name in _CONTACT_KEYS if (said := getattr(contact, name))}


def _sentence(fault: Fault) -> str:
    return f"{fault.key}: {FAULTS[fault.what].format(repr(fault.value))}"


def _are_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) and item.strip() for item in value)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
