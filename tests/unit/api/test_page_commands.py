"""Every command that a person may ask for has its place on a page, and facts stand where they were recorded."""

import pytest

from pipeline.domain.group_merge import Found, MergeProposal
from pipeline.domain.order_catalogue import order_forms
from pipeline.domain.people import MarkState
from pipeline.domain.post import Origin
from pipeline.ports import Position, Work
from tests.builders import HOUR
from tests.http_house import UNIT
from tests.page_house import PLEA, PageHouse, form_of, forms_in, send

HERE = f"/u/{UNIT}/incidents/"
IN_THE_QUEUE = {"open", "group_set_aside", "group_joined", "undo"}
"""Rows of the queue and the line of the last step have these (tests/unit/api/test_page_queue.py)."""


@pytest.fixture
def house() -> PageHouse:
    """A unit whose duty officer is a leader too."""
    house = PageHouse()
    house.hire("all-1", "duty", "leader", "reviewer", "monitor", "liaison")
    return house


def test_assessment_report_leaders_note_and_consultation_stand_as_facts(house: PageHouse) -> None:
    """Each is recorded by a form, shown with its text and its officer, and changes no state."""
    incident = house.opens()
    browser = house.browser("leader-1")
    said = {
        "assess": "影响面小",
        "leader_note": "请两日内办结",
        "consult": "与教育局会商",
        "report_upward": "已报县委办",
    }
    for command, text in said.items():
        more = {"to": "county"} if command == "report_upward" else {}
        assert send(browser, browser.get(HERE + incident).text, command, text=text, **more).status_code == 303
    page = browser.get(HERE + incident).text
    facts = page[page.index('id="facts"') : page.index('id="merging"')]
    assert all(text in facts for text in said.values())
    assert "向县委县政府报告" in facts
    assert "待签收" in page


def test_every_command_has_its_place(house: PageHouse) -> None:
    """Over the states of one matter, the pages have a form for each; those of the queue are tested there."""
    found: set[str] = set()
    first, second = house.opens(), house.opens("云汐县低保又没有发", group="g2")
    house.says("云汐县低保第三条", group="g3")
    house.says("云汐县低保第三条又一条", group="g3")
    house.does("group_joined", group="g3", incident=first)
    proposal = MergeProposal(UNIT, "g1", "g2", 9, "p1", 8_000, house.clock.now())
    house.stores.posts.commit(Work([], [], [], Position("bus-1", 0, 99), found=Found((), (proposal,))))
    house.says("求助低保", group="g4", opinion=PLEA)
    browser = house.browser("all-1")

    def look() -> str:
        page = browser.get(f"{HERE}{first}?board=1").text
        found.update(forms_in(page))
        return page

    look()
    found.update(forms_in(browser.get(f"{HERE}{first}/settle").text))
    found.update(forms_in(browser.get(f"/u/{UNIT}/needs").text))
    house.does("set_level", "涉及安全", incident=first, level="2")
    look()
    house.does("acknowledge", incident=first, by="all-1")
    house.does("record_claim", "低保没有发", incident=first)
    house.does("assign_office", office="welfare", incident=first)
    house.does("snooze", incident=first, until=str(house.clock.now() + HOUR))
    house.does("declare_emergency", incident=first)
    look()
    house.does("hold", "等文件", incident=first, until=str(house.clock.now() + HOUR))
    house.does("merge", incident=first, others=[second])
    look()
    claim = house.service.desk.state(UNIT).as_one(first).claims[0].id
    house.does("give_verdict", "查实", incident=first, claim=claim, verdict="true")
    house.does("offer_handover", incident=first, to="duty-2", by="all-1")
    look()
    found.update(forms_in(house.browser("duty-2").get(HERE + first).text))
    house.does("transfer", "归乡镇", incident=first, to="town-1")
    look()
    house.does("bounce_back", "不归我管", incident=first)
    house.does("give_verdict", "仍查实", incident=first, claim=claim, verdict="partly_true")
    house.does("reply", "公示", incident=first, kind="public")
    look()
    house.does("close", incident=first, disposition="resolved")
    look()
    assert set(order_forms()) - found - IN_THE_QUEUE == {"sign", "answer_line", "decline_line"}


