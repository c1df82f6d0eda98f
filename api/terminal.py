"""
The feed in the terminal: to-dos and alerts as they happen, read from the stores alone.

To-dos are groups that changed and ask for a person; alerts are notices of the log. Both are told once per change that
matters: a group again when it has grown, an alert for each batch that notifies.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.event import Notice
from pipeline.domain.group import GroupRow
from pipeline.domain.mention import Mention
from pipeline.domain.post import Millis, Post
from pipeline.ports import GroupView
from pipeline.workflow.settings import Settings

from .source_health import SourceHealth, source_health
from .stores import Stores
from .wording import LEVELS, OUTCOMES, REASONS, TODO_REASONS

ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")
POLL_SECONDS = 0.3
COVERAGE_EVERY: Millis = 15_000
SHOWN_POSTS = 3
NEEDS_LOOKED_AT = 100
WIDTH = 38


@dataclass(slots=True)
class Feed:
    """Prints what is to do, and alerts since it began; `seen` hears each line's kind: todo, need, alert, coverage."""

    stores: Stores
    settings: Settings
    write: Callable[[str], None]
    seen: Callable[[str], None]
    _groups: dict[str, int] = field(default_factory=dict)
    _log: dict[str, int] = field(default_factory=dict)
    _told: dict[tuple[str, str], int] = field(default_factory=dict)
    _needs: set[tuple[str, str]] = field(default_factory=set)
    _coverage: str = ""
    _coverage_at: Millis = 0

    def run(self, stop: threading.Event) -> None:
        """Print until `stop` is set; a store that cannot be read is told once, and tried again."""
        is_told = False
        while not stop.is_set():
            try:
                self.show_new()
                is_told = False
            except StoreUnavailable as refusal:
                if not is_told:
                    self.write(f"{clock_time(self.stores.clock.now())} 故障   暂时读不到数据，稍后再试：{refusal}")
                is_told = True
            stop.wait(POLL_SECONDS)

    def begin(self) -> None:
        """Alerts that stand in the logs now are no news; what is still to do is told again."""
        self._log = {unit: self.stores.log.head(unit)[0] for unit in self.settings.units}

    def show_new(self) -> None:
        """Everything that is new is printed once."""
        self.settings.refresh()
        for unit in self.settings.units:
            self._show_todos(unit)
            self._show_needs(unit)
            self._show_alerts(unit)
        self._show_coverage()

    def _show_todos(self, unit: str) -> None:
        change, views = self.stores.posts.changed_groups(unit, self._groups.get(unit, 0))
        self._groups[unit] = change
        for view in views:
            known = self._told.get((unit, view.row.id), 0)
            if view.is_todo and view.row.posts > known:
                self._told[unit, view.row.id] = view.row.posts
                lead = self._post(view.row.lead)
                self.write(todo_line(view, lead, self._source_names(), grown=known > 0))
                self.seen("todo")

    def _show_needs(self, unit: str) -> None:
        """A plea for help has a queue of its own, whatever it is about, and is never told as a risk."""
        for mention, post in reversed(self.stores.posts.needs(unit, NEEDS_LOOKED_AT)):
            if (unit, post.id) not in self._needs:
                self._needs.add((unit, post.id))
                self.write(need_line(mention, post, self._source_names()))
                self.seen("need")

    def _show_alerts(self, unit: str) -> None:
        for batch in self.stores.log.read(unit, self._log.get(unit, 0)):
            self._log[unit] = batch.seq
            for notice in batch.notices:
                self._show_alert(unit, notice)

    def _show_alert(self, unit: str, notice: Notice) -> None:
        incident = self.stores.log.incident(unit, notice.incident)
        groups = incident.groups if incident else ()
        views = [found for group in groups if (found := self.stores.posts.group(unit, group))]
        view = max(views, key=lambda each: each.row.posts, default=None)
        members = self.stores.posts.members(unit, view.row.id) if view else ()
        ids = list(dict.fromkeys(mention.post for mention in members))[:SHOWN_POSTS]
        posts = [post for post in map(self._post, ids) if post]
        for line in alert_lines(notice, view.row if view else None, posts, self._source_names()):
            self.write(line)
        self.seen("alert")

    def _show_coverage(self) -> None:
        now = self.stores.clock.now()
        if now - self._coverage_at < COVERAGE_EVERY:
            return
        self._coverage_at = now
        health = source_health(self.stores)
        line = coverage_line(health)
        if health and line != self._coverage:
            self._coverage = line
            self.write(f"{clock_time(now)} 覆盖   {line}")
            self.seen("coverage")

    def _post(self, post_id: str) -> Post | None:
        stored = self.stores.posts.post(post_id)
        return stored.post if stored else None

    def _source_names(self) -> Callable[[str], str]:
        names = {one.source: short_name(one.name) for one in source_health(self.stores)}
        return lambda source: names.get(source, source)


