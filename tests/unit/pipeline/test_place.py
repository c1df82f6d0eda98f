"""Which of the unit's places a post names."""

from pipeline.stages.place import Places

PLACES = Places(["城关镇", "东风村", "城关镇东风村", "柳林社区"])


def test_the_longest_name_wins() -> None:
    """A village named with its township is the village."""
    assert PLACES.named_in("", "城关镇修路，城关镇东风村没修") == "城关镇东风村"


def test_the_title_speaks_before_the_text() -> None:
    """What the title names is what the post is about."""
    assert PLACES.named_in("柳林社区停水", "城关镇东风村也停") == "柳林社区"


def test_other_spellings_lead_to_the_name_as_given() -> None:
    """Traditional characters and separators do not hide a place."""
    assert PLACES.named_in("", "東風·村") == "东风村"


def test_a_post_without_a_place_has_none() -> None:
    """Nothing is guessed."""
    assert PLACES.named_in("", "村里没人管") is None
    assert Places([]).named_in("", "东风村") is None
