"""
Where private names stand: cues before a name (我叫…, 患者…, 联系人：…) or behind it (…女士, …老人, a telephone).

A firm cue (我叫, 姓名：, …女士) takes any possible name; a weak one (我是, 老人) only where the text goes on as it does
after a name, or begins as before one. Names in a list behind a name count too, and a signature at the end.
"""

import re
from collections.abc import Iterator

from .lexicon import CALLED, CONTACTED, FORMS, KIN, ROLES, SELF, TITLES, WEAK_TITLES
from .name_rule import (
    HAN,
    begins_word,
    is_name,
    is_plainly_given,
    longest_name,
    name_after,
    name_contacted,
    names_before,
)
from .numbers import Span

_BEFORE = frozenset((*SELF, *FORMS, *ROLES, *KIN, *CALLED))
_ALWAYS = frozenset((*SELF, *CALLED))
_FORMS = frozenset(FORMS)
_CONTACTED = frozenset(CONTACTED)
_BEHIND = frozenset((*TITLES, *WEAK_TITLES))
_FIRM = frozenset(TITLES)

_GUARDS = {
    "女儿": "(?<!妇女儿)",
    "业主": "(?<![企创行产农商事失]业主)",
    "本人": "(?<![日基原资]本人)",
    "联系": "(?!人|电话|手机|方式)",
} | dict.fromkeys(KIN, "(?![子女儿媳婿哥姐弟妹叔舅姨姑嫂爸妈爷奶])")
_ANCHORS = (
    *(f"{sex}(?=[，,、\\s）)；;/])" for sex in "男女"),
    *(f"{thing}(?=[:：\\s\\d号是＊])" for thing in ("电话", "手机")),
    *("身份证", "联系电话", "联系手机", "联系方式", "＊＊{10}"),
    *(f"{one}[3-9]\\d{{9}}" for one in "1１"),
    *(f"{digit}\\d{{16}}[\\dXx]" for digit in "123456"),
)
"""What stands behind names without being a title: sex, telephone, identity number."""


def _grouped_by_first() -> str:
    """Return all cues as one alternation whose branches begin with different characters: so a scan skips most text."""
    words = sorted(_BEFORE | _BEHIND | _CONTACTED, key=lambda word: (-len(word), word))
    rests: dict[str, list[str]] = {}
    for cue in (*(f"{word}{_GUARDS.get(word, '')}" for word in words), *_ANCHORS):
        rests.setdefault(cue[0], []).append(cue[1:])
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in rests.items())


_CUES = re.compile(_grouped_by_first())
_JOIN = re.compile(r"(?:名叫|名为|叫做?|姓名|的?名字[叫是]?|是|为)?[\s:：(（【“\"《]{0,3}")
_LEFT = re.compile(
    rf"(?:\A|[^\u3400-\u9fff]|[的了是和与及对向给跟同叫为被把让请找问帮见到在由有因但而位名个岁局所院站村镇乡县区队办科室组校心]"
    rf"|感谢|表扬|帮助|照顾|看望|慰问|采访|联系|告诉|通知|陪同|探望|护送|{'|'.join(ROLES)})\Z"
)
_LISTED = re.compile(r"\s{0,2}[、和与及跟]\s{0,2}")
_DOTTED = re.compile(
    rf"{HAN}{{2,8}}(?:[·•・]{HAN}{{2,8}}?){{1,3}}(?<![县市区镇乡村])(?=\Z|(?!{HAN}).|[的是在有今现住因系男女患说无没来])"
)
_SIGNED = re.compile(
    rf"(?:[\n。！？!?…～~—]|--|敬礼|此致)[\s—\-，,]*(?:{'|'.join(FORMS)})?[:：\s]*(?P<name>{HAN}{{2,4}}?)[\s　]*"
    r"(?:敬上|谨上|拜上|呈上|叩首|叩谢|跪求|泣上|上)?[\s　]*"
    r"(?:[（(][^）)\n]{0,12}[）)])?[\s0-9０-９＊年月日号，./\-:：]*\Z"
)


def find_names(text: str, keep: frozenset[str]) -> Iterator[Span]:
    """Yield the spans of private names, from left to right. Terms of `keep` (places, terms of rules) are no names."""
    taken = 0
    for cue in _CUES.finditer(text):
        for span in (_name_before_cue(text, taken, cue, keep), _name_after_cue(text, cue, keep)):
            if span is not None and span[0] >= taken:
                yield span
                taken = span[1]
                while (listed := _listed_after(text, taken, keep)) is not None:
                    yield listed
                    taken = listed[1]
    if (signature := _signature(text, keep)) is not None:
        yield signature


def _signature(text: str, keep: frozenset[str]) -> Span | None:
    """Return the name that stands alone at the end of a letter, before its date."""
    signed = _SIGNED.search(text, max(0, len(text) - 60))
    if signed is None:
        return None
    start, end = signed.span("name")
    is_too_long = end - start > longest_name(text, start)
    return None if is_too_long or begins_word(text, start, end) or not is_name(text, start, end, keep) else (start, end)


def _name_after_cue(text: str, cue: re.Match[str], keep: frozenset[str]) -> Span | None:
    word = cue[0]
    if word in _CONTACTED:
        return name_contacted(text, cue.end(), keep)
    if word not in _BEFORE:
        return None
    join = _JOIN.match(text, cue.end())
    start = cue.end() if join is None else join.end()
    said = text[cue.end() : start]
    if (dotted := _DOTTED.match(text, start)) is not None:
        return dotted.span()
    firm = word in _ALWAYS or any(mark in said for mark in ":：叫") or (word in _FORMS and said != "")
    return name_after(text, start, keep, firm=firm, vague=word in {"我是", "本人"})


def _name_before_cue(text: str, taken: int, cue: re.Match[str], keep: frozenset[str]) -> Span | None:
    """Return the name before a title or telephone: one with a beginning before it first; a firm title takes any."""
    is_anchor = cue[0] not in _BEHIND and cue[0] not in _BEFORE
    if cue[0] in _CONTACTED or (cue[0] in _BEFORE and cue[0] not in _BEHIND):
        return None
    end = _without_marks(text, cue.start()) if is_anchor else cue.start()
    possible = names_before(text, taken, end, keep)
    for start in possible:
        if _LEFT.search(text[max(0, start - 6) : start]):
            return (start, end)
    for start in possible:
        if cue[0] in _FIRM or (not is_anchor and is_plainly_given(text, start, end)):
            return (start, end)
    return None


def _listed_after(text: str, end: int, keep: frozenset[str]) -> Span | None:
    """Return the next name of a list (…、…和…) that goes on after a name."""
    joint = _LISTED.match(text, end)
    return None if joint is None else name_after(text, joint.end(), keep, firm=False)


def _without_marks(text: str, end: int) -> int:
    """Return where the word before spaces and marks ends."""
    while end > 0 and text[end - 1] in " \t　，,、:：（(;；/的":
        end -= 1
    return end
