"""The journal: a file that gets one JSON line per notice, for offices that feed another system from it."""

import json
import os
from pathlib import Path

from pipeline.ports import Delivery, Send


class Journal:
    """Appends and syncs one line per send; a line that stands in the file is a delivery."""

    name = "journal"

    def __init__(self, path: Path) -> None:
        self._path = path

    def deliver(self, send: Send, *, repeated: bool) -> Delivery:
        """The line is on disk; `repeated` is written into it."""
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
                "repeated": repeated,
            },
            ensure_ascii=False,
            sort_keys=True,
        )
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
        return Delivery("delivered", "written")
