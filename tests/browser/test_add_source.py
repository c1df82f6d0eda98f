"""A source is added on a phone, in a browser that runs no script: pasted, tried, looked at, enabled."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from tests.end_to_end.loopback_site import Site
from tests.invented_sites import board_site

from .chromium import Visitor
from .county import UNIT, County

Visit = Callable[..., AbstractContextManager[Visitor]]


def test_an_address_is_pasted_tried_and_enabled(visit: Visit, county: County) -> None:
    """The page of the try refreshes itself; the form is filled in but for the post that answers for it."""
    with Site(board_site()) as site, visit("wang", java_script_enabled=False) as visitor:
        page = visitor.opens(f"/u/{UNIT}/sources/add?place=county-mailbox")
        page.set_viewport_size({"width": 390, "height": 844})
        page.fill("#url", f"{site.url}/xzxx/")
        page.click("#add button")
        page.wait_for_selector("#enable", timeout=30_000)
        assert "官方答复" in page.inner_text("main")
        page.fill("#owner", "办公室")
        assert page.input_value("#publisher") == "云汐县人民政府"
        page.check("input[name=confirmed]")
        page.click("#enable button.main")
        page.wait_for_selector(".flash")
        source = page.url.rpartition("/")[2].partition("?")[0]

    kept = county.service.source_book.kept(source)
    assert kept is not None
    assert (kept.table["enabled"], kept.table["listed_as"]) == (True, "county-mailbox")
