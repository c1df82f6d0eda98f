"""The unit's places: 乡镇(街道) and 村(社区), one a line."""

from collections.abc import Mapping, Sequence

from api.words import Words
from pipeline.domain.unit_settings import Table

from .form import MOST_WORDS, Box, BoxForm, Held, Reading, Section, Typed, lines, listed, one, shown_list

LONGEST = 30


def places_table(names: Sequence[str]) -> Table:
    """Return the setting of these places."""
    return {"places": list(names)}


def _typed(held: Held, words: Words) -> Typed:
    del words
    return {"places": [lines(held.own.places)]}


def _reads(typed: Typed, held: Held, words: Words) -> Reading:
    del held
    names = listed(one(typed, "places"))
    bad = [name for name in names if len(name) < 2 or len(name) > LONGEST or not any(map(str.isalpha, name))]
    problems = {"places": words("setting_places.bad", names=shown_list(bad, words), most=LONGEST)} if bad else {}
    if len(names) > MOST_WORDS:
        problems["places"] = words("setting.many", count=len(names), most=MOST_WORDS)
    return Reading(places_table(names) if names else None, problems)


def _boxes(typed: Typed, held: Held, problems: Mapping[str, str], words: Words) -> Sequence[Section]:
    del held
    label, hint = words("setting_places.places"), words("setting_places.hint")
    return [
        Section("", [Box("places", label, "textarea", one(typed, "places"), hint, problems.get("places", ""), rows=14)])
    ]


def _says(held: Held, words: Words) -> str:
    places = held.own.places
    if not places:
        return words("setting_places.none")
    return words("setting_places.said", count=len(places), names=shown_list(places, words, 4))


PLACES = BoxForm("places", _boxes, _typed, _reads, _says, is_tried=True)
