"""Bytes that are a page, and bytes that are none."""

import pytest

from crawlers.page_tree import LONGEST, read_page
from pipeline.domain.errors import BadInput


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"", "", "INP-211"),
        (b"  \n", "text/html", "INP-211"),
        (b"%PDF-1.7 \xe2\xe3", "", "INP-212"),
        (b"PK\x03\x04....", "text/html", "INP-212"),
        (b"<p>\x00\x01\x02</p>" * 10, "", "INP-212"),
        (b"<p>...</p>", "application/pdf", "INP-212"),
        ('{"title": "低保", "html": "<p>问</p>"}'.encode(), "text/html", "INP-213"),
        ("只有文字，没有标记".encode(), "", "INP-213"),
        (b"<p>" + b"a" * LONGEST, "", "INP-214"),
    ],
)
def test_what_is_no_page_is_refused_with_its_reason(body: bytes, content_type: str, code: str) -> None:
    """Each error names what came and what to give instead."""
    with pytest.raises(BadInput, match=code):
        read_page(body, content_type)


def test_scripts_are_not_in_the_tree_but_in_the_source() -> None:
    """What readers do not see is read only where a time is looked for."""
    page = read_page(b'<html><body><script>var ct = "1659274471";</script><p>text</p></body></html>')

    assert "1659274471" in page.source
    assert "".join(page.body.itertext()).strip() == "text"
    assert [page.order[at] for at in page.place.values()] == list(page.order)
