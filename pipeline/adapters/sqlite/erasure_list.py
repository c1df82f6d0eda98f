"""
What was erased, beside the backups: `erasure-list.jsonl`, ids and times only.

A backup that was made before an erasure still holds the text; whoever restores it erases again by this list.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis

from .manifest import sync_folders
from .refusals import refusing_files

NAME = "erasure-list.jsonl"


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erased thing. `kind`: post, memo or blob; `unit` is "" where the id alone names the thing."""

    kind: str
    id: str
    at: Millis
    unit: str = ""


def erasure_list_beside(backup: Path) -> Path:
    """Return where the erasure list of a backup lies: in the folder that holds the backups."""
    return backup.resolve().parent / NAME


def append_erasures(path: Path, erasures: Sequence[Erasure]) -> None:
    """The erasures stand at the end of the list, durable, all or none. An empty sequence makes the list exist."""
    lines = "".join(json.dumps(asdict(erasure), ensure_ascii=False) + "\n" for erasure in erasures).encode()
    with refusing_files(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        with path.open("ab") as file:
            end = _end_of_whole_lines(path)
            file.truncate(end)
            try:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.truncate(path, end)
                raise
        if is_new:
            sync_folders(path.parent)


def read_erasures(path: Path) -> Sequence[Erasure]:
    """
    Return the list in the order of erasure; raise BadInput where it is missing or a line cannot be read.

    A last line without an end was cut by a crash: its erasure was never reported as done, and it is left out.
    """
    if not path.is_file():
        sentence = f"{path}: the erasure list is not beside the backup, and without it erased texts would come back"
        raise BadInput(f"{sentence}; copy it here, or make an empty file if nothing was ever erased", code="INP-112")
    with refusing_files(path):
        lines = path.read_bytes().split(b"\n")[:-1]
    return [_erasure(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _end_of_whole_lines(path: Path) -> int:
    data = path.read_bytes()
    return data.rfind(b"\n") + 1


def _erasure(path: Path, number: int, line: bytes) -> Erasure:
    try:
        said = json.loads(line)
        return Erasure(str(said["kind"]), str(said["id"]), int(said["at"]), str(said.get("unit", "")))
    except (ValueError, KeyError, TypeError, AttributeError):
        sentence = f"{path}:{number}: this line names no erasure; mend it by hand, for what it names must stay erased"
        raise BadInput(sentence, code="INP-112") from None
