"""A page's bytes as a tree, or the reason why they are no page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree, html

from pipeline.domain.errors import BadInput

from .charset import decode_page

LONGEST = 10 * 1024 * 1024
"""Bytes of one page. A thread's page has some hundred thousand."""

_HTML_TYPES = re.compile(r"html|xml|text/plain|octet-stream", re.IGNORECASE)
_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|div|p|table|article|section|title|meta|span|ul|td|br|h\d)\b",
    re.IGNORECASE,
)
_WITHOUT_CONTROL = bytes(32 if byte < 32 and byte not in b"\t\n\r" else byte for byte in range(256))
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
_MAGIC = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "an archive or office file",
    b"\xd0\xcf\x11\xe0": "an office file",
    b"\x1f\x8b": "a compressed file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"RIFF": "a picture or sound",
}
_UNSEEN = ("script", "style", "template", "iframe", "object", "svg", "select", "button", "input", "canvas", "video")


@dataclass(frozen=True, slots=True)
class PageTree:
    """
    A page: its text as it came, its tree without scripts, and its elements in reading order, each with its place.

    `is_whole` is False where it is nested more deeply than the parser goes, so that a part of it is not in the tree.
    """

    source: str
    root: html.HtmlElement
    body: html.HtmlElement
    order: Sequence[html.HtmlElement]
    place: Mapping[html.HtmlElement, int]
    is_whole: bool = True


def read_page(body: bytes, content_type: str = "") -> PageTree:
    """
    Return the page that the bytes hold.

    Raises:
        BadInput: INP-211 nothing came, INP-212 another kind of file, INP-213 no HTML, INP-214 more than LONGEST.
    """
    if len(body) > LONGEST:
        sentence = f"the page has {len(body):,} bytes, the limit is {LONGEST:,}; save the page without its pictures"
        raise BadInput(sentence, code="INP-214")
    _refuse_other_files(body, content_type)
    source = decode_page(body, content_type)
    _refuse_other_text(source)
    root, is_whole = _parse(source)
    found = root.find("body")
    body_element = found if found is not None else root
    order = list(body_element.iter())
    return PageTree(source, root, body_element, order, {each: at for at, each in enumerate(order)}, is_whole)


def _parse(source: str) -> tuple[html.HtmlElement, bool]:
    """Return the page's tree without scripts, and whether the parser came to its end."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    # One class for all elements is found without asking Python for each of them, as lxml.html's own parser does.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    root = etree.fromstring(_DECLARATION.sub("", source).encode("utf-8", "replace").translate(_WITHOUT_CONTROL), parser)
    if root is None:
        raise BadInput("this page holds no element that can be read; save it again", code="INP-213")
    etree.strip_elements(root, *_UNSEEN, with_tail=False)
    return root, not parser.error_log.filter_from_fatals()


def _refuse_other_files(body: bytes, content_type: str) -> None:
    if not body.strip():
        raise BadInput("nothing came: the page is empty; save it again", code="INP-211")
    kind = next((name for magic, name in _MAGIC.items() if body.startswith(magic)), None)
    if kind is None and b"\x00" in body[:4_096] and body[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        kind = "a binary file"
    if kind is None and content_type and not _HTML_TYPES.search(content_type):
        kind = content_type.partition(";")[0].strip()[:60]
    if kind is not None:
        raise BadInput(f"this is {kind}, no HTML page; give the page that shows it", code="INP-212")


def _refuse_other_text(source: str) -> None:
    start = source.lstrip()[:1]
    if _TAG.search(source) is None or (start in {"{", "["} and source.rstrip()[-1:] in {"}", "]"}):
        what = "JSON" if start in {"{", "["} else "text without any HTML element"
        raise BadInput(f"this is {what}, no HTML page; give the page that a reader sees", code="INP-213")
