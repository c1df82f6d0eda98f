"""A finding on its way: everything survives as bytes, the bytes are canonical, and a foreign form is refused."""

from dataclasses import replace

import pytest

from pipeline.domain.errors import BadInput
from pipeline.domain.found import Found, RuleMet, found_from_json, found_to_json
from pipeline.domain.mention import Hit
from tests.builders import UNIT, a_post, an_opinion, written_by

POST = a_post(1, "养老院的饭菜变差了", tokens=written_by("甲"), counts={"likes": 2})
GRAVE = RuleMet("grave", "v2", (Hit("text", "养老院", 0, 3),), "养老服务", grave=True, grave_level=1)
FULL = Found(UNIT, POST, (GRAVE, RuleMet("care", "v1")), an_opinion(about=True, act="投诉"))


@pytest.mark.parametrize("found", [FULL, Found(UNIT, POST)])
def test_a_finding_comes_back_as_it_was_published(found: Found) -> None:
    """Rules met with their versions and places, opinion, post and poster tokens; nothing met is a finding too."""
    assert found_from_json(found_to_json(found)) == found
    assert found_from_json(found_to_json(found).encode()) == found


def test_the_same_finding_is_the_same_bytes() -> None:
    """Sorted keys and no spaces, whoever writes it; what is empty is left out."""
    text = found_to_json(replace(FULL, rules=(RuleMet("care", "v1"),)))
    assert text == found_to_json(found_from_json(text))
    assert '"rules":[{"id":"care","version":"v1"}],"schema":"found/1","unit":"yunxi-mz"}' in text


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"schema":"found/1"}', found_to_json(FULL).replace("found/1", "found/2"), '"found/1"'],
)
def test_what_is_no_finding_of_this_form_is_refused_by_name(text: str) -> None:
    """A newer form is never guessed, and nothing of the content is said."""
    with pytest.raises(BadInput, match="INP-110"):
        found_from_json(text)


def test_a_finding_with_a_damaged_part_is_refused() -> None:
    """Half a finding would make a mention without its rule."""
    for part in ('"unit":"yunxi-mz"', '"id":"grave"', '"line":"养老服务"'):
        with pytest.raises(BadInput, match="INP-110"):
            found_from_json(found_to_json(FULL).replace(part, part.split(":")[0] + ":7"))
