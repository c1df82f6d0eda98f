"""Mail to offices: who gets it, what it says, when it is moot, and that nothing of it ends in silence."""

import json

import pytest

from api.offices.links import LASTS, REPLY_LINK, ReplyLink, ReplyLinks
from pipeline.domain.incident_command import Escalate
from pipeline.domain.post import Origin, Visibility
from tests.builders import HOUR
from tests.http_house import UNIT
from tests.office_house import JIUZHU, QINGSHI, REQUEST, SITE, OfficeHouse, PostOffice, link_in, opened

DAY = 24 * HOUR


@pytest.fixture
def house() -> OfficeHouse:
    """A matter that can be given to an office."""
    return OfficeHouse()


def test_an_assignment_goes_out_as_mail_with_a_link_that_opens(house: OfficeHouse) -> None:
    """To the liaison's mailbox, in the same batch's wake; the link shows the assignment."""
    house.assigns()
    post = PostOffice(house)
    post.beats()

    (letter,) = post.got()
    assert letter.to == "neiqin@yunxi.example"
    assert letter.subject.startswith("【交办】社会救助　编号 ")
    text = "\n".join(letter.lines)
    assert REQUEST in text
    assert "云汐县民政局" in text
    assert f'href="{SITE}/reply/' in letter.html
    assert REQUEST in opened(house.stranger(), link_in(letter))


@pytest.mark.parametrize(
    ("changes", "to"),
    [
        ({"absent_until": "2026-11-30"}, "jingban@yunxi.example"),
        ({"absent_until": "2026-11-22"}, "neiqin@yunxi.example"),
        ({"absent_until": "2026-11-30", "deputy": {"post": "救助股经办"}}, "jiuzhu@yunxi.example"),
    ],
)
def test_an_absent_liaison_falls_to_the_deputy_then_to_the_office(changes: dict[str, object], to: str) -> None:
    """Who is written to is found when the mail is sent, and whoever stands in is told why he gets it."""
    house = OfficeHouse(JIUZHU | changes, QINGSHI)
    house.assigns()
    post = PostOffice(house)
    post.beats()

    (letter,) = post.got()
    assert letter.to == to
    assert ("联络员不在岗" in "\n".join(letter.lines)) == (to != "neiqin@yunxi.example")


def test_an_office_without_a_mailbox_stands_on_the_desk_as_paper(house: OfficeHouse) -> None:
    """Never to nobody: the notice ends as a form to be printed, said on the page of the matter, before and after."""
    house.assigns("qingshi")
    page = f"/u/{UNIT}/incidents/{house.incident}"
    assert "待打印交办单" in house.browser("duty-1").get(page).text
    post = PostOffice(house)
    post.beats()

    assert post.states() == [("office_assigned", "queued", "to_print")]
    assert "待打印交办单" in house.browser("duty-1").get(page).text
    house.does("office_receive", incident=house.incident, office="qingshi", how="in_person")
    assert f"{page}/assignments/qingshi/print" in house.browser("duty-1").get(page).text


def test_without_a_public_address_the_mail_has_no_link_and_asks_for_a_call(house: OfficeHouse) -> None:
    """Nobody outside can open a page of this machine alone; the desk is told so."""
    house.assigns()
    post = PostOffice(house, site="")
    post.beats()

    text = "\n".join(post.got()[0].lines)
    assert "/reply/" not in text
    assert "请电话向云汐县民政局反馈" in text
    assert house.stores.records.list(REPLY_LINK, "")[1:] == []  # the one that the house made itself
    page = house.browser("duty-1").get(f"/u/{UNIT}/incidents/{house.incident}").text
    assert "没有办理链接" in page


def test_a_mail_that_is_tried_again_carries_the_same_link(house: OfficeHouse) -> None:
    """The secret is made from what it is for, not drawn; the repeat is marked and opens the same page."""
    house.assigns()
    post = PostOffice(house)
    post.dispatcher.create_sends()
    (send,) = [one for one in house.stores.outbox.sends(UNIT) if one.recipient == "office:jiuzhu"]
    first, again = (post.letters.message(send, "a@b.example", repeated) for repeated in (False, True))

    assert link_in(first) == link_in(again) != ""
    assert again.subject.startswith("（可能重复）")


