"""How many different people wrote, from tokens that say nothing else of them."""

from pipeline.stages.writers import different_people
from tests.builders import written_by


def test_a_person_who_writes_twice_is_one() -> None:
    """However often."""
    assert different_people([written_by("甲"), written_by("甲"), written_by("乙")]) == 2


def test_one_shared_period_is_enough_to_know_a_person_again() -> None:
    """Periods overlap, so that a window of two weeks never falls between them."""
    older, newer = written_by("甲")

    assert different_people([(older,), (older, newer), (newer,)]) == 1


def test_a_post_without_a_token_counts_as_a_person_of_its_own() -> None:
    """Nobody is taken for somebody else."""
    assert different_people([(), (), written_by("甲")]) == 3
