"""
A citizen's message and the answer to it, as government sites show them: labelled fields of a table or a list.

留言内容 and 答复内容 name what is said; 留言时间 and 答复时间 when. Fields that name a person, or say how to reach one,
are never read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lxml import html

from pipeline.domain.post import Millis

from .page_tree import PageTree
from .plain_text import text_of
from .spoken_time import spoken_time

_ASKING = (
    "留言",
    "来信",
    "信件",
    "咨询",
    "投诉",
    "诉求",
    "问题",
    "反映",
    "建议",
    "提问",
    "写信",
    "求助",
    "事项",
    "举报",
    "信访",
)
_ANSWERING = ("答复", "回复", "回答", "办理", "处理", "反馈", "处置", "办复")
_WORDS, _RESULTS = ("内容", "详情", "描述", "正文"), ("内容", "结果", "情况", "意见", "时间", "日期")
_ASKED = f"(?:网民|群众)?(?:{'|'.join(_ASKING)})"
_ANSWERED = f"(?:官方|部门|单位)?(?:{'|'.join(_ANSWERING)})"
_FIELDS: Mapping[str, re.Pattern[str]] = {
    "title": re.compile(rf"{_ASKED}?(?:标题|主题|题目|名称)\Z"),
    "text": re.compile(rf"{_ASKED}(?:内容|详情|描述|正文)\Z|反映问题\Z"),
    "bare_text": re.compile(r"(?:内容|详情|描述|正文)\Z"),
    "time": re.compile(rf"(?:{_ASKED}|提交|发布|受理)(?:时间|日期)\Z"),
    "answer": re.compile(rf"{_ANSWERED}(?:内容|结果|情况|意见|详情|正文)?\Z"),
    "answer_time": re.compile(rf"(?:{_ANSWERED}|办结|反馈)(?:时间|日期)\Z"),
}
_LABEL = re.compile(r"[\s【\[（(]*([\u4e00-\u9fff]{2,6})[】\]）)\s]*[:：]?\s*\Z")
_LABELLED = re.compile(r"\s*([\u4e00-\u9fff]{2,6})\s*[:：]\s*(\S.*)", re.DOTALL)
_HINT = re.compile(
    "|".join([*(a + w for a in _ASKING for w in _WORDS), *(a + r for a in _ANSWERING for r in _RESULTS), "反映问题"])
)
"""One flat list of words: most pages hold none, and are searched ten times faster than with nested choices."""
_LONGEST_LABEL = 14
_CELLS = frozenset(
    {"td", "th", "dd", "dt", "div", "span", "p", "li", "b", "strong", "label", "em", "i", "font", "h2", "h3", "h4"}
)


@dataclass(frozen=True, slots=True)
class MessagePair:
    """A message and the answers to it, each with its time. An empty title means that the page labels none."""

    title: str
    text: str
    at: Millis | None
    answers: tuple[tuple[str, Millis | None], ...]


def find_message(tree: PageTree, zone: ZoneInfo, fetched_at: Millis | None) -> MessagePair | None:
    """Return the message of a page; None where the page labels no message together with its time, title or answer."""
    if _HINT.search(tree.source) is None:
        return None
    fields: dict[str, list[str]] = {}
    for name, value in _fields(tree.order):
        fields.setdefault(name, []).append(value)
    if fields.get("answer") and fields.get("bare_text"):
        fields.setdefault("text", fields["bare_text"])
    if not fields.get("text") or not fields.keys() & {"title", "time", "answer"}:
        return None
    answers, times = fields.get("answer", []), fields.get("answer_time", [])
    return MessagePair(
        title=fields.get("title", [""])[0].split("\n")[0],
        text=fields["text"][0],
        at=_time(fields.get("time", [""])[0], zone, fetched_at),
        answers=tuple(
            (answer, _time(times[at] if at < len(times) else "", zone, fetched_at)) for at, answer in enumerate(answers)
        ),
    )


def _fields(order: Sequence[html.HtmlElement]) -> Iterator[tuple[str, str]]:
    """Yield the name and value of every labelled field, in reading order; a label within a label is the same one."""
    labels: set[html.HtmlElement] = set()
    for element in order:
        if element.tag not in _CELLS or element.getparent() in labels:
            continue
        if (text := element.text) and (match := _LABELLED.match(text)) and (name := _field_of(match[1])):
            yield name, text_of(element).partition(":" if ":" in text.partition("：")[0] else "：")[2].strip()
            continue
        said = "".join(element.itertext()) if len(element) <= 2 else ""
        if len(said) > _LONGEST_LABEL or not (label := _LABEL.match(said)):
            continue
        if (name := _field_of(label[1])) and (value := _value_beside(element)):
            labels.add(element)
            yield name, value


def _field_of(label: str) -> str | None:
    return next((name for name, pattern in _FIELDS.items() if pattern.match(label)), None)


def _value_beside(label: html.HtmlElement) -> str:
    """Return what stands behind a label: in the same element, else in the next one, else next to its parent."""
    if tail := (label.tail or "").strip(" :：\n\t\r\u3000"):
        following = [text_of(each) + (each.tail or "") for each in label.itersiblings()]
        return "\n".join(part.strip() for part in (tail, *following) if part.strip())
    for element in (label, label.getparent()):
        beside = element.getnext() if element is not None else None
        if beside is not None and (value := text_of(beside).strip(" :：")):
            return "" if _LABEL.match(value) and _field_of(value.strip(" :：")) else value
    return ""


def _time(text: str, zone: ZoneInfo, fetched_at: Millis | None) -> Millis | None:
    found = spoken_time(text, zone, fetched_at) if text else None
    return found.at if found else None
