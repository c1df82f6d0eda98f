"""What a queue of 100,000 rows costs the browser's memory, and the page behind the cursor; times: bench/console.py."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.stored import a_group, work

from .chromium import Visitor
from .county import HOUR, NOW, UNIT, County

Visit = Callable[..., AbstractContextManager[Visitor]]
QUEUE = f"/u/{UNIT}/queue"
ROWS, WITH_POSTS, AT_ONCE = 100_000, 1_000, 500
HEAP_BYTES = 15_000_000


@pytest.fixture(scope="module")
def full_county(county: County) -> County:
    """A county in whose queue 100,000 to-dos wait; those that no page of the test shows have no post of their own."""
    county.gains(WITH_POSTS)
    older = [a_group(f"old-{number}", at=NOW - HOUR) for number in range(ROWS - WITH_POSTS)]
    for at in range(0, len(older), AT_ONCE):
        county.working.stores.posts.commit(work([], [], older[at : at + AT_ONCE], to=ROWS + at))
    return county


@pytest.fixture
def page(visit: Visit, full_county: County) -> Iterator[Page]:
    """The queue of an officer, opened once."""
    with visit("zhang") as visitor:
        yield visitor.opens(QUEUE)


def tools(page: Page) -> CDPSession:
    return page.context.new_cdp_session(page)


@pytest.mark.timeout(300)
def test_the_heap_stays_small_while_the_list_is_read_on(page: Page) -> None:
    """After 500 rows the list begins a new page instead of growing without end."""
    for count in range(1, 10):
        page.locator("#more").click()
        expect(page.locator("#todos > .row")).to_have_count(50 * (count + 1))
    session = tools(page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    page.locator("#more").click()

    expect(page).to_have_url(re.compile("cursor="))
    assert heap <= HEAP_BYTES
