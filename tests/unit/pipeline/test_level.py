"""Levels: Ⅰ is the gravest and the smallest number."""

from pipeline.domain.level import is_higher, is_level, one_up


def test_one_up_is_one_graver_and_the_gravest_stays() -> None:
    """Ⅳ becomes Ⅲ; Ⅰ stays Ⅰ."""
    assert [one_up(level) for level in (4, 3, 2, 1)] == [3, 2, 1, 1]


def test_there_are_four_levels() -> None:
    """Neither 0 nor 5 is one."""
    assert [level for level in range(7) if is_level(level)] == [1, 2, 3, 4]
    assert is_higher(1, 2)
    assert not is_higher(2, 2)
