"""Reading an event's data: the type that is named, or a sentence that names the key."""

from collections.abc import Callable

import pytest

from pipeline.domain.errors import MalformedEvent
from pipeline.domain.event import Value
from pipeline.domain.event_data import moment, number, table, tables, text, texts


def test_what_is_there_is_returned_as_its_type() -> None:
    """One reader per type."""
    data: dict[str, Value] = {"n": 3, "s": "a", "l": ["a"], "o": {"k": 1}, "os": [{"k": 1}]}
    assert (number(data, "n"), text(data, "s"), texts(data, "l")) == (3, "a", ("a",))
    assert (table(data, "o"), tables(data, "os"), moment(data, "n")) == ({"k": 1}, ({"k": 1},), 3)


def test_what_is_absent_or_null_is_the_default() -> None:
    """Keys that a later version adds are missing in the old events."""
    data: dict[str, Value] = {"s": None, "o": None, "n": None}
    assert (number(data, "x"), text(data, "s"), texts(data, "x"), moment(data, "n")) == (0, "", (), None)
    assert (table(data, "o"), tables(data, "x"), text(data, "x", "d")) == ({}, (), "d")


@pytest.mark.parametrize("read", [number, text, texts, table, tables])
def test_another_type_is_refused_by_the_name_of_its_key(read: Callable[[dict[str, Value], str], object]) -> None:
    """The reader of the log says where to look."""
    wrong: Value = 3 if read is not number else "three"
    with pytest.raises(MalformedEvent, match="`key` must be"):
        read({"key": wrong}, "key")


@pytest.mark.parametrize("read", [texts, tables])
def test_a_list_of_mixed_things_is_refused(read: Callable[[dict[str, Value], str], object]) -> None:
    """Every member is of the type."""
    with pytest.raises(MalformedEvent, match="a list of"):
        read({"key": ["a", {}, 1]}, "key")
