"""`huiyin digest`: the letter on the screen or in a file, and by hand into a real mailbox, once."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

import pytest
import tomli_w

from api.cli.digest import run
from pipeline.domain.errors import BadInput
from pipeline.domain.week import week_of
from tests.builders import UNIT
from tests.end_to_end.kill_harness import install, installed
from tests.smtp_server import Mailbox, smtp_server


def ask(config: Path, **changes: object) -> int:
    """Return how the verb ends."""
    values = {"unit": "", "week": "", "text": False, "out": "", "send": False, **changes}
    return run(argparse.Namespace(config=str(config), **values))


def with_mail(folder: Path, port: int) -> Path:
    """An installation that mails its digest to two leaders."""
    config = install(folder)
    people = [
        {"account": "juzhang", "role": "leader", "channel": "mail", "to": "juzhang@yunxi.example"},
        {"account": "fj", "role": "leader", "channel": "mail", "to": "fj@yunxi.example"},
    ]
    (folder / "settings" / "recipients.toml").write_bytes(tomli_w.dumps({"recipient": people}).encode())
    mail = f'\n[mail]\nhost = "localhost"\nport = {port}\nsecurity = "none"\nsender = "huiyin@yunxi.example"\n'
    config.write_text(config.read_text(encoding="utf-8") + mail, encoding="utf-8")
    return config


def this_week() -> str:
    return week_of(int(datetime.now(UTC).timestamp() * 1_000)).name


def last_week() -> str:
    return week_of(int(datetime.now(UTC).timestamp() * 1_000)).back(1).name


def test_a_unit_without_a_closed_week_sees_a_preview(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the running week, as plain text; no source is enabled, so nothing found means nothing."""
    assert ask(install(tmp_path), text=True) == 0
    said = capsys.readouterr().out
    assert said.startswith("云汐县民政局舆情周报")
    assert "预览" in said
    assert "没有启用的信源" in said
    assert "新增事件 未知" in said


def test_the_html_goes_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """To look at it, or to print it."""
    out = tmp_path / "digest.html"
    assert ask(install(tmp_path), out=str(out)) == 0
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert str(out) in capsys.readouterr().out


def test_sending_by_hand_reaches_every_recipient_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before its hour, as a letter in two forms; a second time it says that it was delivered, and sends nothing."""
    with smtp_server(Mailbox()) as box:
        config = with_mail(tmp_path, box.port)
        assert ask(config, send=True) == 0
        assert ask(config, send=True, week=last_week()) == 0
    assert sorted(letter["To"] for letter in box.letters) == ["fj@yunxi.example", "juzhang@yunxi.example"]
    assert {letter["Subject"] for letter in box.letters} == {
        f"云汐县民政局舆情周报 {last_week()[:4]}年第{int(last_week()[-2:])}周：没有待您决定的事项"
    }
    for letter in box.letters:
        plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
        assert letter.get_content_type() == "multipart/alternative"
        assert plain is not None
        assert "【五个数】" in plain.get_content()
        assert html is not None
        assert len(html.get_content().encode()) <= 100_000
    assert capsys.readouterr().out.count("已送达") == 4


def test_a_mail_server_that_refuses_is_a_failure_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the send waits for its next try."""
    with smtp_server(Mailbox(recipient_says="450 try later")) as box:
        config = with_mail(tmp_path, box.port)
        assert ask(config, send=True) == 1
    assert "450 try later" in capsys.readouterr().out
    here = installed(config)
    assert {send.state for send in here.stores.outbox.sends(UNIT)} == {"waiting"}


def test_where_another_process_keeps_the_time_it_is_asked_to_send(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two dispatchers at once could send twice."""
    with smtp_server(Mailbox()) as box:
        config = with_mail(tmp_path, box.port)
        here = installed(config)
        now = here.stores.clock.now()
        assert here.stores.records.take("schedule", "clock-1", now=now, until=now + 6_000) is not None
        assert ask(config, send=True) == 1
        assert box.letters == []
    assert "keeps the time here" in capsys.readouterr().out


def test_a_week_that_runs_still_is_not_sent_and_an_unknown_unit_is_refused(tmp_path: Path) -> None:
    """Each with what to do."""
    config = install(tmp_path)
    with pytest.raises(BadInput, match="INP-162"):
        ask(config, send=True, week=this_week())
    with pytest.raises(BadInput, match=r"yunxi-mz.*INP-161"):
        ask(config, unit="elsewhere")
