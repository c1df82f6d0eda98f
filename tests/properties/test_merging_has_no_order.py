"""Merging many incidents gives one and the same, whatever the order and however it was nested."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.command import SetLevel
from pipeline.domain.incident import Incident
from pipeline.domain.merge_command import Merge
from tests.matters import DUTY, HOUR, Desk, a_desk, a_letter, a_note

LEVELS = st.lists(st.integers(1, 3), min_size=3, max_size=6)


def several(levels: list[int]) -> tuple[Desk, list[str]]:
    """Return a desk with as many incidents, each an hour younger than the one before, with a level and a letter."""
    desk = a_desk()
    incidents = []
    for number, level in enumerate(levels):
        desk.now += HOUR
        desk.addressed[f"g{number}"] = (a_letter(f"g{number}-p1"),)
        incident = desk.opens(f"g{number}", first_at=desk.now, addressed_posts=1)
        desk.does(SetLevel(command_id="l", actor=DUTY, incident=incident, level=level, note=a_note()))
        desk.acknowledges(incident)
        incidents.append(incident)
    return desk, incidents


def of_the_whole(incident: Incident) -> dict[str, Any]:
    """Return what must not depend on the order: groups, level, clocks, messages, what was seen."""
    return {
        "groups": set(incident.groups),
        "level": incident.level,
        "clocks": set(incident.clocks),
        "lines": set(incident.lines),
        "seen": dict(incident.seen),
        "owner": incident.owner,
    }


@settings(max_examples=40, deadline=None)
@given(levels=LEVELS, data=st.data())
def test_any_order_and_nesting_of_merges_gives_the_same_whole(levels: list[int], data: st.DataObject) -> None:
    """At once, or pairwise in any tree whose root is the same: N-way merge is associative and free of order."""
    at_once, (root, *others) = several(levels)
    at_once.does(Merge(command_id="m", actor=DUTY, incident=root, others=tuple(others)))
    pairwise, _ = several(levels)
    standing = list(others)
    while standing:
        one = data.draw(st.sampled_from(standing))
        standing.remove(one)
        into = data.draw(st.sampled_from([root, *standing]))
        pairwise.does(Merge(command_id="m", actor=DUTY, incident=into, others=(one,)))
    assert of_the_whole(pairwise.state.as_one(root)) == of_the_whole(at_once.state.as_one(root))
    assert pairwise.state.as_one(root).level == min(levels)
