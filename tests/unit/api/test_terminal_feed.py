"""The feed in the terminal: what is new is told once, with what is known of its post, and what cannot be known."""

import json
import threading
from collections.abc import Sequence
from dataclasses import replace

from api.bootstrap import memory_stores, open_desk
from api.bundled import bundled_lines
from api.terminal import STANDING_EVERY, Feed
from api.terminal_line import clock_time
from crawlers.manifest import manifest_to_json
from crawlers.read_manifest import manifest_from_dict
from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.domain.command import Open
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.event import Batch, Notice
from pipeline.domain.group_merge import Found, MergeProposal
from pipeline.domain.mention import NO_OPINION
from pipeline.ports import Record
from pipeline.workflow.settings import read_settings
from tests import stored
from tests.builders import MONDAY, UNIT, HeldClock
from tests.end_to_end.crawl_job import a_source


class Told:
    """A feed over stores in memory, with the lines that it wrote."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.clock = HeldClock()
        self.stores = memory_stores(self.clock)
        profile = json.dumps({"id": UNIT, "name": "云汐县民政局"})
        self.stores.records.put(Record("setting", UNIT, "unit", 0, profile, 0, "a", ""), expect=None)
        settings = read_settings(self.stores.records, ())
        self.feed = Feed(self.stores, settings, self.lines.append, lambda _kind: None)

    def note(self, kind: str, key: str, value: object) -> None:
        """A record stands in the stores."""
        text = value if isinstance(value, str) else json.dumps(value)
        self.stores.records.put(Record(kind, "", key, 0, text, self.clock.at, "a", ""), expect=None)

    def a_source(self, *, is_alive: bool, **state: object) -> None:
        """A source is enabled and was asked."""
        manifest = manifest_from_dict({**a_source("http://127.0.0.1:1/feed"), "expected": {"min": 5, "max": 20}})
        self.note("setting", "source/yunxi-feed", manifest_to_json(manifest))
        known = {"source": "yunxi-feed", "at": MONDAY, "is_alive": is_alive, "why": "" if is_alive else "timeout"}
        self.note("source_state", "yunxi-feed", {**known, "last_good_at": MONDAY, **state})

    def later(self) -> list[str]:
        """Return what the feed says a minute later."""
        before = len(self.lines)
        self.clock.at += STANDING_EVERY
        self.feed.show_new()
        return self.lines[before:]

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


def test_a_banner_stands_over_the_feed_while_there_is_no_classifier() -> None:
    """Told once with the reason, and not while one speaks."""
    told = Told()
    told.note("progress", "work", {"problem": "", "model": "lexicon@1", "absent": ""})
    told.feed.show_new()
    assert not [line for line in told.lines if "没有分类器" in line]
    told.note("progress", "work", {"problem": "", "model": NO_OPINION.model, "absent": "the model file is damaged"})
    told.feed.show_new()
    told.feed.show_new()

    (line,) = [line for line in told.lines if "没有分类器" in line]
    assert "凡是命中都请人看" in line
    assert "the model file is damaged" in line


def test_with_a_dead_source_the_empty_list_is_unknown_until_it_is_seen_again() -> None:
    """M7: nobody looked is not the same as nobody said."""
    told = Told()
    told.a_source(is_alive=False, failing_since=MONDAY)
    told.feed.show_new()
    assert any("有没有待办：未知（看不到 云汐论坛订阅（自 2026-11-23" in line for line in told.lines)
    told.a_source(is_alive=True)

    assert any("没有待办（信源 1/1 正常）" in line for line in told.later())


def test_a_source_that_found_less_than_its_expected_count_is_told() -> None:
    """It answers, and perhaps its page has changed."""
    told = Told()
    told.a_source(is_alive=True, found=1, out_of_bounds=True)
    told.feed.show_new()

    assert any("比平常少：云汐论坛订阅（1 条，平常 5–20 条）" in line for line in told.lines)


def a_told_todo(**changes: object) -> Told:
    """A to-do of one post was told."""
    told = Told()
    post = replace(stored.a_post(1, "养老院的饭是凉的"), source="forum", **changes)  # type: ignore[arg-type]  # fields of Post
    row = replace(stored.a_group("g1"), unit=UNIT, lead=post.id)
    mention = replace(stored.a_mention(post), unit=UNIT)
    told.stores.posts.commit(stored.work([post], [mention], [row]))
    told.feed.show_new()
    return told


def test_a_to_do_without_a_known_time_says_so() -> None:
    """The post's page states none."""
    told = a_told_todo(published_at=None)

    assert any("待办" in line and "发布时间不详" in line for line in told.lines)


