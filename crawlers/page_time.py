"""
When a page was published, to the minute: the time that it shows near its headline, else the one that its head states.

What is shown counts first, because it is what readers see; sites that state another time in their head exist in numbers
(crawl.md §1). Times of readers' comments, of other articles and of later edits are left aside.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lxml import html

from pipeline.domain.post import Millis

from .noise import noise_of
from .page_tree import PageTree
from .spoken_time import LONGEST, SpokenTime, spoken_time

_DAY: Millis = 86_400_000
_MAYBE = re.compile(
    r"\d\s*[-/.年月]\s*\d|[\d半几分时天]\s*[秒分小时钟头天周月年]*\s*[之以]?前|[昨今前][天日晚早]|刚|〇|ago\b|\d,?\s+20\d\d"
)
_CUE = re.compile(r"发布|发表|發佈|發表|发稿|时间|時間|日期|来源|來源|posted|published|on\b", re.IGNORECASE)
_LATER = re.compile(
    r"更新|修改|编辑|編輯|推荐文章于|截至|截止|回复|回覆|最后|有效期|GMT[+-]|Processed|updated|modified", re.IGNORECASE
)
_NAMED = re.compile(r"time|date|pub|info|meta|source|shijian|riqi|laiyuan|posted|ago", re.IGNORECASE)
_NEAR, _BEFORE = 60, 30
_LONG = 40
_SURE, _SURE_OF_DAY = 0, 4
_META = (
    *("article:published_time", "og:release_date", "datepublished", "og:time", "pubdate", "publish_time", "og:pubdate"),
    *("publishdate", "weibo:article:create_at", "weibo: article:create_at", "datecreated", "date", "dc.date"),
)
_SCRIPTED = (
    ("datePublished", re.compile(r'datePublished"\s*:\s*"([^"]{8,40})"')),
    ("var ct", re.compile(r"""var ct\s*=\s*["'](\d{10})["']""")),
)
_LESS_TRUSTED = (
    (
        "pub",
        re.compile(
            r"""(?:pub_?time|publish_?time|publishTime|pub_?date|publishDate)["']?\s*[:=]\s*["']?([^"',;}]{8,40})"""
        ),
    ),
    ("howDate(", re.compile(r"""howDate\(["']((?:19|20)\d\d[^"'<]{6,30})["']\)""")),
)
"""Each with a word that must stand in the page before the slower search begins."""


@dataclass(frozen=True, slots=True)
class ShownTime:
    """A time that a page shows: the text that says it, the element that holds the text, and its place in the order."""

    time: SpokenTime
    text: str
    holder: html.HtmlElement
    place: int


def shown_times(tree: PageTree, zone: ZoneInfo, fetched_at: Millis | None = None) -> Sequence[ShownTime]:
    """Return every time that the page shows, in reading order; none that lies in the future of the fetch."""
    found = []
    for place, element in enumerate(tree.order):
        for text, holder in ((_own_text(element), element), (element.tail, element.getparent())):
            if not text or holder is None or _MAYBE.search(text, 0, LONGEST) is None:
                continue
            said = text.strip()
            time = spoken_time(said, zone, fetched_at)
            if time is not None and (fetched_at is None or time.at <= fetched_at + _DAY):
                found.append(ShownTime(time, said, holder, place))
    return found


def find_published_at(
    tree: PageTree, headline: html.HtmlElement | None, shown: Sequence[ShownTime], zone: ZoneInfo
) -> Millis | None:
    """Return when the page was published; None where it says nothing about it that can be read."""
    stated = [time for text in _stated(tree) if (time := spoken_time(text, zone)) is not None]
    known = stated[0] if stated else None
    best, score = _best_shown(tree, headline, shown)
    is_sure = best is not None and score >= (_SURE if best.time.has_clock or known is None else _SURE_OF_DAY)
    if best is None or not is_sure:
        return known.at if known else None
    time = _with_clock(best, zone)
    if not time.has_clock:
        same_day = (each for each in stated if each.has_clock and 0 <= each.at - time.at < _DAY)
        return next(same_day, time).at
    return time.at


def _best_shown(
    tree: PageTree, headline: html.HtmlElement | None, shown: Sequence[ShownTime]
) -> tuple[ShownTime | None, float]:
    start = tree.place.get(headline, 0) if headline is not None else 0
    best: ShownTime | None = None
    best_score = 0.0
    for each in shown:
        score = _score(each, each.place - start)
        if any(noise_of(element) == 2 for element in (each.holder, *each.holder.iterancestors())):
            score -= 6
        if best is None or score > best_score:
            best, best_score = each, score
    return best, best_score


def _own_text(element: html.HtmlElement) -> str | None:
    """Return the exact time that an element carries beside its words, else its words."""
    for name in ("datetime", "title"):
        said = element.get(name)
        if said and len(said) < 40 and _MAYBE.search(said) and (name == "datetime" or element.tag not in {"a", "img"}):
            return str(said)
    text = element.text
    return None if text is None else str(text)


def _with_clock(shown: ShownTime, zone: ZoneInfo) -> SpokenTime:
    """Return the time with the clock that stands beside its date, in an element of its own."""
    time = shown.time
    if time.has_clock or time.is_relative:
        return time
    for element in (shown.holder, shown.holder.getparent()):
        if element is None or len(element) > 12:
            break
        whole = " ".join(element.itertext())
        if len(whole) > 3 * _LONG:
            break
        fuller = spoken_time(whole, zone)
        if fuller is not None and fuller.has_clock and 0 <= fuller.at - time.at < _DAY:
            return fuller
    return time


def _score(shown: ShownTime, distance: int) -> float:
    """Return how much speaks for a shown time: a clock, words that say what it is, its nearness to the headline."""
    holder, text = shown.holder, shown.text
    names = f"{holder.get('class') or ''} {holder.get('id') or ''}"
    score = 3.0 * shown.time.has_clock + 2.0 * bool(_CUE.search(text)) + 1.0 * bool(_NAMED.search(names))
    if _LATER.search(text):
        score -= 4
    if len(text) > _LONG and not (_CUE.search(text[:12]) and len(text) < 3 * _LONG):
        score -= 6
    parent = holder.getparent()
    if holder.tag in {"a", "li"} or (parent is not None and parent.tag == "a"):
        score -= 2
    if 0 <= distance <= _NEAR:
        score += 3 - distance / _NEAR
    elif distance < 0 and not shown.time.has_clock and not _CUE.search(text):
        score -= 4  # today's date, as sites show it above everything
    elif -_BEFORE <= distance < 0:
        score += 1
    return score


def _stated(tree: PageTree) -> Iterator[str]:
    """Yield the times that the page states for machines, the most trusted first."""
    said: dict[str, str] = {}
    for meta in tree.root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        if content := meta.get("content"):
            said.setdefault(name, str(content))
    yield from _scripted(tree.source, _SCRIPTED)
    yield from (said[name] for name in _META if name in said)
    yield from _scripted(tree.source, _LESS_TRUSTED)


def _scripted(source: str, patterns: Sequence[tuple[str, re.Pattern[str]]]) -> Iterator[str]:
    for word, pattern in patterns:
        if word in source and (match := pattern.search(source)):
            yield match[1]
