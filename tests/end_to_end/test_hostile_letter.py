"""Somebody writes what would make a mail program or a group's card do his will: it stays text, or is not there."""

from dataclasses import replace
from pathlib import Path

from api import bootstrap
from api.notify.message import Composer
from api.notify.wecom import content_of
from pipeline.domain.post import Origin, RawPost
from tests.browser.county import HOSTILE
from tests.end_to_end.test_mail_before_erasure import told, with_mail
from tests.smtp_server import Mailbox, smtp_server

TITLE = "低保\u202e金\u001b[31m没\u0000发\r\nBcc: a@b.example\r\n\r\n<script>alert(1)</script>"
UNIT = "yunxi-mz"
SAID = f"民政局的低保 {HOSTILE}"
BIDI_AND_CONTROLS = {
    *map(chr, range(9)),
    "\u001b",
    "\u202a",
    "\u202b",
    "\u202d",
    "\u202e",
    "\u2066",
    "\u2067",
    "\u2069",
}


def test_a_hostile_post_is_text_in_the_letter_of_an_alert(tmp_path: Path) -> None:
    """No header, recipient or part of its own; nothing that turns words around; no markup that a program would obey."""
    with smtp_server(Mailbox()) as box:
        here = with_mail(tmp_path, box.port)
        told(
            here,
            RawPost(source="board", text=f"民政局的低保 {HOSTILE}", title=TITLE, native_id="m1", origin=Origin.MESSAGE),
        )
        here.stores.close()
    (letter,) = box.letters
    parts = [part for part in letter.walk() if not part.is_multipart()]
    words = "".join(str(part.get_content()) for part in parts)

    assert letter["to"] == "zhiban@yunxi.example"
    assert letter["bcc"] is None
    assert {part.get_content_type() for part in parts} == {"text/plain"}
    assert "<script>" in words
    assert not BIDI_AND_CONTROLS & set(words + str(letter["subject"]))


def test_a_hostile_post_is_not_in_the_card_of_a_group(tmp_path: Path) -> None:
    """A card holds codes, counts, times and words of ours; none of a post's."""
    with smtp_server(Mailbox()) as box:
        here = with_mail(tmp_path, box.port)
        told(here, RawPost(source="board", text=SAID, title=TITLE, native_id="m1", origin=Origin.MESSAGE))
    (send,) = here.stores.outbox.sends(UNIT)
    composer = Composer(here.stores, bootstrap.send_practice_of(here.settings))
    card = content_of(composer.compose(replace(send, channel="wecom"), "", repeated=False))
    here.stores.close()

    assert "新预警" in card
    assert "script" not in card
    assert "低保金" not in card
