"""
For each platform and Python: does everything in a lock file have a wheel there, with the hash that the lock names?

    python bench/lock_platforms.py [--lock requirements/run.txt]

Resolves with `uv pip install --dry-run --only-binary :all: --require-hashes`; installs nothing. What has no wheel is
named and resolved from source, which needs that package's own compiler there. Exit 0: wheels everywhere. 1: somewhere
a package has no wheel, or does not resolve at all. 2: nothing was resolved, because uv or the package index is away.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLATFORMS = {
    "Linux x86-64": "x86_64-unknown-linux-gnu",
    "Linux aarch64": "aarch64-unknown-linux-gnu",
    "Windows x86-64": "x86_64-pc-windows-msvc",
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
_NO_WHEEL = re.compile(r"([A-Za-z0-9._-]+)==\S+ has no (?:usable wheels|wheels with a matching)")
_AWAY = re.compile(
    r"(?i)failed to fetch|could not connect|dns error|error sending request|network connectivity|not found in the cache"
)


def uv() -> str | None:
    """Return the uv that stands beside this Python, or on the path."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def resolve(program: str, lock: Path, platform: str, python: str) -> tuple[int | None, list[str], str]:
    """Return how many packages would be installed (None: it does not resolve), which from source, and what uv said."""
    from_source: list[str] = []
    with tempfile.TemporaryDirectory() as target:
        while True:
            command = [program, "pip", "install", "--dry-run", "--require-hashes", "--only-binary", ":all:"]
            command += [part for name in from_source for part in ("--no-binary", name)]
            command += ["--python-platform", platform, "--python-version", python, "--target", target, "-r", str(lock)]
            said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stderr
            found = re.search(r"Would install (\d+) packages", said)
            if found:
                return int(found[1]), from_source, said
            lacks = _NO_WHEEL.search(said)
            if lacks is None or lacks[1] in from_source:
                return None, from_source, said
            from_source.append(lacks[1])


def main() -> int:
    """Print a line per platform and Python."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lock", type=Path, default=ROOT / "requirements" / "run.txt")
    options = parser.parse_args()
    program = uv()
    if program is None:
        print("nothing was resolved: uv is neither beside this Python nor on the path")
        return 2
    without = 0
    for name, platform in PLATFORMS.items():
        for python in PYTHONS:
            count, from_source, said = resolve(program, options.lock.resolve(), platform, python)
            if count is None and _AWAY.search(said):
                print("nothing was resolved: the package index is away")
                return 2
            without += count is None or bool(from_source)
            told = f"no wheel: {', '.join(from_source)}" if from_source else "a wheel for each"
            print(
                f"{name:<15} Python {python:<5} {f'{count} packages, {told}' if count else f'MISSED: {said.strip()}'}"
            )
    return int(without > 0)


if __name__ == "__main__":
    sys.exit(main())
