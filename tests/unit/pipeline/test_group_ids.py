"""Ids of groups and incidents come from content, so every process names them alike."""

from pipeline.domain.group import group_id, incident_id


def test_a_group_is_named_by_its_unit_and_first_post() -> None:
    """The same first mention gives the same group in every process, another unit another group."""
    assert group_id("yunxi-mz", "p1") == group_id("yunxi-mz", "p1")
    assert group_id("yunxi-mz", "p1") != group_id("other-mz", "p1")
    assert group_id("yunxi-mz", "p1") != group_id("yunxi-mz", "p2")
    assert len(group_id("yunxi-mz", "p1")) == 24


def test_ids_do_not_change_between_releases() -> None:
    """Stored groups carry these ids for years; a changed rule would orphan every one of them."""
    assert group_id("yunxi-mz", "p1") == "e8cf493fa836bfca285f56de"
    assert incident_id("yunxi-mz", "e8cf493fa836bfca285f56de") == "eea8ef9c62df1c03b2f2f661"


def test_an_incident_never_shares_the_id_of_its_group() -> None:
    """A group is not an incident, so no key of one can be taken for the other."""
    group = group_id("yunxi-mz", "p1")
    assert incident_id("yunxi-mz", group) != group


def test_the_parts_of_a_key_do_not_run_together() -> None:
    """Unit `a` with post `bc` and unit `ab` with post `c` are two groups."""
    assert group_id("a", "bc") != group_id("ab", "c")
