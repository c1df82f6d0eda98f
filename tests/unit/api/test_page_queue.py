"""The queue as a page without JavaScript: what stands in a row, what each button does, and the way back."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pipeline.domain.group import TodoReason, incident_id
from pipeline.domain.post import Origin, Visibility
from tests.builders import HOUR, MONDAY
from tests.http_house import OTHER_UNIT, UNIT
from tests.page_house import PageHouse
from tests.stored import a_group, a_mention, a_post, work

QUEUE = f"/u/{UNIT}/queue"


@pytest.fixture(name="house")
def a_house() -> PageHouse:
    """One to-do, `g1`, waits."""
    house = PageHouse()
    house.says("云汐县低保金还没有发", title="低保金去哪了")
    return house


def row_of(page: str, key: str) -> str:
    """Return the row of the page."""
    found = re.search(rf'<li class="row" id="{key}".*?</li>', page, re.DOTALL)
    assert found is not None, key
    return found[0]


def presses(browser: TestClient, key: str, do: str, page: str = QUEUE, **typed: str) -> Any:
    """A button of the row's form is pressed, as a browser without JavaScript sends it."""
    row = row_of(browser.get(page).text, key)
    action = re.findall(r'action="([^"]*)"', row)[0]
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', row)
    return browser.post(action, data={**{name: unescape(value) for name, value in hidden}, "do": do, **typed})


def test_the_first_page_leads_to_the_queue_of_the_first_unit(house: PageHouse) -> None:
    """Who works the queue begins there, an auditor at the counts, an administrator at his account."""
    house.hire("an-auditor", "auditor")
    house.hire("an-admin", "admin")

    assert house.browser("duty-1").get("/").headers["location"] == QUEUE
    assert house.browser("an-auditor").get("/").headers["location"] == f"/u/{UNIT}/overview"
    assert house.browser("an-admin").get("/").headers["location"] == "/account"


def test_a_row_says_why_what_where_who_and_since_when(house: PageHouse) -> None:
    """Everything that the officer decides by."""
    row = row_of(house.browser("duty-1").get(QUEUE).text, "group-g1")

    for said in ("属本单位业务", "低保金去哪了", "社会救助", "1条", "yunxi-forum"):
        assert said in row


def test_pushes_stand_first_with_level_and_time_left(house: PageHouse) -> None:
    """By shape and number, never by colour alone; how long there is still stands in words."""
    incident = house.opens(group="g2")
    page = house.browser("duty-1").get(QUEUE).text
    row = row_of(page, f"incident-{incident}")

    assert page.index(f"incident-{incident}") < page.index("group-g1")
    assert "●" in row
    assert "Ⅳ级 一般" in row
    assert "还剩" in row
    assert 'datetime="' in row


@pytest.mark.parametrize("how", ["irrelevant", "filed"])
def test_a_todo_leaves_the_queue_by_one_button_and_comes_back_by_one(house: PageHouse, how: str) -> None:
    """Irrelevant or filed away; the page that follows offers to take it back."""
    browser = house.browser("duty-1")
    answer = presses(browser, "group-g1", how)
    after = browser.get(answer.headers["location"]).text
    step = re.findall(r'name="seq" value="(\d+)"', after)[0]
    browser.post(f"/u/{UNIT}/undo", data={"seq": step})

    assert (answer.status_code, answer.headers["location"]) == (303, QUEUE)
    assert 'id="group-g1"' not in after
    assert "上一步：移出待办" in after
    assert 'id="group-g1"' in browser.get(QUEUE).text


def test_taking_a_todo_opens_and_acknowledges_it(house: PageHouse) -> None:
    """One button; it is at work then."""
    browser = house.browser("duty-1")
    presses(browser, "group-g1", "take")
    incident = house.service.desk.state(UNIT).incidents[incident_id(UNIT, "g1")]

    assert incident.owner == "account:duty-1"
    assert f"incident-{incident.id}" in browser.get(f"/u/{UNIT}/work").text
    assert f"incident-{incident.id}" in browser.get(f"/u/{UNIT}/work?whose=mine").text
    assert f"incident-{incident.id}" not in house.browser("duty-2").get(f"/u/{UNIT}/work?whose=mine").text


