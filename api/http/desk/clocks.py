"""Clocks and due times as a page shows them: what, by when, how much is left, and on what basis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.clock import read_clocks
from pipeline.domain.incident import RunningClock
from pipeline.domain.next_due import NextDue
from pipeline.domain.post import Millis
from pipeline.domain.shipped_clocks import SHIPPED_CLOCKS

from .reader import Reader


@dataclass(frozen=True, slots=True)
class DueView:
    """
    Something that is due. `burnt` is how much of its time has gone, in percent, None where its start is not known.

    `tone` is "late", "soon" or "".
    """

    what: str
    at: str
    iso: str
    left: str
    tone: str
    is_provisional: bool = False
    burnt: int | None = None
    basis: str = ""
    start: str = ""


def due_view(reader: Reader, due: NextDue, clocks: Sequence[RunningClock]) -> DueView:
    """Return what is due next, with the burn-down of its clock where it has one."""
    clock = next((one for one in clocks if one.kind == due.what and one.due_at == due.at), None)
    if clock is not None:
        return clock_view(reader, clock)
    return _view(reader, due.what, due.at, due.warn_at)


def clock_view(reader: Reader, clock: RunningClock) -> DueView:
    """Return a clock that runs."""
    shown = _view(reader, clock.kind, clock.due_at, clock.warn_at)
    whole = max(1, clock.due_at - clock.start_at)
    gone = reader.moments.now - clock.start_at
    return DueView(
        what=shown.what,
        at=shown.at,
        iso=shown.iso,
        left=shown.left,
        tone=shown.tone,
        is_provisional=clock.provisional,
        burnt=min(100, max(0, 100 * gone // whole)),
        basis=reader.words("incident.ordered") if clock.ordered else bases(reader).get(clock.basis, ""),
        start=reader.at(clock.start_at),
    )


def bases(reader: Reader) -> Mapping[str, str]:
    """Return clock rule → the text that it rests on, as the unit has set it."""
    own = reader.service.settings.units.get(reader.unit)
    rules = read_clocks(own.tables["clocks"]) if own and "clocks" in own.tables else SHIPPED_CLOCKS
    return {rule.id: rule.basis for rule in rules}


def tone_of(now: Millis, due_at: Millis, warn_at: Millis | None) -> str:
    """Return how urgent a due time is to the eye; words say it too."""
    if due_at < now:
        return "late"
    return "soon" if warn_at is not None and warn_at <= now else ""


def _view(reader: Reader, kind: str, at: Millis, warn_at: Millis | None) -> DueView:
    return DueView(
        what=reader.words.named("due", kind),
        at=reader.at(at),
        iso=reader.moments.iso(at),
        left=reader.moments.left(at),
        tone=tone_of(reader.moments.now, at, warn_at),
    )
