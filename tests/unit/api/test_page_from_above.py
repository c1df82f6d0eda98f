"""上级交办 on the page of its matter: the paper's facts, their due time, and the 反馈 without which nothing ends."""

import pytest

from pipeline.workflow.papers import papers_of
from tests.http_house import UNIT
from tests.page_house import form_of, forms_in, send
from tests.unit.api.test_page_enter import ENTER, PAPER, EnterHouse

FEEDBACK = "已核实：柳湾镇十月低保金全部发放，清单附后"


@pytest.fixture
def house() -> EnterHouse:
    """A unit that has taken a paper from the county."""
    return EnterHouse()


def taken(house: EnterHouse) -> str:
    """The paper was entered and opened, and somebody owns it; returns the incident."""
    incident = house.incident_of(house.page.post(ENTER, data={**PAPER, "has_looked": "true"}))
    house.does("acknowledge", incident=incident)
    return incident


def page_of(house: EnterHouse, incident: str, by: str = "duty-1") -> str:
    """Return the incident's page."""
    return str(house.browser(by).get(f"/u/{UNIT}/incidents/{incident}").text)


def test_the_papers_facts_and_their_due_time_stand_on_the_page(house: EnterHouse) -> None:
    """From whom, number, due time, what they want; the clock says that a superior set it; settling is not offered."""
    page = page_of(house, taken(house))
    facts = (
        "县委县政府 督查室",
        "云督〔2026〕7号",
        "书面反馈，附发放清单",
        "上级限定",
        "待反馈",
        "记录反馈之后才能办结",
    )
    assert [one for one in facts if one not in page] == []
    assert page.count("17:00") >= 2
    assert "/settle" not in page
    assert "decline_line" not in forms_in(page)


def test_it_is_closed_by_feedback_alone(house: EnterHouse) -> None:
    """Refused in plain words; then the form of the 反馈, the timeline, and the end."""
    incident = taken(house)
    page = page_of(house, incident)
    refused = send(house.page, page, "close", disposition="filed") if "close" in forms_in(page) else None
    house.does("record_claim", "反映低保未发", incident=incident)
    closing = {**form_of(page_of(house, incident), "comment"), "disposition": "filed"}
    refused = house.page.post(f"/u/{UNIT}/do/close", data=closing)
    assert refused.status_code == 409
    assert "上级交办还没有记录反馈" in refused.text
    fresh = page_of(house, incident)
    assert 'value="county" selected' in fresh
    assert "要写明理由或内容" in send(house.page, fresh, "answer_line", how="letter", text="").text
    assert send(house.page, fresh, "answer_line", how="letter", to="county", text=FEEDBACK).status_code == 303
    done = page_of(house, incident)
    assert "已向县委县政府反馈（书面）" in done
    assert FEEDBACK in done


def test_the_ledger_is_given_the_facts_and_the_feedback(house: EnterHouse) -> None:
    """One function: what the paper said, and what was fed back, to whom, how and when."""
    incident = taken(house)
    stores = house.stores
    (waiting,) = papers_of(stores.posts, stores.log, house.service.desk.state(UNIT), incident)
    assert (waiting.whom, waiting.office, waiting.ref) == ("county", "督查室", "云督〔2026〕7号")
    assert (waiting.wants, waiting.fed_back_at, waiting.feedback) == ("书面反馈，附发放清单", None, "")
    house.does("answer_line", FEEDBACK, incident=incident, post=waiting.post, how="letter")
    (given,) = papers_of(stores.posts, stores.log, house.service.desk.state(UNIT), incident)
    assert (given.to, given.how, given.feedback, given.is_late) == ("county", "letter", FEEDBACK, False)
    assert given.due_at == waiting.due_at


@pytest.mark.parametrize("role", ["auditor", "admin", "liaison"])
def test_who_does_not_work_matters_reads_no_word_of_a_paper(house: EnterHouse, role: str) -> None:
    """Not on the incident's page, and by no search."""
    incident = taken(house)
    browser = house.browser(house.hire(f"is-{role}", role))
    for path in (f"incidents/{incident}", "search?q=低保", "enter?from=above"):
        page = browser.get(f"/u/{UNIT}/{path}")
        assert page.status_code == 403
        assert "督查室" not in page.text
