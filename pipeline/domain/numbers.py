"""
Numbers and ids that lead to a person: phones, identity cards, bank cards, plates, QQ and WeChat ids, e-mail.

Digits are found as people write them: full-width, circled, as Chinese numerals, with spaces or dashes between.
Published hotlines and telephones of organisations are no private numbers.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
"""Code points from start to before end."""

_NUMERALS = str.maketrans("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺", "00123456789" + "123456789" + "1")
_DIGIT = r"[0-9零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺]"
_GAP = "[\\s\\-‐‑–—－―_.．·•・()（）/\u200b\u200c\u200d\u2060\ufeff\ufe0f\u20e3]"
_RUN = re.compile(rf"{_DIGIT}(?:{_GAP}{{0,3}}{_DIGIT}){{5,}}(?:{_GAP}?[Xx](?![A-Za-z]))?")
_GROUP = re.compile(r"[0-9]+[Xx]?|[零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺]+|[Xx]")
_MOST_GROUPS = 24
_UNUSUAL = re.compile(
    r"[^\x00-\x7f\u2010-\u2027\u3000-\u303f\u3400-\u9fff\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
)

_MOBILE = re.compile(r"(?:0086|86|0)?1[3-9]\d{9}")
_IDENTITY = re.compile(
    r"[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]"
    r"|[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}"
)
_LANDLINE = re.compile(r"(?:0086|86)?0(?:10|2\d|[3-9]\d\d)[2-9]\d{6,7}")
_LOCAL = re.compile(r"[2-8]\d{6,7}")
_DATE = re.compile(r"20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")

_PHONE_CUE = re.compile(r"(?:电话|座机|固话|联系|致电|拨打|拨|打|号码|手机|[Tt][Ee][Ll])[^0-9，。；！？\n]{0,6}\Z")
_CARD_CUE = re.compile(
    r"(?:卡号|[账帐][号户]|银行卡|存折|证号|证件号码?|身份证|低保证|残疾证)[^0-9，。；！？\n]{0,10}\Z"
)
_OFFICE_CUE = re.compile(
    r"(?:热线|专线"
    r"|(?:服务|办公|监督|举报|咨询|投诉|值班|受理|公开|救助|预约|前台|总机|值守|便民|求助|报警|办公室)(?:联系)?电话"
    r"|(?:[局所站办院馆会处科社厅部委团校店]|中心|政府|公司|机构|窗口|大厅)(?:[里的]|窗口|大厅|前台)?[，,、\s]{0,2}(?:24小时|联系|固定)?(?:电话|座机)?)"
    r"(?:号码?)?[是为:：\s(（]{0,4}\Z"
)

_OTHERS = re.compile(
    r"(?P<mail>[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}[@＠][A-Za-z0-9\-]{1,63}(?:[.．][A-Za-z0-9\-]{2,63}){1,4})"
    r"|(?P<plate>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z]"
    r"[·•.\s\-]?(?=[A-Za-z]{0,2}\d{2})[A-HJ-NP-Za-hj-np-z0-9]{4,5}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳](?![A-Za-z0-9]))"
    r"|(?:(?<![A-Za-z])[Qq]{2}|扣扣|企鹅|球球|加[Qq]|(?<![A-Za-z])[Qq](?=号))(?:[群号]|号码){0,2}[是为:：\s加]{0,4}"
    r"(?P<qq>[1-9]\d{4,11})"
    r"|(?:微信|威信|薇信|[Vv]信|(?<![A-Za-z])[VvWw][Xx]|加[Vv]|[Ww]ei[Xx]in|[Ww]e[Cc]hat)"
    r"(?:同?号码?|ID|id|账号)?(?P<join>[是为:：\s加]{0,4})(?P<chat>[A-Za-z0-9_][A-Za-z0-9_\-]{4,19})"
    r"|(?P<starred>(?<!\d)(?:1[3-9]\d[*xX·•＊]{3,6}\d{4}|[1-9]\d{2,5}[*xX·•＊]{6,14}\d{2,4}[\dXx]?)(?![\dA-Za-z]))"
)
_OTHERS_HINT = re.compile(r"[@＠A-Za-z]|扣扣|企鹅|球球|微信|威信|薇信|\*{3}|＊{3}|[·•]{3}")
_MARKED_ID = re.compile(r"[\d_\-]")


def find_numbers(text: str) -> Iterator[Span]:
    """Yield the spans of private numbers and ids."""
    view = _in_plain_digits(text)
    for run in _RUN.finditer(view):
        yield from _numbers_in_run(view, run)
    if _OTHERS_HINT.search(view):
        for match in _OTHERS.finditer(view):
            kind = match.lastgroup or ""
            if kind != "chat" or match["join"] or _MARKED_ID.search(match["chat"]):
                yield match.span(kind)


def _in_plain_digits(text: str) -> str:
    """Return the text with full-width, circled and foreign digits and letters in plain form, one for one."""
    return "".join(map(_plain, text)) if _UNUSUAL.search(text) else text


def _plain(char: str) -> str:
    if char <= "\x7f" or "\u3400" <= char <= "\u9fff":
        return char
    digit = unicodedata.digit(char, -1)
    if digit >= 0:
        return str(digit)
    return chr(ord(char) - 0xFEE0) if "Ａ" <= char <= "Ｚ" or "ａ" <= char <= "ｚ" else char


def _numbers_in_run(view: str, run: re.Match[str]) -> Iterator[Span]:
    """Yield the private numbers in a run of digits: the first groups that make one, then what follows them."""
    groups = [match.span() for match in _GROUP.finditer(view, run.start(), run.end())]
    first = 0
    while first < len(groups):
        size = _groups_of_one_number(view, groups[first : first + _MOST_GROUPS])
        if size:
            start, end = groups[first][0], groups[first + size - 1][1]
            yield (start - 1 if view[start - 1 : start] == "+" else start, end)
        first += size or 1


def _groups_of_one_number(view: str, groups: Sequence[Span]) -> int:
    """Return how many of the groups from the first on make one private number; 0 where they make none."""
    before = view[max(0, groups[0][0] - 20) : groups[0][0]]
    digits = ""
    longest = 0
    for count, (start, end) in enumerate(groups, start=1):
        group = view[start:end].translate(_NUMERALS).upper()
        if count > 1 and (_is_whole(group) or len(digits) > 24):
            break
        digits += group
        if _is_private(digits, before, [b - a for a, b in groups[:count]]):
            longest = count
            if count == 1:
                break
    return longest


def _is_whole(digits: str) -> bool:
    """Whether one group is a number by itself, so that nothing before it belongs to it."""
    return _MOBILE.fullmatch(digits) is not None or _IDENTITY.fullmatch(digits) is not None


def _is_private(digits: str, before: str, sizes: Sequence[int]) -> bool:
    if _IDENTITY.fullmatch(digits) or (_MOBILE.fullmatch(digits) and _reads_as_phone(digits, sizes)):
        return True
    if _LANDLINE.fullmatch(digits) and _reads_as_phone(digits, sizes):
        return not _OFFICE_CUE.search(before)
    if len(digits) >= 10 and _CARD_CUE.search(before):
        return True
    if len(sizes) <= 2 and _LOCAL.fullmatch(digits) and not _DATE.fullmatch(digits):
        return bool(_PHONE_CUE.search(before)) and not _OFFICE_CUE.search(before)
    return _is_card(digits, sizes) or (len(sizes) == 1 and _hides_number(digits))


def _reads_as_phone(digits: str, sizes: Sequence[int]) -> bool:
    """Whether people group a phone like this: few long groups behind the country's code, or digit by digit."""
    if len(sizes) > 1 and digits.startswith(("86", "0086")) and sizes[0] in {2, 4}:
        sizes = sizes[1:]
    return (len(sizes) <= 4 and min(sizes) >= 3) or max(sizes) <= 2


def _hides_number(digits: str) -> bool:
    """Whether a long number holds a phone or card that somebody wrote without a gap to its neighbour."""
    if 12 <= len(digits) <= 13:
        return _MOBILE.search(digits) is not None
    return len(digits) >= 20 and bool(_IDENTITY.match(digits) or _MOBILE.match(digits))


def _is_card(digits: str, sizes: Sequence[int]) -> bool:
    """Whether this is a bank card: 16 to 19 digits in groups of three or more, UnionPay's or with a check digit."""
    if not 16 <= len(digits) <= 19 or not digits.isdigit() or min(sizes[:-1], default=9) < 3:
        return False
    return digits.startswith("62") or _has_check_digit(digits)


def _has_check_digit(digits: str) -> bool:
    """Whether the last digit is right by Luhn (ISO/IEC 7812-1)."""
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
