"""No place of the demo county is called like a real one; one pair of characters is shared, and said so."""

import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest
from daachorse import CharwiseDoubleArrayAhoCorasick

from api.demo.private import minor_school
from tests.shared_data import PAGES, ROWS, files, needs_shared_data, text_of

INVENTED_KINDS = (
    *("town", "village", "community", "estate", "road", "school", "hospital"),
    *("market", "park", "care_home", "cemetery", "funeral_home", "charity"),
)
SUFFIX = re.compile(
    r"(?:街道|社区|自治县|[省市县区镇乡村旗])$|(?:花苑|名邸|新城|公馆|里?小区|雅苑|华庭|家园|[苑府])$"
    r"|(?:大道|环线|[东西南北中]?路|[街巷弄])$|(?:菜市场|农贸市场|批发市场|早市|夜市|菜场|公园|水库|湿地|广场)$"
)
COMMON_WORDS = {"半箩"}
"""Half a basket is a thing before it is a village; a place is meant only with 村 behind it."""

REAL = [
    name
    for line in (Path(__file__).parents[2] / "data" / "real_divisions.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for name in line.split()
]


def phrases() -> dict[str, list[str]]:
    """Return what the demo calls its places, by kind."""
    file = resources.files("api.demo") / "phrases" / "places.toml"
    return dict(tomllib.loads(file.read_text(encoding="utf-8"))["phrases"])


def invented() -> set[str]:
    """Return every proper name of a place that the demo makes up."""
    unit = resources.files("api.demo") / "unit" / "places.toml"
    names = {name for kind in INVENTED_KINDS for name in phrases()[kind] if "{" not in name}
    schools = {minor_school(iter([at / 3]).__next__) for at in range(3)}
    return names | schools | set(tomllib.loads(unit.read_text(encoding="utf-8"))["places"])


def proper(name: str) -> str:
    """Return the part of a name that is its own: 鹭灯 of 鹭灯镇."""
    return SUFFIX.sub("", name) or name


def real_in(name: str) -> list[str]:
    """Return the real divisions that a name is or holds."""
    return [real for real in REAL if real in name]


def found_in(text: str, names: CharwiseDoubleArrayAhoCorasick, order: list[str]) -> set[str]:
    return {order[number] for _, _, number in names.find_overlapping(text)}


def test_the_demo_names_enough_places_to_be_worth_looking_at() -> None:
    """Towns, villages and communities are read from where the generator reads them."""
    names = invented()

    assert len(names) > 100
    assert {"云汐县", "鹭灯镇", "七盏灯村", "萤火里社区"} <= names
    assert set(phrases()["town"]) | set(phrases()["village"]) | set(phrases()["community"]) <= names


def test_no_invented_place_is_or_holds_a_real_division() -> None:
    """Neither the whole name, nor inside a longer one."""
    assert {name: real for name in invented() if (real := real_in(name))} == {}


def test_no_invented_place_has_the_proper_name_of_a_real_one() -> None:
    """鹭灯乡 would be as bad as 鹭灯镇; the county itself is among them."""
    real = {own for name in REAL if len(own := proper(name)) > 1}
    ours = {proper(name) for kind in ("town", "village", "community") for name in phrases()[kind]}

    assert (ours | {proper("云汐县")}) & real == set()


@pytest.mark.parametrize("real", ["安溪县", "石桥镇", "云溪区"])
def test_the_comparison_would_see_a_real_name(real: str) -> None:
    """A hospital of a real county is seen as its county."""
    assert real_in(f"{real}医院") == real_in(real) == [real]


@needs_shared_data
def test_no_real_post_or_page_names_an_invented_place() -> None:
    """Citizens, press and microblogs over years name none of them; recorded pages of invented posts are left out."""
    order = sorted(invented() | {proper(name) for kind in ("town", "village", "community") for name in phrases()[kind]})
    names = CharwiseDoubleArrayAhoCorasick(order)
    real = [path for path in files(*ROWS, *PAGES) if not path.parent.name.endswith("-live")]
    found = {name for path in real for name in found_in(text_of(path), names, order)}

    assert len(real) > 100
    assert found <= COMMON_WORDS
