"""A mail that quoted a post before its erasure is named in the receipt: it cannot be called back."""

from pathlib import Path

import tomli_w

from api import bootstrap
from api.cli.installation import Installation
from api.notify.channels import open_channels
from api.serving import dispatcher_of
from pipeline.domain.post import Origin, RawPost
from pipeline.workflow.erase import Wanted
from tests.end_to_end.kill_harness import install, installed
from tests.smtp_server import Mailbox, smtp_server

PUBLIC = "柳湾养老院的饭菜又是凉的，意见箱也没有人看，电话13900005678打了没人接，请民政局管一管"
LETTER = "我写信反映石桥乡敬老院的账目一直没有公开，请民政局查一查"
UNIT = "yunxi-mz"


def with_mail(folder: Path, port: int) -> Installation:
    """An installation whose duty staff is told by mail, of every level, at any hour."""
    config = install(folder)
    people = [{"account": "zhiban", "role": "duty", "channel": "mail", "to": "zhiban@yunxi.example"}]
    (folder / "settings" / "recipients.toml").write_bytes(tomli_w.dumps({"recipient": people}).encode())
    always = ["always"] * 4
    (folder / "settings" / "notices.toml").write_bytes(tomli_w.dumps({"alerts": always, "budget": 50}).encode())
    mail = f'\n[mail]\nhost = "localhost"\nport = {port}\nsecurity = "none"\nsender = "huiyin@yunxi.example"\n'
    config.write_text(config.read_text(encoding="utf-8") + mail, encoding="utf-8")
    return installed(config)


def told(here: Installation, *raws: RawPost) -> None:
    """The posts went through the whole thread, and whoever was to be told was told."""
    desk = bootstrap.open_desk(here.stores, here.settings)
    worker = bootstrap.open_worker(here.stores, here.settings, desk, bootstrap.open_classifier())
    bootstrap.open_door(here.folder, here.stores, here.settings).admit(raws)
    worker.load()
    while worker.step().read:
        pass
    channels = open_channels(here.config, here.stores.clock)
    dispatcher = dispatcher_of(here.stores, channels, bootstrap.send_practice_of(here.settings), desk)
    dispatcher.create_sends()
    dispatcher.attempt_due()


def test_the_receipt_names_the_mail_that_quoted_the_post(tmp_path: Path) -> None:
    """A real mail went to a real server; it carried masked words, and the attempt's row says of which post."""
    with smtp_server(Mailbox()) as box:
        here = with_mail(tmp_path, box.port)
        told(here, RawPost(source="board", text=PUBLIC, native_id="m1", origin=Origin.MESSAGE))
    (letter,) = box.letters
    (send,) = here.stores.outbox.sends(UNIT)
    (post,) = send.attempts[-1].quoted
    assert "柳湾养老院的饭菜又是凉的" in letter.get_content()
    assert "13900005678" not in str(letter)
    receipt = bootstrap.open_eraser(here.config, here.stores).erase(Wanted(posts=frozenset({post})))

    (named,) = receipt.mails_already_sent
    assert named.startswith("mail to zhiban at ")
    assert named.endswith(f"incident {send.notice.incident}, quoted an erased post")
    here.stores.close()


def test_an_internal_letter_is_told_of_and_never_quoted(tmp_path: Path) -> None:
    """Matter, level, count, due time and reason; the receipt still names what told of its matter."""
    with smtp_server(Mailbox()) as box:
        here = with_mail(tmp_path, box.port)
        told(here, RawPost(source="letters", text=LETTER, native_id="l1", origin=Origin.LETTER))
    (letter,) = box.letters
    (send,) = here.stores.outbox.sends(UNIT)
    words = letter.get_content()
    assert not any(LETTER[start : start + 6] in words for start in range(len(LETTER) - 5))
    assert "下一时限" in words
    assert send.attempts[-1].quoted == ()
    receipt = bootstrap.open_eraser(here.config, here.stores).erase(Wanted(incidents=frozenset({send.notice.incident})))

    (named,) = receipt.mails_already_sent
    assert named.endswith(f"incident {send.notice.incident}")
    here.stores.close()
