"""
The mail to a handling office: what is asked, by when, and a link to the page on which it answers without an account.

It holds no more of the matter than the office needs: a matter that may not be quoted is told by its number, place and
line, and what the desk asks stands behind the link alone. Chinese is the one language of letters.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from api.plain_text import plain
from api.stores import Stores
from pipeline.domain.office import Box
from pipeline.domain.post import Millis
from pipeline.domain.unit_state import UnitState
from pipeline.ports import Message, Send
from pipeline.workflow.assignment import Given, given_to
from pipeline.workflow.notices import SendPractice
from pipeline.workflow.office_sends import ASKS, asked_of

from .links import LinkMaker
from .told import Subject, moment_said, subject_of

HEADS: Mapping[str, str] = {
    "office_assigned": "交办",
    "office_chased": "催办",
    "due_soon": "办理提醒",
    "overdue": "逾期催办",
    "office_recalled": "交办收回",
    "undone": "更正",
}
OPENS: Mapping[str, str] = {
    "office_assigned": "现将以下事项交你单位办理，请于 {due} 前反馈。",
    "office_chased": "以下事项尚未收到反馈，请抓紧办理，于 {due} 前反馈。",
    "due_soon": "以下事项将于 {due} 到期，尚未收到反馈。",
    "overdue": "以下事项已于 {due} 到期，尚未收到反馈，请尽快反馈。",
    "office_recalled": "以下事项已收回，你单位不需再办理。先前邮件里的链接已经失效。",
    "undone": "先前关于以下事项的{what}已撤回，请以本邮件为准。",
}
_PAGE = (
    "max-width:600px;padding:16px;font-size:16px;line-height:1.7;color:#1b1f24;"
    "font-family:system-ui,-apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
)
_LABEL = "padding:4px 12px 4px 0;text-align:left;vertical-align:top;font-weight:600;white-space:nowrap"
_SAID = "padding:4px 0;overflow-wrap:anywhere;white-space:pre-line"
_BUTTON = "display:inline-block;padding:10px 20px;background:#1f5fa8;color:#ffffff;border-radius:4px"


@dataclass(frozen=True, slots=True)
class _Letter:
    """What one letter says. `link` "" where there is none; `rows` are label and text."""

    subject: str
    opening: str
    rows: tuple[tuple[str, str], ...]
    link: str
    closing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfficeLetters:
    """
    Writes the mails. `site` is where people outside reach the console, "" where they cannot: then there is no link,
    and the letter asks for an answer by phone or on paper. `unit_name` says what a unit is called.
    """

    stores: Stores
    state: Callable[[str], UnitState]
    is_for_leader: Callable[[str, str], bool]
    practice: Callable[[str], SendPractice]
    unit_name: Callable[[str], str]
    links: LinkMaker
    site: str = ""

    def message(self, send: Send, to: str, repeated: bool) -> Message:
        """Return the message of a send to an office, as things stand when it is sent."""
        practice = self.practice(send.unit)
        given = self._given(send)
        subject = subject_of(self.stores, given) if given else Subject("")
        letter = self._letter(send, practice, given, subject)
        mark = "（可能重复）" if repeated else ""
        return Message(
            to=to,
            subject=mark + letter.subject,
            lines=tuple(_lines(letter)),
            repeated=repeated,
            quoted=(subject.post,) if subject.post else (),
            html=_html(letter),
        )

    def _given(self, send: Send) -> Given | None:
        """Return the assignment that the send is about: the newest one of its office when the notice was made."""
        incident, office = send.notice.incident, send.recipient.partition(":")[2]
        is_kept = self.is_for_leader(send.unit, incident)
        state = self.state(send.unit)
        return given_to(self.stores.log, state, (incident, office), is_kept=is_kept, before=send.seq)

    def _letter(self, send: Send, practice: SendPractice, given: Given | None, subject: Subject) -> _Letter:
        what, offset = send.notice.what, practice.calendar.offset
        due = moment_said(given.due_at, offset) if given else ""
        taken_back = HEADS.get(send.notice.why, "通知")
        number = given.number if given else send.notice.incident[:8].upper()
        asks = what in ASKS and given is not None and given.waits
        link, until = self._link(given) if asks and given else ("", 0)
        return _Letter(
            subject=f"【{HEADS.get(what, '通知')}】{subject.about or '事项'}　编号 {number}"
            + (f"　{due} 前反馈" if asks else ""),
            opening=OPENS.get(what, "").format(due=due, what=taken_back),
            rows=tuple(self._rows(send, practice, given, subject, has_link=bool(link))),
            link=link,
            closing=tuple(_closing(self.unit_name(send.unit), link, until, offset) if asks else ()),
        )

    def _link(self, given: Given) -> tuple[str, Millis]:
        if not self.site:
            return "", 0
        secret, until = self.links.make(given.unit, given.named, given.office, given.seq)
        return f"{self.site}/reply/{secret}", until

    def _rows(
        self, send: Send, practice: SendPractice, given: Given | None, subject: Subject, *, has_link: bool
    ) -> Iterator[tuple[str, str]]:
        office = send.recipient.partition(":")[2]
        yield "承办单位", next((one.name for one in practice.offices if one.id == office), office)
        if given is not None:
            yield "编号", given.number
        if subject.said:
            yield "事由", subject.said
        if send.notice.what not in ASKS or given is None:
            return
        if request := self._request(send, given, subject, has_link=has_link):
            yield "要求", request
        yield "时限", f"{moment_said(given.due_at, practice.calendar.offset)} 前反馈"
        reach = practice.reach(send.recipient, self.stores.clock.now())
        if reach.box is not Box.LIAISON and any(one.id == office and one.liaison.mail for one in practice.offices):
            yield "说明", "联络员不在岗，请收到的岗位代为办理，或转本单位有关岗位。"

    def _request(self, send: Send, given: Given, subject: Subject, *, has_link: bool) -> str:
        """What the desk asks in words; of a matter that may not be quoted it stands behind the link alone."""
        memo = self.stores.log.memo(send.unit, asked) if (asked := asked_of(self.stores.log, send)) else None
        words = "\n".join(str(plain(one.text)) for one in dict.fromkeys((given.request, memo)) if one and one.text)
        if not words or subject.is_quotable:
            return words
        return "请打开下面的链接查看。" if has_link else "不便在邮件里写明，请电话询问，或查收纸质交办单。"


def _closing(unit: str, link: str, until: Millis, offset: Millis) -> Iterator[str]:
    if link:
        yield "打开链接即可签收、反馈或退回，不需要账号和密码。"
        yield f"链接只供本单位办理这一件事，请勿转发；{moment_said(until, offset)} 后失效。"
        yield f"链接打不开时，请电话向{unit}反馈，并说明编号。"
    else:
        yield f"请电话向{unit}反馈，或填写纸质交办单后送回，并说明编号。"
    yield "本邮件由回音系统自动发出，请勿直接回复。"


def _lines(letter: _Letter) -> Iterator[str]:
    yield letter.opening
    yield ""
    for label, said in letter.rows:
        yield f"{label}：{said}"
    if letter.link:
        yield ""
        yield f"办理链接：{letter.link}"
    if letter.closing:
        yield ""
        yield from letter.closing


def _html(letter: _Letter) -> str:
    rows = "".join(
        f'<tr><th style="{_LABEL}">{escape(label)}</th><td style="{_SAID}">{escape(said)}</td></tr>'
        for label, said in letter.rows
    )
    button = f'<p><a href="{escape(letter.link)}" style="{_BUTTON}">打开办理页面</a></p>' if letter.link else ""
    closing = "".join(f'<p style="margin:0;font-size:13px;color:#57606a">{escape(line)}</p>' for line in letter.closing)
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"></head>'
        '<body style="margin:0;background:#ffffff">'
        f'<div style="{_PAGE}"><p style="margin:0 0 12px">{escape(letter.opening)}</p>'
        f'<table role="presentation" style="border-collapse:collapse;margin:0 0 12px">{rows}</table>{button}{closing}'
        "</div></body></html>"
    )