def test_what_is_stored_of_a_link_opens_nothing(house: OfficeHouse) -> None:
    """A backup holds hashes and ids, no secret and no key."""
    secret = house.assigns()
    (record,) = house.stores.records.list(REPLY_LINK, "")

    assert secret not in record.key + record.value
    assert set(json.loads(record.value)) == {"unit", "incident", "office", "seq", "until"}
    assert house.stranger().get(f"/reply/{record.key[:43]}").status_code == 410


def test_a_link_lives_on_with_each_mail_and_is_forgotten_long_after(house: OfficeHouse) -> None:
    """催办 lengthens it; half a year after its end nothing of it is kept."""
    links = ReplyLinks(house.stores.records, house.clock)
    links.keep("s" * 43, ReplyLink(UNIT, "i", "o", 1, house.clock.at + 1))
    links.keep("s" * 43, ReplyLink(UNIT, "i", "o", 1, house.clock.at + LASTS))
    found = links.find("s" * 43)
    assert found is not None
    assert found.until == house.clock.at + LASTS
    assert links.forget_ended() == 0
    house.clock.at += LASTS + 181 * DAY
    assert links.forget_ended() == 1


def test_an_assignment_that_was_taken_back_before_its_mail_went_out_sends_none(house: OfficeHouse) -> None:
    """Neither it nor its correction: nobody was told anything."""
    house.assigns()
    house.does("undo", incident=house.incident)
    post = PostOffice(house)
    post.beats()

    assert post.got() == []
    assert post.states() == [("office_assigned", "dropped", "withdrawn"), ("undone", "dropped", "withdrawn")]


@pytest.mark.parametrize(("command", "head"), [("undo", "【更正】"), ("recall_office", "【交办收回】")])
def test_an_office_that_was_told_is_told_that_it_was_taken_back(house: OfficeHouse, command: str, head: str) -> None:
    """What was sent stays sent and gets a correction (W.4); the link in the first mail no longer works."""
    house.assigns()
    post = PostOffice(house)
    post.beats()
    own = {"office": "jiuzhu"} if command == "recall_office" else {}
    house.does(command, incident=house.incident, **own)
    post.beats()

    first, second = post.got()
    assert second.subject.startswith(head)
    assert link_in(second) == ""
    assert house.stranger().get(f"/reply/{link_in(first)}").status_code == 410


def test_an_answer_by_phone_stops_what_was_still_to_be_sent(house: OfficeHouse) -> None:
    """A reminder of what is done already is no reminder."""
    house.assigns()
    house.does("chase", "请尽快", incident=house.incident, office="jiuzhu")
    house.does("office_answer", "电话告知已补发", incident=house.incident, office="jiuzhu", how="phone")
    post = PostOffice(house)
    post.beats()

    assert {state for _, state, _ in post.states()} == {"dropped"}


def test_an_office_complained_about_gets_no_mail(house: OfficeHouse) -> None:
    """Also where it was given the matter before the claim named it."""
    house.assigns()
    house.does("record_claim", "反映该股推诿", incident=house.incident, offices=["jiuzhu"])
    post = PostOffice(house)
    post.beats()

    assert post.got() == []
    assert post.states() == [("office_assigned", "queued", "staff_conduct")]
    assert "回避" in house.browser("duty-1").get(f"/u/{UNIT}/incidents/{house.incident}").text


def test_the_office_is_reminded_before_the_time_and_chased_after_it(house: OfficeHouse) -> None:
    """When half of the time is gone, at its end, and later; by the same way, in working hours, with the same link."""
    house.assigns()
    task, post = house.task, PostOffice(house)
    post.beats()
    for at in (task.reminds_at + HOUR, task.reminds_at + 11 * HOUR, task.due_at + 4 * HOUR, task.due_at + 28 * HOUR):
        house.clock.at = at
        post.beats(remind=True)

    heads = [letter.subject.partition("】")[0] for letter in post.got()]
    assert heads == ["【交办", "【办理提醒", "【逾期催办", "【逾期催办"]
    assert len({link_in(letter) for letter in post.got()}) == 1


