"""
Lines that forum software writes around a post and that name its author: they are furniture of the page, not its text.

Only whole lines go, and only in the exact forms that such software writes; what a person wrote stays.
"""

import re

_DATE = (
    r"(?:\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d{1,2}[-/]\d{1,2}[-/]\d{4}|\w+ \d{1,2}, \d{4}"
    r"|\d+\s*(?:秒|分钟|小时|天)前|昨天|前天|今天)"
)
_WRITTEN = (
    rf"本帖最后由\s*\S.{{0,40}}?\s*于\s*{_DATE}.{{0,20}}编辑",
    rf"\S.{{0,40}}?\s*发表于\s*{_DATE}.{{0,20}}",
    rf"(?:Posted\s+)?[Bb]y:?\s+\S.{{0,40}}?\s+(?:-|on|»|at)\s+{_DATE}.{{0,20}}",
    r"(?:作者|发帖人|发布人|发布者|昵称)\s*[:：]\s*\S{1,20}",
    r"IP\s*归?属地\s*[:：]\s*\S{1,10}",
)
_BYLINE = re.compile(rf"^[ \t\u3000]*(?:{'|'.join(_WRITTEN)})[ \t\u3000]*$\n?", re.MULTILINE)


def without_bylines(text: str) -> str:
    """Return the text without lines that only say who wrote or edited it, when, or from where."""
    return _BYLINE.sub("", text).rstrip("\n")
