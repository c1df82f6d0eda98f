"""What every page has: language and look of choice, coverage, a strict policy, and no text that does as it likes."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from api.health import DeadSource, Health, Part
from api.http.highlight import pieces
from api.http.initials import initials
from api.http.look import Look, look_from
from api.http.moment import Moments
from api.plain_text import SIGN, plain, web_address
from api.words import words_of
from pipeline.domain.mention import Hit
from pipeline.workflow.running import Gap
from tests.builders import DAY, HOUR, MINUTE, MONDAY
from tests.http_house import UNIT, WELL, HttpHouse
from tests.page_house import PageHouse
from tests.stored import a_group

QUEUE = f"/u/{UNIT}/queue"
DEAD = replace(WELL, sources=3, dead=[DeadSource("云汐电视台", "timeout", MONDAY)])
HOSTILE = '低保</p><script>alert(1)</script><img src=x onerror="alert(2)"> javascript:alert(3)'
TURNED = "低保\u202e\u2066evil\u2069\u200f\x07\x1b[31m\ufeff"


def page(house: HttpHouse, path: str = QUEUE, **cookies: str) -> str:
    browser = house.browser("duty-1")
    browser.cookies.update(cookies)
    return browser.get(path).text


def test_what_a_post_says_is_never_markup() -> None:
    """Title and text of a hostile post, in the row, the preview and the palette."""
    house = PageHouse()
    house.says(HOSTILE, title=HOSTILE)
    browser = house.browser("duty-1")
    for path in (QUEUE, f"{QUEUE}/group/g1", f"{QUEUE}/group/g1/join", f"/u/{UNIT}/work"):
        html = browser.get(path).text
        assert "<script>" not in html
        assert "<img" not in html
        assert "onerror=&#34;" in html or "onerror" not in html


def test_what_a_post_says_turns_nothing_around() -> None:
    """Controls and marks of direction become one visible sign each; hits stay where they are."""
    house = PageHouse()
    house.says(TURNED)
    html = page(house, f"{QUEUE}/group/g1")

    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x08\x1b\ufeff]", html)
    assert f"<mark>低保</mark>{SIGN}{SIGN}evil{SIGN}" in html
    assert plain("一\n二\t三 👩‍👧") == "一\n二\t三 👩‍👧"


def test_an_address_that_is_none_of_the_web_becomes_no_link() -> None:
    """javascript: and data: are text, if anything."""
    house = PageHouse()
    house.says("低保", address="javascript:alert(1)")

    assert "javascript:" not in page(house, f"{QUEUE}/group/g1")
    assert [web_address(one) for one in ("https://a.example/1", " HTTP://a", "data:x", "", None)] == [
        "https://a.example/1", "HTTP://a", "", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize("path", [QUEUE, "/login", "/none", f"/u/{UNIT}/overview", "/appearance"])
def test_a_page_runs_the_console_s_script_and_nothing_else(path: str) -> None:
    """One nonce for each answer; Trusted Types for htmx alone; no inline script or style."""
    browser = PageHouse().browser("duty-1")
    first, second = browser.get(path), browser.get(path)
    policy = first.headers["content-security-policy"]
    nonce = re.findall(r"script-src 'nonce-([^']+)'", policy)[0]

    assert "require-trusted-types-for 'script'; trusted-types htmx" in policy
    assert "unsafe" not in policy
    assert set(re.findall(r'nonce="([^"]+)"', first.text)) <= {nonce}
    assert nonce not in second.headers["content-security-policy"]
    assert not re.search(r"<style|\sstyle=|\son\w+=", first.text)


def test_the_coverage_stands_on_every_page_with_the_dead_ones_named() -> None:
    """Also on the page about a problem."""
    house = PageHouse(health=DEAD)
    for path in (QUEUE, f"/u/{UNIT}/work", f"/u/{UNIT}/overview", "/account", f"{QUEUE}/group/none"):
        html = page(house, path)
        assert "信源 2/3 正常" in html, path
        assert "云汐电视台（超时，自" in html, path


def test_a_gap_in_running_stands_beside_the_coverage() -> None:
    """The newest of the week, on every page."""
    house = PageHouse(health=replace(WELL, gaps=[Gap(MONDAY - 9 * HOUR, MONDAY - HOUR)]))

    assert "没有运行，那段时间补采" in page(house)
    assert "没有运行" not in page(PageHouse())


def test_nothing_is_unknown_while_a_source_is_dead() -> None:
    """0 with dead sources reads 未知; with all of them alive it is 0."""
    house, whole = PageHouse(health=DEAD), PageHouse()
    for each in (house, whole):
        each.says("低保")

    assert "预警 未知" in page(house)
    assert "预警 0" in page(whole)
    assert "<dd>未知</dd>" in page(house, f"/u/{UNIT}/overview")


def test_a_banner_says_that_there_is_no_classifier_or_that_a_part_stopped() -> None:
    """Each in its own words."""
    stopped = Health([Part("work", "problem", "work: dead")], {}, "m", 2, 2, has_classifier=False)
    html = page(PageHouse(health=stopped))

    assert "没有分类器" in html
    assert "有进程停了，新的内容可能没有进来：处理" in html


def test_the_demo_is_marked_on_every_page() -> None:
    """演示数据 纯属虚构."""
    assert "演示数据 纯属虚构" in HttpHouse(is_demo=True).browser().get(QUEUE).text
    assert "演示数据" not in page(PageHouse())


def test_the_language_that_the_address_asks_for_is_kept() -> None:
    """Chinese first; ?lang=en from then on; what nobody speaks is Chinese."""
    browser = PageHouse().browser("duty-1")
    chinese, english, later = (browser.get(path).text for path in (QUEUE, f"{QUEUE}?lang=en", QUEUE))

    assert '<html lang="zh-CN"' in chinese
    assert '<html lang="en"' in english
    assert "Alerts to acknowledge" not in chinese
    assert "Queue" in later
    assert '<html lang="zh-CN"' in browser.get(f"{QUEUE}?lang=zh").text


def test_the_look_is_chosen_by_a_plain_form_and_kept() -> None:
    """Theme, size of type, sound; the page that was left comes back."""
    browser = PageHouse().browser("duty-1")
    chosen = {"theme": "dark", "text": "large", "sound": "on", "language": "zh", "back": QUEUE}
    answer = browser.post("/appearance", data=chosen)
    html = browser.get(QUEUE).text

    assert (answer.status_code, answer.headers["location"]) == (303, QUEUE)
    assert 'data-theme="dark" data-text="large"' in html
    assert 'data-sound="on"' in html
    assert "HttpOnly" in answer.headers["set-cookie"]


@pytest.mark.parametrize("cookie", ["", "x", "dark", "dark.huge.loud.fr", "a.b.c.d.e", "<script>"])
def test_a_look_that_does_not_exist_is_nobody_s_choice(cookie: str) -> None:
    """What is not known is as it comes from the box."""
    look = look_from(cookie)

    assert str(look) in ("auto.normal.off.zh", "dark.normal.off.zh")
    assert look_from(str(Look("contrast", "large", "on", "en"))) == Look("contrast", "large", "on", "en")


def test_an_asset_is_kept_for_ever_under_an_address_that_names_its_content() -> None:
    """Small on the way; another content has another address."""
    house = PageHouse()
    html = page(house)
    script = re.findall(r'src="(/static/console-[0-9a-f]{12}\.js)"', html)[0]
    answer = house.stranger().get(script)

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert house.stranger().get(script.replace("console-", "console-0")).status_code == 404


def test_script_and_stylesheet_stay_within_their_budget() -> None:
    """30 kB together, compressed."""
    assets = PageHouse().app.state.assets

    assert len(assets["console.js"].packed) + len(assets["console.css"].packed) <= 30 * 1024


def test_a_page_without_built_assets_is_plain_and_works() -> None:
    """Nothing is linked that is not there."""
    house = PageHouse()
    house.app.state.assets = {}
    html = page(house)

    assert "/static/" not in html
    assert "<h1>待办</h1>" in html


def test_the_navigation_shows_what_the_roles_may_open() -> None:
    """An auditor has no queue."""
    house = PageHouse()
    house.hire("an-auditor", "auditor")
    html = house.browser("an-auditor").get(f"/u/{UNIT}/overview").text

    assert f'href="/u/{UNIT}/overview" aria-current="page"' in html
    assert f'href="{QUEUE}"' not in html


def test_moments_are_said_as_people_say_them() -> None:
    """In the units' zone, with the hour; both languages."""
    noon = MONDAY // DAY * DAY + 4 * HOUR
    said = Moments(noon, words_of("zh"))

    assert (said.at(noon), said.at(noon + DAY), said.at(noon - DAY)) == ("今天 12:00", "明天 12:00", "昨天 12:00")
    assert said.at(noon + 3 * DAY).endswith("12:00")
    assert said.iso(noon).endswith("T12:00+08:00")
    assert (said.left(noon + 80 * MINUTE), said.left(noon - 5 * MINUTE)) == ("还剩 1小时20分", "已超时 5分钟")
    assert (said.ago(noon), said.ago(noon - 26 * HOUR), said.ago(noon - 9 * DAY)) == ("刚刚", "1天2小时前", "9天前")
    assert Moments(noon, words_of("en")).left(noon + HOUR) == "1 h 0 min left"