def test_a_letter_has_an_answer_line_of_its_own(house: PageHouse) -> None:
    """It is answered by a form beside it, and the line says how and when."""
    letter = house.says("来信反映低保没有发", origin=Origin.LETTER)
    incident = str(house.does("open", group="g1").incident)
    house.does("acknowledge", incident=incident)
    browser = house.browser("duty-1")
    page = browser.get(HERE + incident).text
    assert "待答复" in page
    assert form_of(page, "decline_line")["post"] == letter.id
    assert send(browser, page, "answer_line", how="phone", text="已回电").status_code == 303
    assert "已答复（电话）" in browser.get(HERE + incident).text


def test_a_missing_signature_is_shown_and_given(house: PageHouse) -> None:
    """Whoever was named signs; the gap is gone."""
    incident = house.opens()
    house.does("set_level", "涉及安全", incident=incident, level="2")
    house.does("acknowledge", incident=incident)
    house.does("close", "误报", incident=incident, disposition="irrelevant", second="leader-1")
    browser = house.browser("leader-1")
    page = browser.get(HERE + incident).text
    assert "待补签：办结，请 leader-1" in page
    assert send(browser, page, "sign", what="close").status_code == 303
    assert "待补签：" not in browser.get(HERE + incident).text


def test_posts_and_groups_are_taken_out_again(house: PageHouse) -> None:
    """Some posts become a group of their own; a joined group is given back."""
    incident = house.opens()
    house.says("云汐县低保第二条", group="g2")
    house.says("云汐县低保第三条", group="g2")
    house.does("group_joined", group="g2", incident=incident)
    browser = house.browser("duty-1")
    answer = send(browser, browser.get(HERE + incident).text, "group_split", posts="p2")
    assert (answer.status_code, answer.headers["location"]) == (303, HERE + incident)
    page = browser.get(HERE + incident).text
    assert form_of(page, "group_restored")["group"] == "g2"
    assert send(browser, page, "group_restored").status_code == 303
    mark = house.service.desk.state(UNIT).mark_of("g2")
    assert mark is not None
    assert mark.state == MarkState.RESTORED


def test_a_split_is_taken_back(house: PageHouse) -> None:
    """The incident that was split off is merged again by the undo of the last step."""
    incident = house.opens()
    house.says("云汐县低保重复发放", group="g2")
    house.does("group_joined", group="g2", incident=incident)
    browser = house.browser("duty-1")
    assert send(browser, browser.get(HERE + incident).text, "split", groups="g2").status_code == 303
    last = house.service.clerk.undoable(UNIT, "duty-1")
    assert last is not None
    answer = browser.post(f"/u/{UNIT}/undo", data={"seq": str(last.seq), "back": HERE + incident})
    assert answer.status_code == 303
    assert set(house.service.desk.state(UNIT).as_one(incident).groups) == {"g1", "g2"}


def test_the_board_stands_open_from_level_two_or_on_request(house: PageHouse) -> None:
    """A routine matter is not asked for claims; a grave one is."""
    incident = house.opens()
    browser = house.browser("duty-1")
    assert 'id="board"' not in browser.get(HERE + incident).text
    assert 'id="board"' in browser.get(f"{HERE}{incident}?board=1").text
    house.does("set_level", "涉及安全", incident=incident, level="2")
    assert 'id="board"' in browser.get(HERE + incident).text


def test_a_clock_burns_down_on_the_page(house: PageHouse) -> None:
    """The meter fills, the words say how much is left, and at the end that it is overdue."""
    incident = house.opens()
    browser = house.browser("duty-1")
    fresh = browser.get(HERE + incident).text
    assert "签收 还剩" in fresh
    house.clock.at += 200 * HOUR
    late = house.browser("duty-1").get(HERE + incident).text
    assert "签收 已超时" in late
    assert 'class="late"' in late
    assert 'value="100"' in late
