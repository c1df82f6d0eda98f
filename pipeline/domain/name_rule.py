"""
The name rule: a surname of a fixed list with one or two more characters, forming no word (MECHANICS §2).

Officials with their office are no private persons, places are none, and 某 is a mask already. What stands beside a
name decides where it ends: `names.py` knows the cues.
"""

import re
from collections.abc import Iterator

from .lexicon import (
    COMPOUND_SURNAMES,
    GIVEN,
    GIVEN_TOO,
    NEVER_GIVEN,
    NEVER_LAST,
    OFFICES,
    ORGANISATIONS,
    SURNAMES,
    TITLES,
    WEAK_TITLES,
)
from .not_names import LONGEST_WORD, WORDS
from .numbers import Span

HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"


_LONGEST_KEPT = 16
"""Characters of the longest term of `keep` that is looked for."""

_PLAIN_TITLES = ("先生", "女士")

_SELDOM = frozenset("向付连应管包车全计查席项时")
"""Surnames that are mostly other words: beside a weak cue they count only where the clause ends or begins."""

_NAME_CHARS = re.compile(rf"{HAN}{{2,4}}")
_OFFICE = re.compile(OFFICES)
_TITLE = re.compile("|".join(TITLES + WEAK_TITLES))
_OFFICE_IN_BRACKETS = re.compile(rf"[（(][^）)\n]{{0,10}}?{OFFICES}[）)]")
_PLACE_NEXT = re.compile(r"[村镇乡县市区街路屯庄湾沟坝坪岭寨]|社区|小区|家园|花园|大道|大桥|水库|组[\d，。的]")
_FAMILY = re.compile(r"[里人属中的洞村庄湾屯坡坝岭沟营寨楼桥口河塘院门冲坪台店巷渡畈埠滩洼墩]")
_NEXT = re.compile(r"[村镇乡县市区街路屯庄湾沟坝坪岭寨]|社区|小区|家园|花园|大道|大桥|水库|组[\d，。的]")
_FAMILY = re.compile(r"[里人属中的洞村庄湾屯坡坝岭沟营寨楼桥口河塘院门冲坪台店巷渡畈埠滩洼墩]")
_NEXT = re.compile(
    rf"\Z|(?!{HAN}).|[的了是我你您他她它这那都也还又很就才不没无未被把给让向对从到跟与或但因为及等之其此在有和于并]"
    "|[想要请去打多前系属以由每当自经再只靠双左右腿脚眼至最近早晚突听看发带找问收拿领交买吃走摔跌丢失]"
    "|[涉举盗骗侵殴诉控诈遭受逝赡抚拖欠挪承担任利私擅违强确溺坠真特均共陪管患说称已曾两妻父母男女老拜叩]"
    "|今年|现[年在住系]|目前|[昨今明][天日年早晚]|家[住里中有庭境]|住|身[患份高体故]|性别|年[龄近满事]|户[籍口]|出生|常年|长期"
    "|[一二三四五六七八九十]{1,3}[岁周]|[一二三四五六七八九]十|一[家人直行]|二人|三人"
    "|表示|反映|投诉|咨询|告诉|来[电信到]|电话|手机|求助|申[请领]|通过|代[理为]"
    "|生[前于病]|去世|死[亡后]|病[逝重故]|瘫痪|独[居自]|遗[体属]|骨灰|低保|意外|不幸|失[踪联]|走失|无[儿女人依]|膝下"
    "|上[午班学月周]|下[午岗]|丈夫|儿子|女儿|先生|女士|同志|夫妇|夫妻|结婚|离[婚家异开]"
    "|污[辱蔑]|威胁|非法|照[顾看料]|看[护管]|辛苦|跟着"
)
_CLAUSE_BEGINS = re.compile(rf"(?<!{HAN})")
_ORGANISATION_NEXT = re.compile(rf"(?:(?![的了到在去和与并后向给是把来已称家]){HAN}){{0,4}}?{ORGANISATIONS}")
_HOME_NEXT = re.compile(rf"家(?:\Z|(?!{HAN}).|[中里走访看])")
_HARD_NEXT = re.compile(rf"\Z|(?!{HAN}).|[和与及]")


def name_after(text: str, start: int, keep: frozenset[str], *, firm: bool, vague: bool = False) -> Span | None:
    """
    Return the name that begins here: the longest after which the text goes on, else one that is plainly a name.

    A firm cue takes any; a vague one (我是) needs a text that goes on, for places are made of the same characters.
    """
    longest = longest_name(text, start)
    if _is_official(text, start, start + longest):
        return None
    possible = [end for end in range(start + longest, start + longest - 2, -1) if is_name(text, start, end, keep)]
    plain = [end for end in possible if not begins_word(text, start, end)]
    for end in possible if firm else plain:
        if text[start:end] in WORDS and not is_plainly_given(text, start, end):
            continue
        is_doubtful = end not in plain or text[end - 1] in NEVER_LAST or (text[start] in _SELDOM and not firm)
        if (_HARD_NEXT if is_doubtful else _NEXT).match(text, end):
            return (start, end)
    for end in () if vague else plain:
        if is_plainly_given(text, start, end) and not _ends_in_word(text, end):
            return (start, end)
    return (start, plain[0]) if plain and firm else None


