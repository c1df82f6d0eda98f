"""A list whose pages have no selectors: they are read as articles, by the real spiders over HTTP."""

import os
from pathlib import Path

import pytest

from tests.end_to_end.crawl_job import LIST, a_source, admitted, crawl, html, row
from tests.end_to_end.loopback_site import Page, Site

SHARED = Path(os.environ.get("HUIYIN_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
ARTICLE = (
    "<html><head><meta charset='utf-8'><title>{title}_云汐县新闻网</title></head><body><h1>{title}</h1>"
    "<div class='info'>来源：云汐县融媒体中心　发布时间：2026-11-20 09:12　责任编辑：甘草</div>"
    "<div class='content'><p>{text}</p><p>{text}</p></div></body></html>"
)


def articles(**changes: object) -> dict[str, object]:
    """Return a listing source without selectors for its pages."""
    url = str(changes.pop("url"))
    return a_source(url, id="yunxi-portal", kind="listing", list=LIST, **changes)


def test_a_list_without_thread_selectors_leads_to_articles(tmp_path: Path) -> None:
    """Title, text and time are found; the editor is nowhere."""
    text = "县民政局公布了今年的低保标准，每人每月提高三十元，从十二月起发放到户，咨询电话见政务大厅公告栏。"
    pages = {
        "/": html(f"<ul>{row(1, 0)}{row(2, 0)}</ul>"),
        "/t/1": Page(ARTICLE.format(title="低保标准提高", text=text).encode()),
        "/t/2": Page(ARTICLE.format(title="养老院开放日", text=text).encode("gb18030").replace(b"utf-8", b"gb2312")),
    }
    with Site(pages) as site:
        crawl(tmp_path, articles(url=f"{site.url}/"))
    posts = {post["title"]: post for post in admitted(tmp_path)}

    assert set(posts) == {"低保标准提高", "养老院开放日"}
    assert all(text in post["text"] and "甘草" not in str(post) for post in posts.values())
    assert {post["published_at"] for post in posts.values()} == {1_795_137_120_000}


def test_a_page_behind_the_list_that_is_no_page_is_an_issue_and_loses_nothing(tmp_path: Path) -> None:
    """A picture behind a link: the other pages arrive, and the issue says what it was."""
    text = "公墓管理费从今年起由物价部门核定，群众对收费有疑问的可以到窗口查询收费标准和依据，也可以拨打服务热线。"
    pages = {
        "/": html(f"<ul>{row(1, 0)}{row(2, 0)}</ul>"),
        "/t/1": Page(b"\x89PNG\r\n\x1a\n" + bytes(200), headers={"Content-Type": "text/html"}),
        "/t/2": Page(ARTICLE.format(title="公墓收费", text=text).encode()),
    }
    with Site(pages) as site:
        ran = crawl(tmp_path, articles(url=f"{site.url}/"))

    assert [post["title"] for post in admitted(tmp_path)] == ["公墓收费"]
    assert ran.issues()


@pytest.mark.skipif(not (SHARED / "pages" / "zh" / "html").is_dir(), reason="the shared real pages are not here")
def test_real_chinese_pages_are_crawled_over_http(tmp_path: Path) -> None:
    """Pages that nobody of ours wrote, served on loopback: nearly all of them become a post."""
    files = sorted((SHARED / "pages" / "zh" / "html").glob("*.html"))
    rows = "".join(row(number, 0) for number in range(len(files)))
    pages = {f"/t/{number}": Page(file.read_bytes()) for number, file in enumerate(files)}
    with Site({"/": html(f"<ul>{rows}</ul>"), **pages}) as site:
        crawl(tmp_path, articles(url=f"{site.url}/", max_pages=500, pace_seconds=0.01))
    posts = [post for post in admitted(tmp_path) if post["kind"] == "post"]

    assert len(posts) >= len(files) * 0.95
