"""HTML as a reader sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.plain_text import plain_text


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("<p>低保</p><p>养老</p>", "低保\n养老"),
        ("敬老院<br>伙食<br/>差", "敬老院\n伙食\n差"),
        ("<b>低</b>保 &amp; <i>养老</i>", "低保 & 养老"),
        ("<script>alert(1)</script>正文<style>p{}</style>", "正文"),
        ("前<!-- 不看 -->后", "前后"),
        ("5 < 6 且 7 > 3", "5 < 6 且 7 > 3"),
        ('<?xml version="1.0"?><p>有声明</p>', "有声明"),
        ("<select><option>选项</option></select>答", "答"),
        ("", ""),
    ],
)
def test_markup_goes_and_paragraphs_stay(source: str, seen: str) -> None:
    """One line per paragraph, nothing that a reader does not see."""
    assert plain_text(source) == seen


def test_a_deeply_nested_page_is_read() -> None:
    """Broken editors nest thousands of elements."""
    assert "底" in plain_text("<div>" * 5_000 + "底" + "</div>" * 5_000)


@given(st.text())
def test_no_text_makes_it_fail_and_reading_twice_changes_nothing_more(source: str) -> None:
    """Text without markup is its own plain text."""
    once = plain_text(source.replace("<", "").replace("&", ""))

    assert plain_text(once) == once
    plain_text(source)
