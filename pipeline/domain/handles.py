"""
Account names in the text: @-mentions, `回复 XX:`, nicknames in forms (DESIGN §1.3). They need no surname.

A public account of an organisation (@云汐发布) is no person, and a reply's heading (回复内容：) is none either. Where a
writer left no space behind a name, it ends at the first word of a plea.
"""

import re
from collections.abc import Iterator

from .lexicon import ORGANISATIONS
from .numbers import Span

_NAME_CHAR = r"[\w·\-＊]"
_MENTION = re.compile(rf"[@＠]\s?(?P<name>{_NAME_CHAR}{{1,30}})")
_REPLY = re.compile(
    rf"(?:\A|(?<=[\n\s。！？!?】\]>/]))(?:(?P<who>{_NAME_CHAR}{{1,20}})\s{{1,2}})?(?:回复|回復|[Rr]eply)\s{{0,2}}(?:\d{{1,4}}[#楼]\s?)?"
    rf"(?P<name>{_NAME_CHAR}{{1,20}}?)(?:\s?[:：]|\s的帖子)"
)
_QUOTED = re.compile(rf"(?P<name>{_NAME_CHAR}{{1,20}})\s{{0,2}}发表于\s?\d{{4}}[-年]")
_FORM = re.compile(
    rf"(?:昵称|网名|用户名|发帖人|楼主|作者|网友|账号名|ID)\s?[:：]\s?(?P<name>{_NAME_CHAR}{{1,20}}?)(?=电话|手机|联系|时间|日期|(?!{_NAME_CHAR})|\Z)"
)
_HINT = re.compile(r"[@＠]|回复|回復|[Rr]eply|发表于|昵称|网名|用户名|发帖人|楼主|作者|网友|账号名|ID")
_PUBLIC = re.compile(rf"[\u4e00-\u9fff]{{0,14}}?{ORGANISATIONS}|所有人|全体|群主|管理员|本帖最后")
_HEADING = re.compile(
    r"内容|时间|单位|意见|如下|部门|机构|情况|日期|结果|原文|摘要|标题|状态|方式|文号|人员|正文|称|说|表示|函|网民|网友|楼主|匿名|市民"
    r"|投诉人|来信人|介绍|或|给|各位|\d+[楼#L]|您|你|他|她|我|一下|了|的|是|吧|呢"
)
_PLEA = re.compile(
    r"(?:请|麻烦|帮|求|希望|恳请|你们|您|快来|出来|看看|看一?下|管管|为什么|怎么|能不能|可以|什么时候|有没有|这个|我们|我家|我是|赶紧|马上|谢谢|哈哈)"
)


def find_handles(text: str) -> Iterator[Span]:
    """Yield the spans of account names."""
    if _HINT.search(text) is None:
        return
    for match in _MENTION.finditer(text):
        start, end = match.span("name")
        end = _end_before_plea(text, start, end)
        if _PUBLIC.match(text, start, end) is None:
            yield (start, end)
    for pattern in (_REPLY, _QUOTED, _FORM):
        for match in pattern.finditer(text):
            yield from (match.span(group) for group in pattern.groupindex if _is_account(text, *match.span(group)))


def _is_account(text: str, start: int, end: int) -> bool:
    """Whether this group was found, and is neither a heading nor the account of an organisation."""
    return start >= 0 and _HEADING.match(text, start) is None and _PUBLIC.match(text, start, end) is None


def _end_before_plea(text: str, start: int, end: int) -> int:
    """Return where the account's name ends: at a plea that was written without a space behind it, or at its end."""
    plea = _PLEA.search(text, start + 1, end)
    return end if plea is None else plea.start()
