"""Channels of the operator's file: which are given, and what is wrong with them and with those who use others."""

from pathlib import Path

import pytest

from api.config import Config, Mail, Notify, Webhook, Wecom
from api.notify.channels import channel_problems, given_channels, open_channels, recipient_problems
from pipeline.domain.errors import BadInput
from pipeline.domain.unit_settings import Recipient
from tests.builders import HeldClock

MAIL = Mail(host="smtp.yunxi.example", sender="huiyin@yunxi.example")


def test_a_file_without_sections_gives_no_channel() -> None:
    """Nothing is set up, so nothing is wrong with it."""
    assert (list(given_channels(Config())), list(channel_problems(Config()))) == ([], [])
    assert list(open_channels(Config(), HeldClock())) == []


def test_every_filled_section_is_a_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets come from a file or from the environment."""
    (tmp_path / "secret").write_text("s3cret\n", encoding="utf-8")
    monkeypatch.setenv("HUIYIN_WECOM_KEY", "k-1")
    config = Config(
        notify=Notify(journal=str(tmp_path / "journal.jsonl")),
        mail=MAIL,
        webhook=Webhook(url="https://oa.yunxi.example/hook", secret_file=str(tmp_path / "secret")),
        wecom=Wecom(url="https://robot.yunxi.example/send"),
    )

    assert [channel.name for channel in open_channels(config, HeldClock())] == ["journal", "mail", "webhook", "wecom"]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (Config(mail=Mail(host="smtp.yunxi.example", sender="huiyin")), r"\[mail\] sender: expected an address"),
        (Config(mail=MAIL.model_copy(update={"security": "none"})), "on this machine only"),
        (Config(mail=MAIL.model_copy(update={"user": "huiyin"})), "set HUIYIN_MAIL_PASSWORD"),
        (Config(mail=MAIL.model_copy(update={"password_file": "/nowhere"})), "cannot be read"),
        (Config(mail=MAIL.model_copy(update={"ca_file": "/nowhere"})), "name a PEM file"),
        (Config(webhook=Webhook(url="http://oa.yunxi.example/hook")), "begins with https"),
        (Config(webhook=Webhook(url="https://oa.yunxi.example/hook")), "set HUIYIN_WEBHOOK_SECRET"),
        (Config(wecom=Wecom(url="https://robot.yunxi.example/send?key=k")), "without the key"),
    ],
)
def test_a_bad_section_is_named_before_anything_starts(
    config: Config, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with what is expected instead."""
    for variable in ("HUIYIN_MAIL_PASSWORD", "HUIYIN_WEBHOOK_SECRET", "HUIYIN_WECOM_KEY"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(BadInput, match=said):
        open_channels(config, HeldClock())


def test_a_recipient_whom_no_channel_reaches_is_named() -> None:
    """An unknown channel, one that is not set up, and a mail without an address."""
    people = [
        Recipient("a", "duty", "pigeon"),
        Recipient("b", "duty", "wecom"),
        Recipient("c", "duty", "mail", "nobody"),
        Recipient("d", "duty", "mail", "d@yunxi.example"),
    ]
    said = list(recipient_problems(people, Config(mail=MAIL)))

    assert [sentence.partition(":")[0][-2] for sentence in said] == ["a", "b", "c"]
    assert "no such channel 'pigeon'; known: journal, mail, webhook, wecom" in said[0]
    assert "fill in [wecom]" in said[1]
