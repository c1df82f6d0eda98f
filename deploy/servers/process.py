"""One server's process: started apart from its starter, known by its number and its birth, stopped within a bound."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.servers.unable import Unable

STOP_SECONDS = 20.0
LAST_LINES = 15


@dataclass(frozen=True, slots=True)
class Process:
    """The process whose number stands in `folder/pid`; what it says goes to `folder/log`."""

    name: str
    folder: Path

    @property
    def log(self) -> Path:
        """What it says since its last start; of the start before that: `log.previous`."""
        return self.folder / "log"

    @property
    def pid(self) -> int | None:
        """Its number while it runs; None: it does not."""
        try:
            number, _, born = (self.folder / "pid").read_text(encoding="utf-8").partition(" ")
        except FileNotFoundError:
            return None
        if not number:
            return None
        with suppress(ChildProcessError):
            os.waitpid(int(number), os.WNOHANG)
        return int(number) if birth(int(number)) == born != "" else None

    def start(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """It runs, in a session of its own: it outlives its starter, and a terminal's Ctrl-C does not reach it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.log.exists():
            self.log.replace(self.folder / "log.previous")
        pid = spawn(command, self.log, environment)
        (self.folder / "pid").write_text(f"{pid} {birth(pid)}", encoding="utf-8")

    def send(self, number: signal.Signals) -> None:
        """The signal is sent, where it runs."""
        pid = self.pid
        if pid is not None:
            os.kill(pid, number)

    def wait_until_gone(self, seconds: float = STOP_SECONDS) -> bool:
        """Return whether it went within so many seconds."""
        return wait_until(lambda: self.pid is None, seconds)

    def kill(self) -> None:
        """It is gone, without a chance to tidy up."""
        self.send(signal.SIGKILL)
        if not self.wait_until_gone():
            raise Unable(
                "SRV-109", f"{self.name} (process {self.pid}) is still there after a kill; look at the machine"
            )

    def wait_until_ready(self, is_ready: Callable[[], bool], seconds: float) -> None:
        """
        It answers.

        Raises:
            Unable: it ended, or does not answer within so many seconds; its last log lines stand in the sentence.
        """
        if wait_until(lambda: is_ready() or self.pid is None, seconds) and self.pid is not None:
            return
        what = "ended while it started" if self.pid is None else f"was not ready within {seconds:.0f} s"
        raise Unable("SRV-107", f"{self.name} {what}. The end of {self.log}:\n{self.last_lines()}\n")

    def last_lines(self) -> str:
        """Return the end of its log."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(f"  | {line}" for line in text.splitlines()[-LAST_LINES:])


def spawn(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> int:
    """Return the number of a new process that keeps none of our files, terminal or pipes."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o644),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    known = os.environ if environment is None else environment
    return os.posix_spawn(command[0], list(command), known, file_actions=actions, setsid=True)


def birth(pid: int) -> str:
    """Return when a process was born, in its system's own words; empty: it is not there, or dead and not yet buried."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        # A process whose first thread is dead holds its ports until the others are: the 18th field counts them.
        return "" if fields[0] in "ZX" and int(fields[17]) <= 1 else fields[19]
    command = ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)]
    asked = subprocess.run(command, capture_output=True, text=True, timeout=STOP_SECONDS, check=False)
    letters, _, born = asked.stdout.strip().partition(" ")
    return "" if letters.startswith("Z") else born.strip()


def wait_until(is_so: Callable[[], bool], seconds: float, every: float = 0.05) -> bool:
    """Return whether it became so within so many seconds."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() >= deadline:
            return False
        time.sleep(every)
    return True
