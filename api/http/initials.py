"""
The first letters of the pinyin of a text, so that `db` finds 低保.

GB 2312 orders its 3,755 commonest characters by pinyin; where each letter begins there is a fact of the standard. A
character beyond them has no letter here and is found by itself.
"""

from bisect import bisect_right

_BEGINS = (
    0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8,
    0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
)  # fmt: skip
_LETTERS = "abcdefghjklmnopqrstwxyz"
_END = 0xD7FA
"""Behind the last of the common characters; from there on they are ordered by radical."""


def initials(text: str) -> str:
    """Return one letter for each common Chinese character and each Latin letter or digit, nothing for the others."""
    return "".join(map(_initial, text.lower()))


def _initial(character: str) -> str:
    if character.isascii():
        return character if character.isalnum() else ""
    code = int.from_bytes(character.encode("gb2312", "ignore"), "big")
    return _LETTERS[bisect_right(_BEGINS, code) - 1] if _BEGINS[0] <= code < _END else ""
