"""
Where private names stand: cues before a name (我叫…, 患者…, 联系人：…) or behind it (…女士, …老人, a telephone).

A firm cue (我叫, 姓名：, …女士) takes any possible name; a weak one (我是, 老人) only where the text goes on as it does
after a name, or begins as before one. Names in a list behind a name count too, and a signature at the end.
"""

import re
from collections.abc import Iterator

from .lexicon import CALLED, FORMS, KIN, ROLES, SELF, TITLES, WEAK_TITLES
from .name_rule import HAN, is_name, longest_name, name_after, names_before
from .numbers import Span

_ANCHOR = (
    r"[男女](?=[，,、\s）)；;/])|身份证|联系(?:电话|手机|方式)|电话(?=[:：\s\d号是＊])|手机(?=[:：\s\d号是＊])"
    r"|1[3-9]\d{9}|＊{11}|\d{17}[\dXx]"
)

_BEFORE = frozenset((*SELF, *FORMS, *ROLES, *KIN, *CALLED))
_ALWAYS = frozenset((*SELF, *CALLED))
_FORMS = frozenset(FORMS)
_BEHIND = frozenset((*TITLES, *WEAK_TITLES))
_FIRM = frozenset(TITLES)
_CUES = re.compile(
    rf"(?:{'|'.join(KIN)})(?![子女儿媳婿哥姐弟妹叔舅姨姑嫂爸妈爷奶])|"
    r"(?<!妇)女儿|(?<![企创行产农商事失])业主|(?<![日基原资])本人|"
    + "|".join(sorted((_BEFORE | _BEHIND) - {"女儿", "业主", "本人", *KIN}, key=lambda word: (-len(word), word)))
    + f"|(?P<anchor>{_ANCHOR})"
)
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
    rf"(?:[\n。！？!?…～~—]|--|敬礼|此致)[\s—\-]*(?P<name>{HAN}{{2,4}}?)[\s　]*"
    r"(?:敬上|谨上|拜上|呈上|叩首|叩谢|跪求|泣上|上)?[\s　]*"
    r"(?:[（(][^）)\n]{0,12}[）)])?[\s0-9０-９＊年月日号./\-:：]*\Z"
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
    if (signed := _SIGNED.search(text, max(0, len(text) - 60))) is not None:
        start, end = signed.span("name")
        if end - start <= longest_name(text, start) and is_name(text, start, end, keep):
            yield (start, end)


def _name_after_cue(text: str, cue: re.Match[str], keep: frozenset[str]) -> Span | None:
    word = cue[0]
    if word not in _BEFORE:
        return None
    join = _JOIN.match(text, cue.end())
    start = cue.end() if join is None else join.end()
    said = text[cue.end() : start]
    if (dotted := _DOTTED.match(text, start)) is not None:
        return dotted.span()
    firm = word in _ALWAYS or any(mark in said for mark in ":：叫") or (word in _FORMS and said != "")
    return name_after(text, start, keep, firm=firm)


def _name_before_cue(text: str, taken: int, cue: re.Match[str], keep: frozenset[str]) -> Span | None:
    """Return the name before a title or telephone: one with a beginning before it first; a firm title takes any."""
    is_anchor = cue["anchor"] is not None
    if not is_anchor and cue[0] not in _BEHIND:
        return None
    end = _without_marks(text, cue.start()) if is_anchor else cue.start()
    possible = names_before(text, taken, end, keep)
    for start in possible:
        if _LEFT.search(text[max(0, start - 6) : start]):
            return (start, end)
    return (possible[0], end) if possible and cue[0] in _FIRM else None


def _listed_after(text: str, end: int, keep: frozenset[str]) -> Span | None:
    """Return the next name of a list (…、…和…) that goes on after a name."""
    joint = _LISTED.match(text, end)
    return None if joint is None else name_after(text, joint.end(), keep, firm=False)


def _without_marks(text: str, end: int) -> int:
    """Return where the word before spaces and marks ends."""
    while end > 0 and text[end - 1] in " \t　，,、:：（(;；/的":
        end -= 1
    return end