def test_a_told_post_that_was_edited_so_that_it_meets_no_rule_is_shown_as_edited() -> None:
    """Its mention lapses; the post stays, and whoever read the line learns that it reads otherwise now."""
    told = a_told_todo()
    before = told.stores.posts.mentions_of(UNIT, "p1")
    edited = replace(stored.a_post(1, "已经解决了，谢谢"), source="forum", collected_at=MONDAY)
    told.stores.posts.commit(stored.work([edited], to=2, lapsed=before))

    (line,) = [line for line in told.later() if "变动" in line]
    assert "原帖已编辑，不再命中" in line
    assert "“已经解决了，谢谢”" in line
    assert "〔已编辑〕" in line
    assert not [line for line in told.later() if "变动" in line]


def test_a_told_post_that_is_gone_at_the_source_is_told_as_gone() -> None:
    """A fact with a time; the text stays here."""
    told = a_told_todo()
    told.stores.posts.commit(stored.work([], to=2, gone=[("p1", MONDAY)]))

    assert any("原帖已不在" in line and "“养老院的饭是凉的”" in line for line in told.later())


def test_a_business_line_of_level_two_is_told_by_its_name_behind_its_parent() -> None:
    """The id stays in the store, the name is what people read."""
    told = Told()
    told.feed.settings = read_settings(told.stores.records, (), bundled_lines())
    row = replace(stored.a_group(), unit=UNIT, line="低保", place="柳湾镇")
    told.stores.posts.commit(stored.work(groups=[row]))
    told.feed.show_new()

    assert any("社会救助·最低生活保障 · 柳湾镇" in line for line in told.lines)


def test_a_process_that_died_is_told_with_the_reason() -> None:
    """Once per restart, in the words of a person who watches."""
    told = Told()
    told.note("process", "work", {"state": "dead", "restarts": 2, "why": "killed", "last_exit": -9})
    told.feed.show_new()
    told.feed.show_new()

    (line,) = [line for line in told.lines if "故障" in line]
    assert "处理进程停了（第 2 次）：被信号 9 结束" in line


def test_a_proposal_to_merge_two_incidents_is_told_once() -> None:
    """With the two matters and the post that shows it."""
    told = Told()
    posts = [replace(stored.a_post(n, f"老年食堂停业{n}"), source="forum") for n in (1, 2, 3)]
    rows = [replace(stored.a_group(f"g{n}"), unit=UNIT, lead=f"p{n}") for n in (1, 2)]
    mentions = [stored.a_mention(post, group=f"g{n}", order=n) for n, post in enumerate(posts[:2], start=1)]
    why = MergeProposal(UNIT, "g1", "g2", order=3, post="p3", similarity=3_000, at=MONDAY)
    told.stores.posts.commit(replace(stored.work(posts, mentions, rows), found=Found((), (why,))))
    desk = open_desk(told.stores, told.feed.settings)
    for group in ("g1", "g2"):
        command = Open(command_id=group, actor="account:duty", group=group)
        desk.execute(UNIT, command, roles=frozenset({"duty"}))
    (line,) = [line for line in told.later() if "并案" in line]

    assert all(f"老年食堂停业{n}" in line for n in (1, 2, 3))
    assert not [line for line in told.later() if "并案" in line]


def test_a_complaint_about_staff_is_told_without_its_words() -> None:
    """Whoever works the desk reads the terminal; a later edit is not shown either."""
    told = Told()
    post = replace(stored.a_post(1, "窗口工作人员态度恶劣"), source="forum")
    row = replace(stored.a_group("g1", conduct=True), unit=UNIT, lead=post.id)
    mention = replace(stored.a_mention(post, conduct=True), unit=UNIT)
    told.stores.posts.commit(stored.work([post], [mention], [row]))
    told.feed.show_new()
    edited = replace(post, version="2" * 16, text="窗口工作人员态度极差", collected_at=MONDAY + 1)
    told.stores.posts.commit(stored.work([edited], [], [row], to=2))
    told.later()

    assert any("待办" in line and "涉工作作风" in line for line in told.lines)
    assert not any("态度" in line for line in told.lines)
