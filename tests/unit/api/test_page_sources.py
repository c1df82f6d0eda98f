"""Sources in the console: an address is pasted, tried, enabled in one click; then changed, paused, removed."""

import json
import re
import time
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.config import Config, Crawl, Network
from pipeline.workflow.settings import SETTING, SOURCE
from tests.end_to_end.loopback_site import Page, Site
from tests.http_house import UNIT, HttpHouse
from tests.invented_sites import board_site, forum_site, gov_site

SAID = {
    "name": "县长信箱", "publisher": "云汐县人民政府", "why": "群众公开反映问题", "owner": "办公室",
    "origin": "网民留言", "local": "local", "every_minutes": "30", "pace_seconds": "5", "listed_as": "county-mailbox",
    "purpose": "及时核实答复", "confirmed": "yes",
}  # fmt: skip


class SourceHouse(HttpHouse):
    """A web service that may try the sites of a test; a leader works here."""

    def __init__(self, *sites: Site, contact: str = "mailto:office@yunxi.invalid") -> None:
        hosts = tuple(site.url.removeprefix("http://") for site in sites)
        super().__init__(config=Config(crawl=Crawl(contact=contact), network=Network(local_hosts=hosts)))
        self.leader = self.browser(self.hire("leader-1", "leader"))

    def tries(self, address: str, browser: TestClient | None = None, **more: str) -> tuple[str, str]:
        """The address was pasted and tried; returns the page of the result and its address."""
        client = browser or self.leader
        where = client.post(f"/u/{UNIT}/sources/add", data={"url": address, **more}).headers["location"]
        for _ in range(400):
            page = client.get(where)
            if "refresh" not in page.headers:
                return page.text, where.partition("?")[0]
            time.sleep(0.02)
        raise AssertionError("the try never ended")

    def table(self, source: str) -> Any:
        record = self.stores.records.get(SETTING, "", SOURCE + source)
        return json.loads(record.value) if record else None

    def sources(self) -> list[str]:
        return [r.key.removeprefix(SOURCE) for r in self.stores.records.list(SETTING, "", SOURCE) if r.value != "null"]


@pytest.fixture
def board() -> Iterator[Site]:
    with Site(board_site()) as site:
        yield site


def enabled(house: SourceHouse, site: Site) -> str:
    """The board was tried and enabled; returns its id."""
    _, where = house.tries(f"{site.url}/xzxx/")
    answer = house.leader.post(where, data=SAID)
    assert answer.status_code == 303, answer.text
    return str(house.sources()[0])


