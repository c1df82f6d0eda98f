"""The page of one incident: what it shows, which moves it offers, and that everything works by plain forms."""

import pytest

from api.words import words_of
from pipeline.domain.event import Notice
from pipeline.ports import Send
from tests.builders import HOUR, MONDAY
from tests.http_house import PASSWORD, UNIT
from tests.page_house import PageHouse, form_of, forms_in, hidden_in, send

HERE = f"/u/{UNIT}/incidents/"


@pytest.fixture
def house() -> PageHouse:
    """A unit with a duty officer."""
    return PageHouse()


def test_an_alert_goes_from_acknowledged_to_closed_by_forms_alone(house: PageHouse) -> None:
    """Acknowledge, claim, evidence, verdict, assign, reply, close; each step stands in the timeline."""
    incident = house.opens()
    browser = house.browser("duty-1")

    def step(command: str, **typed: object) -> str:
        answer = send(browser, browser.get(f"{HERE}{incident}?board=1").text, command, **typed)
        assert answer.status_code == 303, answer.text
        return browser.get(answer.headers["location"]).text

    assert "核实中" in step("acknowledge")
    assert "低保金迟发两个月" in step("record_claim", text="低保金迟发两个月")
    step("record_evidence", text="查发放台账，十月未发")
    assert "属实" in step("give_verdict", verdict="true", text="台账可证")
    step("assign_office", office="welfare", text="三日内补发")
    assert "已回应" in step("reply", kind="answered", how="phone", text="已电话答复本人")
    page = step("close", disposition="resolved", text="已补发")
    assert "已办结" in page
    for said in (
        "签收",
        "记录反映问题",
        "记录证据",
        "核实结论：属实",
        "交办 welfare",
        "回应：答复本人",
        "办结：已解决",
    ):
        assert said in page[page.index('id="timeline"') :]


def test_a_posts_text_is_hostile(house: PageHouse) -> None:
    """Neither markup, nor an address, nor a mark that turns the direction of the line works on the page."""
    said = '低保<script>alert(1)</script><img src=x onerror="x">\u202e反\x07'
    incident = house.opens(said)
    house.says("低保又一条", address="javascript:alert(1)")
    page = house.browser("duty-1").get(HERE + incident).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "javascript:" not in page
    assert "\u202e" not in page
    assert "<mark>低保</mark>" in page


def test_what_was_typed_is_kept_beside_what_is_wrong(house: PageHouse) -> None:
    """A form that cannot be read comes again on the same page, with each problem at its field."""
    incident = house.opens()
    house.does("acknowledge", incident=incident)
    browser = house.browser("duty-1")
    answer = send(browser, browser.get(HERE + incident).text, "hold", text="等上级文件", until="很快")
    assert answer.status_code == 422
    assert "等上级文件" in answer.text
    assert 'value="很快"' in answer.text
    assert "时间请写成 11-24 09:30" in answer.text
    assert send(browser, answer.text, "hold", text="等上级文件", until="+2h").status_code == 303


def test_two_officers_the_second_sees_what_the_first_did_and_can_go_on(house: PageHouse) -> None:
    """His text is kept, the steps of the other are named, and one button does it upon what stands now."""
    incident = house.opens()
    house.does("acknowledge", incident=incident)
    late = house.browser("duty-2")
    seen = late.get(HERE + incident).text
    house.does("set_level", "影响扩大", incident=incident, level="2", by="duty-1")
    answer = send(late, seen, "comment", text="已联系镇里")
    assert answer.status_code == 412
    assert "duty-1：调整等级" in answer.text
    assert "已联系镇里" in answer.text
    assert send(late, answer.text, "comment", text="已联系镇里").status_code == 303
    assert "已联系镇里" in late.get(HERE + incident).text


def test_a_refused_move_names_the_legal_ones_and_keeps_the_text(house: PageHouse) -> None:
    """A stale page asked to reply to what is not verified."""
    incident = house.opens()
    browser = house.browser("duty-1")
    fields = {**form_of(browser.get(HERE + incident).text, "acknowledge"), "kind": "answered", "text": "已答复来信人"}
    answer = browser.post(f"/u/{UNIT}/do/reply", data=fields)
    assert answer.status_code == 409
    assert "已答复来信人" in answer.text
    assert 'href="#do-acknowledge"' in answer.text


def test_a_double_click_does_it_once(house: PageHouse) -> None:
    """The same form sent twice gives the first answer."""
    incident = house.opens()
    browser = house.browser("duty-1")
    page = browser.get(HERE + incident).text
    assert [send(browser, page, "acknowledge").status_code for _ in range(2)] == [303, 303]
    assert [event.type for event in house.stores.log.read(UNIT, 1)[0].events] == ["acknowledged"]
    assert house.stores.log.head(UNIT)[0] == 2


def test_only_moves_that_are_legal_and_allowed_have_a_form(house: PageHouse) -> None:
    """A reviewer may assess and comment; the duty officer of a fresh alert acknowledges."""
    incident = house.opens()
    house.hire("reviewer-1", "reviewer")
    mine = forms_in(house.browser("reviewer-1").get(HERE + incident).text)
    assert set(mine) == {"assess", "comment"}
    duty = forms_in(house.browser("duty-1").get(HERE + incident).text)
    assert "acknowledge" in duty
    assert not {"reply", "unsnooze", "resume", "end_emergency", "accept_handover"} & set(duty)


