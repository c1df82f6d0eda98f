"""The lines of the terminal feed: pure functions from what is stored to what a person reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from pipeline.domain.event import Notice
from pipeline.domain.group import GroupRow
from pipeline.domain.mention import Mention
from pipeline.domain.post import Millis, Post
from pipeline.ports import GroupView

from .notify.words import DUE, WHAT
from .source_health import NOT_ASKED, SourceHealth
from .source_name import short_name
from .wording import LEVELS, OUTCOMES, REASONS, TODO_REASONS

ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")
WIDTH = 38

ALERT = "预警"
ALERTS = frozenset({"opened", "level_raised", "emergency_declared", "line_added"})
"""What is pushed because something happened outside; everything else is a reminder or somebody's decision."""

Name = Callable[[str], str]
"""How a source is called, by its id."""


@dataclass(frozen=True, slots=True)
class Shown:
    """
    A stored post as a line shows it: whether it was edited since it was first seen, and whether it is gone there.

    `is_kept`: its words are a leader's until he has decided, and stand in no line.
    """

    post: Post
    is_edited: bool = False
    is_gone: bool = False
    is_kept: bool = False


def todo_line(view: GroupView, lead: Shown | None, name: Name, *, coverage: str, grown: bool) -> str:
    """Return one line: when, reason, line and place, the matter, how many posts with their coverage, where."""
    row = view.row
    why = TODO_REASONS.get(row.todo or "", "")
    if grown:
        why = f"又有新帖（共 {row.posts} 帖，{coverage}）"
    return f"{clock_time(row.collected_at)} 待办   {_about(row)}  {_matter(lead)}  [{why}] {_where(lead, name)}"


def need_line(mention: Mention, shown: Shown, name: Name) -> str:
    """Return one line: when, where it is, what is asked for, where it was said."""
    when, place = clock_time(shown.post.collected_at), mention.place or "地点未提"
    return f"{when} 求助   {place}  {_matter(shown)}  {_where(shown, name)}"


def alert_lines(
    notice: Notice, row: GroupRow | None, posts: Sequence[Shown], name: Name, *, coverage: str
) -> Sequence[str]:
    """
    Return an alert: level and reason, the matter with its counts and their coverage, then its posts.

    A reminder or another notice, which says nothing new of the posts, is its first line alone.
    """
    level = LEVELS.get(notice.level, str(notice.level))
    head = f"{clock_time(notice.at)} {title_of(notice)} {level} · {_reason(notice)}"
    if row is None:
        return [head]
    counts = f"{row.posts} 帖 {row.posters} 人 {row.sources} 信源" + (f" {row.reposts} 转载" if row.reposts else "")
    lines = [f"{head}  {_about(row)}  {_matter(posts[0] if posts else None)}  {counts}（{coverage}）"]
    if title_of(notice) != ALERT:
        return lines
    return lines + [f"           └ {_matter(shown)} {_where(shown, name)}" for shown in posts]


def title_of(notice: Notice) -> str:
    """Return what a notice is to people: an alert, a reminder of a due time, or a notice of what others decided."""
    if notice.what in ("due_soon", "overdue"):
        return "提醒"
    return ALERT if notice.what in ALERTS else "通知"


def edited_line(shown: Shown, now: Millis, name: Name, *, still_meets: bool) -> str:
    """Return one line about a post that was told before and reads otherwise now, or is gone."""
    what = "原帖已不在" if shown.is_gone else "原帖已编辑" if still_meets else "原帖已编辑，不再命中"
    return f"{clock_time(now)} 变动   {what}  {_matter(shown)} {_where(shown, name)}"


def proposal_line(leads: Sequence[Shown | None], why: Shown | None, now: Millis, name: Name) -> str:
    """Return one line: which two incidents may be one matter, and the post that shows it."""
    matters = " 与 ".join(_matter(lead) for lead in leads)
    return f"{clock_time(now)} 并案   {matters} 像是同一件事，请人决定是否合并  凭 {_matter(why)} {_where(why, name)}"


def banner(reason: str) -> str:
    """Return what stands over everything while there is no classifier."""
    return f"没有分类器：机器不给意见，凡是命中都请人看（{reason or '原因见 huiyin doctor'}）"


