"""The history of a setting: who, when, why, and what changed, for every form a setting can have."""

import pytest

from api.settings.change import Undone, Wanted, change_setting, undo_change
from api.settings.history import Difference, differences, editions
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.unit_settings import Table
from tests.builders import UNIT, HeldClock


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"places": ["甲", "乙"]}, {"places": ["乙", "丙"]}, [Difference("", "places", ("丙",), ("甲",))]),
        ({"places": ["甲", "乙"]}, {"places": ["乙", "甲"]}, [Difference("", "places")]),
        ({"budget": 8}, {"budget": 3}, [Difference("", "budget", was="8", now="3")]),
        ({"budget": 8}, {"budget": 8, "quotes": False}, [Difference("", "quotes", now="false")]),
        ({"rule": [{"id": "a", "any": ["低保"]}]}, {"rule": [{"id": "a", "any": ["低保"], "off": True}]},
         [Difference("a", "off", now="true")]),
        ({"rule": [{"id": "a", "near": {"a": ["甲"], "within": 5}}]}, {"rule": [{"id": "b", "any": ["乙"]}]},
         [Difference("a", "", dropped=("a", "甲")), Difference("b", "", added=("b", "乙"))]),
        ({"rule": [{"id": "a", "near": {"a": ["甲"]}}]}, {"rule": [{"id": "a", "near": {"a": ["甲", "乙"]}}]},
         [Difference("a", "near.a", ("乙",))]),
        ({"labels": {"养老服务": "甲"}}, {"labels": {"养老服务": "乙"}},
         [Difference("", "labels.养老服务", was="甲", now="乙")]),
        ({"alert_roles": [["duty"], ["leader"]]}, {"alert_roles": [["duty", "monitor"], ["leader"]]},
         [Difference("", "alert_roles", ("duty+monitor",), ("duty",))]),
    ],
)  # fmt: skip
def test_what_differs_is_said_by_its_place(before: Table, after: Table, found: list[Difference]) -> None:
    """Lists by what came and went, single values by was and now, rows by their id."""
    assert list(differences("places", before, after)) == found


def test_what_is_not_set_is_compared_with_what_ships() -> None:
    """Switching one bundled list off is one difference, not the whole pack."""
    from api.settings.shipped import shipped_table

    rows = [dict(row) for row in shipped_table("rules")["rule"]]  # type: ignore[attr-defined]
    rows[3]["off"] = True

    assert list(differences("rules", None, {"rule": rows})) == [Difference(rows[3]["id"], "off", now="true")]
    assert list(differences("rules", {"rule": rows}, None)) == [Difference(rows[3]["id"], "off", was="true")]


def test_each_edition_says_who_why_and_what() -> None:
    """Newest first; what was undone to what ships is not set."""
    records, clock = MemoryRecords(), HeldClock()
    for number, places in enumerate((["甲乡"], ["甲乡", "乙乡"])):
        wanted = Wanted(UNIT, "places", {"places": places}, number)
        change_setting(records, clock, wanted, author=f"account:a{number}", reason=f"第{number}次")
    undo_change(records, clock, Undone(UNIT, "places", 2), author="account:b", reason="改错了")
    change_setting(records, clock, Wanted(UNIT, "places", None, 3), author="account:b", reason="")
    found = editions(records, UNIT, "places")

    assert [(each.revision, each.author, each.reason, each.is_set) for each in found] == [
        (4, "account:b", "", False), (3, "account:b", "改错了", True), (2, "account:a1", "第1次", True),
        (1, "account:a0", "第0次", True),
    ]  # fmt: skip
    assert [(each.differences[0].added, each.differences[0].dropped) for each in found] == [
        ((), ("甲乡",)), ((), ("乙乡",)), (("乙乡",), ()), (("甲乡",), ()),
    ]  # fmt: skip
    assert [each.revision for each in editions(records, UNIT, "places", most=2)] == [4, 3]
