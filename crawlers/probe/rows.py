"""
The list on a page: the group of rows that are alike, each with one link that reads like a title, and selectors for it.

Nothing is known of the page's software. Rows are brothers of one form; the group that says most wins, and what comes
out are ordinary selectors, checked against the page, so that the spider reads exactly what was found here.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import html

from .seen_page import SeenPage

LEAST_ROWS = 3
DATED = 0.6
"""From this share of dated rows on, a list has dates."""
_LEAST_TITLE = 5
_DATE = re.compile(
    r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|(?<![\d-])(?:0?[1-9]|1[0-2])[-/月.](?:0[1-9]|[12]\d|3[01])(?![\d.])"
    r"|\d+\s*(?:分钟|小时|天)前|昨天|今天"
)
_FURNITURE = re.compile(
    r"\b(?:nav|menu|head(?:er)?|foot(?:er)?|breadcrumb|crumbs?|pager|pagination|page|side(?:bar)?|banner|friend|copyright|login|hot|rank|tags?"
    r"|recommends?|relat(?:ed?|ions?)|similar|references?|guess|tuijian|xiangguan|comments?)\b"
)
_ROWS = frozenset(
    {"li", "tr", "dd", "dt", "dl", "div", "p", "a", "h2", "h3", "h4", "article", "section", "tbody", "ul", "td"}
)
_CLIMB = 6
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_NUMBERED = re.compile(r"\d")
_STATES = re.compile(
    r"\d{4,}|^(?:on|cur|current|active|first|last|odd|even|hover|selected|clearfix|cf)$", re.IGNORECASE
)
_NEXT = ("下一页", "下页", "下一頁", "后一页", "后页")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its element, the link that is its title, the whole address of that, and its words."""

    element: html.HtmlElement
    link: html.HtmlElement
    address: str
    title: str
    is_dated: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """
    The list of a page: its rows, and the selectors that find them. `next` is "" where no further page is linked.

    `others` counts the further groups of the page that could be its list just as well. `hosts` are those of the links.
    """

    rows: tuple[Row, ...]
    item: str
    link: str
    next: str
    others: int
    hosts: tuple[str, ...]

    @property
    def dated(self) -> float:
        """The share of rows that show a date."""
        return sum(row.is_dated for row in self.rows) / len(self.rows)


def find_rows(page: SeenPage) -> Rows | None:
    """Return the page's list; None where no group of rows can be found again by selectors."""
    groups = sorted(_groups(page).values(), key=_weight, reverse=True)
    titles = {link for link, _, _ in _titles(page)} if groups else set()
    for at, rows in enumerate(groups[:5]):
        item = _item_selector(page, rows, titles)
        link = _link_selector(page, item, rows) if item else ""
        if link:
            others = sum(_weight(each) > 0.4 * _weight(rows) and each is not rows for each in groups)
            hosts = Counter(urlsplit(row.address).hostname or "" for row in rows)
            found = _found_again(page, item, link, rows)
            return Rows(
                found, item, link, next_selector(page), others if at == 0 else 0, tuple(dict(hosts.most_common()))
            )
    return None


def next_selector(page: SeenPage) -> str:
    """Return the selector of the link to the next page; "" where none leads there without a script."""
    for selector in ("a.nxt", "a.next", ".next a", "a[rel=next]"):
        if _leads_on(page, selector):
            return selector
    for word in _NEXT:
        if _leads_on(page, f"a:contains('{word}')"):
            return f"a:contains('{word}')"
    return ""


def _leads_on(page: SeenPage, selector: str) -> bool:
    href = page.root.css(f"{selector}::attr(href)").get("").strip()
    whole = page.whole(href) if href and not href.startswith("#") else ""
    return bool(whole and whole != page.address and urlsplit(whole).hostname == page.host)


def _groups(page: SeenPage) -> Mapping[tuple[html.HtmlElement, str], Sequence[Row]]:
    """Return the rows of each possible group: brothers with one tag and one form, each with one title."""
    found: dict[tuple[html.HtmlElement, str], dict[html.HtmlElement, Row]] = {}
    for link, address, title in _titles(page):
        row = link
        for _ in range(_CLIMB):
            parent = row.getparent()
            if parent is None or parent.tag == "html":
                break
            if row.tag in _ROWS:
                rows = found.setdefault((parent, _form(row)), {})
                better = rows.get(row)
                if better is None or len(title) > len(better.title):
                    rows[row] = Row(row, link, address, title, is_dated(row))
            row = parent
    return {key: tuple(rows.values()) for key, rows in found.items() if _is_group(list(rows.values()))}


def is_dated(row: html.HtmlElement) -> bool:
    """Whether a row shows a date in its own words."""
    return _DATE.search(" ".join("".join(row.itertext()).split())[:400]) is not None


def _titles(page: SeenPage) -> Iterator[tuple[html.HtmlElement, str, str]]:
    """Yield every link that reads like the title of a page of its own."""
    for selected in page.root.css("body a[href]")[:3_000]:
        link = selected.root
        href = (link.get("href") or "").strip()
        title = " ".join("".join(link.itertext()).split())
        if len(title) < _LEAST_TITLE and len((link.get("title") or "").strip()) > len(title):
            title = (link.get("title") or "").strip()
        address = (
            page.whole(href) if href and not href.lower().startswith(("#", "javascript:", "mailto:", "tel:")) else ""
        )
        if address and len(title) >= _LEAST_TITLE and _is_deep(address) and not _is_furniture(link):
            yield link, address, title


