"""The journal: one line per notice, whole, whatever was cut off before."""

import json
from pathlib import Path

from api.notify.journal import Journal
from pipeline.domain.event import Notice
from pipeline.ports import Message, Send
from tests.builders import MONDAY, UNIT

NOTICE = Notice("opened", "grave", "policy:alert", "i", 1, MONDAY)
SEND = Send("s", UNIT, 1, 0, NOTICE, "zhiban", "journal", "waiting", "", MONDAY)


def test_a_line_that_was_cut_off_does_not_spoil_the_next(tmp_path: Path) -> None:
    """The machine went down in the middle of a line; what comes after stands in a line of its own."""
    path = tmp_path / "journal.jsonl"
    path.write_text('{"send": "half', encoding="utf-8")
    Journal(path).deliver(SEND, Message("", "", repeated=True))
    Journal(path).deliver(SEND, Message("", ""))
    _, second, third = path.read_text(encoding="utf-8").splitlines()

    assert [json.loads(line)["repeated"] for line in (second, third)] == [True, False]
