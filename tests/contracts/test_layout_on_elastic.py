"""The indices of an installation: made in one layout, strict, and never taken over from somebody else."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.families import FAMILIES, Family
from pipeline.adapters.elastic.layout import LAYOUT, foreign_indices, install, missing_indices
from pipeline.domain.errors import BadInput, StoreUnavailable
from tests.elastic_house import ElasticHouse
from tests.servers import fresh_prefix

OURS = {"_meta": {"huiyin_layout": LAYOUT}}


@pytest.fixture
def bare(elastic_address: str) -> Iterator[Elastic]:
    """A server that has nothing of the prefix."""
    house = ElasticHouse(elastic_address, fresh_prefix())
    yield house.open()
    house.remove()
    house.close()


def fields_of(family: Family) -> Mapping[str, Any]:
    """Return the family's fields as a mapping says them."""
    return {name: dict(field) for name, field in family.fields.items()}


def make_part(elastic: Elastic, index: str) -> None:
    """An index of a family in parts is there, as its template makes it."""
    elastic.drop(index)
    elastic.wire.ask("PUT", [elastic.name(index)])


def make(elastic: Elastic, index: str, mappings: Mapping[str, Any]) -> None:
    """An index is there that Huiyin did not make."""
    elastic.wire.ask("PUT", [elastic.name(index)], {"mappings": mappings})


def test_installing_makes_every_index_and_twice_changes_nothing(bare: Elastic) -> None:
    """What is kept in parts is made with its first document."""
    plain = sorted(bare.name(family.name) for family in FAMILIES if not family.in_parts)
    assert sorted(missing_indices(bare)) == plain
    for _ in range(2):
        install(bare)
        assert (list(missing_indices(bare)), list(foreign_indices(bare))) == ([], [])


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_an_unknown_field_is_refused(elastic_house: ElasticHouse, family: Family) -> None:
    """In every family, in parts too: a document that nobody laid out is stored nowhere."""
    elastic = elastic_house.open()
    index = family.name
    if family.in_parts:
        make_part(elastic, index := f"{family.name}-m202601")
    with pytest.raises(StoreUnavailable, match="strict"):
        elastic.put(index, "d1", {"author": "某人"})
    assert elastic.get(index, "d1") is None


@pytest.mark.parametrize(
    ("mappings", "said"),
    [
        ({"properties": {"message": {"type": "text"}}}, "was not made by Huiyin"),
        ({"_meta": {"huiyin_layout": LAYOUT + 1}}, "newer Huiyin"),
        ({**OURS, "properties": {"unit": {"type": "text"}}}, "another mapping"),
    ],
)
def test_an_index_of_somebody_else_is_named_and_nothing_is_changed(
    bare: Elastic, mappings: Mapping[str, Any], said: str
) -> None:
    """Its name, what is wrong and what to do; no other index is made, and no template."""
    make(bare, "groups", mappings)
    with pytest.raises(BadInput, match=said) as refusal:
        install(bare)
    assert refusal.value.code == "STO-310"
    assert bare.name("groups") in str(refusal.value)
    assert "prefix" in str(refusal.value) or "install that one" in str(refusal.value)
    assert len(missing_indices(bare)) == sum(not family.in_parts for family in FAMILIES) - 1
    templates = bare.wire.ask("GET", ["_index_template", bare.name("*")], allow=frozenset({404})).body
    assert templates.get("index_templates", []) == []


def test_what_is_beside_ours_is_none_of_our_business(elastic_house: ElasticHouse) -> None:
    """Another installation whose prefix begins like ours, and an index of a name that we do not use."""
    elastic = elastic_house.open()
    for index in ("two-groups", "recipes"):
        make(elastic, index, {"properties": {"text": {"type": "text"}}})
    assert list(foreign_indices(elastic)) == []
    for index in ("two-groups", "recipes"):
        elastic.drop(index)


def test_every_part_is_made_in_the_layout(elastic_house: ElasticHouse) -> None:
    """It has the mapping and the mark of its template."""
    elastic = elastic_house.open()
    posts = next(family for family in FAMILIES if family.name == "posts")
    make_part(elastic, "posts-m202601")
    made = elastic.wire.ask("GET", [elastic.name("posts-m202601"), "_mapping"]).body
    mappings = made[elastic.name("posts-m202601")]["mappings"]
    assert (mappings["dynamic"], mappings["_meta"]) == ("strict", OURS["_meta"])
    assert mappings["properties"].keys() == fields_of(posts).keys()
