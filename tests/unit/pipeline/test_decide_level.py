"""Levels changed by people and rules, and the emergencies that only people declare."""

from dataclasses import replace

import pytest

from pipeline.domain.command import Raise, SetLevel
from pipeline.domain.errors import Refused
from pipeline.domain.facts import Deadline
from pipeline.domain.incident import State
from pipeline.domain.incident_command import DeclareEmergency, EndEmergency, Snooze
from pipeline.domain.level import Level
from pipeline.domain.post import Millis, Origin
from tests.matters import DAY, DUTY, HOUR, NOON, a_desk, a_note, a_row, simple_due, stand


def set_level(incident: str, level: int) -> SetLevel:
    """Return a person's change of level, with its reason."""
    return SetLevel(command_id="l", actor=DUTY, incident=incident, level=level, note=a_note("why"))


def test_a_person_changes_the_level_with_a_reason() -> None:
    """Raising tells by the policy of alerts, lowering tells nobody."""
    desk, incident = stand(State.VERIFYING)
    batch = desk.does(set_level(incident, 2))
    assert desk.incident().level == 2
    assert [(notice.what, notice.level) for notice in batch.notices] == [("level_raised", 2)]
    assert desk.does(set_level(incident, 3)).notices == ()
    with pytest.raises(Refused, match="INC-221"):
        desk.does(replace(set_level(incident, 2), note=None))


def test_a_level_is_one_of_four_and_not_the_one_it_has() -> None:
    """There is no level 0, and asking twice changes nothing."""
    desk, incident = stand(State.VERIFYING)
    with pytest.raises(Refused, match="level 0 does not exist"):
        desk.does(set_level(incident, 0))
    with pytest.raises(Refused, match="INC-304"):
        desk.does(set_level(incident, 4))


def shorter_when_grave(kind: str, start_at: Millis, level: Level, origin: Origin, line: str | None) -> Deadline | None:
    """Half the time for Ⅱ and Ⅰ."""
    usual = simple_due(kind, start_at, level, origin, line)
    return usual if usual is None or level > 2 else replace(usual, at=start_at + (usual.at - start_at) // 2)


def test_a_graver_level_brings_deadlines_nearer_and_a_lower_one_never_puts_them_off() -> None:
    """A promise that was made stays made."""
    desk, incident = stand(State.VERIFYING, a_desk(due=shorter_when_grave))
    desk.does(set_level(incident, 2))
    assert {clock.kind: clock.due_at for clock in desk.incident().clocks}["reply"] == NOON + DAY
    desk.does(set_level(incident, 4))
    assert {clock.kind: clock.due_at for clock in desk.incident().clocks}["reply"] == NOON + DAY


def test_a_raise_by_rule_ends_a_snooze_and_moves_the_revision() -> None:
    """The person sees that something happened."""
    desk, incident = stand(State.VERIFYING)
    desk.does(Snooze(command_id="z", actor=DUTY, incident=incident, until=NOON + DAY))
    desk.has(a_row(posts=6))
    revision = desk.incident().revision
    batch = desk.does(
        Raise(
            command_id=f"raise:{incident}:{revision}:growth:3",
            actor="rule:growth@1",
            incident=incident,
            level=3,
            reason="growth",
        )
    )
    now = desk.incident()
    assert (now.level, now.snoozed_until, now.revision) == (3, None, revision + 1)
    assert [(notice.why, notice.to) for notice in batch.notices] == [("growth", "policy:alert")]


def test_an_emergency_is_declared_by_a_person_for_levels_one_and_two() -> None:
    """5 h and 24 h run from the publication; declared twice it is already so."""
    desk, incident = stand(State.VERIFYING)
    declare = DeclareEmergency(command_id="e", actor=DUTY, incident=incident)
    for level in (3, 2):
        with pytest.raises(Refused, match="level 1 or 2"):
            desk.does(declare)
        desk.does(set_level(incident, level))
    batch = desk.does(declare)
    dues = {clock.kind: clock.due_at for clock in desk.incident().clocks}
    assert (dues["statement"], dues["press_conference"]) == (NOON + 5 * HOUR, NOON + 24 * HOUR)
    assert [notice.what for notice in batch.notices] == ["emergency_declared"]
    with pytest.raises(Refused, match="INC-304"):
        desk.does(declare)


def test_an_emergency_that_ends_stops_its_own_clocks_only() -> None:
    """The reply is still due."""
    desk, incident = stand(State.VERIFYING)
    end = EndEmergency(command_id="e", actor=DUTY, incident=incident)
    with pytest.raises(Refused, match="INC-304"):
        desk.does(end)
    desk.does(set_level(incident, 1))
    desk.does(DeclareEmergency(command_id="e", actor=DUTY, incident=incident))
    desk.does(end)
    assert {clock.kind for clock in desk.incident().clocks} == {"acknowledge", "verify", "reply"}
    assert desk.incident().emergency_at is None


def test_a_matter_whose_emergency_has_ended_is_still_due_for_something() -> None:
    """Where the emergency's clocks were the only ones, it comes back for review."""

    def only_emergencies(kind: str, at: Millis, level: Level, origin: Origin, line: str | None) -> Deadline | None:
        return simple_due(kind, at, level, origin, line) if kind in ("statement", "press_conference") else None

    desk, incident = stand(State.VERIFYING, a_desk(due=only_emergencies))
    desk.does(set_level(incident, 1))
    desk.does(DeclareEmergency(command_id="e", actor=DUTY, incident=incident))
    desk.now += HOUR
    desk.does(EndEmergency(command_id="e", actor=DUTY, incident=incident))
    assert {clock.kind: clock.start_at for clock in desk.incident().clocks} == {"review": NOON + HOUR}
