"""Counts with their coverage: a number without it is never shown, and with dead sources a zero is unknown."""

from dataclasses import dataclass

from api.health import Health


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many sources are alive, and the names of those that are not. `is_whole`: a count of nothing means nothing."""

    alive: int
    all: int
    is_whole: bool
    says: str
    dead: list[str]


@dataclass(frozen=True, slots=True)
class Count:
    """
    How many. `value` is null, and `says` "unknown", where nothing was found while not all sources were alive.

    `at_least`: it was not counted further.
    """

    value: int | None
    says: str
    at_least: bool = False


def coverage_of(health: Health) -> Coverage:
    """Return the coverage beside which counts are shown."""
    says = f"{health.sources_alive} of {health.sources} sources alive" if health.sources else "no source is enabled"
    return Coverage(
        alive=health.sources_alive,
        all=health.sources,
        is_whole=0 < health.sources == health.sources_alive,
        says=says,
        dead=[source.name for source in health.dead],
    )


def found(number: int, coverage: Coverage, *, at_least: bool = False) -> Count:
    """Return a count of what sources brought: a zero is known only where every source is alive."""
    if not number and not coverage.is_whole:
        return Count(None, "unknown")
    return Count(number, f"at least {number}" if at_least else str(number), at_least)


def decided(number: int) -> Count:
    """Return a count of what people and rules decided: the log knows it."""
    return Count(number, str(number))
