"""A whole page: what is in, what is never in, and what becomes of strange pages."""

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.extract import extract_page
from pipeline.domain.errors import BadInput

ADDRESS = "https://news.yunxi.example/2026/a1.html?spm=9.1&from=wap"
TEXT = "县民政局提醒，冒充工作人员上门办理补贴的都是骗子，请老人不要交出存折，可以拨打热线核实。"
PAGE = f"""<html><head><title>警惕冒充民政干部行骗_云汐新闻网</title><meta name="author" content="柳明远">
<link rel="canonical" href="/2026/a1.html"></head><body><h1>警惕冒充民政干部行骗</h1>
<p class="info"><span class="author">柳明远</span> 2026-03-05 08:41 编辑：何清</p><div class="article"><p>{TEXT}</p>
<p>（责任编辑：何清 摄影 柳明远）</p></div></body></html>"""
LIVE = Path(os.environ.get("HUIYIN_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data")) / "crawl"


def test_a_page_is_title_text_time_and_address() -> None:
    """The address is the one that the page gives itself, without trackers."""
    page = extract_page(PAGE.encode("gb18030"), ADDRESS, "text/html; charset=gb2312")

    assert (page.title, page.text) == ("警惕冒充民政干部行骗", TEXT)
    assert page.published_at == 1_772_671_260_000
    assert page.canonical_url == "https://news.yunxi.example/2026/a1.html"
    assert page.replies == ()


@pytest.mark.parametrize("name", ["柳明远", "何清"])
def test_neither_author_nor_editor_is_anywhere_in_a_page(name: str) -> None:
    """Not from the head, not from the line below the headline, not from the end."""
    assert name not in str(extract_page(PAGE.encode(), ADDRESS))


def test_an_address_that_a_page_claims_on_another_host_is_not_believed() -> None:
    """Else one page could take the place of another one's."""
    html = PAGE.replace('href="/2026/a1.html"', 'href="https://other.example/x.html"')

    assert extract_page(html.encode(), ADDRESS).canonical_url == "https://news.yunxi.example/2026/a1.html"


def test_a_page_of_nine_megabytes_is_read_in_bounded_time() -> None:
    """Long pages cost in proportion to their length."""
    body = "".join(f'<div class="comment-content">第{n}条：{TEXT}</div>' for n in range(40_000))
    html = f"<html><head><title>意见征集_云汐网</title></head><body><h1>意见征集</h1>{body}</body></html>".encode()[
        : 9 * 2**20
    ]
    began = time.process_time()

    extract_page(html, ADDRESS)

    assert time.process_time() - began < 30


def test_a_page_nested_more_deeply_than_the_parser_goes_is_read() -> None:
    """Its text is what remains when the markup is taken away."""
    html = f"<html><title>深</title><body>{'<div>' * 9_000}{TEXT}{'</div>' * 9_000}</body></html>"

    assert TEXT in extract_page(html.encode(), ADDRESS).text


@given(st.text(alphabet="<>/\"'= divpaclassh1tie发布2026-0:章。，&;#x\x00\n", max_size=300))
def test_no_markup_makes_it_fail(markup: str) -> None:
    """Whatever stands between the tags, it is a page or bad input."""
    with suppress(BadInput):
        extract_page(f"<html>{markup}</html>".encode(), ADDRESS)


@pytest.mark.skipif(not LIVE.is_dir(), reason="the shared data folder is not beside this checkout")
@pytest.mark.parametrize(
    ("name", "replies"),
    [
        ("discuz-x35-live/thread2_p1.html", 9),
        ("discuz-x35-live/thread2_p2.html", 3),
        ("discuz-x35-live/thread2_archiver.html", 9),
        ("discuz-x35-live/thread1_after_edit.html", 3),
        ("machina-live/topic.html", 1),
        ("wordpress-live/post.html", 2),
    ],
)
def test_pages_of_real_servers_give_every_reply_with_its_time(name: str, replies: int) -> None:
    """Counted by hand on the recorded pages; `admin` and the readers' names are in none of them."""
    page = extract_page((LIVE / name).read_bytes(), "http://bbs.yunxi.example/")

    assert len(page.replies) == replies
    assert all(reply.text and reply.published_at for reply in page.replies)
    assert not any(name in str(page) for name in ("admin", "路人甲", "花溪居民"))
