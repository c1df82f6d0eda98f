"""The ten places where a county speaks: what ships, how a unit stands to each, and the sum."""

import re
from pathlib import Path

import pytest

from api.settings.checks import CHECKS
from api.source_checklist import KEY, Standing, Tied, checklist, place_named, places, read_choices
from pipeline.domain.errors import BadInput
from pipeline.domain.post import Origin

FOLDER = Path(__file__).parents[3] / "deploy" / "sources"


def test_ten_places_ship_each_with_how_to_find_it_and_a_template() -> None:
    """What it brings, where to click, what to search for, what cannot be had, and what the form is filled with."""
    found = places()

    assert [place.order for place in found] == list(range(1, 11))
    assert len({place.id for place in found}) == 10
    for place in found:
        assert all((place.name, place.brings, place.cannot, place.find, place.search)), place.id
        assert all((place.template.kind, place.template.why, place.template.purpose)), place.id
        assert place.template.origin in list(Origin), place.id


def test_no_file_of_the_checklist_holds_an_address_or_a_place_that_exists() -> None:
    """Each county looks for its own; a list of addresses would be somebody else's county."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.toml")))

    assert re.findall(r"https?:|www\.|[a-z0-9-]+\.(?:cn|com|gov|net|org)\b", text) == []
    assert all(re.search(r"\{(?:county|city|province)\}", words) for place in places() for words in place.search)


def test_a_place_is_connected_where_an_enabled_source_is_tied_to_it() -> None:
    """One that is paused is missing again; the sum counts what is connected."""
    tied = [
        Tied("a", "县长信箱", "county-mailbox", is_enabled=True),
        Tied("b", "百姓杂谈", "local-forum", is_enabled=False),
    ]
    found = {line.place.id: line for line in checklist({}, tied, "云汐县").lines}

    assert found["county-mailbox"].standing is Standing.CONNECTED
    assert found["local-forum"].standing is Standing.MISSING
    assert checklist({}, tied, "").connected == 1
    assert found["county-mailbox"].words[0].startswith("云汐县人民政府")


def test_what_a_person_said_holds_until_a_source_is_tied() -> None:
    """本地没有 is a decision; a source that is enabled all the same shows that it was wrong."""
    said = read_choices({"tv-wenzheng": "absent", "local-forum": "closed"})
    tied = [Tied("b", "百姓杂谈", "local-forum", is_enabled=True)]
    found = {line.place.id: line.standing for line in checklist(said, tied, "").lines}

    assert (found["tv-wenzheng"], found["local-forum"]) == (Standing.ABSENT, Standing.CONNECTED)


def test_the_national_board_is_not_to_be_read_unless_a_person_says_otherwise() -> None:
    """Its search wants a forged signature; the unit's own export is the way."""
    place = place_named("leaders-board")

    assert place is not None
    assert place.usual is Standing.CLOSED
    assert "签名" in place.cannot
    assert "导入" in place.cannot


@pytest.mark.parametrize("table", [{"nowhere": "absent"}, {"local-forum": "connected"}, {"local-forum": 1}])
def test_what_cannot_be_said_of_a_place_is_refused(table: dict[str, object]) -> None:
    """Nobody may say that a place is connected: that shows itself."""
    with pytest.raises(BadInput, match="SRC-510"):
        read_choices(table)


def test_the_choices_are_a_setting_with_history() -> None:
    """Like every other: author, reason, undo."""
    assert CHECKS[KEY] is read_choices
