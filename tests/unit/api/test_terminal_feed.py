"""The feed in the terminal: level, reason, the matter, its posts, and the coverage."""

import json
import threading
from collections.abc import Sequence
from dataclasses import replace

from api.bootstrap import memory_stores
from api.source_health import SourceHealth
from api.terminal import Feed, alert_lines, clock_time, coverage_line, todo_line
from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.event import Batch, Notice
from pipeline.domain.group import GroupRow, TodoReason
from pipeline.ports import GroupView, Record
from pipeline.workflow.settings import read_settings
from tests.builders import MONDAY, UNIT, HeldClock, a_post

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


class Told:
    """A feed over stores in memory, with the lines that it wrote."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.stores = memory_stores(HeldClock())
        profile = json.dumps({"id": UNIT, "name": "云溪县民政局"})
        self.stores.records.put(Record("setting", UNIT, "unit", 0, profile, 0, "a", ""), expect=None)
        settings = read_settings(self.stores.records, ())
        self.feed = Feed(self.stores, settings, self.lines.append, lambda _kind: None)

    def alert(self, why: str) -> None:
        """An alert stands in the log."""
        seq, previous = self.stores.log.head(UNIT)
        notice = Notice("opened", why, "policy:alert", "i", 1, MONDAY)
        self.stores.log.append(Batch(UNIT, seq + 1, previous, why, (), (notice,)), [])


def test_alerts_of_before_the_start_are_not_told_as_news() -> None:
    """A restart after a year does not repeat a year of alerts."""
    told = Told()
    told.alert("grave")
    told.feed.begin()
    told.alert("growth")
    told.feed.show_new()

    assert [line for line in told.lines if "预警" in line] == [f"{clock_time(MONDAY)} 预警 Ⅰ级 红 · 声量上升"]


def test_a_store_that_refuses_is_told_and_the_feed_goes_on() -> None:
    """A silent terminal would look like a quiet county."""
    told = Told()
    stop, head = threading.Event(), told.stores.log.head(UNIT)

    class Shut(MemoryIncidentLog):
        def read(self, unit: str, after: int, limit: int = 1000) -> Sequence[Batch]:
            if len(told.lines) > 0:
                stop.set()
            raise StoreUnavailable(f"{unit} cannot be read behind {after}, {limit} at once, {head[0]}")

    told.feed.stores = replace(told.stores, log=Shut())
    told.feed.run(stop)

    assert "暂时读不到数据" in told.lines[0]
    assert len(told.lines) == 1
