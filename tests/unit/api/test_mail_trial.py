"""A letter as a trial, against real servers on loopback: each end is told apart, with the server's own line."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from api.notify.mail import MailServer
from api.notify.mail_trial import Trial, try_mail
from tests.builders import MONDAY
from tests.smtp_server import Mailbox, a_certificate, secured, smtp_server, takes

TO, TEXT = "wangmin@yunxi.example", ("回音 测试邮件", "这是回音发出的测试邮件。")
SERVER = MailServer("localhost", 1, "huiyin@yunxi.example", security="none", timeout=3.0)


def tried(port: int, **changes: object) -> Trial:
    return try_mail(replace(SERVER, port=port, **changes), TO, TEXT, MONDAY)  # type: ignore[arg-type]  # fields of it


@contextmanager
def answering(said: bytes) -> Iterator[int]:
    """Something listens that is no mail server and says this, or nothing."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            line, _ = door.accept()
            with line:
                line.sendall(said)
                line.recv(1)

        threading.Thread(target=serve, daemon=True).start()
        yield door.getsockname()[1]


def test_what_is_taken_over_says_the_servers_own_line() -> None:
    """And the letter is there."""
    with smtp_server(Mailbox(data_says="250 queued as 7A")) as box:
        assert tried(box.port) == Trial("taken", "250 queued as 7A")
        assert (box.letters[0]["Subject"], box.letters[0]["To"]) == (TEXT[0], TO)


def test_a_wrong_password_is_told_with_the_code(tmp_path: Path) -> None:
    """So that the officer can ask for the right one."""
    chain, context = a_certificate(tmp_path)
    with smtp_server(Mailbox(), **takes("huiyin", "right"), **secured(context)) as box:
        found = tried(box.port, security="starttls", ca_file=str(chain), user="huiyin", password="wrong")

    assert found.outcome == "login"
    assert found.said.startswith("535 ")
    assert "wrong" not in found.said


@pytest.mark.parametrize(("says", "outcome"), [("550 no such mailbox", "recipient"), ("554 policy", "recipient")])
def test_a_refused_recipient_is_told_as_one(says: str, outcome: str) -> None:
    """Word by word."""
    with smtp_server(Mailbox(recipient_says=says)) as box:
        assert tried(box.port) == Trial(outcome, says)


def test_a_refused_letter_is_told_as_one() -> None:
    """After the whole message."""
    with smtp_server(Mailbox(data_says="554 looks like junk")) as box:
        assert tried(box.port) == Trial("content", "554 looks like junk")


def test_an_unknown_certificate_is_told_apart_from_a_wrong_port(tmp_path: Path) -> None:
    """The unit's own certificate is unknown until the operator names it; plain text behind TLS is a wrong port."""
    _, context = a_certificate(tmp_path)
    with smtp_server(Mailbox(), **secured(context)) as box:
        assert tried(box.port, security="starttls").outcome == "certificate"
        assert tried(box.port, security="tls").outcome == "no_tls"
    with smtp_server(Mailbox()) as box:
        assert tried(box.port, security="starttls").outcome == "no_tls"


def test_a_certificate_for_another_name_is_told_as_one(tmp_path: Path) -> None:
    """It is believed, and belongs to somebody else."""
    chain, context = a_certificate(tmp_path, "mail.linxi.example")
    with smtp_server(Mailbox(), **secured(context)) as box:
        assert tried(box.port, security="starttls", ca_file=str(chain)).outcome == "other_name"


def test_a_door_that_is_shut_a_name_that_is_not_there_and_a_silent_one() -> None:
    """No route to a conversation, each with its own next step."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        shut = door.getsockname()[1]
    assert tried(shut).outcome == "refused"
    assert tried(1, host="mail.yunxi.invalid").outcome == "no_name"
    with socket.create_server(("127.0.0.1", 0)) as door:
        assert tried(door.getsockname()[1], timeout=0.2).outcome == "silent"


def test_what_is_no_mail_server_shows_nothing_of_itself() -> None:
    """A form for mail is no way to read what answers at a port."""
    with answering(b"HTTP/1.1 400 Bad Request\r\nserver: inner\r\n\r\n") as port:
        found = tried(port)

    assert found.outcome == "not_mail"
    assert "inner" not in found.said


def test_a_server_that_trickles_is_cut_off_as_a_whole() -> None:
    """Each byte comes in time, the answer never does."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        found = try_mail(replace(SERVER, port=door.getsockname()[1]), TO, TEXT, MONDAY, patience=0.2)

    assert found == Trial("silent")


def test_a_line_that_would_turn_the_page_around_is_made_plain() -> None:
    """Control characters of a server become blanks, and a long line ends."""
    with smtp_server(Mailbox(recipient_says="550 no\u202e\x07" + "x" * 500)) as box:
        said = tried(box.port).said

    assert said.isprintable()
    assert len(said) <= 160
