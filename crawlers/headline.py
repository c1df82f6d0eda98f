"""
The headline of a page: the heading whose words the page's own title holds, without the site's name behind it.

og:title alone is not believed, since sites cut it at a quotation mark; nor a heading alone, since logos are headings.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import html

from .element_name import name_of

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_WAY = re.compile(r"首页|主页|当前|您的位置|所在位置|你的位置|登录|搜索")
_NAMED = re.compile(r"title|headline|subject|biaoti|heading|(?<![a-z])(?:tit|bt|topic)(?![a-z])", re.IGNORECASE)
_SPACE = re.compile(r"[\s\u200b\ufeff\xa0]+")
_LONGEST = 200
_SHORTEST = 4
_COLUMN = 6
"""A title of so few characters is that of a column, and the headline stands elsewhere."""
_BREAK = re.compile(r"\s+(?:[-–—|·•@»]|::)\s+|\s*[_|｜]\s*|--(?!-)|-(?=[^-]{2,24}\Z)")
_SITE = re.compile(
    r"(?:网|网站|频道|论坛|社区|贴吧|吧|新闻|资讯|报|电视台|广播|在线|门户|官网|首页|博客|头条|百科|知道|公众号|专栏|客户端|"
    r"政府|委员会|局|厅|协会|学会|大学|学院|知乎|中心|半月谈|留言板|\.com|\.cn|\.net|\.org|news|blog|board|paper|"
    r"powered by.*|pixnet.*)\s*\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Headline:
    """The words of a headline, and the element that shows them where one does."""

    words: str
    element: html.HtmlElement | None = None


def find_headline(root: html.HtmlElement, body: html.HtmlElement) -> Headline:
    """Return the page's headline; empty where the page names none."""
    title, shared = one_line(root.findtext(".//title") or ""), _meta_title(root)
    headings = list(_headings(body))
    stripped = without_site(title) if title else without_site(shared)
    core = without_site(title, only_sites=True)
    if (shown := _shown(headings, (core, without_site(shared)), stripped)) is not None:
        return shown
    if len(_bare(stripped)) <= _COLUMN:
        for heading in headings:
            if len(_bare(heading.words)) > _COLUMN and not _WAY.match(heading.words):
                return heading
    return Headline(stripped, _shown_plainly(stripped, body))


def _shown_plainly(words: str, body: html.HtmlElement) -> html.HtmlElement | None:
    """Return the element that shows the headline without being called a heading."""
    bare = _bare(words)
    for element in body.iter("p", "div", "span", "td", "font", "strong", "b") if bare else ():
        if len(element) <= 3 and element.text is not None and _bare("".join(element.itertext())) == bare:
            return element
    return None


def one_line(text: str) -> str:
    """Return the text on one line, with single spaces."""
    return _SPACE.sub(" ", text).strip()


def without_site(title: str, *, only_sites: bool = False) -> str:
    """Return a page's title without what stands behind it: names of sites, and of columns unless told otherwise."""
    while (last := _last_break(title)) is not None:
        head, mark, tail = title[: last.start()], last[0].strip(), title[last.end() :]
        is_spaced = mark != last[0]
        is_loose = mark in {"_", "|", "｜", "::", "@", "--"} and len(tail) < max(len(head), 12)
        is_column = not only_sites and (is_loose or (is_spaced and len(tail) <= 24))
        if len(_bare(head)) < 2 or not (_SITE.search(tail) or is_column):
            break
        title = head
    return title.strip()


def _shown(headings: Sequence[Headline], titles: Sequence[str], stripped: str) -> Headline | None:
    """Return the longest heading that a title holds, in full words of the page where it says the same otherwise."""
    best: Headline | None = None
    known = _bare(stripped)
    held = [_bare(title) for title in titles]
    longest_part = max(len(_bare(part)) for part in re.split(r"[-–—|｜_]", stripped))
    for heading in headings:
        bare = _bare(heading.words)
        if len(bare) < _SHORTEST or 2 * len(bare) < longest_part:
            continue
        shown = heading
        if not any(bare in title for title in held):
            if known and bare.startswith(known) and len(bare) <= len(known) + 8:
                shown = Headline(stripped, heading.element)  # 播报文章, [编辑], ¶ stand behind it
            elif not _says_same(bare, known):
                continue
        if best is None or len(_bare(shown.words)) > len(_bare(best.words)):
            best = shown
    return best


def _says_same(one: str, other: str) -> bool:
    """Whether two headlines differ in punctuation only, or in a few characters of many."""
    if len(one) < 10 or abs(len(one) - len(other)) > 4:
        return False
    pairs = {one[at : at + 2] for at in range(len(one) - 1)}
    held = {other[at : at + 2] for at in range(len(other) - 1)}
    return len(pairs & held) >= 0.8 * len(pairs)


def _headings(body: html.HtmlElement) -> Iterator[Headline]:
    """Yield what the page shows as headings: by tag first, then by name."""
    named = []
    for element in body.iter():
        is_heading = element.tag in _HEADINGS
        if not is_heading and (len(element) > 8 or not _is_named(name_of(element))):
            continue
        words = one_line("".join(element.itertext())) if len(element) <= 12 else ""
        if not 2 <= len(words) <= _LONGEST:
            continue
        if is_heading:
            yield Headline(words, element)
        else:
            named.append(Headline(words, element))
    yield from named


@lru_cache(maxsize=8_192)
def _is_named(name: str) -> bool:
    return len(name) > 1 and _NAMED.search(name) is not None


def _meta_title(root: html.HtmlElement) -> str:
    for meta in root.iter("meta"):
        if (meta.get("property") or meta.get("name") or "").strip().lower() in {"og:title", "articletitle"}:
            return one_line(meta.get("content") or "")
    return ""


def _last_break(title: str) -> re.Match[str] | None:
    last = None
    for match in _BREAK.finditer(title):
        last = match
    return last


def _bare(text: str) -> str:
    return _SPACE.sub("", text)