def name_contacted(text: str, start: int, keep: frozenset[str]) -> Span | None:
    """
    Return the name that begins here behind a verb of contact (回访, 联系了): one that is plainly a name.

    Organisations and places are contacted too, so the next words must name none; 李建国家 is the home of 李建国.
    """
    longest = longest_name(text, start)
    if _is_official(text, start, start + longest):
        return None
    for end in range(start + longest, start + 1, -1):
        if not is_name(text, start, end, keep) or begins_word(text, start, end) or _ORGANISATION_NEXT.match(text, end):
            continue
        is_plain = is_plainly_given(text, start, end) and text[end - 1] not in NEVER_LAST
        is_whole = _HOME_NEXT.match(text, end) or _NEXT.match(text, end) or not _ends_in_word(text, end)
        if is_whole if is_plain else end - start > 2 and text[start] not in _SELDOM and _ends_name(text, end):
            return (start, end)
    return None


def _ends_name(text: str, end: int) -> bool:
    """Whether a clause ends here, behind a character in which a given name may end."""
    return text[end - 1] not in NEVER_LAST and _HARD_NEXT.match(text, end) is not None


def names_before(text: str, floor: int, end: int, keep: frozenset[str]) -> list[int]:
    """Return where a name that ends here could begin, not before the floor; the longest first."""
    return [
        start
        for start in range(max(floor, end - 4), end - 1)
        if end - start <= longest_name(text, start)
        and is_name(text, start, end, keep)
        and (not begins_word(text, start, end) or _is_whole_with_title(text, start, end))
        and not _crosses_word(text, start)
        and (text[start] not in _SELDOM or _CLAUSE_BEGINS.match(text, start) or is_plainly_given(text, start, end))
    ]


def _is_whole_with_title(text: str, start: int, end: int) -> bool:
    """Whether a surname and two plain characters stand before 先生 or 女士: 韩国旺先生 is nobody's country."""
    return end - start == 3 and text[end : end + 2] in _PLAIN_TITLES and is_plainly_given(text, start, end)


def longest_name(text: str, start: int) -> int:
    """Return how many characters a name that begins here may have; 1 where none begins."""
    if text[start : start + 2] in COMPOUND_SURNAMES:
        return 4
    return 3 if text[start : start + 1] in SURNAMES else 1


def is_name(text: str, start: int, end: int, keep: frozenset[str]) -> bool:
    """Whether these characters can be a private name: given name possible, no place, no office."""
    name = text[start:end]
    surname = 2 if name[:2] in COMPOUND_SURNAMES else 1
    given = name[surname:]
    if end > len(text) or not given or not _NAME_CHARS.fullmatch(name) or not NEVER_GIVEN.isdisjoint(given):
        return False
    if given[0] == "家" and _FAMILY.match(text, start + surname + 1):
        return False
    if _PLACE_NEXT.match(text, end) or _is_kept(text, start, end, keep):
        return False
    return not _has_office(text, start + surname, end)


def reads_as_name(term: str, known: frozenset[str]) -> bool:
    """Whether a term that stands alone is a full name, for all that can be seen of it."""
    fits = len(term) <= longest_name(term, 0)
    return fits and is_name(term, 0, len(term), known) and not begins_word(term, 0, len(term))


def _is_kept(text: str, start: int, end: int, keep: frozenset[str]) -> bool:
    """Whether a term that must stay whole forbids this name; 平安 as a term does not open the name 李平安."""
    if not keep:
        return False
    is_plain = is_plainly_given(text, start, end)
    return any(first <= start or not is_plain for first, _ in _kept_terms(text, (start, end), keep))


def without_kept(text: str, span: Span, keep: frozenset[str]) -> list[Span]:
    """Return what is left of the span beside the terms that must stay whole."""
    start, end = span
    left: list[Span] = []
    for first, last in sorted(_kept_terms(text, span, keep)) if keep else ():
        if first > start:
            left.append((start, first))
        start = max(start, last)
    return [*left, (start, end)] if start < end else left


def _kept_terms(text: str, span: Span, keep: frozenset[str]) -> Iterator[Span]:
    start, end = span
    for first in range(max(0, start - _LONGEST_KEPT), end):
        for last in range(max(start + 1, first + 2), min(len(text), first + _LONGEST_KEPT) + 1):
            if text[first:last] in keep:
                yield (first, last)


def _has_office(text: str, given: int, end: int) -> bool:
    """Whether an office or title begins in the given name, or follows the name at once or in brackets."""
    return (
        _TITLE.match(text, given) is not None
        or any(_OFFICE.match(text, at) for at in range(given, end + 1))
        or _OFFICE_IN_BRACKETS.match(text, end) is not None
    )


def _is_official(text: str, start: int, end: int) -> bool:
    """Whether a whole plain name is followed by an office; half of such a name is not a private one."""
    bears_office = _OFFICE.match(text, end) or _OFFICE_IN_BRACKETS.match(text, end)
    return end - start > 1 and bears_office is not None and is_plainly_given(text, start, end)


def begins_word(text: str, start: int, end: int) -> bool:
    """Whether a word of the lexicon begins where the name would; one that is longer is no matter of doubt."""
    return any(text[start : start + length] in WORDS for length in range(2, max(LONGEST_WORD, end - start) + 1))


def is_plainly_given(text: str, start: int, end: int) -> bool:
    """Whether all behind the surname is made of characters of which given names are mostly made."""
    given = text[start + (2 if text[start : start + 2] in COMPOUND_SURNAMES else 1) : end]
    return (len(given) > 1 or given in GIVEN) and all(char in GIVEN or char in GIVEN_TOO for char in given)


def _ends_in_word(text: str, end: int) -> bool:
    """Whether the last character begins a word that goes on behind the name (张伟|平时)."""
    return any(text[end - 1 : end + more] in WORDS for more in (1, 2))


def _crosses_word(text: str, start: int) -> bool:
    """Whether a word of the lexicon begins before the name and reaches into it (照顾, 关于)."""
    return any(
        text[before : before + length] in WORDS
        for before in range(max(0, start - 3), start)
        for length in range(start - before + 1, 5)
    )
