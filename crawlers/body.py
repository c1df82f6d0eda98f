"""
Where the article of a page stands: the element whose text is sentences, and little else, near below the headline.

A paragraph is good where it says something in sentences outside of links. For an element G is the good text below it
and A all text; the article is the element with the greatest G·(G/A), less for each step away from the headline. What
the page itself calls comments or lists counts as A only, and so does all that stands behind the end of the article.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lxml import html

from .nicknames import shows_person
from .noise import is_end_of_article, noise_of
from .page_tree import PageTree
from .plain_text import text_of

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption"}
    | {"figure", "font", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "html", "li", "main", "nav"}
    | {"noscript", "ol", "p", "pre", "section", "table", "tbody", "td", "th", "tr", "ul"}
)
_MARKS = re.compile(r"[，。！？；,!?;”…]")
_DATED = re.compile(r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")
_STEP = 0.5
_PARTS = 4
_LATER = 4
"""How many times better the text of a later part must be, because an article follows its headline."""
_SHORT, _LONG = 10, 50
"""Characters: a paragraph with a mark of punctuation is good from _SHORT on, one without from _LONG on."""
_LARGE = {1: 0.4, 2: 0.8}
"""What share of the page's good text an element may hold before its name is no longer believed."""


@dataclass(frozen=True, slots=True)
class Article:
    """The element of an article, what stands before it below the headline, and what in it is not of it."""

    element: html.HtmlElement
    before: tuple[html.HtmlElement, ...] = ()
    dropped: tuple[html.HtmlElement, ...] = ()

    def text(self) -> str:
        """Return the article's text. The elements that are not of it are gone from the tree afterwards."""
        for element in self.dropped:
            _remove(element)
        return "\n".join(part for each in (*self.before, self.element) if (part := text_of(each)))


def find_article(
    tree: PageTree, headline: html.HtmlElement | None, left_out: Collection[html.HtmlElement] = ()
) -> Article | None:
    """Return where the article stands, outside of what is left out; None where the page says nothing in sentences."""
    page = _Weighing(tree, headline, frozenset(left_out))
    best = page.best()
    if best is None:
        return None
    return Article(page.order[best], page.before(best), page.not_of(best))


