"""The page on which an office answers: looking shows, sending acts, and whatever comes too late is not lost."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.offices.links import LASTS
from pipeline.domain.group import incident_id
from pipeline.domain.next_due import dues
from pipeline.domain.post import Origin, Visibility
from tests.http_house import UNIT
from tests.office_house import OfficeHouse, hidden_of, opened, sends

PDF = ("files", ("核查情况.pdf", b"%PDF-1.4 \x00", "application/pdf"))


@dataclass
class Scene:
    """A house, the secret of an assignment, and a stranger's browser."""

    house: OfficeHouse
    secret: str
    browser: TestClient

    @property
    def page(self) -> str:
        """The page as it is now."""
        return opened(self.browser, self.secret)


@pytest.fixture
def scene() -> Scene:
    """An assignment that was just given."""
    house = OfficeHouse()
    return Scene(house, house.assigns(), house.browser())


def test_looking_changes_nothing_however_often_and_by_whom(scene: Scene) -> None:
    """Mail scanners open every link, some with HEAD; the assignment waits as before."""
    before = scene.house.types()
    for method in ("GET", "HEAD", "GET"):
        assert scene.browser.request(method, f"/reply/{scene.secret}").status_code == 200

    assert scene.house.types() == before
    assert scene.house.task.received_at is None


def test_the_page_shows_what_the_office_needs_and_no_more(scene: Scene) -> None:
    """Number, subject, request and due time; neither other offices nor what the desk notes for itself."""
    scene.house.does("comment", "仅供内部：家属情绪激动", incident=scene.house.incident)
    scene.house.assigns("qingshi", "另请镇里入户")

    page = scene.page

    assert "请核实青石镇低保金发放时间" in page
    assert "青石镇的低保金还没有发" in page
    assert "前反馈" in page
    assert "家属情绪激动" not in page
    assert "青石镇民政办" not in page
    assert "另请镇里入户" not in page


def test_receiving_then_answering_is_the_normal_course(scene: Scene) -> None:
    """签收, then 反馈 with text and file by the same link; both stand in the log as the office's own."""
    assert sends(scene.browser, scene.secret, scene.page, "receive").status_code == 303
    assert scene.house.task.received_at is not None
    answer = sends(scene.browser, scene.secret, scene.page, "answer", "已核实，本月补发", files=[PDF])

    assert answer.status_code == 303
    assert scene.house.types()[-2:] == ["office_received", "office_answered"]
    assert "已核实，本月补发" in scene.page
    assert "核查情况.pdf" in scene.page
    incident = scene.house.browser("duty-1").get(f"/u/{UNIT}/incidents/{scene.house.incident}").text
    assert "已核实，本月补发" in incident
    assert "核查情况.pdf" in incident


def test_what_an_office_types_is_masked_like_every_memo(scene: Scene) -> None:
    """Neither a phone number nor a name behind a cue is stored."""
    sends(scene.browser, scene.secret, scene.page, "answer", "已联系，联系人：张伟，电话13800000000")

    assert "13800000000" not in scene.page
    assert "张伟" not in scene.page


def test_a_return_comes_back_to_the_desk_which_is_told(scene: Scene) -> None:
    """With its reason; the owner gets a notice, and the matter is due again at the assignment's own time."""
    due_at = scene.house.task.due_at
    sends(scene.browser, scene.secret, scene.page, "return", "属社会事务股职责")

    batch = scene.house.stores.log.batches_of(UNIT, scene.house.incident)[-1]
    assert [(one.what, one.to) for one in batch.notices] == [("office_returned", "account:duty-1")]
    incident = scene.house.service.desk.state(UNIT).as_one(scene.house.incident)
    assert ("returned", due_at) in [(due.what, due.at) for due in dues(incident)]
    assert "退回，不需再办理" in scene.page


def test_a_return_without_a_reason_is_refused_and_says_so(scene: Scene) -> None:
    """A browser refuses it too; a program that sends it is told the same."""
    answer = sends(scene.browser, scene.secret, scene.page, "return")

    assert answer.status_code == 422
    assert "请先写明情况" in answer.text
    assert scene.house.types()[-1] == "office_assigned"


