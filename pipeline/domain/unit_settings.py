"""
A unit's settings as typed values: who it is, its places, whom it tells. Every problem is named at once.

Rules, offices, alert policy, clocks and calendar have readers of their own, beside what they configure.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .errors import BadInput

Table = Mapping[str, object]

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
"""
Ids of offices and accounts. They stand in events, whose strings are printable ASCII without spaces (event_types);
what could not be written there later is refused here, while somebody looks.
"""

ROLE_NAMES = ("monitor", "duty", "reviewer", "leader", "liaison", "admin", "auditor")
"""The roles of DESIGN §2; a notice to any other would reach nobody."""


@dataclass(frozen=True, slots=True)
class UnitProfile:
    """Who the unit is: its id in every key, the name on the page, and how people shorten it."""

    id: str
    name: str
    short_names: tuple[str, ...] = ()
    county: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """An account that is told over a channel what concerns a role; `to` is that channel's address of it."""

    account: str
    role: str
    channel: str
    to: str = ""


def read_profile(table: Table) -> UnitProfile:
    """Return the unit's profile; raise BadInput with every problem."""
    problems = list(unknown_settings(table, ("id", "name", "short_names", "county")))
    identity, name = table.get("id"), table.get("name")
    if not isinstance(identity, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,40}", identity):
        problems.append('id: expected 2 to 41 lower-case letters, digits or "-", such as "yunxi-mz"')
    if not isinstance(name, str) or not name.strip():
        problems.append('name: expected the unit\'s full name, such as "云汐县民政局"')
    problems += _not_strings(table, "short_names")
    if not isinstance(table.get("county", ""), str):
        problems.append("county: expected a name in quotes")
    refuse_problems(problems, "unit")
    return UnitProfile(str(identity), str(name), strings(table, "short_names"), str(table.get("county", "")))


def area_of(profile: UnitProfile, places: tuple[str, ...]) -> tuple[str, ...]:
    """
    Return the names of which one says that a post speaks of the unit's area: the unit, its county, its places.

    None where neither county nor places are set: then nobody can ask for one. Short names are left out, for 县民政局
    is every county's.
    """
    if not profile.county and not places:
        return ()
    bare = re.sub(r"(?:自治县|自治旗|[县市区旗])$", "", profile.county)
    names = (profile.name, profile.county, bare if len(bare) > 1 else "", *places)
    return tuple(dict.fromkeys(name for name in names if name))


def read_places(table: Table) -> tuple[str, ...]:
    """Return the unit's places (乡镇、街道、村、社区); raise BadInput with every problem."""
    problems = [*unknown_settings(table, ("places",)), *_not_strings(table, "places")]
    refuse_problems(problems, "places")
    return tuple(dict.fromkeys(place.strip() for place in strings(table, "places") if place.strip()))


def read_recipients(table: Table) -> tuple[Recipient, ...]:
    """Return whom the unit tells; raise BadInput with every problem."""
    problems = list(unknown_settings(table, ("recipient",)))
    rows = table.get("recipient", [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        problems.append("recipient: write [[recipient]] tables")
        rows = []
    for number, row in enumerate(rows, start=1):
        named = f"recipient {number}"
        problems += [f"{named}: {problem}" for problem in unknown_settings(row, ("account", "role", "channel", "to"))]
        problems += [
            f"{named}: {key}: expected a name in quotes"
            for key in ("account", "role", "channel")
            if not isinstance(row.get(key), str) or not row[key]
        ]
        problems += [f"{named}: account: {wrong}" for wrong in _id_faults(row.get("account"))]
        role = row.get("role")
        if isinstance(role, str) and role and role not in ROLE_NAMES:
            problems.append(f"{named}: role: no such role {role!r}; {_nearest(role, ROLE_NAMES)}")
    refuse_problems(problems, "recipients")
    return tuple(
        Recipient(str(row["account"]), str(row["role"]), str(row["channel"]), str(row.get("to", ""))) for row in rows
    )


def strings(table: Table, key: str) -> tuple[str, ...]:
    """Return a list of strings; an absent key is an empty list."""
    value = table.get(key, ())
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else ()


def unknown_settings(table: Table, known: tuple[str, ...]) -> Iterator[str]:
    """Yield a sentence for each key that is not known, with the nearest one that is."""
    for key in table:
        if key not in known:
            yield f"{key}: no such setting; {_nearest(key, known)}"


def _id_faults(value: object) -> Iterator[str]:
    """Yield what is wrong with an id that is there: the log holds ids in ASCII only."""
    if isinstance(value, str) and value and not ID.fullmatch(value):
        yield f'{value!r} cannot stand in the log; use 1 to 64 of a-z, 0-9, ".", "-", "_", "@", such as "zhiban"'


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"


def _not_strings(table: Table, key: str) -> list[str]:
    value = table.get(key, [])
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        return [f'{key}: expected a list of names in quotes, ["…", "…"]']
    return []


def refuse_problems(problems: list[str], name: str) -> None:
    """Where there is a problem, BadInput names them all."""
    if problems:
        lines = "\n".join(f"  {name}: {problem} [CFG-201]" for problem in problems)
        raise BadInput(f"the settings have {len(problems)} problem(s); nothing was changed.\n{lines}", code="CFG-200")
