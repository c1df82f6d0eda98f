"""
The feed in the terminal: to-dos and alerts as they happen, read from the stores alone.

To-dos are groups that changed and ask for a person; alerts are notices of the log. Both are told once per change that
matters: a group again when it has grown, an alert for each batch that notifies, a told post when it was edited.
"""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.event import Notice
from pipeline.domain.group import GroupRow
from pipeline.domain.mention import NO_OPINION
from pipeline.domain.post import Millis
from pipeline.domain.recused import is_for_leader
from pipeline.workflow.settings import Settings

from .bootstrap import open_desk
from .saying import PROGRESS
from .source_health import SourceHealth, source_health
from .source_name import short_name
from .stores import Stores
from .supervisor import PROCESS
from .terminal_line import (
    ALERT,
    Shown,
    alert_lines,
    banner,
    clock_time,
    coverage_line,
    coverage_of,
    edited_line,
    need_line,
    proposal_line,
    standing_line,
    title_of,
    todo_line,
)
from .wording import EXITS, FOR_LEADER, PARTS

POLL_SECONDS = 0.3
COVERAGE_EVERY: Millis = 2_000
STANDING_EVERY: Millis = 60_000
SHOWN_POSTS = 3
NEEDS_LOOKED_AT = 100
TODOS_COUNTED = 100
LEADS_LOOKED_AT = 200
"""How many of the posts that were told last are looked at for edits, once a minute."""