def test_a_double_click_is_one_answer(scene: Scene) -> None:
    """The same form twice has one key, so it is one batch."""
    page = scene.page
    first, second = (sends(scene.browser, scene.secret, page, "answer", "已核实") for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert scene.house.types().count("office_answered") == 1


def test_of_two_people_the_slower_ones_words_are_kept_as_a_note(scene: Scene) -> None:
    """Both had the page open; the owner is told of what came late."""
    one, other = scene.page, scene.page
    sends(scene.browser, scene.secret, one, "answer", "已核实，本月补发")
    late = sends(scene.browser, scene.secret, other, "answer", "另：已电话告知来信人")

    assert late.headers["location"].endswith("?late=1")
    assert "没有丢" in scene.browser.get(late.headers["location"]).text
    batch = scene.house.stores.log.batches_of(UNIT, scene.house.incident)[-1]
    assert [event.type for event in batch.events] == ["commented"]
    assert batch.events[0].actor == "office:jiuzhu"
    assert [(one.what, one.to) for one in batch.notices] == [("office_noted", "account:duty-1")]


def a_taken_back(scene: Scene) -> None:
    scene.house.does("undo", incident=scene.house.incident)


def a_recalled(scene: Scene) -> None:
    scene.house.does("recall_office", incident=scene.house.incident, office="jiuzhu")


def a_complained_of(scene: Scene) -> None:
    scene.house.does("record_claim", "反映该股推诿", incident=scene.house.incident, offices=["jiuzhu"])


def a_run_out(scene: Scene) -> None:
    scene.house.clock.at += LASTS + 1


def a_closed(scene: Scene) -> None:
    scene.house.does("close", "与本单位无关", incident=scene.house.incident, disposition="irrelevant")


def an_answered(scene: Scene) -> None:
    scene.house.does("office_answer", "电话告知已办", incident=scene.house.incident, office="jiuzhu", how="phone")


def a_returned_and_given_again(scene: Scene) -> None:
    scene.house.does("office_return", "电话退回", incident=scene.house.incident, office="jiuzhu", how="phone")
    scene.house.assigns()


LATE: list[tuple[Callable[[Scene], None], int, str, str]] = [
    (a_taken_back, 410, "已经收回", "typed"),
    (a_recalled, 410, "已经收回", "typed"),
    (a_complained_of, 410, "这个链接不能用", "typed"),
    (a_run_out, 410, "已经过期", "typed"),
    (a_closed, 200, "已经办结", "kept"),
    (an_answered, 200, "代为记录", "kept"),
    (a_returned_and_given_again, 200, "退回", "kept"),
]
"""What happened since the page was opened, how the link answers now, what it says, what becomes of what was typed."""


@pytest.mark.parametrize(("happens", "status", "says", "becomes"), LATE, ids=[case[0].__name__ for case in LATE])
def test_a_link_that_is_too_late_says_so_and_loses_nothing(
    scene: Scene, happens: Callable[[Scene], None], status: int, says: str, becomes: str
) -> None:
    """What was typed is a note beside the matter where that may be, and else stays on the page to be copied."""
    before = scene.page
    happens(scene)
    answer = scene.browser.get(f"/reply/{scene.secret}")
    assert (answer.status_code, says in answer.text) == (status, True)

    events = len(scene.house.types())
    late = sends(scene.browser, scene.secret, before, "answer", "我们已经上门看过")

    if becomes == "kept":
        assert late.status_code == 303
        assert scene.house.types()[events:] == ["commented"]
    else:
        assert "我们已经上门看过" in late.text
        assert len(scene.house.types()) == events


def test_nothing_of_the_matter_is_shown_once_it_is_not_the_offices(scene: Scene) -> None:
    """Taken back, complained about or run out: subject and request are gone from the page."""
    for happens in (a_recalled, a_run_out):
        happens(scene)
        assert "低保金" not in scene.page


def test_a_link_of_an_office_complained_about_answers_like_one_that_never_was(scene: Scene) -> None:
    """Nobody learns from it that there is a complaint; once a leader permits the office, it works again."""
    never = scene.browser.get(f"/reply/{'a' * 43}")
    a_complained_of(scene)
    now = scene.browser.get(f"/reply/{scene.secret}")

    assert (now.status_code, bare(now.text)) == (never.status_code, bare(never.text))
    scene.house.does(
        "leader_note", "可由该股说明情况", incident=scene.house.incident, permits=["jiuzhu"], by="leader-1"
    )
    assert "请核实青石镇低保金发放时间" in scene.page


def bare(page: str) -> str:
    """Return a page without the numbers drawn for it."""
    return re.sub(r"[A-Za-z0-9_-]{20,}", "", page)


@pytest.mark.parametrize(
    "guess", ["a" * 43, "a", "a" * 500, "..%2F..%2Fetc", "%E4%BA%91" * 5, "' or 1=1 --", "a" * 42 + "="]
)
def test_a_guessed_link_is_as_if_it_were_not_there(scene: Scene, guess: str) -> None:
    """Whatever its form, the answer is the same page with the same code."""
    first = scene.browser.get(f"/reply/{'b' * 43}")
    answer = scene.browser.get(f"/reply/{guess}")

    assert (answer.status_code, bare(answer.text)) == (first.status_code, bare(first.text)) or answer.status_code == 404


def test_whoever_guesses_on_is_turned_away_and_a_true_link_still_opens(scene: Scene) -> None:
    """After thirty wrong ones from one place the answer is 429; the office next door is not locked out."""
    answers = [scene.browser.get(f"/reply/{number:043d}").status_code for number in range(31)]

    assert set(answers[:30]) == {410}
    assert answers[30] == 429
    assert scene.browser.get(f"/reply/{scene.secret}").status_code == 200


@pytest.mark.parametrize("change", [{"token": "0" * 64}, {"token": ""}, {"act": "delete"}, {"key": ""}])
def test_a_form_that_is_not_the_pages_own_acts_on_nothing_and_keeps_the_text(
    scene: Scene, change: dict[str, str]
) -> None:
    """A page of another site knows the address at best, never the token."""
    data = {**hidden_of(scene.page, "answer"), "text": "已核实", **change}
    answer = scene.browser.post(f"/reply/{scene.secret}", data=data)

    assert answer.status_code == 403
    assert scene.house.types()[-1] == "office_assigned"
    assert "已核实" in answer.text or change == {"act": "delete"}


def test_the_token_of_one_link_opens_no_other(scene: Scene) -> None:
    """Two offices of one matter cannot answer for each other."""
    other = scene.house.assigns("qingshi")
    data = {**hidden_of(scene.page, "answer"), "text": "已核实"}

    assert scene.browser.post(f"/reply/{other}", data=data).status_code == 403


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (("a.pdf", b"%PDF-" + bytes(10_000_001), "application/pdf"), "10 MB"),
        (("a.exe", b"MZ\x90", "application/x-msdownload"), "格式"),
        (("a.pdf", b"not a pdf", "application/pdf"), "格式"),
        (("a.txt", "电话".encode(), "text/plain"), "格式"),
    ],
    ids=["too large", "a program", "another type", "plain text"],
)
def test_a_file_that_cannot_be_kept_is_refused_and_the_text_stays(scene: Scene, file: Any, says: str) -> None:
    """The same rules as for the desk's own attachments."""
    answer = sends(scene.browser, scene.secret, scene.page, "answer", "已核实", files=[("files", file)])

    assert answer.status_code == 422
    assert says in answer.text
    assert ">\n已核实</textarea>" in answer.text
    assert "附件请重新选择" in answer.text


