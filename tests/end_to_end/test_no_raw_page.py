"""Raw pages are never stored: after a crawl no file of the installation holds a page, only the hash of its bytes."""

import hashlib
import zlib
from pathlib import Path

from tests.end_to_end.crawl_job import floor, row
from tests.end_to_end.crawled_installation import a_crawler, a_round
from tests.end_to_end.loopback_site import Page, Site

FURNITURE = "本站声明：云汐论坛导航栏、页脚与备案号都不是帖文的一部分"
SAID = "养老院的饭是凉的，老人吃了拉肚子，没人管"
LIST = f"<html><body><p class='nav'>{FURNITURE}</p>{row(1, 0, '/t/{}')}</body></html>".encode()
THREAD = (
    f"<html><head><title>饭凉</title></head><body><p class='nav'>{FURNITURE}</p><h1>饭凉</h1>"
    f"{floor(10, f'{SAID}<br><b>求解决</b>')}<!-- 网页里的注释 --><p class='foot'>{FURNITURE}</p></body></html>"
).encode()


def files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file of the installation, write-ahead logs included."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def pieces(page: bytes, size: int = 24) -> list[bytes]:
    """Return pieces of a page that hold some of its markup, as bytes and as a text would hold them in JSON."""
    cut = [page[start : start + size] for start in range(0, len(page) - size, size // 2)]
    return [piece for piece in cut if b"<" in piece or b">" in piece]


def test_no_file_holds_a_page_after_a_crawl(tmp_path: Path) -> None:
    """Neither whole, nor a piece with its markup, nor packed, nor what stands around the posts; its hash is kept."""
    with Site({"/": Page(LIST), "/t/1": Page(THREAD)}) as site:
        here = a_crawler(tmp_path, f"{site.url}/")
        stored = a_round(here)
    here.stores.close()
    found = files(tmp_path)
    needles = [THREAD, LIST, zlib.compress(THREAD)[:24], FURNITURE.encode(), "网页里的注释".encode()]
    needles += [*pieces(THREAD), *pieces(LIST)]

    assert [name for name, data in found.items() if any(needle in data for needle in needles)] == []
    assert any(SAID.encode() in data for data in found.values())
    assert stored.post.body_hash == hashlib.sha256(THREAD).hexdigest()


def test_the_search_would_find_a_page_that_was_kept(tmp_path: Path) -> None:
    """One file with a piece of the page is found."""
    (tmp_path / "cache").write_bytes(b"x" * 100 + THREAD[90:200])

    assert any(piece in data for data in files(tmp_path).values() for piece in pieces(THREAD))
