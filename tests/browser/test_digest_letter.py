"""The digest's letter in a real browser: on a phone, in the dark, on paper; it fetches nothing and runs nothing."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.builders import MONDAY, UNIT, a_post
from tests.digest_house import WEEK, DigestHouse

PHONE: ViewportSize = {"width": 390, "height": 844}
"""CSS pixels of a common phone."""
MOST_PAGES = 5
WIDEST = "Math.max(...[...document.querySelectorAll('body *')].map(e => e.getBoundingClientRect().right))"
CONTRAST = """
(() => { const light = c => c.match(/[0-9.]+/g).slice(0, 3).map(Number).map(v => v / 255)
           .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
           .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
         const page = light(getComputedStyle(document.body).backgroundColor);
         return [...document.querySelectorAll('p, td.d-now, td.d-then, th, li, h1, h2')].map(e => {
           const ink = light(getComputedStyle(e).color);
           return (Math.max(ink, page) + 0.05) / (Math.min(ink, page) + 0.05); }); })()
"""


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A letter with long words, a plea, a thank-you and a hostile post, saved as a mail program would show it."""
    house = DigestHouse()
    house.at(MONDAY + 3_600_000)
    hostile = "养老院<script>document.title='ran'</script><img src=https://elsewhere.example/x.png>" + "长" * 40
    house.works(a_post(1, hostile), a_post(2, "求助：父亲住不起养老院"), a_post(3, "感谢敬老院的护工"))
    house.closes()
    path = tmp_path_factory.mktemp("letter") / "digest.html"
    path.write_text(house.editor.letter(house.editor.digests.of_week(UNIT, WEEK.name)).html, encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_of_it_without_scrolling_sideways(browser: Browser, letter: Path, scheme: str) -> None:
    """Readable in daylight and in the dark: 4.5 to 1 on every line."""
    with browser.new_context(viewport=PHONE, color_scheme=scheme) as context:  # type: ignore[arg-type]  # one of its words
        page = context.new_page()
        page.goto(letter.as_uri())
        assert page.evaluate(WIDEST) <= PHONE["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert min(page.evaluate(CONTRAST)) >= 4.5


def test_nothing_is_fetched_and_nothing_runs(browser: Browser, letter: Path) -> None:
    """No picture counts who reads it, and a post's script is text."""
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(letter.as_uri(), wait_until="networkidle")
        assert asked == [letter.as_uri()]
        assert "周报" in page.title()
        assert page.locator("script, img, iframe, form, object").count() == 0


def test_it_prints_on_a4(browser: Browser, letter: Path) -> None:
    """As wide as the paper, in few pages, black on white."""
    with browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        page.goto(letter.as_uri())
        paper = page.pdf(prefer_css_page_size=True)
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.querySelector('.d-page')).color") == "rgb(0, 0, 0)"
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}
    assert 1 <= len(boxes) <= MOST_PAGES
