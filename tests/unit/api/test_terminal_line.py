"""The lines of the feed: level, reason, the matter, when and where it was said, and the coverage beside each count."""

from dataclasses import replace

from api.source_health import NOT_ASKED, SourceHealth
from api.terminal_line import (
    Shown,
    alert_lines,
    coverage_line,
    edited_line,
    published,
    standing_line,
    title_of,
    todo_line,
)
from pipeline.domain.event import Notice
from pipeline.domain.group import GroupRow, TodoReason
from pipeline.ports import GroupView
from tests.builders import DAY, MONDAY, UNIT, a_post

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
POST = Shown(a_post(1, "午饭端上来就是冷的", title="柳湾养老院饭凉", address="http://a.invalid/1"))
ALERT = Notice("opened", "new_matter", "policy:alert", "i", 3, MONDAY)
SEEN = "信源 5/6 正常"
ALIVE = SourceHealth("a", "云汐在线", is_alive=True, why="")
DEAD = SourceHealth("b", "云汐广电", is_alive=False, why="timeout", since=MONDAY)


def named(source: str) -> str:
    return {"forum": "云汐论坛"}.get(source, source)


def todo(shown: Shown, *, grown: bool = False) -> str:
    return todo_line(GroupView(ROW, None, is_todo=True), shown, named, coverage=SEEN, grown=grown)


def test_a_to_do_says_what_why_when_it_was_said_and_where() -> None:
    """One line: time, business line, place, matter, reason, date, source."""
    line = todo(POST)

    for part in ("待办", "养老服务", "柳湾镇", "“柳湾养老院饭凉”", "属本单位业务", "云汐论坛", "http://a.invalid/1"):
        assert part in line
    assert "2026-11-23" in line
    assert "已编辑" not in line


def test_a_to_do_that_grew_says_how_many_posts_there_are_with_their_coverage() -> None:
    """It is told again, as what it is."""
    assert "共 3 帖，信源 5/6 正常" in todo(POST, grown=True)


def test_an_alert_says_level_reason_matter_counts_with_coverage_and_its_posts() -> None:
    """The first line is the alert, the others its posts, each with date and source."""
    lines = alert_lines(ALERT, ROW, [POST, POST], named, coverage=SEEN)

    for part in ("预警", "Ⅲ级", "新事件", "“柳湾养老院饭凉”", "3 帖 2 人 2 信源 1 转载（信源 5/6 正常）"):
        assert part in lines[0]
    assert len(lines) == 3
    assert all("2026-11-23" in line and "云汐论坛" in line for line in lines[1:])


def test_a_post_without_a_time_says_so_and_a_time_to_come_is_what_the_page_states() -> None:
    """Neither is passed off as the day on which it was said."""
    assert published(a_post(1, "饭凉", published_at=None)) == "发布时间不详"
    assert published(a_post(1, "饭凉", published_at=MONDAY + DAY)).endswith("（页面自称）")
    assert "发布时间不详" in todo(Shown(a_post(1, "饭凉", published_at=None)))
    assert "发布时间不详" in alert_lines(ALERT, ROW, [Shown(a_post(1, "饭", published_at=None))], named, coverage="")[1]


def test_a_post_that_was_edited_or_is_gone_is_marked() -> None:
    """Whoever opens the original finds something else than is shown, or nothing."""
    assert todo(Shown(POST.post, is_edited=True)).endswith("〔已编辑〕")
    assert alert_lines(ALERT, ROW, [Shown(POST.post, is_gone=True)], named, coverage="")[1].endswith("〔原帖已不在〕")
    assert "不再命中" in edited_line(Shown(POST.post, is_edited=True), MONDAY, named, still_meets=False)
    assert "不再命中" not in edited_line(Shown(POST.post, is_edited=True), MONDAY, named, still_meets=True)


def test_a_due_time_is_a_reminder_and_a_decision_a_notice_and_neither_is_an_alert() -> None:
    """Nothing new was said outside, so the posts are not listed again, and no English word stands there."""
    due = alert_lines(replace(ALERT, what="overdue", why="reply"), ROW, [POST], named, coverage=SEEN)
    merged = alert_lines(replace(ALERT, what="merged", why="merge"), ROW, [POST], named, coverage=SEEN)

    assert len(due) == len(merged) == 1
    assert "提醒 Ⅲ级 黄 · 回应已逾期" in due[0]
    assert "通知 Ⅲ级 黄 · 并入他案" in merged[0]
    assert title_of(ALERT) == "预警"


def test_sources_whose_first_round_runs_are_not_called_dead() -> None:
    """Their posts may be told already; what was not seen yet is unknown all the same."""
    waiting = replace(DEAD, why=NOT_ASKED, since=0)

    assert coverage_line([ALIVE, waiting]) == "信源 1/2 正常，1 个首轮还没采完"
    assert standing_line(0, [ALIVE, waiting]) == "有没有待办：未知（看不到 首轮还没采完的 1 个信源）"


def test_an_alert_whose_posts_were_erased_says_so() -> None:
    """It never invents a matter."""
    (line,) = alert_lines(replace(ALERT, why="grave", level=1), ROW, [], named, coverage=SEEN)

    assert "原文已删除" in line


def test_the_coverage_names_every_dead_source_with_its_reason_and_since_when() -> None:
    """A number never stands without it."""
    assert coverage_line([ALIVE, DEAD]).startswith("信源 1/2 正常；超时：云汐广电（自 2026-11-23 ")
    assert coverage_line([ALIVE]) == "信源 1/1 正常"
    assert "从未采到" in coverage_line([replace(DEAD, since=0)])


def test_the_coverage_names_a_source_that_found_less_than_is_normal() -> None:
    """It is alive, and perhaps half blind."""
    assert coverage_line([replace(ALIVE, found=1, least=5, most=20)]) == (
        "信源 1/1 正常；比平常少：云汐在线（1 条，平常 5–20 条）"
    )
    assert "比平常多" in coverage_line([replace(ALIVE, found=50, least=5, most=20)])


def test_with_a_dead_source_an_empty_list_is_unknown_and_says_what_cannot_be_seen() -> None:
    """DESIGN §1.6: unknown, not 0; and what was found is the least that there is."""
    empty, some = standing_line(0, [ALIVE, DEAD]), standing_line(4, [ALIVE, DEAD])

    assert empty.startswith("有没有待办：未知（看不到 云汐广电（自 2026-11-23 ")
    assert "0" not in empty.partition("（")[0]
    assert some.startswith("待办至少 4 条（看不到 云汐广电")
    assert "未知" in standing_line(0, [])
    assert standing_line(0, [ALIVE]) == "没有待办（信源 1/1 正常）"
    assert standing_line(100, [ALIVE], is_more=True) == "待办 100 条以上（信源 1/1 正常）"


def test_a_long_matter_is_cut_with_a_mark() -> None:
    """A line stays a line."""
    assert "…”" in todo(Shown(a_post(1, "长" * 200)))