def _is_deep(address: str) -> bool:
    parts = urlsplit(address)
    return len(parts.path) > 1 or bool(parts.query)


def _is_furniture(link: html.HtmlElement) -> bool:
    for above in (link, *link.iterancestors()):
        if above.tag in ("nav", "footer", "header", "body", "html"):
            return above.tag in ("nav", "footer", "header")
        name = f"{above.get('id') or ''} {above.get('class') or ''}".lower()
        if (
            name.strip()
            and _FURNITURE.search(re.sub(r"[_-]|(?<=[a-z])\d+", " ", name))
            and above.tag not in ("li", "tr", "td")
        ):
            return True
    return False


def _is_group(rows: Sequence[Row]) -> bool:
    addresses = {row.address for row in rows}
    return len(rows) >= LEAST_ROWS and len(addresses) >= LEAST_ROWS


def _weight(rows: Sequence[Row]) -> float:
    """Return how much a group says: many rows, long titles, dates, addresses of one form, and small rows."""
    titles = sum(min(len(row.title), 30) for row in rows)
    dated = sum(row.is_dated for row in rows) / len(rows)
    forms = Counter(re.sub(r"\d+", "0", urlsplit(row.address).path) for row in rows)
    alike = forms.most_common(1)[0][1] / len(rows)
    links = sum(len(row.element.findall(".//a")) for row in rows) / len(rows)
    return float(titles * (1 + 2 * dated) * (0.5 + alike) / (1 + max(0.0, links - 4) / 4))


def _form(element: html.HtmlElement, *, with_numbers: bool = False) -> str:
    """Return what brothers share: the tag, and the classes that do not change from row to row."""
    names = [name for name in (element.get("class") or "").split() if _NAME.match(name) and not _STATES.search(name)]
    kept = [name for name in names if with_numbers or not _NUMBERED.search(name)]
    return str(element.tag) + "".join(f".{name}" for name in kept[:2])


def _item_selector(page: SeenPage, rows: Sequence[Row], titles: AbstractSet[html.HtmlElement]) -> str:
    """Return a selector that finds these rows, and nothing else but rows of the same list; "" where there is none."""
    parent = rows[0].element.getparent()
    wanted = {row.element for row in rows}
    is_dated_list = sum(row.is_dated for row in rows) >= DATED * len(rows)
    for path in _paths(parent):
        for row in dict.fromkeys((_form(rows[0].element), rows[0].element.tag)):
            found = [each.root for each in page.root.css(f"{path} > {row}")]
            alike = [
                each
                for each in found
                if not titles.isdisjoint(each.iter("a")) and (not is_dated_list or is_dated(each))
            ]
            if wanted <= set(found) and len(alike) >= 0.6 * len(found):
                return f"{path} > {row}"
    return ""


def _paths(parent: html.HtmlElement) -> Iterable[str]:
    """Yield selectors of the rows' parent, the shortest first: by its id, by classes, below its own ancestors."""
    own = _form(parent, with_numbers=True)
    identity = parent.get("id") or ""
    if _NAME.match(identity) and not _STATES.search(identity):
        yield f"#{identity}"
    if "." in own:
        yield own
    path = own
    for above in list(parent.iterancestors())[:5]:
        if above.tag in ("html", "body"):
            break
        identity = above.get("id") or ""
        if _NAME.match(identity) and not _STATES.search(identity):
            yield f"#{identity} > {path}" if above is parent.getparent() else f"#{identity} {own}"
        path = f"{_form(above, with_numbers=True)} > {path}"
        if "." in path:
            yield path
    yield path


def _link_selector(page: SeenPage, item: str, rows: Sequence[Row]) -> str:
    """Return the selector of the title's link within a row, which nearly every row agrees with; "" for none."""
    link, row = rows[0].link, rows[0].element
    candidates = ["::attr(href)"] if link is row else ["a", "a[title]", "a[target]"]
    if link is not row:
        holder = link.getparent()
        candidates += [_form(link)] if "." in _form(link) else []
        candidates += [f"{_form(holder)} > a"] if holder is not row else []
        if (
            said := re.match(r"[^?]*?([a-z]{4,})", urlsplit(rows[0].address).path.rpartition("/")[2] or "")
        ) is not None:
            candidates.append(f"a[href*='{said[1]}']")
    by_element = {each.element: each.address for each in rows}
    for selector in candidates:
        whole = selector if "::" in selector else f"{selector}::attr(href)"
        hits = sum(
            page.whole(found.css(whole).get("")) == by_element[found.root]
            for found in page.root.css(item)
            if found.root in by_element
        )
        if hits >= 0.8 * len(rows):
            return selector
    return ""


def _found_again(page: SeenPage, item: str, link: str, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the rows as the selectors find them, in the page's order."""
    known = {row.element: row for row in rows}
    whole = link if "::" in link else f"{link}::attr(href)"
    found: dict[str, Row] = {}
    for each in page.root.css(item):
        address = page.whole(each.css(whole).get(""))
        if address:
            row = known.get(each.root) or Row(each.root, each.root, address, "", is_dated(each.root))
            found.setdefault(address, row)
    return tuple(found.values())
