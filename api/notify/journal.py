"""The journal: a file that gets one JSON line per notice, for offices that feed another system from it."""

import json
import os
from pathlib import Path
from typing import BinaryIO

from pipeline.ports import Delivery, Message, Send


class Journal:
    """Appends and syncs one line per send; a line that stands in the file is a delivery."""

    name = "journal"
    per_minute = 0

    def __init__(self, path: Path) -> None:
        self._path = path

    def deliver(self, send: Send, message: Message) -> Delivery:
        """The line is on disk, with codes for a program to read; whether it is repeated is written into it."""
        line = json.dumps(
            {
                "send": send.id,
                "unit": send.unit,
                "incident": send.notice.incident,
                "level": send.notice.level,
                "what": send.notice.what,
                "why": send.notice.why,
                "to": send.recipient,
                "at": send.notice.at,
                "repeated": message.repeated,
            },
            ensure_ascii=False,
            sort_keys=True,
        )
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            if _ends_in_the_middle_of_a_line(file):
                file.write(b"\n")
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return Delivery("delivered", "written")


def _ends_in_the_middle_of_a_line(file: BinaryIO) -> bool:
    """Whether the last writer was cut off; what follows must not be spoiled by it."""
    if not file.seek(0, os.SEEK_END):
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"