def coverage_line(health: Sequence[SourceHealth]) -> str:
    """Return how many sources were seen; which were not, by the reason, since when; and which found too few."""
    unseen: dict[str, list[str]] = {}
    for one in health:
        if not one.is_alive and one.why != NOT_ASKED:
            unseen.setdefault(one.why, []).append(_since(one))
    parts = [coverage_of(health)]
    parts += [f"{OUTCOMES.get(why, why)}：{'、'.join(names)}" for why, names in sorted(unseen.items())]
    for one in health:
        if one.found is not None:
            less = "少" if one.found < one.least else "多"
            parts.append(f"比平常{less}：{short_name(one.name)}（{one.found} 条，平常 {one.least}–{one.most} 条）")
    return "；".join(parts)


def coverage_of(health: Sequence[SourceHealth]) -> str:
    """Return the coverage that stands beside a count."""
    if not health:
        return "没有启用信源"
    waiting = sum(one.why == NOT_ASKED for one in health)
    first = f"，{waiting} 个首轮还没采完" if waiting else ""
    return f"信源 {sum(one.is_alive for one in health)}/{len(health)} 正常{first}"


def standing_line(todos: int, health: Sequence[SourceHealth], *, is_more: bool = False) -> str:
    """
    Return how many to-dos stand, with their coverage.

    Where a source is dead, none is not "0" but unknown, and some are "at least" so many (DESIGN §1.6).
    """
    unseen = [_since(one) for one in health if not one.is_alive and one.why != NOT_ASKED]
    if waiting := sum(one.why == NOT_ASKED for one in health):
        unseen.append(f"首轮还没采完的 {waiting} 个信源")
    number = f"{todos} 条" + ("以上" if is_more else "")
    if not unseen and health:
        return f"待办 {number}（{coverage_of(health)}）" if todos else f"没有待办（{coverage_of(health)}）"
    blind = f"看不到 {'、'.join(unseen)}" if unseen else "没有启用任何信源，只看得到导入的帖文"
    return f"待办至少 {number}（{blind}）" if todos else f"有没有待办：未知（{blind}）"


def clock_time(at: Millis) -> str:
    """Return hour, minute and second in the unit's zone."""
    return _local(at).strftime("%H:%M:%S")


def day_time(at: Millis) -> str:
    """Return day, hour and minute in the unit's zone."""
    return _local(at).strftime("%Y-%m-%d %H:%M")


def published(post: Post) -> str:
    """Return when a post says that it was published; a time behind its collection is only what the page states."""
    if post.published_at is None:
        return "发布时间不详"
    return day_time(post.published_at) + ("" if post.occurred_at == post.published_at else "（页面自称）")


def _reason(notice: Notice) -> str:
    if notice.what in ("due_soon", "overdue"):
        return f"{DUE.get(notice.why, notice.why)}{WHAT[notice.what]}"
    return REASONS.get(notice.why, notice.why) if notice.what in ALERTS else WHAT.get(notice.what, notice.what)


def _local(at: Millis) -> datetime:
    return datetime.fromtimestamp(at / 1_000, UTC).astimezone(ZONE)


def _since(one: SourceHealth) -> str:
    return f"{short_name(one.name)}（{f'自 {day_time(one.since)}' if one.since else '从未采到'}）"


def _about(row: GroupRow) -> str:
    return " · ".join(part for part in (row.line, row.place) if part) or "业务未定"


def _matter(shown: Shown | None) -> str:
    if shown is None:
        return "（原文已删除）"
    said = " ".join((shown.post.title or shown.post.text).split())
    return f"“{said[:WIDTH]}{'…' if len(said) > WIDTH else ''}”"


def _where(shown: Shown | None, name: Name) -> str:
    if shown is None:
        return ""
    post = shown.post
    marks = "".join(
        mark for mark, holds in (("〔已编辑〕", shown.is_edited), ("〔原帖已不在〕", shown.is_gone)) if holds
    )
    return " ".join(part for part in (published(post), name(post.source), post.address, marks) if part)
