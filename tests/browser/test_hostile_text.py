"""Somebody writes what would make a page do his will: it stays text, wherever it is shown."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from .chromium import Visitor
from .county import HOSTILE, UNIT, County

Visit = Callable[..., AbstractContextManager[Visitor]]
QUEUE = f"/u/{UNIT}/queue"
INERT = """
() => ({
  scripts: [...document.scripts].filter((one) => !one.src.startsWith(location.origin)).length,
  handlers: [...document.querySelectorAll("*")].filter((one) =>
    [...one.attributes].some((attribute) => /^on|^hx-on/.test(attribute.name))).length,
  foreign: [...document.querySelectorAll("main img, main svg, main iframe, main object, main embed")].length,
  links: [...document.querySelectorAll("a[href]")].filter((one) => !/^https?:$/.test(one.protocol)).length,
  control: /[\\u0000-\\u0008\\u000b-\\u001f\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText),
})
"""
NOTHING = {"scripts": 0, "handlers": 0, "foreign": 0, "links": 0, "control": False}


def test_a_hostile_post_is_text_on_every_page_that_shows_it(visit: Visit, county: County) -> None:
    """Queue, preview, incident, search, and what people typed themselves; nothing ran, nothing left the origin."""
    county.arrives(county.says(f"民政局低保金一直不发 {HOSTILE}"))
    group = next(row.group for row in county.queue().rows if "script" in row.headline.text)
    with visit("zhang") as visitor:
        page = visitor.opens(QUEUE)
        assert "<script>" in page.locator(f"#group-{group}").inner_text()
        page.locator(f"#group-{group} .title a").click()
        page.wait_for_selector("#preview .post")
        assert page.evaluate(INERT) == NOTHING
        incident = str(county.orders("open", group=group).incident)
        county.orders("acknowledge", incident=incident)
        county.orders("record_claim", incident=incident, said=HOSTILE)
        paths = [f"incidents/{incident}?board=1", f"incidents/{incident}/settle", "work", "search?q=script", "overview"]
        for path in paths:
            visitor.opens(f"/u/{UNIT}/{path}", page)
            assert page.evaluate(INERT) == NOTHING, path
            assert page.title() != "x"


def test_a_hostile_address_asks_for_nothing(visit: Visit, county: County) -> None:
    """What stands in the query is shown as text, and its control characters are gone."""
    with visit("zhang") as visitor:
        page = visitor.opens(f"/u/{UNIT}/search?q=%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE%22%3E%3Cimg%20src=x%3E")

        assert page.evaluate(INERT) == NOTHING
