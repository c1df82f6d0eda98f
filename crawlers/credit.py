"""
Who wrote, edited or sent in an article: lines and brackets that go, because nothing that Huiyin keeps names an author.

Organisations as sources (来源：云汐发布) stay where they stand in a sentence; a line that says nothing else goes too.
"""

import re

from pipeline.domain.lexicon import SURNAMES

_PERSON = (
    r"(?:责任编辑|责编|编辑|值班主编|主编|总编辑|作者|摄影|摄像|撰文|特约通讯员|通讯员|(?:本报|本刊|特约|实习|见习)?记者|責任編輯|"
    r"編輯|記者|攝影)"
)
_ROLE = (
    rf"(?:{_PERSON}|编审|审核|校对|文字|撰稿|文|图|图片|配图|制图|供图|供稿|投稿|翻译|编译|编者|来源|稿源|出品|策划|监制|初审|复审|"
    r"终审|采写|执笔|本文来源|实习生)"
)
_LINE = re.compile(
    rf"[\s【\[（(●▲■◎\-—*]*(?:{_ROLE}(?:\s*[/、&及和]\s*{_ROLE})*(?:\s*[:：丨|/]\s*|(?=\s*[】\]]))[^。！？]{{0,60}}"
    rf"|{_PERSON}\s{{1,4}}[^，。！？；]{{1,20}})\Z"
)
_OWN_LINE = re.compile(r"\s*[\u4e00-\u9fff]{0,8}(?:记者|通讯员|评论员)(?![会站证])[^，。！？；,;]{2,40}\Z")
_BRACKETS = re.compile(
    rf"[（(【\[]\s*(?:(?:本报|本刊|本网|实习|见习|特约|新华社|央视|中新社)?{_ROLE}|原载|完)(?:(?:\s*[:：]\s*|\s{{0,4}})[^（）()【】\[\]\n。]{{0,40}})?[）)】\]]"
)
_WIRE = re.compile(
    r"(?P<head>电|讯|訊|電)\s*[（(]\s*(?:[^（）()\n]{0,12}?)(?:记者|記者|通讯员|编辑)[^（）()\n]{0,60}[）)]"
)
_CUT = re.compile(r"[（(](?:[\u4e00-\u9fff]{0,4})(?:记者|記者)[^（）()。]{0,60}\Z")
"""A bracket that nobody closed, or whose end was damaged."""
_SIGNED = re.compile(r"(?<=[。！？”])[（(]\s*(?P<name>[\u4e00-\u9fff]{2,4})(?P<made>\s*[摄攝]影?)?\s*[）)]\Z")
_TAIL = re.compile(r"(?:责任编辑|责编|責任編輯|编辑)\s*[:：][^。！？\n]{0,24}\Z")
_STAND_IN = re.compile(
    r"[\s（(【\[]*(?:(?:本文)?原标题|原題|原题为)[^。]{0,60}\Z|[\s（(]*(?:返回搜狐|查看更多|点击查看|扫码|扫一扫)[^。！？]{0,60}\Z"
)
_GO_ON = re.compile(r"返回搜狐，?查看更多\s*\Z")


def without_credits(text: str) -> str:
    """Return the text without those who made it. A sentence that goes on keeps everything else."""
    lines = (_without(line) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _without(line: str) -> str:
    if len(line) <= 90 and (_LINE.match(line) or _OWN_LINE.match(line) or _STAND_IN.match(line)):
        return ""
    line = _WIRE.sub(lambda match: match["head"], line)
    line = _TAIL.sub("", _CUT.sub("", _BRACKETS.sub("", line)))
    return _SIGNED.sub(_unless_a_word, _GO_ON.sub("", line)).strip()


def _unless_a_word(match: re.Match[str]) -> str:
    """Return nothing where a bracket at the end of a line holds a name, else the bracket."""
    return "" if match["made"] or match["name"][0] in SURNAMES else match[0]
