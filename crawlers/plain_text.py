"""HTML as the text that a reader sees: paragraphs are lines, scripts and markup are gone."""

import re
from collections.abc import Collection
from html import unescape

from lxml import etree, html

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer"}
    | {"form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"}
    | {"table", "td", "th", "tr", "ul"}
)
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "iframe", "object", "svg", "select", "button"})
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")
_TAG = re.compile(r"<[^>]*>")
_MARKUP = re.compile(r"<[a-zA-Z/!?]|&[#a-zA-Z]")


def plain_text(source: str) -> str:
    """Return the visible text of an HTML fragment; text without markup comes back trimmed, as it is."""
    if not _MARKUP.search(source):
        return _tidy(source)
    parser = html.HTMLParser(huge_tree=True)
    try:
        root = html.fragment_fromstring(_without_declaration(source), create_parent="div", parser=parser)
    except (etree.ParserError, ValueError):
        return _tidy(source)
    if parser.error_log.filter_from_fatals():
        return _tidy(unescape(_TAG.sub("\n", source)))  # nested more deeply than libxml2 goes: it would lose the rest
    return text_of(root)


def text_of(element: html.HtmlElement, without: Collection[html.HtmlElement] = ()) -> str:
    """Return the visible text of a parsed element; `without` are elements inside that are left out."""
    parts: list[str] = []
    _gather(element, parts, without)
    return _tidy("".join(parts))


def _gather(root: html.HtmlElement, parts: list[str], without: Collection[html.HtmlElement]) -> None:
    """Collect text in reading order. Without recursion: pages may be nested more deeply than Python's stack."""
    unseen: html.HtmlElement | None = None
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            if unseen is None and (element.tag in _UNSEEN or element in without):
                unseen = element
            if unseen is None:
                parts.append(("\n" if element.tag in _BLOCKS else "") + (element.text or ""))
            continue
        if unseen is None and element.tag in _BLOCKS:
            parts.append("\n")
        if unseen is element:
            unseen = None
        if unseen is None and element is not root:
            parts.append(element.tail or "")


def _tidy(text: str) -> str:
    """Return the text with single spaces, without empty lines and without space at the ends of lines."""
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _without_declaration(source: str) -> str:
    """Return the fragment without an XML declaration, which lxml refuses in text, and without NUL."""
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", source.replace("\x00", ""))
