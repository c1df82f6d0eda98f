"""
The light view of a forum, as Discuz archivers show it: one heading line per post, and its words behind it.

It is the cheapest page of a thread (crawl.md §5.5) and has no element around a post.
"""

from collections.abc import Iterator, Sequence

from lxml import html

from .nicknames import names_in
from .page_time import ShownTime
from .page_tree import PageTree
from .plain_text import text_of
from .thread import Posts, Said

_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})


def find_archived_posts(tree: PageTree, shown: Sequence[ShownTime]) -> Posts:
    """Return the posts of a light view; none where the page is none."""
    if "archiver" not in tree.source:
        return Posts()
    by_line = {_line_of(each.holder): each for each in shown}
    lines = [line for line in tree.body.iter("p") if "author" in (line.get("class") or "").split() and line in by_line]
    posts = tuple(_said(line, by_line[line]) for line in lines)
    names = frozenset(name for line in lines for name in _names(line))
    return Posts(tuple(post for post in posts if post.text), names)


def _line_of(holder: html.HtmlElement) -> html.HtmlElement:
    return holder if holder.tag == "p" else next(holder.iterancestors("p"), holder)


def _said(line: html.HtmlElement, shown: ShownTime) -> Said:
    """Return the post whose words stand between this line and the next one."""
    parts = [(line.tail or "").strip()]
    for element in line.itersiblings():
        if element.tag == "p" and "author" in (element.get("class") or "").split():
            break
        if "page" in (element.get("class") or "").split():
            break
        if element.tag not in _HEADINGS:
            parts.append(text_of(element))
        parts.append((element.tail or "").strip())
    return Said("\n".join(part for part in parts if part), shown.time.at, None, None, True, line)


def _names(line: html.HtmlElement) -> Iterator[str]:
    yield from names_in(line)
    for strong in line.iter("strong", "b"):
        name = "".join(strong.itertext()).strip()
        if len(name) > 1:
            yield name
