"""What a recipient reads: the matter and its figures; words of a post only where they may be quoted."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api import bootstrap
from api.notify.message import Composer
from api.notify.words import WHAT
from pipeline.domain.event import Notice
from pipeline.domain.post import Origin, Visibility
from pipeline.domain.quoting import may_quote
from pipeline.domain.send_policy import ROLLED_UP, SendPolicy
from pipeline.ports import Message, Send
from pipeline.workflow.notices import SendPractice
from tests.builders import MONDAY, UNIT, HeldClock, a_post

DOMAIN = Path(__file__).parents[3] / "pipeline" / "domain"
SAID = "养老院的饭菜是凉的"


@pytest.mark.parametrize(
    ("changes", "needs", "may"),
    [
        ({}, [False], True),
        ({"origin": Origin.MESSAGE}, [False, False], True),
        ({}, [None], False),
        ({}, [], False),
        ({}, [False, True], False),
        ({"origin": Origin.LETTER}, [False], False),
        ({"origin": Origin.HOTLINE}, [False], False),
        ({"visibility": Visibility.INTERNAL}, [False], False),
        ({"title": "救救孩子"}, [False], False),
    ],
)
def test_only_public_words_that_ask_no_help_and_name_no_child_may_be_quoted(
    changes: dict[str, Any], needs: list[bool | None], may: bool
) -> None:
    """What is not known counts as no."""
    assert may_quote(a_post(1, SAID, **changes), needs) is may


def composed(send: Send, policy: SendPolicy | None = None) -> Message:
    """Return the message of a send of an installation that knows nothing of its incident."""
    stores = bootstrap.memory_stores(HeldClock())
    practice = SendPractice(policy=policy or SendPolicy())
    return Composer(stores, lambda _unit: practice).compose(send, "zhiban@yunxi.example", True)


def a_send(notice: Notice) -> Send:
    return Send("s", UNIT, 1, 0, notice, "zhiban", "mail", "waiting", "", MONDAY)


def test_a_message_says_level_what_why_and_when_in_the_units_zone() -> None:
    """Also of an incident that is not found any more; a repeat is marked."""
    message = composed(a_send(Notice("opened", "grave", "policy:alert", "i7", 2, MONDAY)))

    assert message.subject == "（可能重复）【Ⅱ级 橙】新预警"
    assert message.lines == ("原因：重大情形", "事件编号：i7", "通知时间：11-23 10:13")
    assert (message.to, message.repeated, message.quoted) == ("zhiban@yunxi.example", True, ())


def test_a_reminder_says_what_is_due() -> None:
    """The notice names the clock, and whether it is over."""
    message = composed(a_send(Notice("overdue", "verify", "policy:escalation:1", "i7", 4, MONDAY)))

    assert message.subject == "（可能重复）【Ⅳ级 蓝】核实已逾期"


def test_a_roll_up_lists_each_notice_once_however_many_channels_it_had() -> None:
    """Forty are named and the others counted; no word of a post is in it."""
    stores = bootstrap.memory_stores(HeldClock())
    alert = a_send(Notice("opened", "grave", "policy:alert", "i", 3, MONDAY))
    twice = [(number, over) for number in range(45) for over in ("mail", "wecom")]
    sends = [replace(alert, id=f"s{number}/{over}", seq=number + 1, channel=over) for number, over in twice]
    stores.outbox.create(sends, {}, {send.id: "r" for send in sends})
    roll_up = replace(alert, id="r", seq=99, notice=Notice(ROLLED_UP, "gap", "account:zhiban", "", 3, MONDAY))
    message = Composer(stores, lambda _unit: SendPractice()).compose(roll_up, "z@yunxi.example", False)

    assert message.subject == "通知汇总：45 条"
    assert message.lines[0] == "以下 45 条停机期间到期，合并为一条："
    assert message.lines[1] == "1. 【Ⅲ级 黄】新预警"
    assert (len(message.lines), message.lines[-1]) == (42, "另有 5 条，请在待办中查看。")


def test_everything_that_the_domain_has_people_told_of_has_its_words() -> None:
    """A new notice without words would read as 通知."""
    texts = [path.read_text(encoding="utf-8") for path in DOMAIN.glob("*.py")]
    named = {what for text in texts for what in re.findall(r'(?:notice|told|Notice)\("(\w+)"', text)}

    assert {"reopened", "office_assigned"} < named
    assert named - WHAT.keys() == set()
