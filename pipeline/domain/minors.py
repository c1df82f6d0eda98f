"""
Near a child's cue also age, birthday and school are masked; guardians' names are found like all names (DESIGN §1.3).

A rule of the service (16周岁以下, 6岁以上) speaks of no child, and an elder's age stays.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from .numbers import Span

NEAR = 40
"""Characters within which a cue makes an age or a school that of a child; a sentence's end is a border."""

_LONGEST_CUE = 4
_CHILD = re.compile(
    r"孩子|小孩|小朋友|小学生|初中生|高中生|中学生|未成年|留守儿童|困境儿童|孤儿|儿童|男童|女童|男孩|女孩|幼儿(?!园)|婴儿|宝宝|娃|孙子|孙女|外孙"
    r"|侄[子女]|外甥|少年|少女|儿子|女儿|幼女|幼子"
)
_AGE = re.compile(
    r"(?<![\d~～\-—至到满差一二三四五六七八九十])(?P<age>\d{1,2}|[一二三四五六七八九十]{1,3})(?:个?半)?(?:周岁|岁半?)(?!以[上下内前]|之[前间后下]|[至到~～\-—]|及以)"
    r"|(?<!\d)(?P<months>\d{1,2})个月大"
    r"|(?P<born>(?:19|20)\d\d年(?:\d{1,2}月)?(?:\d{1,2}[日号])?)(?=出?生)"
    r"|(?P<grade>[一二三四五六七八九1-9]年级\s?[（(]?\d{1,2}[）)]?班|[初高][一二三]\s?[（(]?\d{1,2}[）)]?班)"
)
_SCHOOL = re.compile(
    r"(?:就读于?|入读|考上|考入|转[到入至学]|送[到去进]|现在|(?<![现存])在|读|念|(?<![晚早以网线身路街])上|进入?|到)"
    r"(?:(?![读念在到，。])[\u4e00-\u9fff]){0,10}?(?:[省市县区镇乡]|村(?!小))?"
    r"(?P<name>(?:(?![省市县区镇乡读念在到的了没要])[\u4e00-\u9fff]){1,8}?)"
    r"(?:(?:小学|中学|初中|高中|幼儿园|学校|幼稚园)(?![生化历期阶段毕])|(?<=[一二三四五六七八九十])中(?![间午旬心央])|(?<=村)小(?!学|区|组|孩))"
)
_ANY_SCHOOL = re.compile(
    r"(?:附近|当地|公办|民办|私立|公立|乡镇|农村|城区|县城|普通|重点|寄宿制?|九年一贯制?|对口|学区|周边|本地|镇上|村里|县里|城里|外地|优质|普惠型?|"
    r"职业|义务教育|城镇|其[他它]|部分|很多|小区|社区|家门口|哪个?|什么|一所|两所|这所|那所|一家|这家|这个|那个|同一|所谓|各个?|该|个?好|要上?|配套|东面|对面|旁边的?|公立|初级|高级|上|了|大班|不了|不起)+\Z"
)
_BORDER = re.compile(r"[。！？!?\n]")
_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


def find_marks_of_minors(text: str) -> Iterator[Span]:
    """Yield the spans of ages, birthdays and schools near a child's cue."""
    cues = [match.span() for match in _CHILD.finditer(text)]
    if not cues:
        return
    for match in _AGE.finditer(text):
        start, end = match.span(match.lastgroup or 0)
        if _is_young(match) and _is_near(text, start, end, cues):
            yield (start, end)
    for match in _SCHOOL.finditer(text):
        start, end = match.span("name")
        if _ANY_SCHOOL.fullmatch(text, start, end) is None and _is_near(text, start, end, cues):
            yield (start, end)


def speaks_of_a_child(text: str) -> bool:
    """Whether the text has a child's cue; masking leaves the cues as they are."""
    return _CHILD.search(text) is not None


def _is_young(match: re.Match[str]) -> bool:
    """Whether an age is a child's; a birthday or a class stands near a child's cue and counts."""
    age = match["age"]
    if age is None:
        return match["born"] is None or match["born"] >= "2005"
    return (int(age) if age.isdigit() else _number(age)) < 18


def _number(numerals: str) -> int:
    tens, ten, ones = numerals.rpartition("十")
    if not ten:
        return _NUMERALS[numerals[-1]]
    return _NUMERALS.get(tens, 1) * 10 + _NUMERALS.get(ones, 0)


def _is_near(text: str, start: int, end: int, cues: list[Span]) -> bool:
    """Whether a child's cue stands in the same sentence, not far away."""
    first = bisect_left(cues, (start - NEAR - _LONGEST_CUE, 0))
    for cue_start, cue_end in cues[first : first + 2 * NEAR]:
        gap = (cue_end, start) if cue_end <= start else (end, cue_start)
        if gap[1] - gap[0] <= NEAR and _BORDER.search(text, *gap) is None:
            return True
    return False
