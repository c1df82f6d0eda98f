"""What of a text is compared with others: its own words, as hashed runs of three characters."""

import re
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .normalise import BARRIER, MASK, normalise

Shingles: TypeAlias = NDArray[np.uint32]
"""Distinct hashed 3-grams of characters, sorted."""

SIZE = 3

_CARRIED = re.compile(
    r"https?://[!-~]+"  # addresses
    r"|(?:回复|//)?[@＠](?:＊+|[\w＊.-]{1,24}(?=[:：\s]|$))\s*[:：]?"  # the chain of forwarders, masked or not
    r"|回复＊+\s*[:：]?"
    r"|\[[^\[\]\s]{1,8}\]"  # emotes
    r"|[#＃][^#＃\n]{1,60}[#＃]"  # hashtags: a campaign's tag does not make two texts one
    r"|[【\[(（]?(?:轻?转发(?:微博)?|转载)[】\])）]?|【转】"
    r"|(?:展开)?全文$|展开$"
)
"""What forwarding adds to a text or a platform to every text."""

_FIRST = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xBF58476D1CE4E5B9)
_MIDDLE, _UPPER = np.uint64(21), np.uint64(42)
_FOLD, _HALF = np.uint64(29), np.uint64(32)
_BARRIER = ord(BARRIER)


def own_clauses(text: str) -> str:
    """Return the normal form of what the text itself says, without what forwarding added; clauses are kept apart."""
    return normalise(_CARRIED.sub("", text)).text


def own_words(text: str) -> str:
    """Return what `own_clauses` returns as one run of words, kept apart only by masks."""
    parts = _CARRIED.sub("", text).split(MASK)
    return BARRIER.join(part for part in (normalise(part).text.replace(BARRIER, "") for part in parts) if part)


def shingles(form: str) -> Shingles:
    """Return the shingles of a form; none reaches over a barrier."""
    codes = np.frombuffer(form.encode("utf-32-le"), dtype=np.uint32)
    if len(codes) < SIZE:
        return np.empty(0, dtype=np.uint32)
    wide = codes.astype(np.uint64)
    mixed = wide[:-2] | wide[1:-1] << _MIDDLE | wide[2:] << _UPPER
    if BARRIER in form:
        barred = codes == _BARRIER
        mixed = mixed[~(barred[:-2] | barred[1:-1] | barred[2:])]
    mixed *= _FIRST
    mixed ^= mixed >> _FOLD
    mixed *= _SECOND
    hashed: Shingles = (mixed >> _HALF).astype(np.uint32)
    hashed.sort()
    if len(hashed) < 2:
        return hashed
    fresh = np.ones(len(hashed), dtype=np.bool_)
    np.not_equal(hashed[1:], hashed[:-1], out=fresh[1:])
    distinct: Shingles = hashed[fresh]
    return distinct
