"""Bylines of forum software go; what a person wrote stays."""

import pytest

from crawlers.byline import without_bylines


@pytest.mark.parametrize(
    "line",
    [
        "本帖最后由 溪边草 于 2026-11-22 11:23 编辑",
        "溪边草 发表于 2026-11-22 11:23",
        "溪边草 发表于 3 分钟前",
        "Posted by xibiancao - 2026年11月22日 11:25",
        "By: xibiancao on 2026年11月22日 11:25",
        "作者：溪边草",
        "发帖人: 溪边草",
        "IP属地：云汐",
    ],
)
def test_a_line_that_only_names_the_author_goes(line: str) -> None:
    """Before, behind and between what was written."""
    assert without_bylines(f"{line}\n低保何时发\n{line}") == "低保何时发"


@pytest.mark.parametrize(
    "text",
    [
        "我 2026-11-20 交的材料，作者栏没人填",
        "通知发表于县政府网站",
        "楼主：我家也是这样，低保停了三个月没人管，打电话也没人接，请问找谁",
        "楼主：低保停了没人管",
        "来自：青石村",
        "低保何时发\n\n敬老院伙食差",
    ],
)
def test_what_a_person_wrote_stays(text: str) -> None:
    """Only whole lines in the exact forms of the software are furniture."""
    assert without_bylines(text) == text
