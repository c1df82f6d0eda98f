"""Numbers in Chinese characters, where they count years, days, hours: 二〇二四年 is 2024年, 十五分钟 is 15分钟."""

import re

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_TENS = {"十": 10, "廿": 20, "卅": 30, "百": 100}
_RUN = "[零〇○一二两三四五六七八九十廿卅百]+"
_COUNTED = re.compile(rf"{_RUN}(?=\s*(?:[年月日号点时分秒天个周]|小时|星期|钟头))|(?<=[点时]){_RUN}")


def with_digits(text: str) -> str:
    """Return the text with the numbers of its dates and spans in digits; nothing else changes."""
    return _COUNTED.sub(lambda match: str(_value(match[0])), text)


def _value(run: str) -> int:
    """Return what a run says: digit by digit where it names no ten (二〇二四), else by value (二十 is 20, not 210)."""
    if not any(c in _TENS for c in run):
        return int("".join(str(_DIGITS[c]) for c in run))
    total, digit = 0, 0
    for c in run:
        if c in _DIGITS:
            digit = _DIGITS[c]
            continue
        total += _TENS[c] * (digit or 1) if c in "十百" else _TENS[c]
        digit = 0
    return total + digit