def test_initials_are_those_of_the_common_characters() -> None:
    """Latin letters and digits stay; what has no letter is left out."""
    assert initials("低保 养老院 A1！") == "dbylya1"
    assert initials("啊座") == "az"
    assert initials("㐀🙂") == ""


@pytest.mark.parametrize(
    ("spans", "marked"),
    [
        ([], []),
        ([(0, 2)], ["ab"]),
        ([(1, 3), (0, 2), (3, 4)], ["abcd"]),
        ([(4, 6), (0, 1)], ["a", "ef"]),
        ([(5, 9), (3, 3), (-1, 2)], []),
    ],
)
def test_hits_are_marked_where_they_stand(spans: list[tuple[int, int]], marked: list[str]) -> None:
    """Overlaps are one, what lies outside is none, and no character is lost."""
    found = pieces("abcdef", [Hit("text", "x", start, end) for start, end in spans], "text")

    assert [piece.text for piece in found if piece.is_hit] == marked
    assert "".join(piece.text for piece in found) == "abcdef"


def test_the_three_empty_pages_tell_nothing_from_not_knowing() -> None:
    """No sources; alive and nothing to see, with the newest post; dead, which and since when."""
    none, alive, dead = (PageHouse(health=health) for health in (replace(WELL, sources=0, sources_alive=0), WELL, DEAD))
    for house in (alive, dead):
        house.says("别的事", group="other")
        house.stores.posts.rebuild_groups(UNIT, [replace(a_group("other", at=MONDAY), todo=None)])

    assert "还没有信源" in page(none)
    assert "全部 2 个信源正常" in page(alive)
    assert "最近看到的一条：yunxi-forum" in page(alive)
    assert "别的事" not in page(alive)
    assert "3 个信源中 1 个异常" in page(dead)
    assert re.search(r'<th scope="row">云汐电视台</th><td>超时</td><td>[^<]+</td>', page(dead))


def test_no_template_and_no_script_has_words_of_its_own() -> None:
    """What a page says stands in api/words, in both languages."""
    http = Path(__file__).parents[3] / "api" / "http"
    ours = [*(http / "templates").glob("*.html"), *(http / "assets" / "desk").glob("*.js")]

    assert len(ours) > 20
    assert [path.name for path in ours if re.search("[\u4e00-\u9fff]", path.read_text(encoding="utf-8"))] == []