def test_a_reminder_that_waited_over_a_weekend_is_not_told_after_the_end(house: OfficeHouse) -> None:
    """What is overdue is told as overdue, once."""
    house.assigns()
    task, post = house.task, PostOffice(house)
    post.beats()
    for at in (task.reminds_at + HOUR, task.due_at + 4 * HOUR):
        house.clock.at = at
        post.beats(remind=True)

    assert [letter.subject.partition("】")[0] for letter in post.got()] == ["【交办", "【逾期催办"]


def test_a_reminder_of_anything_else_does_not_reach_an_office(house: OfficeHouse) -> None:
    """The desk's own clocks are the desk's."""
    house.assigns()
    reply = next(
        clock for clock in house.service.desk.state(UNIT).incidents[house.incident].clocks if clock.kind == "reply"
    )
    batch = house.service.desk.execute(
        UNIT,
        Escalate(
            command_id="e", actor="clock:reply", incident=house.incident, kind="reply", step=1, due_at=reply.due_at
        ),
        roles=frozenset(),
    )
    assert [notice.to for notice in batch.notices] == ["policy:escalation:1"]


def test_chasing_sends_a_mail_with_what_the_desk_adds(house: OfficeHouse) -> None:
    """催办 by a person says why."""
    house.assigns()
    post = PostOffice(house)
    post.beats()
    house.does("chase", "群众今天又来电", incident=house.incident, office="jiuzhu")
    post.beats()

    letter = post.got()[-1]
    assert letter.subject.startswith("【催办】")
    assert "群众今天又来电" in "\n".join(letter.lines)


def test_of_a_matter_that_may_not_be_quoted_the_mail_says_number_and_line_alone(house: OfficeHouse) -> None:
    """A letter's words and what the desk asks about it stand behind the link, not in a mailbox."""
    house.says("来信：低保金迟发", group="g7", origin=Origin.LETTER, visibility=Visibility.INTERNAL)
    house.incident = house.does("open", group="g7").incident or ""
    house.does("acknowledge", incident=house.incident)
    house.assigns("jiuzhu", "来信人住柳湾村，请入户")
    post = PostOffice(house)
    post.beats()

    text = "\n".join(post.got()[0].lines)
    assert "柳湾村" not in text
    assert "来信" not in text
    assert "柳湾村" in opened(house.stranger(), link_in(post.got()[0]))


def test_offices_are_never_told_in_a_roll_up(house: OfficeHouse) -> None:
    """Nine assignments on a day are nine mails: each carries its own link."""
    for number in range(9):
        house.incident = house.opens(f"云汐县低保金第{number}批没有发", group=f"h{number}")
        house.does("acknowledge", incident=house.incident)
        house.assigns()
    post = PostOffice(house)
    post.beats()

    assert len(post.got()) == 9
    assert len({link_in(letter) for letter in post.got()}) == 9


def test_without_a_mail_channel_everything_is_paper(house: OfficeHouse) -> None:
    """A machine that sends no mail at all says so at each assignment."""
    house.assigns()
    post = PostOffice(house)
    post.dispatcher.channels = {}
    post.beats()

    assert post.states() == [("office_assigned", "queued", "to_print")]


def test_what_offices_owe_stands_in_one_list_paper_first(house: OfficeHouse) -> None:
    """With how its mail fares; what was answered is gone from it."""
    house.assigns()
    house.assigns("qingshi")
    PostOffice(house).beats()
    at = f"/u/{UNIT}/assignments"
    page = house.browser("duty-1").get(at).text

    assert "共 2 件等承办单位反馈，其中 1 件要打印" in page
    assert page.index("青石镇民政办") < page.index("社会救助股")
    house.does("office_answer", "已办", incident=house.incident, office="qingshi", how="visit")
    assert "青石镇民政办" not in house.browser("duty-1").get(at).text