def test_another_units_incident_is_as_if_it_were_not_there(house: PageHouse) -> None:
    """Neither its page nor a command to it."""
    incident = house.opens()
    house.hire("other-1", "duty", units=("linxi-mz",))
    browser = house.browser("other-1")
    assert browser.get(HERE + incident).status_code == 404
    assert browser.post(f"/u/{UNIT}/do/acknowledge", data={"incident": incident, "key": "k"}).status_code == 404


def test_marks_of_posts_and_clocks_stand_on_the_page(house: PageHouse) -> None:
    """Time unknown, gone, why it was raised, and clocks with date and hour and what they rest on."""
    incident = house.opens()
    house.says("低保第二条", published_at=None)
    house.clock.at += HOUR
    page = house.browser("duty-1").get(HERE + incident).text
    assert "发布时间不详" in page
    assert "人工立项" in page
    assert "本单位值班规定：工作时间2小时内签收" in page
    assert "前</time>" in page
    assert 'class="level level-4"' in page


def test_reading_is_on_record(house: PageHouse) -> None:
    """Which posts, by whom, on which page."""
    incident = house.opens()
    house.browser("duty-1").get(HERE + incident)
    house.people.audit.flush()
    read = house.stores.records.list("audit_read", UNIT)
    assert any('"where": "incident"' in one.value and '"p1"' in one.value for one in read)


def test_a_merge_and_its_undo(house: PageHouse) -> None:
    """The others are offered, similar first; the merge is taken back by the button of the last step."""
    first, second = house.opens(), house.opens("云汐县低保又没有发", group="g2")
    browser = house.browser("duty-1")
    page = browser.get(HERE + first).text
    assert "云汐县低保又没有发" in page
    revision = house.service.desk.state(UNIT).as_one(second).revision
    answer = send(browser, page, "merge", others=f"{second}@{revision}")
    assert answer.status_code == 303
    page = browser.get(HERE + first).text
    assert "已并入本事件的" in page
    seq = house.service.clerk.undoable(UNIT, "duty-1")
    assert seq is not None
    assert browser.post(f"/u/{UNIT}/undo", data={"seq": str(seq.seq), "back": HERE + first}).status_code == 303
    assert "已并入本事件的" not in browser.get(HERE + first).text


def test_a_split_gives_a_group_an_incident_of_its_own(house: PageHouse) -> None:
    """Only groups beside the first are offered."""
    incident = house.opens()
    house.says("云汐县低保重复发放", group="g2")
    house.does("group_joined", group="g2", incident=incident)
    browser = house.browser("duty-1")
    answer = send(browser, browser.get(HERE + incident).text, "split", groups="g2")
    assert answer.status_code == 303
    assert len(house.service.desk.state(UNIT).incidents) == 2


def test_an_expired_session_in_mid_form_keeps_the_text(house: PageHouse) -> None:
    """The login comes first, then the form with everything that was typed, which is sent once more."""
    incident = house.opens()
    house.hire("duty-9", "duty", password=True)
    page = house.browser("duty-9").get(HERE + incident).text
    late = house.browser()
    answer = late.post(f"/u/{UNIT}/do/comment", data={**form_of(page, "comment"), "text": "写到一半的备注"})
    assert answer.status_code == 401
    login = {**hidden_in(answer.text), "account": "duty-9", "password": PASSWORD}
    resumed = late.post("/login", data=login)
    assert "写到一半的备注" in resumed.text
    again = late.post(f"/u/{UNIT}/do/comment", data={**hidden_in(resumed.text), "text": "写到一半的备注"})
    assert (again.status_code, again.headers["location"]) == (303, HERE + incident)
    assert "写到一半的备注" in late.get(HERE + incident).text


def test_why_somebody_was_not_told_stands_on_the_page(house: PageHouse) -> None:
    """From the recorded send: a notice that is held keeps its reason."""
    incident = house.opens()
    notice = Notice("opened", "by_hand", "policy:alert", incident, 3, MONDAY)
    held = Send("s1", UNIT, 1, 0, notice, "duty-2", "mail", "held", "over_budget", MONDAY)
    house.stores.outbox.create([held], {UNIT: 1})
    page = house.browser("duty-1").get(f"{HERE}{incident}").text

    words = words_of("zh")
    assert words("notice.state_held") in page
    assert words("notice.over_budget") in page


def test_a_notice_that_nobody_gets_is_said_in_plain_words(house: PageHouse) -> None:
    """Neither the store's word for nobody nor its English sentence stands on the page."""
    incident = house.opens()
    notice = Notice("opened", "by_hand", "policy:alert", incident, 3, MONDAY)
    held = Send("s1", UNIT, 1, 0, notice, "nobody", "none", "held", "nobody is named for duty or monitor", MONDAY)
    house.stores.outbox.create([held], {UNIT: 1})

    page = house.browser("duty-1").get(HERE + incident).text
    assert "没有发出：还没有填写通知谁" in page
    assert "nobody" not in page[page.index('id="notices"') :]
