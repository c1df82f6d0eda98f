"""How long the steps of incidents took, of one and of all."""

from dataclasses import replace

from pipeline.domain.incident import Incident, State, Times
from pipeline.domain.pace import Pace, pace_of, timed
from tests.matters import a_desk

HOUR = 3_600_000


def an_incident(*hours: int | None, state: State = State.HANDLING) -> Incident:
    """Return an incident that was published at 0 and made its steps at these hours, None where it did not."""
    desk = a_desk()
    desk.opens()
    discovered, *steps = (None if hour is None else hour * HOUR for hour in hours)
    times = Times(0, discovered or 0, discovered or 0, *steps)
    return replace(desk.incident(), state=state, times=times)


def test_an_incident_says_how_long_each_step_took_as_far_as_it_has_come() -> None:
    """Milliseconds by step, for its page and for machines."""
    said = timed(an_incident(1, 3))

    assert said["took_ms"] == {"published→discovered": HOUR, "discovered→acknowledged": 2 * HOUR}
    assert (said["state"], said["level"]) == ("handling", an_incident(1).level)


def test_the_pace_of_a_step_is_that_of_the_incidents_that_made_it() -> None:
    """Half took at most the median; those that are not there yet do not count as fast."""
    pace = pace_of([an_incident(1, 2), an_incident(2, 6), an_incident(3)])

    assert pace["published→discovered"] == Pace(3, 2 * HOUR, 3 * HOUR)
    assert pace["discovered→acknowledged"] == Pace(2, HOUR, 4 * HOUR)


def test_the_steps_come_in_the_order_in_which_they_are_made() -> None:
    """A step that was left out makes an interval of its own."""
    pace = pace_of([an_incident(1, 2, None, 4), an_incident(1, 2, 3, 4, 5)])

    assert list(pace) == [
        "published→discovered",
        "discovered→acknowledged",
        "acknowledged→verified",
        "acknowledged→handled",
        "verified→handled",
        "handled→responded",
    ]


def test_an_incident_that_was_merged_is_measured_where_it_went() -> None:
    """It would be counted twice."""
    assert pace_of([an_incident(1), an_incident(2, state=State.MERGED)])["published→discovered"].incidents == 1


def test_where_nothing_was_opened_there_is_no_pace() -> None:
    """No incident, no figure."""
    assert pace_of([]) == {}
