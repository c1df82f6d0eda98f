"""Pages that are gone at their source, over real HTTP: the post says since when; a mistake of the site says nothing."""

import json
from pathlib import Path

from api import bootstrap
from pipeline.domain.absence import SURE_AFTER
from pipeline.domain.identity import key_of_address, key_of_private, said_of_private
from tests.end_to_end.crawl_job import a_forum, crawl, floor, html, records, row
from tests.end_to_end.crawled_installation import a_crawler, a_round
from tests.end_to_end.loopback_site import Page, Site

READ = html(f"<h1>饭凉</h1>{floor(10, '养老院的饭是凉的，老人吃了拉肚子')}")
GONE, MISSING = Page(b"gone", 410), Page(b"not here", 404)


def a_site(*, replies: int = 0) -> dict[str, Page]:
    return {"/": html(row(1, replies, "/t/{}")), "/t/1": READ}


def noted(folder: Path) -> list[tuple[bool, bool]]:
    """Return of each absence whether it was missing, and whether that is sure."""
    return [(one["first_at"] is not None, one["gone_at"] is not None) for one in records(folder, "absence")]


def test_a_page_counts_as_gone_after_a_second_answer_an_hour_later(tmp_path: Path) -> None:
    """The second question is asked although no list shows the thread any more; then nobody asks again."""
    with Site(a_site()) as site:
        source = a_forum(f"{site.url}/", expected={"min": 0, "max": 99})
        crawl(tmp_path, source)
        site.pages |= {"/": html(row(1, 5, "/t/{}")), "/t/1": MISSING}
        crawl(tmp_path, source)
        assert noted(tmp_path) == [(True, False)]
        site.pages["/"] = html(row(2, 0, "/t/{}"))
        site.pages["/t/2"] = READ
        crawl(tmp_path, source, shift=SURE_AFTER // 2)
        assert noted(tmp_path) == [(True, False)]
        crawl(tmp_path, source, shift=SURE_AFTER + 60_000)
        assert noted(tmp_path) == [(True, True)]
        site.asked.clear()
        crawl(tmp_path, source, shift=3 * SURE_AFTER)

    assert "/t/1" not in site.paths()


def test_a_single_mistake_of_the_site_says_nothing(tmp_path: Path) -> None:
    """The page is there again at the second question, and what was noted is taken back."""
    with Site(a_site()) as site:
        source = a_forum(f"{site.url}/")
        crawl(tmp_path, source)
        site.pages |= {"/": html(row(1, 5, "/t/{}")), "/t/1": MISSING}
        crawl(tmp_path, source)
        site.pages["/t/1"] = READ
        crawl(tmp_path, source, shift=SURE_AFTER + 60_000)

    assert noted(tmp_path) == [(False, False)]


def test_a_dead_link_that_was_never_read_is_no_absence(tmp_path: Path) -> None:
    """Nothing was stored of it."""
    with Site({"/": html(row(1, 0, "/t/{}")), "/t/1": GONE}) as site:
        crawl(tmp_path, a_forum(f"{site.url}/"))

    assert noted(tmp_path) == []


def test_an_absence_holds_no_address(tmp_path: Path) -> None:
    """Its key is the one under which the store knows the page."""
    with Site(a_site()) as site:
        source = a_forum(f"{site.url}/")
        crawl(tmp_path, source)
        site.pages |= {"/": html(row(1, 5, "/t/{}")), "/t/1": GONE}
        crawl(tmp_path, source)
        (kept,) = [
            one for one in json.loads((tmp_path / "records.json").read_text("utf-8")) if one["kind"] == "absence"
        ]

    assert kept["key"] == key_of_address("yunxi-forum", f"{site.url}/t/1")
    assert "/t/1" not in json.dumps(kept)


def test_the_stored_post_says_since_when_its_page_is_gone_until_it_is_back(tmp_path: Path) -> None:
    """Spider, records, worker, store: through a real installation."""
    with Site(a_site()) as site:
        here = a_crawler(tmp_path, f"{site.url}/")
        assert a_round(here).gone_at is None
        site.pages |= {"/": html(row(1, 5, "/t/{}")), "/t/1": GONE}
        before = here.stores.clock.now()
        gone = a_round(here)
        assert gone.gone_at is not None
        assert before <= gone.gone_at <= here.stores.clock.now()
        assert gone.post.text
        site.pages |= {"/": html(row(1, 6, "/t/{}")), "/t/1": READ}
        assert a_round(here).gone_at is None
        here.stores.close()


def test_a_sealed_address_has_the_key_that_the_door_gave_it(tmp_path: Path) -> None:
    """The crawler may hash with the key and never sees it."""
    here = a_crawler(tmp_path, "http://127.0.0.1:9/")
    private = bootstrap.private_addresses(here.folder)
    address = "http://blog.example/@somebody/7"
    here.stores.close()

    assert private.mark(said_of_private("yunxi-forum", address))[:32] == key_of_private(
        "yunxi-forum", address, private.key
    )
