"""The director says what the stores say, and nothing else: also where nothing happens, and where the visitor waits."""

import threading
from collections.abc import Iterator

import pytest

from api.demo.director import Director
from api.demo.hand_clock import HandClock
from api.demo.site import DemoSite
from api.demo_story import Caption, caption_of, go_on, write_caption
from api.words import words_of
from tests.builders import MONDAY
from tests.http_house import UNIT
from tests.page_house import PageHouse


class Theatre:
    """A director before stores in which nothing happens unless a test makes it; `said` are his captions."""

    def __init__(self, house: PageHouse, site: DemoSite, *, pauses: bool = False) -> None:
        self.house = house
        self.said: list[Caption] = []
        self.paces: list[int] = []
        self.stop = threading.Event()
        self.director = Director(
            site=site,
            stores=house.stores,
            desk=house.service.desk,
            editor=house.service.editor,
            unit=UNIT,
            speed=60,
            set_pace=self.paces.append,
            tell=self.heard,
            stop=self.stop,
            pauses=pauses,
            read_seconds=0.0,
            patience_seconds=0.0,
        )

    def heard(self, caption: Caption) -> None:
        """The story ends for this test where the visitor's turn has come."""
        self.said.append(caption)
        if caption.key.startswith("turn"):
            self.stop.set()


@pytest.fixture(name="house")
def a_house() -> PageHouse:
    return PageHouse(is_demo=True)


@pytest.fixture(name="site")
def a_site() -> Iterator[DemoSite]:
    with DemoSite(iter(()), HandClock(MONDAY)) as site:
        yield site


def test_what_does_not_happen_is_said_and_never_made_up(house: PageHouse, site: DemoSite) -> None:
    """No worker runs here: each scene's caption says so, and the acts stand on the site all the same."""
    theatre = Theatre(house, site)
    theatre.director.run()
    keys = [caption.key for caption in theatre.said]
    assert [key for key in keys if key.endswith("_done")] == []
    assert [key for key in keys if key.endswith("_not")] == [
        f"{scene}_not" for scene in ("opening", "todo", "joined", "need", "digest")
    ]
    assert keys[-1] == "turn"
    assert len(site.served()) == 7
    assert theatre.paces == [1]


def test_every_caption_has_words_in_both_languages(house: PageHouse, site: DemoSite) -> None:
    """And its values fit them."""
    theatre = Theatre(house, site)
    theatre.director.run()
    for caption in theatre.said:
        assert caption.said(words_of("zh"))
        assert caption.said(words_of("en"))


def test_where_the_story_pauses_the_clock_slows_until_the_visitor_nods(house: PageHouse, site: DemoSite) -> None:
    """The page has the button; pressed, the next scene begins."""
    theatre = Theatre(house, site, pauses=True)
    telling = threading.Thread(target=theatre.director.run, daemon=True)
    telling.start()
    browser = house.browser("duty-1")
    for _ in range(5):
        number = waiting_number(house)
        assert "下一幕" in browser.get("/story/line").text
        assert browser.post("/story/next", data={"number": str(number), "back": "/"}).status_code == 303
    telling.join(timeout=20)
    assert not telling.is_alive()
    assert theatre.paces == [1, 60] * 5 + [1]


def waiting_number(house: PageHouse) -> int:
    """Return the number of the caption that waits for a nod it has not got."""
    for _ in range(200):
        caption = caption_of(house.stores.records)
        gone_on = house.stores.records.get("story_go", "", "")
        if caption is not None and caption.waits and (gone_on is None or int(gone_on.value) < caption.number):
            return caption.number
        threading.Event().wait(0.05)
    raise AssertionError("no caption waits")


def test_the_line_stands_on_every_page_of_a_demo_and_nowhere_else(house: PageHouse) -> None:
    """Its link leads to what it tells; outside a demo there is no such page."""
    write_caption(
        house.stores.records, house.clock, Caption("need_done", {"waiting": "3"}, f"/u/{UNIT}/needs", number=1)
    )
    browser = house.browser("duty-1")
    for page in (f"/u/{UNIT}/queue", f"/u/{UNIT}/overview", "/account"):
        assert "求助线索里有 3 条等着联系" in browser.get(page).text
    assert f'href="/u/{UNIT}/needs">去看看' in browser.get("/story/line").text
    real = PageHouse()
    write_caption(real.stores.records, real.clock, Caption("turn", {}, number=1))
    assert real.browser("duty-1").get("/story/line").status_code == 404
    assert real.browser("duty-1").post("/story/next", data={"number": "1"}).status_code == 404
    assert "轮到您" not in real.browser("duty-1").get(f"/u/{UNIT}/queue").text


def test_a_nod_is_a_number_and_nothing_else(house: PageHouse) -> None:
    """What is no number is no nod, and the way back stays on this site."""
    write_caption(house.stores.records, house.clock, Caption("turn", {}, number=1))
    browser = house.browser("duty-1")
    answer = browser.post("/story/next", data={"number": "-1x", "back": "https://evil.example"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert house.stores.records.get("story_go", "", "") is None
    go_on(house.stores.records, house.clock, 1)


def test_the_phones_frame_may_show_our_own_letter_and_nobody_elses_page(house: PageHouse) -> None:
    """390 wide; the letter runs nothing, and no other site may frame it."""
    browser = house.browser("leader-1")
    frame = browser.get(f"/u/{UNIT}/digest/phone")
    letter = browser.get(f"/u/{UNIT}/digest/letter")
    assert 'width="390"' in frame.text
    assert "frame-src 'self'" in frame.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in frame.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in letter.headers["content-security-policy"]
    assert "script" not in letter.headers["content-security-policy"]
    assert "舆情周报" in letter.text
