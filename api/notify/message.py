"""
What a recipient reads: matter, level, count, due time, reason; composed when it is sent, from what is stored then.

Words of a post are quoted only where `may_quote` says so, masked as they are stored and cut short. Internal letters,
pleas for help, matters of minors and complaints about staff are never quoted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.plain_text import plain
from api.stores import Stores
from api.wording import LEVELS, REASONS
from pipeline.domain.incident import Incident
from pipeline.domain.next_due import next_due
from pipeline.domain.post import Millis, Post
from pipeline.domain.quoting import SENSITIVE_LINES, may_quote
from pipeline.domain.send_policy import DIGEST, ROLLED_UP
from pipeline.ports import GroupView, Message, Send
from pipeline.workflow.notices import SendPractice
from pipeline.workflow.office_sends import is_to_office

from .words import DUE, WHAT

QUOTED_CHARACTERS = 60
LISTED = 40
"""So many notices a roll-up names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Composer:
    """
    Writes messages from what is stored; only the channels named in `quoting` carry words of posts.

    `digest` writes the message of a weekly digest, `office` what goes to a handling office.
    """

    stores: Stores
    practice: Callable[[str], SendPractice]
    digest: Callable[[Send, str, bool], Message] | None = None
    office: Callable[[Send, str, bool], Message] | None = None
    quoting: frozenset[str] = frozenset({"mail"})

    def compose(self, send: Send, to: str, repeated: bool) -> Message:
        """Return the message of a send as it stands now."""
        if send.notice.what == ROLLED_UP:
            return self._roll_up(send, to, repeated)
        if send.notice.what == DIGEST and self.digest is not None:
            return self.digest(send, to, repeated)
        if self.office is not None and is_to_office(send):
            return self.office(send, to, repeated)
        incident, view = self._matter(send)
        lines = list(self._lines(send, incident, view))
        post = self._quotable(send, incident, view)
        if post is not None:
            words = f"{post.title} {post.text}".split()
            lines.append(f"原文摘录（已脱敏）：{plain(' '.join(words)[:QUOTED_CHARACTERS])}")
        subject = f"{_mark(repeated)}{self._headline(send, view)}"
        return Message(to, subject, tuple(lines), repeated, (post.id,) if post else ())

    def _roll_up(self, send: Send, to: str, repeated: bool) -> Message:
        told = [one for one in self.stores.outbox.in_roll_up(send.id) if one.notice.what != ROLLED_UP]
        distinct = list({(one.seq, one.number): one for one in told}.values())
        why = "停机期间到期" if send.notice.why == "gap" else "超过今日条数上限"
        lines = [f"以下 {len(distinct)} 条{why}，合并为一条："]
        lines += [
            f"{index}. {self._headline(one, self._matter(one)[1])}" for index, one in enumerate(distinct[:LISTED], 1)
        ]
        if len(distinct) > LISTED:
            lines.append(f"另有 {len(distinct) - LISTED} 条，请在待办中查看。")
        return Message(to, f"{_mark(repeated)}通知汇总：{len(distinct)} 条", tuple(lines), repeated)

    def _matter(self, send: Send) -> tuple[Incident | None, GroupView | None]:
        incident = self.stores.log.incident(send.unit, send.notice.incident) if send.notice.incident else None
        return incident, self.stores.posts.group(send.unit, incident.group) if incident else None

    def _headline(self, send: Send, view: GroupView | None) -> str:
        notice = send.notice
        level = f"【{LEVELS[notice.level]}】" if notice.level in LEVELS else ""
        what = WHAT.get(notice.what, "通知")
        row = view.row if view else None
        matter = " ".join(filter(None, (row.place, row.line))) if row else ""
        due = DUE.get(notice.why, "") if notice.what in ("due_soon", "overdue") else ""
        return f"{level}{due}{what}" + (f" · {matter}" if matter else "")

    def _lines(self, send: Send, incident: Incident | None, view: GroupView | None) -> Iterator[str]:
        notice = send.notice
        if notice.why in REASONS:
            yield f"原因：{REASONS[notice.why]}"
        if view is not None:
            yield f"帖文 {view.row.posts} 条，发帖人约 {view.row.posters} 人，信源 {view.row.sources} 个"
        due = next_due(incident) if incident is not None else None
        if due is not None:
            yield f"下一时限：{DUE.get(due.what, due.what)} {self._local(send, due.at)}"
        if notice.incident:
            yield f"事件编号：{notice.incident}"
        yield f"通知时间：{self._local(send, notice.at)}"

    def _local(self, send: Send, at: Millis) -> str:
        moment = datetime.fromtimestamp(at / 1_000, UTC) + timedelta(
            milliseconds=self.practice(send.unit).calendar.offset
        )
        return f"{moment:%m-%d %H:%M}"

    def _quotable(self, send: Send, incident: Incident | None, view: GroupView | None) -> Post | None:
        if send.channel not in self.quoting or not self.practice(send.unit).policy.quotes or view is None:
            return None
        if incident is None or view.row.needs or view.row.conduct or view.row.line in SENSITIVE_LINES:
            return None
        stored = self.stores.posts.post(view.row.lead)
        if stored is None or stored.erased:
            return None
        opinions = [one.opinion.need.label for one in self.stores.posts.mentions_of(send.unit, stored.post.id)]
        return stored.post if may_quote(stored.post, opinions) else None


def _mark(repeated: bool) -> str:
    return "（可能重复）" if repeated else ""