@dataclass(slots=True)
class Feed:
    """Prints what is to do, and alerts since it began; `seen` hears each line's kind: todo, need, alert, coverage…"""

    stores: Stores
    settings: Settings
    write: Callable[[str], None]
    seen: Callable[[str], None]
    every_seconds: int = 0
    _groups: dict[str, int] = field(default_factory=dict)
    _log: dict[str, int] = field(default_factory=dict)
    _told: dict[tuple[str, str], int] = field(default_factory=dict)
    _leads: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)
    _needs: set[tuple[str, str]] = field(default_factory=set)
    _health: Sequence[SourceHealth] = ()
    _proposed: set[tuple[str, str, str]] = field(default_factory=set)
    _said: dict[str, str] = field(default_factory=dict)
    _coverage_at: Millis = 0
    _standing_at: Millis = 0

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
        now = self.stores.clock.now()
        if not self._coverage_at or now - self._coverage_at >= COVERAGE_EVERY:
            self._coverage_at = now
            self._health = source_health(self.stores, self.every_seconds)
            self._show("coverage", "覆盖", coverage_line(self._health) if self._health else "")
        self._show("banner", "注意", self._banner())
        self._show_broken()
        for unit in self.settings.units:
            self._show_todos(unit)
            self._show_needs(unit)
            self._show_alerts(unit)
        if not self._standing_at or now - self._standing_at >= STANDING_EVERY:
            self._standing_at = now
            self._show("standing", "现状", self._standing())
            self._show_proposals(now)
            for unit, post in list(self._leads):
                self._show_change(unit, post)

    def _show(self, kind: str, title: str, line: str) -> None:
        """The line is printed where it says something, and something else than the last of its kind."""
        if line == self._said.get(kind, ""):
            return
        self._said[kind] = line
        if line:
            self.write(f"{clock_time(self.stores.clock.now())} {title}   {line}")
            self.seen(kind.partition("/")[0])

    def _banner(self) -> str:
        record = self.stores.records.get(PROGRESS, "", "work")
        said = json.loads(record.value) if record else {}
        return banner(said.get("absent", "")) if said.get("model") == NO_OPINION.model else ""

    def _show_broken(self) -> None:
        """Which process is dead, and why; each restart of one is told anew."""
        for record in self.stores.records.list(PROCESS):
            state, name = json.loads(record.value), PARTS.get(record.key, record.key)
            is_told = state["state"] == "dead" and state["why"]
            line = f"{name}停了（第 {state['restarts']} 次）：{_why(state['last_exit'])}" if is_told else ""
            self._show(f"broken/{record.key}", "故障", line)

    def _standing(self) -> str:
        pages = [
            self.stores.posts.groups(unit, todo_only=True, cursor=None, limit=TODOS_COUNTED)
            for unit in self.settings.units
        ]
        is_more = any(page.cursor is not None for page in pages)
        return standing_line(sum(len(page.rows) for page in pages), self._health, is_more=is_more)

    def _show_todos(self, unit: str) -> None:
        change, views = self.stores.posts.changed_groups(unit, self._groups.get(unit, 0))
        self._groups[unit] = change
        for view in views:
            known = self._told.get((unit, view.row.id), 0)
            if view.is_todo and view.row.posts > known:
                self._told[unit, view.row.id] = view.row.posts
                lead = self._post(view.row.lead, kept=is_for_leader([view.row]))
                coverage = coverage_of(self._health)
                named = replace(view, row=self._named(unit, view.row))
                self.write(todo_line(named, lead, self._name, coverage=coverage, grown=known > 0))
                self.seen("todo")
                self._remember(unit, lead)

    def _show_needs(self, unit: str) -> None:
        """A plea for help has a queue of its own, whatever it is about, and is never told as a risk."""
        for mention, post in reversed(self.stores.posts.needs(unit, NEEDS_LOOKED_AT)):
            if (unit, post.id) not in self._needs:
                self._needs.add((unit, post.id))
                shown = self._post(post.id, kept=mention.conduct) or Shown(post)
                self.write(need_line(mention, shown, self._name))
                self.seen("need")
                self._remember(unit, shown)

    def _show_alerts(self, unit: str) -> None:
        for batch in self.stores.log.read(unit, self._log.get(unit, 0)):
            self._log[unit] = batch.seq
            for notice in batch.notices:
                if notice.incident:  # a digest or a roll-up tells nothing new
                    self._show_alert(unit, notice)

    def _show_alert(self, unit: str, notice: Notice) -> None:
        incident = self.stores.log.incident(unit, notice.incident)
        groups = incident.groups if incident else ()
        views = [found for group in groups if (found := self.stores.posts.group(unit, group))]
        view = max(views, key=lambda each: each.row.posts, default=None)
        members = self.stores.posts.members(unit, view.row.id) if view else ()
        ids = list(dict.fromkeys(mention.post for mention in members))[:SHOWN_POSTS]
        kept = is_for_leader([each.row for each in views], incident)
        posts = [shown for post in ids if (shown := self._post(post, kept=kept))]
        row, coverage = self._named(unit, view.row) if view else None, coverage_of(self._health)
        for line in alert_lines(notice, row, posts, self._name, coverage=coverage):
            self.write(line)
        self.seen("alert" if title_of(notice) == ALERT else "notice")
        for shown in posts:
            self._remember(unit, shown)

    def _show_proposals(self, now: Millis) -> None:
        """Which opened incidents the machine holds to be one: a person merges them, or says that they are two."""
        desk = open_desk(self.stores, self.settings)
        open_now = [(unit, proposed) for unit in self.settings.units for proposed in desk.proposals(unit)]
        for unit, proposed in open_now:
            key = (unit, proposed.one, proposed.other)
            if key not in self._proposed:
                self._proposed.add(key)
                views = [self.stores.posts.group(unit, group) for group in (proposed.why.one, proposed.why.other)]
                kept = is_for_leader([view.row for view in views if view])
                leads = [self._post(view.row.lead, kept=kept) if view else None for view in views]
                self.write(proposal_line(leads, self._post(proposed.why.post, kept=kept), now, self._name))
                self.seen("proposal")

    def _remember(self, unit: str, shown: Shown | None) -> None:
        """The post was told as it is now; a later edit, or its end at the source, is told too."""
        if shown is not None and not shown.is_kept:
            self._leads.pop((unit, shown.post.id), None)
            self._leads[unit, shown.post.id] = (shown.post.version, shown.is_gone)
            if len(self._leads) > LEADS_LOOKED_AT:
                del self._leads[next(iter(self._leads))]

    def _show_change(self, unit: str, post_id: str) -> None:
        shown = self._post(post_id)
        if shown is None:
            del self._leads[unit, post_id]  # erased: nothing is said of it any more
        elif self._leads[unit, post_id] != (shown.post.version, shown.is_gone):
            self._leads[unit, post_id] = (shown.post.version, shown.is_gone)
            meets = any(not mention.lapsed for mention in self.stores.posts.mentions_of(unit, post_id))
            self.write(edited_line(shown, self.stores.clock.now(), self._name, still_meets=meets))
            self.seen("change")

    def _post(self, post_id: str, *, kept: bool = False) -> Shown | None:
        """Return a post as lines show it; what is `kept` for a leader has no words: the desk reads the terminal."""
        stored = self.stores.posts.post(post_id)
        if stored is None or stored.erased:
            return None
        is_edited = len(self.stores.posts.versions(post_id)) > 1
        post = replace(stored.post, title="", text=FOR_LEADER, address=None) if kept else stored.post
        return Shown(post, is_edited=is_edited, is_gone=stored.gone_at is not None, is_kept=kept)

    def _named(self, unit: str, row: GroupRow) -> GroupRow:
        """Return the row with its business line as people call it; its id stays in the store."""
        return replace(row, line=self.settings.units[unit].lines.name_of(row.line)) if row.line else row

    def _name(self, source: str) -> str:
        return next((short_name(one.name) for one in self._health if one.source == source), source)


def _why(code: int | None) -> str:
    if code is None:
        return "启动不了，原因见日志"
    return f"被信号 {-code} 结束" if code < 0 else EXITS.get(code, f"出错（{code}）")
