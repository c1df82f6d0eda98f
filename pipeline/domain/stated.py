"""
What whoever hands a post over says about it, beside its words: which business line and place he holds it to be of, with
which other post it is one matter, and of a paper from above (上级交办) from whom it came and what they want back.

It travels with the post through door, bus and store, so that it is neither lost nor derived twice; it is text like the
post's own: masked at the door, erased with it. The log of decisions holds none of it but the code of `whom`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

SUPERIORS = ("county", "city", "province", "other")
"""县委县政府 · 市级主管部门 · 省级主管部门 · 其他上级: the codes of `whom`."""
MEANS = ("phone", "in_person", "visit", "letter", "message", "online")
"""By which means the other system says that somebody was answered: the codes of `how`."""
LONGEST = 2_000
"""So many characters one value has at most."""


@dataclass(frozen=True, slots=True)
class Stated:
    """
    What was said of a post; "" is unsaid.

    `imported` ("yes"): a person took it from the list of another system (12345, letters), which says what became of it
    there: `answered_at` (milliseconds UTC) and `how` (one of MEANS), `answer` what was said, `done_at` when it ended.
    `line` and `place` are ids of the unit's tables. `same_as` is the id of a stored post of the same matter. `whom` is
    one of SUPERIORS, `office` which of their offices (督查室), `wants` what they want back (反馈要求). `to_unit` is the
    unit to which it was handed in, so that of several units it reaches this one alone.
    """

    line: str = ""
    place: str = ""
    same_as: str = ""
    whom: str = ""
    office: str = ""
    wants: str = ""
    to_unit: str = ""
    imported: str = ""
    answered_at: str = ""
    how: str = ""
    answer: str = ""
    done_at: str = ""

    @property
    def answered_millis(self) -> int | None:
        """Return when the other system says that it was answered, in milliseconds UTC; None where it does not."""
        return int(self.answered_at) if self.answered_at.isdecimal() else None

    @property
    def done_millis(self) -> int | None:
        """Return when the other system says that it ended the matter; None where it does not."""
        return int(self.done_at) if self.done_at.isdecimal() else None

    def data(self) -> dict[str, str]:
        """Return what was said, by name; what is unsaid is left out."""
        named = {field.name: str(getattr(self, field.name)) for field in fields(self)}
        return {name: said for name, said in named.items() if said}


def stated_from(data: Mapping[str, object]) -> Stated | None:
    """Return what the data hold; None where nothing was said. Raises TypeError where a value is no text."""
    named = {field.name for field in fields(Stated)}
    said = {name: value for name, value in data.items() if name in named and value}
    if not all(isinstance(value, str) for value in said.values()):
        raise TypeError("what was stated of a post must be text")
    return Stated(**{name: str(value) for name, value in said.items()}) if said else None
