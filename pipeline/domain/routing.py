"""
Routing: which offices are proposed for a matter, by business line and place, each with the reasons. Pure.

What fits in both comes first: the exact line before the line above it, the exact place before the township of a
village. An office that the complaint is about is never proposed before a leader has permitted it (回避).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .office import Office, OfficeKind
from .service_line import ServiceLines

MOST = 3
"""So many offices are proposed; all others can be chosen from the list."""


class Because(StrEnum):
    """Why an office is proposed."""

    LINE = "line"
    LINE_ABOVE = "line_above"
    PLACE = "place"
    TOWNSHIP = "township"


WEIGHTS = {Because.LINE: 8, Because.LINE_ABOVE: 6, Because.PLACE: 5, Because.TOWNSHIP: 4}
"""A line says more than a place: the section that works on it answers for the whole county."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """An office that fits, and why: each reason with the line or place of the office that fits."""

    office: Office
    because: tuple[tuple[Because, str], ...]

    @property
    def weight(self) -> int:
        """How well it fits."""
        return sum(WEIGHTS[reason] for reason, _ in self.because)


def proposed_offices(
    offices: Sequence[Office],
    line: str | None,
    place: str | None,
    *,
    lines: ServiceLines,
    avoided: Collection[str] = (),
) -> tuple[Proposed, ...]:
    """
    Return the offices that fit the matter's line and place, the best first; at most MOST.

    An office that names lines, and not this one, is proposed for its place only where it is a township's: a section's
    places say where it works on its lines.
    """
    found = []
    for office in offices:
        because = _of_line(office, line, lines)
        if because or not office.lines or office.kind is OfficeKind.TOWN:
            because += _of_place(office, place)
        if because and office.id not in avoided and _is_here(office, place):
            found.append(Proposed(office, tuple(because)))
    return tuple(sorted(found, key=lambda one: -one.weight)[:MOST])


def _of_line(office: Office, line: str | None, lines: ServiceLines) -> list[tuple[Because, str]]:
    if line is None:
        return []
    if line in office.lines:
        return [(Because.LINE, line)]
    above = next((one for one in office.lines if line in lines.within(one)), None)
    return [] if above is None else [(Because.LINE_ABOVE, above)]


def _of_place(office: Office, place: str | None) -> list[tuple[Because, str]]:
    """A place may be written with its township before it: 青石镇柳湾村."""
    if place is None:
        return []
    if place in office.places:
        return [(Because.PLACE, place)]
    above = next((one for one in office.places if place.startswith(one)), None)
    return [] if above is None else [(Because.TOWNSHIP, above)]


def _is_here(office: Office, place: str | None) -> bool:
    """Whether nothing says that the office works elsewhere alone."""
    return place is None or not office.places or bool(_of_place(office, place))
