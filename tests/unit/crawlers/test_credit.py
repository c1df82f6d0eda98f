"""Those who made an article leave its text; everything else stays."""

import pytest

from crawlers.credit import without_credits


@pytest.mark.parametrize(
    "line",
    [
        "责任编辑：柳明",
        "（编辑：小柳）返回搜狐，查看更多",
        "【责任编辑：柳明 何清】",
        "本报记者 柳明 通讯员 何清",
        "云汐融媒记者柳明、何清",
        "文/柳明 图/何清",
        "策划、监制：柳明",
        "（图片来源：网络）",
        "作者：柳明",
        "記者 柳明",
        "采写：云汐融媒见习记者 柳明",
        "（原标题：老人喊“救命”！民警赶到后）",
    ],
)
def test_a_line_that_only_names_who_made_it_goes(line: str) -> None:
    """Editors, reporters and photographers are no part of what was said."""
    assert without_credits(f"敬老院换了新床。\n{line}") == "敬老院换了新床。"


@pytest.mark.parametrize(
    "line",
    [
        "文明城市创建工作全面展开",
        "图书馆今天开放",
        "记者在现场看到，老人已经离开。",
        "作者认为，低保标准过低。",
        "审核通过后三个工作日到账",
        "审核 要带哪些材料",
        "摄影比赛报名时间：5月1日",
        "来源广泛的资金，必须公开",
        "记者站搬到了二楼",
        "发放时间照旧（周一）",
        "补助办法（试行）",
    ],
)
def test_a_sentence_stays(line: str) -> None:
    """The same words at work in a sentence are what somebody said."""
    assert without_credits(line) == line


def test_the_reporter_behind_the_dateline_goes_and_the_sentence_goes_on() -> None:
    """新华社电（记者…） keeps its dateline."""
    said = without_credits("云汐5月12日电（记者柳明、何清）养老补贴今天起发放。（责编：何清）")

    assert said == "云汐5月12日电养老补贴今天起发放。"


@pytest.mark.parametrize(
    "signed", ["（柳明远）", "（何清摄）", "（记者柳明、何\ufffd", "返回搜狐，查看更多", " 责任编辑：柳明"]
)
def test_a_name_behind_the_last_sentence_goes(signed: str) -> None:
    """Signed in brackets, also where the bracket was never closed."""
    assert without_credits(f"养老补贴今天起发放。{signed}") == "养老补贴今天起发放。"