def test_what_was_on_the_screen_is_what_the_log_says_was_seen(house: PageHouse) -> None:
    """The matter grew while he looked at it: he saw one post."""
    browser = house.browser("duty-1")
    page = browser.get(QUEUE).text
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', row_of(page, "group-g1")))
    house.says("低保还是没有发")
    data = {name: unescape(value) for name, value in hidden.items()}
    browser.post(f"{QUEUE}/group/g1", data={**data, "do": "irrelevant"})

    assert house.service.desk.state(UNIT).marks["g1"].seen_posts == 1


def test_a_double_click_is_one_decision(house: PageHouse) -> None:
    """The form's key is sent twice; the second answer is the first one's."""
    browser = house.browser("duty-1")
    row = row_of(browser.get(QUEUE).text, "group-g1")
    data = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', row)}
    answers = [browser.post(f"{QUEUE}/group/g1", data={**data, "do": "take"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert house.service.desk.state(UNIT).seq == 2


def test_a_stale_row_is_refused_with_a_sentence_and_the_page_stays_usable(house: PageHouse) -> None:
    """Somebody opened it meanwhile; the way on is named, the navigation is there."""
    browser = house.browser("duty-1")
    row = row_of(browser.get(QUEUE).text, "group-g1")
    data = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', row)}
    house.does("open", group="g1", by="duty-2")
    answer = browser.post(f"{QUEUE}/group/g1", data={**data, "do": "irrelevant"})

    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert f'href="{QUEUE}"' in answer.text


def test_a_todo_is_joined_to_an_incident_that_is_chosen(house: PageHouse) -> None:
    """A page of its own lists the open ones."""
    incident = house.opens("柳湾的低保也没发", group="g2")
    browser = house.browser("duty-1")
    page = browser.get(f"{QUEUE}/group/g1/join").text
    hidden = {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)}
    browser.post(f"{QUEUE}/group/g1", data={**hidden, "incident": incident, "do": "join"})

    assert f'value="{incident}"' in page
    assert house.service.desk.state(UNIT).marks["g1"].owner == incident


def test_an_incident_is_snoozed_until_a_time_that_lies_ahead(house: PageHouse) -> None:
    """An hour, the closing of today if it is still to come, the opening of tomorrow."""
    incident = house.opens(group="g2")
    browser = house.browser("duty-1")
    page = browser.get(f"{QUEUE}/incident/{incident}/snooze").text
    ends = [int(end) for end in re.findall(r'name="until" value="(\d+)"', page)]
    presses(browser, f"incident-{incident}", "snooze", until=str(ends[0]))

    assert all(end > house.clock.at for end in ends)
    assert house.service.desk.state(UNIT).incidents[incident].snoozed_until == house.clock.at + HOUR


def test_a_row_offers_only_what_the_roles_may_do(house: PageHouse) -> None:
    """A monitor opens and does not acknowledge; a reviewer looks."""
    house.hire("mo", "monitor")
    house.hire("re", "reviewer")

    assert 'value="open"' in row_of(house.browser("mo").get(QUEUE).text, "group-g1")
    assert 'value="take"' not in row_of(house.browser("mo").get(QUEUE).text, "group-g1")
    assert "<button" not in row_of(house.browser("re").get(QUEUE).text, "group-g1")


def test_an_action_that_no_row_has_is_refused(house: PageHouse) -> None:
    """Whoever writes his own form gets a sentence."""
    answer = house.browser("duty-1").post(f"{QUEUE}/group/g1", data={"do": "delete", "key": "k"})

    assert answer.status_code == 422
    assert "INP-153" in answer.text


def test_the_list_goes_on_behind_a_cursor_and_ends(house: PageHouse) -> None:
    """Fifty at a time; with JavaScript only the rows are sent."""
    posts = [a_post(number, collected_at=MONDAY, published_at=MONDAY + number) for number in range(100, 160)]
    mentions = [a_mention(post, group=f"x{number}", order=number) for number, post in enumerate(posts, 100)]
    rows = [a_group(f"x{number}", at=MONDAY + number, lead=post.id) for number, post in enumerate(posts, 100)]
    house.stores.posts.commit(work(posts, mentions, rows, to=900))
    browser = house.browser("duty-1")
    first = browser.get(QUEUE).text
    more = unescape(re.findall(r'id="more" href="([^"]*)"', first)[0])
    second, part = browser.get(more).text, browser.get(more, headers={"HX-Request": "true"}).text

    assert first.count('class="row"') == 50
    assert second.count('class="row"') == 11
    assert "没有更多了" in second
    assert part.count('class="row"') == 11
    assert "<html" not in part


def test_the_preview_marks_the_hits_and_is_put_on_record(house: PageHouse) -> None:
    """The posts of the row, with what the rules met; who was shown them is in the audit."""
    page = house.browser("duty-1").get(f"{QUEUE}/group/g1").text
    house.people.audit.flush()
    reads = house.people.audit.reads(UNIT, "2026-11-23")

    assert "云汐县<mark>低保</mark>金还没有发" in page
    assert any(read["account"] == "duty-1" and "p1" in read["posts"] for read in reads)


def test_an_erased_post_leaves_a_row_that_says_so(house: PageHouse) -> None:
    """Neither the queue nor the preview invents words."""
    house.stores.posts.erase(frozenset({"p1"}), MONDAY)
    browser = house.browser("duty-1")

    assert "（已删除）" in row_of(browser.get(QUEUE).text, "group-g1")
    assert "低保金" not in browser.get(f"{QUEUE}/group/g1").text


def test_a_complaint_about_staff_is_a_line_without_words_for_the_desk(house: PageHouse) -> None:
    """Until a leader has decided; he reads it."""
    said = house.says("低保窗口的人骂人", group="g9")
    row = replace(a_group("g9", at=MONDAY, lead=said.id), conduct=True)
    house.stores.posts.commit(work([], [], [row], to=90))
    mine, leaders = (row_of(house.browser(one).get(QUEUE).text, "group-g9") for one in ("duty-1", "leader-1"))
    preview = house.browser("duty-1").get(f"{QUEUE}/group/g9").text

    assert "涉工作作风" in mine
    assert "骂人" not in mine + preview
    assert "<button" not in mine
    assert "骂人" in leaders


def test_an_internal_letter_is_shown_to_those_who_work_it(house: PageHouse) -> None:
    """And nobody else has a queue."""
    letter = replace(
        a_post(77, "来信说低保的事", collected_at=MONDAY), visibility=Visibility.INTERNAL, origin=Origin.LETTER
    )
    row = a_group("g7", at=MONDAY, lead=letter.id, todo=TodoReason.ADDRESSED)
    house.stores.posts.commit(work([letter], [a_mention(letter, group="g7", order=77)], [row], to=77))
    house.hire("li", "liaison")

    assert "来信说低保的事" in row_of(house.browser("duty-1").get(QUEUE).text, "group-g7")
    assert house.browser("li").get(QUEUE).status_code == 403


@pytest.mark.parametrize("path", ["queue", "queue/group/g1", "queue/incident/none", "work", "palette", "overview"])
def test_another_unit_is_not_there(house: PageHouse, path: str) -> None:
    """As if nobody had ever heard of it."""
    assert house.browser("duty-1").get(f"/u/{OTHER_UNIT}/{path}").status_code == 404


def test_the_palette_knows_pages_and_open_incidents_by_initials(house: PageHouse) -> None:
    """低保 is found by db."""
    incident = house.opens("低保金没有发", group="g2")
    things = house.browser("duty-1").get(f"/u/{UNIT}/palette").json()["things"]
    found = next(thing for thing in things if thing["href"].endswith(incident))

    assert found["text"] == "低保金没有发"
    assert found["initials"].startswith("dbj")
    assert {"概览", "待办"} <= {thing["text"] for thing in things}


def test_the_page_carries_the_place_from_which_its_live_feed_goes_on(house: PageHouse) -> None:
    """So that nothing falls between the page and the stream."""
    page = house.browser("duty-1").get(QUEUE).text
    place = house.app.state.hub.live.now(UNIT)

    assert f'data-cursor="{place}"' in page
