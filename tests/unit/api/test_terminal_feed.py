"""The feed in the terminal: level, reason, the matter, its posts, and the coverage."""

from dataclasses import replace

from api.source_health import SourceHealth
from api.terminal import alert_lines, coverage_line, todo_line
from pipeline.domain.event import Notice
from pipeline.domain.group import GroupRow, TodoReason
from pipeline.ports import GroupView
from tests.builders import MONDAY, UNIT, a_post

ROW = GroupRow(
    unit=UNIT,
    id="g",
    incident="i",
    lead="p",
    posts=3,
    reposts=1,
    posters=2,
    recent_posts=3,
    recent_posters=2,
    sources=2,
    needs=0,
    first_at=MONDAY,
    last_at=MONDAY,
    collected_at=MONDAY,
    line="养老服务",
    place="柳湾镇",
    todo=TodoReason.OURS,
)
POST = a_post(1, "午饭端上来就是冷的", title="柳湾养老院饭凉", address="http://a.invalid/1")


def named(source: str) -> str:
    return {"forum": "云溪论坛"}.get(source, source)


def test_a_to_do_says_when_what_why_and_where() -> None:
    """One line: time, business line, place, matter, reason, source."""
    line = todo_line(GroupView(ROW, None, is_todo=True), POST, named, grown=False)

    for part in ("待办", "养老服务", "柳湾镇", "“柳湾养老院饭凉”", "属本单位业务", "云溪论坛", "http://a.invalid/1"):
        assert part in line


def test_a_to_do_that_grew_says_how_many_posts_there_are() -> None:
    """It is told again, as what it is."""
    assert "共 3 帖" in todo_line(GroupView(ROW, None, is_todo=True), POST, named, grown=True)


def test_an_alert_says_level_reason_matter_counts_and_its_posts() -> None:
    """The first line is the alert, the others its posts."""
    lines = alert_lines(Notice("opened", "new_matter", "policy:alert", "i", 3, MONDAY), ROW, [POST, POST], named)

    for part in ("预警", "Ⅲ级", "新事件", "“柳湾养老院饭凉”", "3 帖 2 人 2 信源 1 转载"):
        assert part in lines[0]
    assert len(lines) == 3


def test_an_alert_whose_posts_were_erased_says_so() -> None:
    """It never invents a matter."""
    (line,) = alert_lines(Notice("opened", "grave", "policy:alert", "i", 1, MONDAY), ROW, [], named)

    assert "原文已删除" in line


def test_the_coverage_names_every_dead_source_with_its_reason() -> None:
    """A number never stands without it."""
    alive = SourceHealth("a", "云溪在线", is_alive=True, why="")
    dead = replace(alive, source="b", name="云溪广电", is_alive=False, why="timeout")

    assert coverage_line([alive, dead]) == "信源 1/2 正常；超时：云溪广电"
    assert coverage_line([alive]) == "信源 1/1 正常"


def test_a_long_matter_is_cut_with_a_mark() -> None:
    """A line stays a line."""
    assert "…”" in todo_line(GroupView(ROW, None, is_todo=True), a_post(1, "长" * 200), named, grown=False)