class _Weighing:
    """A page's elements in reading order, with what each of them holds."""

    def __init__(
        self, tree: PageTree, headline: html.HtmlElement | None, left_out: frozenset[html.HtmlElement]
    ) -> None:
        self.order = tree.order
        self._index = tree.place
        self._left_out = left_out
        self._headline = self._index.get(headline, -1) if headline is not None else -1
        size = len(self.order)
        self._parent, self._block = [0] * size, [0] * size
        self._linked = [False] * size
        self._chars, self._links, self._marks = [0] * size, [0] * size, [0] * size
        self._read()
        self._good = self._good_text()
        self._above = self._levels_of_headline()
        self._outside = self._named_otherwise()
        self._start, self._end = 0, size

    def best(self) -> int | None:
        """Return the place of the article's element, the best of all parts that the page's own words divide."""
        levels, found = self._levels(), (0.0, -1, 0, len(self.order))
        for start, end in self._parts():
            score, at = self._best_of(start, end, levels)
            if score > _LATER * found[0]:
                found = (score, at, start, end)
        self._start, self._end = found[2], found[3]
        return found[1] if found[1] >= 0 else None

    def _best_of(self, start: int, end: int, levels: Sequence[int]) -> tuple[float, int]:
        """Return the score and place of the best element where only what stands from start to end is good."""
        good = [text if start <= at < end else 0 for at, text in enumerate(self._good)]
        every = [*self._chars]
        best, best_score = -1, 0.0
        for at in range(len(good) - 1, -1, -1):
            if good[at] and not self._outside[at] and self.order[at].tag != "p":
                score = good[at] * good[at] / every[at] * _STEP ** levels[at]
                if score > best_score:
                    best, best_score = at, score
            if at:
                every[self._parent[at]] += every[at]
                good[self._parent[at]] += 0 if self._outside[at] else good[at]
        return best_score, best

    def before(self, best: int) -> tuple[html.HtmlElement, ...]:
        """Return the good paragraphs between the headline and the article: a lead that stands apart."""
        if self._headline < 0 or best in self._above:
            return ()
        found = range(self._headline + 1, best)
        return tuple(
            self.order[at]
            for at in found
            if self._good[at] >= 2 * _LONG and not self._outside[at] and at >= self._start
        )

    def not_of(self, best: int) -> tuple[html.HtmlElement, ...]:
        """Return what stands in the article's element and is not of it: comments, who wrote, all behind its end."""
        last = best + sum(1 for _ in self.order[best].iter()) - 1
        inside = range(best + 1, last + 1)
        good = (at for at in inside if self._good[at] and not self._outside[at] and at >= self._start)
        first = next(good, best)
        around_first = {self._index[each] for each in self.order[first].iterancestors() if each in self._index}
        return tuple(
            self.order[at]
            for at in inside
            if (at == self._headline or at not in around_first)
            and (
                at == self._headline
                or self._outside[at]
                or not self._start <= at < self._end
                or shows_person(self.order[at])
                or self._is_furniture(at, best, first)
            )
        )

    def _is_furniture(self, at: int, best: int, first: int) -> bool:
        """Whether an element stands before the first sentence, with the headline or as the line of time and source."""
        if at >= first:
            return False
        return best in self._above or _DATED.search("".join(self.order[at].itertext())[: 2 * _LONG]) is not None

    def _read(self) -> None:
        for at, element in enumerate(self.order):
            parent = self._index[element.getparent()] if at else 0
            self._parent[at] = parent
            self._block[at] = at if element.tag in _BLOCKS else self._block[parent]
            self._linked[at] = element.tag == "a" or self._linked[parent]
            self._count(at, element.text)
            if at:
                self._count(parent, element.tail)

    def _count(self, at: int, text: str | None) -> None:
        if text and (said := text.strip()):
            block = self._block[at]
            self._chars[block] += len(said)
            if self._linked[at]:
                self._links[block] += len(said)
            else:
                self._marks[block] += len(_MARKS.findall(said))

    def _good_text(self) -> list[int]:
        good = [0] * len(self.order)
        for at, (chars, links, marks) in enumerate(zip(self._chars, self._links, self._marks, strict=True)):
            own = chars - links
            is_heading = at == self._headline or self.order[at].tag in {"h1", "h2"}
            if own and links <= own and not is_heading and (own >= _LONG or (marks and own >= _SHORT)):
                good[at] = own
        return good

    def _levels_of_headline(self) -> dict[int, int]:
        """Return the elements that hold the headline, each with its height above it."""
        above: dict[int, int] = {}
        at = self._headline
        while at >= 0:
            above[at] = len(above)
            at = self._parent[at] if at else -1
        return above

    def _levels(self) -> list[int]:
        """Return how far from the headline each element stands; what stands before it is farther."""
        levels = [self._above.get(0, 0)] * len(self.order)
        for at in range(1, len(levels)):
            levels[at] = self._above.get(at, levels[self._parent[at]] + (2 if at < self._headline else 0))
        return levels

    def _named_otherwise(self) -> list[bool]:
        """Return which elements stand in something that the page calls other than its article."""
        total = [*self._good]
        for at in range(len(total) - 1, 0, -1):
            total[self._parent[at]] += total[at]
        outside = [False] * len(total)
        for at in range(1, len(total)):
            weight = 0 if at in self._above else noise_of(self.order[at])
            is_small = weight > 0 and total[at] <= _LARGE[weight] * total[0]
            outside[at] = outside[self._parent[at]] or is_small or self.order[at] in self._left_out
        return outside

    def _parts(self) -> Sequence[tuple[int, int]]:
        """Return the parts of the page that end where the words stand that end an article; the page where none do."""
        ends, seen = [0], 0
        for at in range(max(self._headline, 0), len(self.order)):
            if self._outside[at]:
                continue
            text = self.order[at].text
            if seen > 3 * _SHORT and len(ends) < _PARTS and text and is_end_of_article(text):
                ends.append(at)
                seen = 0
            seen += self._good[at]
        return tuple(pairwise([*ends, len(self.order)]))


def _remove(element: html.HtmlElement) -> None:
    parent = element.getparent()
    if parent is not None:
        element.drop_tree()
