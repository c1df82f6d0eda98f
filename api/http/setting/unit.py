"""Who the unit is: its name, how people shorten it, and its county."""

from collections.abc import Mapping, Sequence

from api.words import Words

from .form import Box, BoxForm, Held, Reading, Section, Typed, lines, listed, one

LONGEST = 60
MOST_SHORT = 30


def _typed(held: Held, words: Words) -> Typed:
    del words
    profile = held.own.profile
    return {"name": [profile.name], "short_names": [lines(profile.short_names)], "county": [profile.county]}


def _reads(typed: Typed, held: Held, words: Words) -> Reading:
    name, county, short = one(typed, "name"), one(typed, "county"), listed(one(typed, "short_names"))
    problems = {}
    if not name:
        problems["name"] = words("setting_unit.no_name")
    if len(name) > LONGEST:
        problems["name"] = words("setting.long", most=LONGEST)
    if len(county) > LONGEST:
        problems["county"] = words("setting.long", most=LONGEST)
    if len(short) > MOST_SHORT or any(len(each) > LONGEST for each in short):
        problems["short_names"] = words("setting_unit.short_long", most=MOST_SHORT, longest=LONGEST)
    table: dict[str, object] = {"id": held.unit, "name": name}
    table |= {"short_names": list(short)} if short else {}
    table |= {"county": county} if county else {}
    return Reading(table, problems)


def _boxes(typed: Typed, held: Held, problems: Mapping[str, str], words: Words) -> Sequence[Section]:
    del held

    def box(name: str, control: str = "text", *, is_wanted: bool = False) -> Box:
        return Box(
            name, words(f"setting_unit.{name}"), control, one(typed, name), words(f"setting_unit.{name}_hint"),
            problems.get(name, ""), is_wanted=is_wanted,
        )  # fmt: skip

    return [Section("", [box("name", is_wanted=True), box("short_names", "textarea"), box("county")])]


def _says(held: Held, words: Words) -> str:
    profile = held.own.profile
    county = profile.county or words("setting_unit.no_county")
    return words("common.and").join([profile.name, county, *profile.short_names[:3]])


UNIT = BoxForm("unit", _boxes, _typed, _reads, _says, is_tried=True)