def test_more_files_than_are_taken_are_counted_and_not_called_wrong(scene: Scene) -> None:
    """Whoever is told that the type is wrong changes types in vain."""
    answer = sends(scene.browser, scene.secret, scene.page, "answer", "已核实", files=[PDF] * 11)

    assert answer.status_code == 422
    assert "附件最多 10 个" in answer.text
    assert "格式不能用" not in answer.text


def test_a_text_that_is_no_text_is_escaped(scene: Scene) -> None:
    """What an office types is shown as it was typed, and never as a part of the page."""
    sends(scene.browser, scene.secret, scene.page, "answer", "<script>alert(1)</script>")

    assert "<script>" not in scene.page


def test_the_page_asks_for_no_cookie_and_gives_none(scene: Scene) -> None:
    """An office's browser keeps nothing; no other site can frame the page or read where it came from."""
    answer = scene.house.stranger().get(f"/reply/{scene.secret}")

    assert "set-cookie" not in answer.headers
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


def test_an_office_answers_also_where_the_owner_gave_the_matter_back(scene: Scene) -> None:
    """Nobody owns it at the moment; whoever alerts reach is told."""
    scene.house.does("unacknowledge", incident=scene.house.incident)
    assert sends(scene.browser, scene.secret, scene.page, "answer", "已核实").status_code == 303

    (notice,) = scene.house.stores.log.batches_of(UNIT, scene.house.incident)[-1].notices
    assert (notice.what, notice.to) == ("office_answered", "policy:alert")


def test_a_matter_that_may_not_be_quoted_is_told_by_line_and_request_alone(scene: Scene) -> None:
    """A letter's words stay with the roles that work it; the office reads what the desk asks."""
    house = scene.house
    house.says("来信：低保金迟发", group="g7", origin=Origin.LETTER, visibility=Visibility.INTERNAL)
    house.does("open", group="g7")
    house.incident = incident_id(UNIT, "g7")
    house.does("acknowledge", incident=house.incident)
    page = opened(scene.browser, house.assigns("jiuzhu", "请核实发放批次"))

    assert "来信" not in page
    assert "请核实发放批次" in page
