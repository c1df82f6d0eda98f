"""
JSON Lines in and out. Bad lines go to stderr with their number and are counted; nothing after them is lost.

A line longer than LONGEST is a bad line: its bytes are skipped, never held. Long input shows its progress on stderr.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from pipeline.domain.errors import BadInput

LONGEST = 10 * 1024 * 1024 - 1
"""Bytes of one line. A post has some hundred; a line of 10 MB is a mistake."""

SHOW_EVERY_SECONDS = 2.0


@dataclass(slots=True)
class Lines:
    """The rows of a file; `read` and `bad` count what came. `seconds` is the clock by which progress is shown."""

    name: str
    complaints: TextIO = field(default_factory=lambda: sys.stderr)
    seconds: Callable[[], float] = time.monotonic
    read: int = 0
    bad: int = 0
    _shown_at: float = field(init=False)

    def __post_init__(self) -> None:
        """Progress is shown when some time has passed from now on."""
        self._shown_at = self.seconds()

    @property
    def exit_code(self) -> int:
        """0 all read, 1 some bad, 2 nothing done."""
        if self.bad:
            return 1 if self.read else 2
        return 0

    def rows(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Yield (line number, object) of every good line."""
        with ExitStack() as stack:
            for number, line in enumerate(_lines(self._open(stack)), start=1):
                self._show(number)
                row = self._row(number, line)
                if row is not None:
                    yield number, row

    def refuse(self, number: int, why: object) -> None:
        """The line counts as bad, and its reader is told."""
        self.bad += 1
        print(f"{self.name}:{number}: {why}", file=self.complaints)

    def _open(self, stack: ExitStack) -> BinaryIO:
        if self.name == "-":
            self.name = "stdin"
            return sys.stdin.buffer
        try:
            return stack.enter_context(Path(self.name).open("rb"))
        except OSError as cause:
            raise BadInput(f"{self.name}: cannot be read ({cause.strerror}); name a file, or - for stdin") from cause

    def _row(self, number: int, line: bytes | None) -> Mapping[str, Any] | None:
        if line is None:
            self.refuse(number, f"longer than {LONGEST:,} bytes; the line was skipped [INP-104]")
            return None
        if not line.strip():
            return None
        try:
            row = json.loads(line.decode("utf-8"))
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as cause:
            self.refuse(number, f"no JSON object in UTF-8 ({cause}) [INP-101]")
            return None
        if not isinstance(row, dict):
            self.refuse(number, f"expected an object, got {type(row).__name__} [INP-102]")
            return None
        self.read += 1
        return row

    def _show(self, number: int) -> None:
        now = self.seconds()
        if now - self._shown_at > SHOW_EVERY_SECONDS:
            self._shown_at = now
            print(f"{self.name}: {number:,} lines, {self.bad} bad", file=self.complaints)


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Yield lines; None stands for one that is too long, whose rest is skipped without being held."""
    while line := file.readline(LONGEST + 1):
        if len(line) <= LONGEST or line.endswith(b"\n"):
            yield line
            continue
        while (rest := file.readline(LONGEST)) and not rest.endswith(b"\n"):
            pass
        yield None


def print_rows(lines: Lines, convert: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> int:
    """Print what each row becomes; a row that cannot be converted is a bad line. Returns the exit code."""
    for number, row in lines.rows():
        try:
            print(json.dumps(convert(row), ensure_ascii=False))
        except BadInput as refusal:
            lines.read -= 1
            lines.refuse(number, refusal)
    return lines.exit_code