def form_in(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form that is sent to an address ending so."""
    form = re.search(rf'<form[^>]*action="[^"]*{action}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form is not None
    return {n: unescape(v) for n, v in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form[1])}


def test_a_pasted_address_is_tried_and_nothing_is_kept(board: Site) -> None:
    """Kind, robots.txt, the first posts masked, the pace and what cannot be seen; and no record was written."""
    house = SourceHouse(board)
    before = house.stores.records.changed_since(SETTING, -1)[0]
    page, _ = house.tries(f"{board.url}/xzxx/")

    for said in (
        "留言板、信箱（一问一答）",
        "robots.txt",
        "官方答复",
        "我叫＊＊＊",
        "每 30 分钟看一次",
        "列表只看得到第一页",
    ):
        assert said in page
    assert "柳明远" not in page
    assert "13800001111" not in page
    assert house.stores.records.changed_since(SETTING, -1)[0] == before


def test_one_click_enables_what_was_shown(board: Site) -> None:
    """A setting with author and reason, the impact note of today in the name of the post that was confirmed."""
    house = SourceHouse(board)
    source = enabled(house, board)
    table = house.table(source)
    record = house.stores.records.get(SETTING, "", SOURCE + source)

    assert record is not None
    assert (record.author, record.reason) == ("account:leader-1", "群众公开反映问题")
    assert table["enabled"] is True
    assert table["impact"] == {"purpose": "及时核实答复", "reviewed_on": "2026-11-23", "reviewed_by": "办公室"}
    assert table["url"] == f"{board.url}/xzxx/"
    assert table["list"]["replies"] == "td.zt"


def test_the_impact_note_is_filled_in_by_kind_and_place(board: Site) -> None:
    """The officer confirms; he need not invent it."""
    house = SourceHouse(board)
    page, _ = house.tries(f"{board.url}/xzxx/")
    assert "及时看到群众公开留言中对民政服务的反映" in page

    page, _ = house.tries(f"{board.url}/xzxx/", place="city-12345")
    assert "了解市民热线公开诉求中涉及本县民政服务的内容" in page
    assert '<option value="wide" selected>' in page


WRONG = [
    ("owner", "柳明远", "像是人名"),
    ("purpose", "", "请填写"),
    ("publisher", " ", "请填写"),
    ("confirmed", "", "请填写"),
    ("pace_seconds", "soon", "请填写"),
    ("origin", "来自远方", "不能这样写"),
    ("every_minutes", "0", "不能这样写"),
]


def test_a_form_that_cannot_be_taken_comes_back_as_it_was_typed(board: Site) -> None:
    """The field that is wrong says so, everything typed is there, and nothing was kept."""
    house = SourceHouse(board)
    _, where = house.tries(f"{board.url}/xzxx/")
    for field, typed, told in WRONG:
        answer = house.leader.post(where, data={**SAID, "name": "云汐来信", field: typed})

        assert answer.status_code == 422, field
        assert told in answer.text, field
        assert "云汐来信" in answer.text
        assert house.sources() == []


def test_an_address_is_a_source_once(board: Site) -> None:
    """A second officer who pastes the same is told."""
    house = SourceHouse(board)
    enabled(house, board)
    _, where = house.tries(f"{board.url}/xzxx/")
    answer = house.leader.post(where, data=SAID)

    assert answer.status_code == 422
    assert "已经是信源" in answer.text


def test_what_robots_txt_forbids_is_shown_with_its_line() -> None:
    """And there is no form to enable it."""
    rules = Page(b"User-agent: *\nDisallow: /gg/\n", type="text/plain")
    with Site({**gov_site(), "/robots.txt": rules}) as site:
        page, where = (house := SourceHouse(site)).tries(f"{site.url}/gg/")

        assert "第 2 行 “Disallow: /gg/”" in page
        assert "SRC-541" in page
        assert 'id="enable"' not in page
        house.leader.post(where, data=SAID)
        assert house.sources() == []


INSIDE = [
    ("http://169.254.169.254/latest/meta-data/", "SRC-525"),
    ("http://localhost:8080/accounts", "SRC-525"),
    ("http://2130706433/", "SRC-524"),
    ("file:///etc/passwd", "SRC-521"),
    ("http://yunxi.example:22/", "SRC-523"),
    ("http://a:b@yunxi.example/", "SRC-522"),
    ("云汐县政府网", "SRC-520"),
]


def test_an_address_into_the_house_is_refused_in_plain_words() -> None:
    """Cause, next step and code; the console never becomes a way inside."""
    house = SourceHouse()
    for address, code in INSIDE:
        page, _ = house.tries(address)

        assert code in page, address
        assert 'id="enable"' not in page


def test_the_console_itself_cannot_be_reached_through_a_redirect(board: Site) -> None:
    """The hop is shown, and the address behind it was not asked."""
    with Site({}) as inside:
        board.pages["/away"] = Page(status=302, headers={"Location": f"{inside.url}/accounts"})
        page, _ = SourceHouse(board).tries(f"{board.url}/away")

        assert "SRC-525" in page
        assert f"{board.url}/away" in page
        assert inside.asked == []


def test_a_front_page_offers_boards_that_can_be_tried() -> None:
    """One button each; the place of the checklist goes with it."""
    with Site(forum_site()) as site:
        house = SourceHouse(site)
        page, _ = house.tries(f"{site.url}/", place="local-forum")
        fields = form_in(page, "/sources/add")
        page, _ = house.tries(fields["url"], place=fields["place"])

        assert (fields["url"], fields["place"]) == (f"{site.url}/forum-2-1.html", "local-forum")
        assert "Discuz 论坛版块" in page
        assert "发现本地论坛中涉及民政服务的公开诉求" in page


def test_without_a_contact_nobody_is_asked(board: Site) -> None:
    """The page says what is missing and where it is set."""
    page, _ = SourceHouse(board, contact="").tries(f"{board.url}/xzxx/")

    assert "SRC-202" in page
    assert f"/u/{UNIT}/setup/sources" in page
    assert board.asked == []


def test_an_empty_field_is_told(board: Site) -> None:
    """Nothing is tried."""
    answer = SourceHouse(board).leader.post(f"/u/{UNIT}/sources/add", data={"url": " "})

    assert (answer.status_code, "请先粘贴网址" in answer.text) == (422, True)


def test_a_try_is_its_officers_own_and_is_forgotten_after_a_while(board: Site) -> None:
    """Another account sees nothing of it; after half an hour nobody does."""
    house = SourceHouse(board)
    _, where = house.tries(f"{board.url}/xzxx/")
    other = house.browser(house.hire("leader-2", "leader"))

    assert other.get(where).status_code == 404
    assert other.post(where, data=SAID).status_code == 404
    house.clock.at += 31 * 60_000
    assert house.leader.get(where).status_code == 404


def test_a_source_is_changed_with_a_reason(board: Site) -> None:
    """What was typed holds, the record says why, and the history shows it."""
    house = SourceHouse(board)
    source = enabled(house, board)
    at = f"/u/{UNIT}/sources/of/{source}"
    fields = form_in(house.leader.get(at).text, "/change")
    changed = {**SAID, **fields, "name": "县长来信", "every_minutes": "60"}

    assert house.leader.post(f"{at}/change", data=changed).status_code == 422
    assert house.leader.post(f"{at}/change", data={**changed, "reason": "网站改版"}).status_code == 303
    assert (house.table(source)["name"], house.table(source)["every_minutes"]) == ("县长来信", 60)
    page = house.leader.get(at).text
    assert "网站改版" in page
    assert page.index("修改</strong>") < page.index("加入并启用</strong>")


def test_two_officers_who_change_one_source_are_told_of_each_other(board: Site) -> None:
    """The second loses nothing of what he typed."""
    house = SourceHouse(board)
    at = f"/u/{UNIT}/sources/of/{enabled(house, board)}"
    fields = form_in(house.leader.get(at).text, "/change")
    first, second = ({**SAID, **fields, "name": name, "reason": "改名"} for name in ("甲名", "乙名"))

    assert house.leader.post(f"{at}/change", data=first).status_code == 303
    answer = house.leader.post(f"{at}/change", data=second)
    assert answer.status_code == 422
    assert "CFG-210" in answer.text
    assert "乙名" in answer.text


def test_a_source_is_paused_resumed_and_removed_with_a_reason(board: Site) -> None:
    """Its posts and its history stay; without a reason nothing is done."""
    house = SourceHouse(board)
    source = enabled(house, board)
    at = f"/u/{UNIT}/sources/of/{source}"

    def does(action: str, reason: str) -> int:
        fields = form_in(house.leader.get(at).text, f"/{action}")
        return int(house.leader.post(f"{at}/{action}", data={**fields, "reason": reason}).status_code)

    assert does("pause", "") == 422
    assert does("pause", "网站维护") == 303
    assert house.table(source)["enabled"] is False
    assert does("resume", "恢复") == 303
    assert house.table(source)["enabled"] is True
    assert does("remove", "网站关停") == 303
    assert house.sources() == []
    assert [r.reason for r in house.stores.records.history(SETTING, "", SOURCE + source)][:3] == [
        "网站关停", "恢复", "网站维护"
    ]  # fmt: skip
    assert house.leader.get(at).status_code == 404


def test_the_checklist_shows_how_the_unit_stands(board: Site) -> None:
    """10 类已接入 1 类 once a source is tied to a place; what a person says of another is a setting."""
    house = SourceHouse(board)
    assert "10 类已接入 0 类" in house.leader.get(f"/u/{UNIT}/sources").text
    enabled(house, board)
    house.leader.post(f"/u/{UNIT}/sources/places/tv-wenzheng", data={"standing": "absent"})
    page = house.leader.get(f"/u/{UNIT}/sources").text
    record = house.stores.records.get(SETTING, UNIT, "checklist")

    assert "10 类已接入 1 类" in page
    assert all(word in page for word in ("已接入", "暂未接入", "本地没有", "不可采集"))
    assert record is not None
    assert json.loads(record.value) == {"tv-wenzheng": "absent"}
    assert record.author == "account:leader-1"


def test_channels_that_cannot_be_seen_are_named() -> None:
    """Always, also on an empty machine."""
    house = SourceHouse()
    for path in ("sources", "sources/add", "overview"):
        assert "看不到的渠道：抖音、快手、微信群、视频号、小红书" in house.leader.get(f"/u/{UNIT}/{path}").text


def test_who_may_only_read_sees_sources_and_no_form(board: Site) -> None:
    """The routes refuse him too: tests/unit/api/test_api_cells.py."""
    house = SourceHouse(board)
    enabled(house, board)
    page = house.browser(house.hire("monitor-1", "monitor")).get(f"/u/{UNIT}/sources").text

    assert 'name="url"' not in page
    assert 'name="standing"' not in page


def test_a_demo_tries_no_site_but_its_own() -> None:
    """Nothing leaves the machine."""
    house = HttpHouse(is_demo=True)
    under = house.service.source_book
    try_id = under.start("http://yunxi.example/", "visitor")
    for _ in range(200):
        found = under.look(try_id, "visitor")
        if found is not None and not found.is_running:
            break
        time.sleep(0.02)

    assert found is not None
    assert found.tried is not None
    assert (found.tried.code, found.tried.requests) == ("SRC-526", 0)
