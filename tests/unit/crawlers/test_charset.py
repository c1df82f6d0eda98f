"""Bytes of pages as text: what decodes without damage wins over what is declared."""

import pytest

from crawlers.charset import decode_page

SAID = "镕基同志喆堃，云汐县民政局养老服务中心的老人们在问：高龄补贴为什么还没有发？朱䶮"
"""Characters that GB2312 does not hold, and one that only GB18030 holds."""


def page(declared: str = "") -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    return f"<html><head>{meta}<title>{SAID}</title></head><body>{SAID}</body></html>"


@pytest.mark.parametrize(
    ("table", "declared", "content_type"),
    [
        ("gb18030", "gb2312", "text/html; charset=gb2312"),
        ("gb18030", "gb2312", ""),
        ("gb18030", "", ""),
        ("gb18030", "gbk", "text/html; charset=utf-8"),
        ("gb18030", "utf-8", "text/html; charset=ISO-8859-1"),
        ("utf-8", "", ""),
        ("utf-8", "gb2312", "text/html; charset=gbk"),
        ("utf-8-sig", "", ""),
        ("utf-16", "", ""),
    ],
)
def test_every_character_is_read_whatever_is_declared(table: str, declared: str, content_type: str) -> None:
    """gb2312 that is GB18030, a header that lies, nothing declared at all."""
    assert decode_page(page(declared).encode(table), content_type) == page(declared)


def test_big5_is_told_from_gb18030_without_a_declaration() -> None:
    """Both tables read the bytes without damage; only one gives common characters."""
    text = "<p>這個問題我們已經說了很多次，請問什麼時候可以發放老人年金？對於我們來說時間很長。</p>"

    assert decode_page(text.encode("big5")) == text


def test_a_page_that_was_cut_in_a_character_is_still_utf8() -> None:
    """A limit on bytes falls where it falls."""
    assert decode_page("低保金额".encode()[:-1]) == "低保金"


def test_damage_shows_as_such_and_the_rest_is_read() -> None:
    """One broken byte does not turn a page into another table."""
    body = page("utf-8").encode() + b"\xff" + "低保".encode()

    text = decode_page(body)

    assert "高龄补贴" in text
    assert "\ufffd" in text
