"""Mail, against a real SMTP server on loopback: what arrives, and how every answer is judged."""

import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from api.notify.mail import ANSWERS, Mail, MailServer, judged
from pipeline.domain.event import Notice
from pipeline.ports import Delivery, Message, Send
from tests.builders import MONDAY, UNIT, HeldClock
from tests.smtp_server import Mailbox, a_certificate, secured, smtp_server, takes

NOTICE = Notice("opened", "grave", "policy:alert", "i", 2, MONDAY)
SEND = Send("5e4d", UNIT, 1, 0, NOTICE, "zhiban", "mail", "waiting", "", MONDAY)
MESSAGE = Message("zhiban@yunxi.example", "【Ⅱ级 橙】新预警 · 柳湾镇 养老服务", ("帖文 3 条", ".下一时限：签收", "完"))


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A server that takes everything."""
    with smtp_server(Mailbox()) as running:
        yield running


def mail(mailbox: Mailbox, **changes: str | float) -> Mail:
    server = MailServer("localhost", mailbox.port, "huiyin@yunxi.example", security="none", timeout=3.0)
    return Mail(replace(server, **changes), HeldClock())  # type: ignore[arg-type]  # fields of MailServer


def test_a_letter_arrives_as_it_was_written(mailbox: Mailbox) -> None:
    """Chinese in subject and text, a line that begins with a dot, an id of the send; no machine shall answer."""
    assert mail(mailbox).deliver(SEND, MESSAGE) == Delivery("delivered", "250 OK")
    (letter,) = mailbox.letters

    assert (letter["Subject"], letter["To"]) == (MESSAGE.subject, "zhiban@yunxi.example")
    assert letter["From"] == "Huiyin 回音 <huiyin@yunxi.example>"
    assert letter.get_content().splitlines() == list(MESSAGE.lines)
    assert letter["Message-ID"] == "<5e4d@yunxi.example>"
    assert letter["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("450 try later", "retry"),
        ("550 no such mailbox", "permanent"),
        ("552 full", "retry"),
        ("554 refused", "permanent"),
        ("599 never heard of", "permanent"),
    ],
)
def test_the_answer_to_a_recipient_is_judged_by_the_table(mailbox: Mailbox, answer: str, outcome: str) -> None:
    """Nothing is counted as delivered, and what the server said is kept."""
    mailbox.recipient_says = answer

    assert mail(mailbox).deliver(SEND, MESSAGE) == Delivery(outcome, answer)
    assert mailbox.letters == []


def test_the_answer_to_the_letter_is_judged_by_the_table(mailbox: Mailbox) -> None:
    """The recipient was taken, the letter was not."""
    mailbox.data_says = "451 come again"

    assert mail(mailbox).deliver(SEND, MESSAGE).outcome == "retry"


def test_a_link_that_the_server_repeats_is_not_kept(mailbox: Mailbox) -> None:
    """Spam filters quote the address that they refuse; what is kept and logged of an answer must open nothing."""
    secret = "aZ_-" * 10 + "x3Q"
    mailbox.data_says = f"554 refused: https://huiyin.yunxi.example/reply/{secret} is listed"
    found = mail(mailbox).deliver(SEND, replace(MESSAGE, lines=(f"https://huiyin.yunxi.example/reply/{secret}",)))

    assert found == Delivery("permanent", "554 refused: https://huiyin.yunxi.example/reply/… is listed")


def test_an_answer_that_never_comes_is_neither_success_nor_failure(mailbox: Mailbox) -> None:
    """The server has the whole letter: it may arrive, so the next try must be marked."""
    mailbox.data_says = "silence"

    assert mail(mailbox).deliver(SEND, MESSAGE).outcome == "unclear"


def test_a_wrong_password_is_tried_again_and_never_shown(tmp_path: Path) -> None:
    """Somebody mends it within the day; over TLS, as a password wants it."""
    chain, context = a_certificate(tmp_path)
    with smtp_server(Mailbox(), **takes("huiyin", "right"), **secured(context)) as box:
        with_tls = {"security": "starttls", "ca_file": str(chain), "user": "huiyin"}
        wrong = mail(box, **with_tls, password="wrong-secret").deliver(SEND, MESSAGE)
        assert (wrong.outcome, wrong.detail[:3], "wrong-secret" in wrong.detail) == ("retry", "535", False)
        assert mail(box, **with_tls, password="right").deliver(SEND, MESSAGE).outcome == "delivered"

    assert len(box.letters) == 1


def test_a_certificate_that_nobody_knows_keeps_the_letter_here(tmp_path: Path) -> None:
    """Nothing is sent in the open instead."""
    _, context = a_certificate(tmp_path)
    with smtp_server(Mailbox(), **secured(context)) as box:
        delivery = mail(box, security="starttls").deliver(SEND, MESSAGE)

    assert (delivery.outcome, "no secure connection" in delivery.detail) == ("retry", True)
    assert box.letters == []


def test_a_server_without_starttls_gets_nothing(mailbox: Mailbox) -> None:
    """What the operator asked for is not left out in silence."""
    delivery = mail(mailbox, security="starttls").deliver(SEND, MESSAGE)

    assert (delivery.outcome, mailbox.letters) == ("retry", [])


def test_an_unreachable_server_raises_what_the_dispatcher_waits_for() -> None:
    """The dispatcher lets the channel rest, and tries again."""
    with pytest.raises(OSError, match="refused"):
        mail(Mailbox(port=1)).deliver(SEND, MESSAGE)


def test_a_server_that_says_nothing_costs_the_timeout_and_no_more() -> None:
    """It takes the connection and falls silent before any greeting."""
    with closing(socket.create_server(("127.0.0.1", 0))) as silent, pytest.raises(OSError, match="timed out"):
        mail(Mailbox(port=silent.getsockname()[1]), timeout=0.3).deliver(SEND, MESSAGE)


@pytest.mark.parametrize("to", ["", "zhiban", "值班@yunxi.example", "a@b@c", "a@yunxi.example\r\nBcc: x@y.example"])
def test_an_address_that_is_none_is_a_failure(mailbox: Mailbox, to: str) -> None:
    """The recipients' settings are to be mended; trying again would not help."""
    delivery = mail(mailbox).deliver(SEND, replace(MESSAGE, to=to))

    assert delivery.outcome == "permanent"
    assert mailbox.letters == []


def test_every_code_ends_in_one_of_three_and_only_two_hundreds_are_success() -> None:
    """Also those that nobody has heard of."""
    outcomes = {code: judged(code, b"said").outcome for code in range(100, 700)}

    assert {code for code, outcome in outcomes.items() if outcome == "delivered"} == set(range(200, 300))
    assert set(outcomes.values()) == {"delivered", "retry", "permanent"}
    assert set(ANSWERS.values()) == {"retry", "permanent"}
