"""Somebody writes what would make a mail program or a group's card do his will: it stays text, or is not there."""

from pathlib import Path

from pipeline.domain.post import Origin, RawPost
from tests.browser.county import HOSTILE
from tests.end_to_end.test_mail_before_erasure import told, with_mail
from tests.smtp_server import Mailbox, smtp_server

TITLE = "低保\u202e金\u001b[31m没\u0000发\r\nBcc: a@b.example\r\n\r\n<script>alert(1)</script>"
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
