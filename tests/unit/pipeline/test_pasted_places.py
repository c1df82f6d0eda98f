"""Places out of what was copied from a spreadsheet: what is taken, cleaned, left out, and never taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.pasted_places import MOST_PLACES, Why, read_pasted

TABLE = (
    "云汐县村（社区）名单\t\t\t\t\n"
    "序号\t乡镇（街道）\t村（社区）\t书记\t电话\n"
    '1\t柳湾镇\t"石桥村"\t王某\t13800138000\n'
    "2\t柳湾镇\t柳湾镇河东村村委会\t李某\t13900139000\n"
    "\t\t\t\t\n"
    "3\t城关街道办事处\t幸福社区居民委员会\t赵某\t\n"
    "合计\t2个\t3个村\t\t\n"
)


def test_a_table_gives_its_towns_and_villages_each_once() -> None:
    """The office behind a name, the town before a village, quotes and numbers are gone."""
    assert read_pasted(TABLE).taken == ("柳湾镇", "石桥村", "河东村", "城关街道", "幸福社区")


def test_no_name_and_no_telephone_beside_the_places_is_taken_or_shown() -> None:
    """They are counted as cells of another column, without what stood in them."""
    found = read_pasted(TABLE)
    said = "".join((*found.taken, *(one.text for one in found.left_out)))

    assert not any(word in said for word in ("王某", "李某", "赵某", "13800138000"))
    assert sum(one.why is Why.COLUMN for one in found.left_out) >= 5


@pytest.mark.parametrize(
    ("cell", "place"),
    [
        ("1、柳湾镇", "柳湾镇"),
        ("2. 柳湾镇", "柳湾镇"),
        ("（三）柳湾镇", "柳湾镇"),
        ("④柳湾镇", "柳湾镇"),
        ("5 柳湾镇", "柳湾镇"),
        ("6柳湾镇", "柳湾镇"),
        ("“柳湾镇”", "柳湾镇"),
        ("柳 湾 镇\u200b", "柳湾镇"),
        ("\u3000柳湾镇人民政府", "柳湾镇"),
        ("云汐县柳湾镇", "柳湾镇"),
        ("石岭村民委员会", "石岭村"),
        ("石岭村村民委员会", "石岭村"),
        ("石岭村委会", "石岭村"),
        ("幸福社区居委会", "幸福社区"),
        ("一道沟村", "一道沟村"),
        ("第三社区", "第三社区"),
        ("3小区", "3小区"),
    ],
)
def test_a_cell_is_cleaned(cell: str, place: str) -> None:
    """As spreadsheets and papers write them."""
    assert read_pasted(cell, "云汐县").taken == (place,)


def test_what_is_left_out_says_why() -> None:
    """Headings, repeats, bare numbers, whole sentences."""
    found = read_pasted("名称\n柳湾镇\n柳湾镇\n13800138000\n" + "很" * 40)

    assert found.taken == ("柳湾镇",)
    assert [one.why for one in found.left_out] == [Why.HEADING, Why.REPEAT, Why.NUMBER, Why.LONG]


def test_a_name_without_a_word_for_a_place_is_taken_and_doubted() -> None:
    """柳湾 may be a town as people call it; the page asks for a look."""
    found = read_pasted("柳湾\n石桥村")

    assert found.taken == ("柳湾", "石桥村")
    assert found.doubtful == ("柳湾",)


def test_several_names_in_one_cell_are_several_places() -> None:
    """Parted by 、 or a comma."""
    assert read_pasted("东村、西村，南村;北村").taken == ("东村", "西村", "南村", "北村")


def test_a_lone_quote_swallows_nothing() -> None:
    """What stands behind it is still read."""
    assert read_pasted('"柳湾镇\t1\n石桥乡\t2\n东关街道\t3').taken == ("柳湾镇", "石桥乡", "东关街道")


def test_too_many_places_end_and_are_counted() -> None:
    """A paste has a bound, and says so."""
    found = read_pasted("\n".join(f"第{number}村" for number in range(MOST_PLACES + 7)))

    assert len(found.taken) == MOST_PLACES
    assert sum(one.why is Why.MANY for one in found.left_out) == 7


@given(st.text(max_size=300))
def test_any_text_is_read_and_gives_names_that_can_be_saved(text: str) -> None:
    """Whatever was on the clipboard."""
    for name in read_pasted(text).taken:
        assert 2 <= len(name) <= 30
        assert "\n" not in name
