"""
House numbers: building, unit, room and number behind a street, an estate or a village group (DESIGN §1.3).

The place itself stays, because the matter needs it; only what leads to one door is masked. The house number of an
organisation, a date (村里15号发钱) and a line (2号线) are left.
"""

import re
from collections.abc import Iterator

from .lexicon import ORGANISATIONS
from .numbers import Span

_COUNT = r"[\d一二三四五六七八九十百]{1,5}"
_MARK = r"[\dA-Za-z]{1,4}"
_ESTATE = (
    r"小区|花园|家园|公寓|新村|社区|大厦|广场|宿舍|大院|家属院|安置房|廉租房|公租房|商品房|国际|世家|名都|名城|新城|华府"
    r"|[苑庭墅邸郡轩阁城府园坊里居湾岸村期区院]"
)
_STREET = r"大道|胡同|里弄|支路|环路|[路街巷弄道组队屯庄寨坊村]|社区|小区|新村"
_UPSTAIRS = (
    rf"(?:[\s\-—－,，]?(?:{_COUNT}|[A-Za-z])\s?(?:单元|门栋|号门|门洞))?"
    rf"(?:\s?{_COUNT}(?:层|楼(?![梯道上下顶长房])))?"
    rf"(?:[\s\-—－]?(?:\d{{3,4}}(?![\d年])(?:室|号房|房间?|户|号)?|{_COUNT}(?:室|号房|户(?![人型口籍]))))?"
)
_HOUSE = re.compile(
    rf"(?P<building>(?:{_MARK}|{_COUNT})\s?(?:号?[栋幢]|号楼|(?<=[\dA-Za-z])座)(?P<up>{_UPSTAIRS}))"
    rf"|(?P<unit>{_COUNT}\s?单元(?P<room>{_UPSTAIRS}))"
    rf"|(?P<number>(?:\d{{1,4}}弄)?(?:附\s?)?(?:\d{{1,5}}(?:[\-—－]\d{{1,4}})?|[一二三四五六七八九十百]{{1,4}})\s?号(?:之[一二三四五六七八九]|附\s?\d{{1,3}}号?)?院?"
    rf"(?![线台令码文机桌窗车床井矿公房]|地块|公告|文件|公交|选手|病|通知){_UPSTAIRS})"
    rf"|(?P<dashed>\d{{1,3}}[\-—－](?:\d{{1,2}}[\-—－])?\d{{3,4}}(?:室|号房?|户)?(?![\d元万户人多个年天米平块斤亩次点岁%％\-—]))"
    rf"|门牌号?码?(?:[是为:：]{{1,2}}\s?(?P<plate>\d{{1,5}}号?)|\s?(?P<plain>\d{{1,5}}号))"
)
_HINT = re.compile(r"[号栋幢座室]|单元|门牌|\d[\-—－]\d{3}")
_BEHIND_ESTATE = re.compile(rf"(?:{_ESTATE})\s?[（(]?\Z")
_BEHIND_STREET = re.compile(rf"(?:{_STREET})\s?[（(]?\Z")
_TIME_NEXT = re.compile(
    r"\s?(?:开始|上午|下午|晚|早|中午|凌晨|那天|当天|左右|前|后|之前|之后|以前|以后|到|至|起|发|去|来|放|召开|开|才|就|还|停|晴|交|领|打)"
)
_BARE_DAY = re.compile(r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s?号\Z")
_ORGANISATION_BEFORE = re.compile(
    rf"{ORGANISATIONS}(?:位于|地处|设在|坐落于?|开在|就在|在|地址|的地址)?[:：（(为是\s]{{0,2}}(?:(?![家住])[\u4e00-\u9fff]){{0,14}}\Z"
)
_ORGANISATION_NEXT = re.compile(rf"[）)]?的?(?:(?![家住人户])[\u4e00-\u9fff]){{0,10}}?{ORGANISATIONS}")


def find_dwellings(text: str) -> Iterator[Span]:
    """Yield the spans of house numbers of people."""
    if _HINT.search(text) is None:
        return
    for match in _HOUSE.finditer(text):
        kind = match.lastgroup or ""
        start, end = match.span(_WHOLE.get(kind, kind))
        if _leads_to_a_door(text, match, start, end):
            yield (start, end)


_WHOLE = {"up": "building", "room": "unit"}


def _leads_to_a_door(text: str, match: re.Match[str], start: int, end: int) -> bool:
    before = text[max(0, start - 24) : start]
    if match["plate"] is not None or match["plain"] is not None:
        return True
    if match["building"] is not None:
        if match["building"][0] not in _PLAIN:
            return _ROOM.search(match["up"]) is not None
        return bool(match["up"]) or _BEHIND_ESTATE.search(before) is not None
    if match["unit"] is not None:
        return bool(match["room"]) or _BEHIND_ESTATE.search(before) is not None
    if match["dashed"] is not None:
        return _BEHIND_ESTATE.search(before) is not None
    return _is_street_number(text, before, end, match["number"])


_ROOM = re.compile(r"单元|门栋|室|号房")
_PLAIN = frozenset("0123456789０１２３４５６７８９ABCDEFGHJKLMNPQRSTUVWXYZabcdefgh")


def _is_street_number(text: str, before: str, end: int, number: str) -> bool:
    """Whether a number stands behind a street or village, is no day of the month and no organisation's."""
    if _BEHIND_STREET.search(before) is None:
        return False
    if _BARE_DAY.fullmatch(number) and _TIME_NEXT.match(text, end):
        return False
    return _ORGANISATION_BEFORE.search(before) is None and _ORGANISATION_NEXT.match(text, end) is None