def coverage_line(health: Sequence[SourceHealth]) -> str:
    """Return how many sources were seen, and which were not, by the reason."""
    alive = sum(one.is_alive for one in health)
    dead: dict[str, list[str]] = {}
    for one in health:
        if not one.is_alive:
            dead.setdefault(one.why, []).append(short_name(one.name))
    reasons = [f"{OUTCOMES.get(why, why)}：{'、'.join(names)}" for why, names in sorted(dead.items())]
    return "；".join([f"信源 {alive}/{len(health)} 正常", *reasons])


def short_name(name: str) -> str:
    """Return a source's name as a line of the terminal has room for: the demo's banner shortened to a mark."""
    return name.replace("（演示数据 纯属虚构）", "（演示）")


def todo_line(view: GroupView, lead: Post | None, name: Callable[[str], str], *, grown: bool) -> str:
    """Return one line: when, reason, line and place, the matter, how many posts, where."""
    row = view.row
    why = TODO_REASONS.get(row.todo or "", "") if not grown else f"又有新帖（共 {row.posts} 帖）"
    return f"{clock_time(row.collected_at)} 待办   {_about(row)}  {_matter(lead)}  [{why}] {_where(lead, name)}"


def need_line(mention: Mention, post: Post, name: Callable[[str], str]) -> str:
    """Return one line: when, where it is, what is asked for, where it was said."""
    return (
        f"{clock_time(post.collected_at)} 求助   {mention.place or '地点未提'}  {_matter(post)}  {_where(post, name)}"
    )


def alert_lines(
    notice: Notice, row: GroupRow | None, posts: Sequence[Post], name: Callable[[str], str]
) -> Sequence[str]:
    """Return an alert: level and reason, the matter with its counts, then its posts."""
    level = LEVELS.get(notice.level, str(notice.level))
    head = f"{clock_time(notice.at)} 预警 {level} · {REASONS.get(notice.why, notice.why)}"
    if row is None:
        return [head]
    counts = f"{row.posts} 帖 {row.posters} 人 {row.sources} 信源" + (f" {row.reposts} 转载" if row.reposts else "")
    lines = [f"{head}  {_about(row)}  {_matter(posts[0] if posts else None)}  {counts}"]
    lines += [f"           └ {clock_time(post.occurred_at)} {_matter(post)} {_where(post, name)}" for post in posts]
    return lines


def clock_time(at: Millis) -> str:
    """Return hour, minute and second in the unit's zone."""
    return datetime.fromtimestamp(at / 1_000, UTC).astimezone(ZONE).strftime("%H:%M:%S")


def _about(row: GroupRow) -> str:
    return " · ".join(part for part in (row.line, row.place) if part) or "业务未定"


def _matter(post: Post | None) -> str:
    if post is None:
        return "（原文已删除）"
    said = " ".join((post.title or post.text).split())
    return f"“{said[:WIDTH]}{'…' if len(said) > WIDTH else ''}”"


def _where(post: Post | None, name: Callable[[str], str]) -> str:
    return f"{name(post.source)} {post.address or ''}".strip() if post else ""
