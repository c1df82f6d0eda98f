"""
The figures of the README, each with its goal, printed by one command on this machine.

    python bench/figures.py [--quick] [--search-posts N]

`--quick` leaves out what takes minutes (installation size, search at full size, the first alert of the demo).
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HELP_RUNS = 11
ENTRY = "from api.cli import main; raise SystemExit(main())"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--search-posts", type=int, default=1_000_000)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    say("`--help`, median", f"{help_milliseconds():.0f} ms", "<= 250 ms")
    say("import contracts kept", contracts(), ">= 12")
    if not options.quick:
        say("demo: start to first alert", f"{first_alert_seconds():.0f} s", "<= 60 s")
        installed()
    for command in (
        ["bench/store.py"],
        ["bench/stages.py"],
        ["bench/masking.py"],
        ["bench/commit_latency.py"],
        *([] if options.quick else [["bench/search.py", "--posts", str(options.search_posts)]]),
    ):
        print(f"\n$ python {' '.join(command)}", flush=True)
        subprocess.run([sys.executable, *command], cwd=ROOT, check=False)
    return 0


def say(what: str, figure: str, goal: str) -> None:
    print(f"{what:<44} {figure:>16}   goal {goal}", flush=True)


def help_milliseconds() -> float:
    """Return the median wall time of `huiyin --help` as a whole process, the first run left out."""
    times = []
    for _ in range(HELP_RUNS):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-P", "-c", ENTRY, "--help"], capture_output=True, check=True, cwd=ROOT)
        times.append((time.perf_counter() - began) * 1_000)
    return statistics.median(times[1:])


def contracts() -> str:
    lint = Path(sys.executable).with_name("lint-imports")
    said = subprocess.run([lint], capture_output=True, text=True, check=False, cwd=ROOT).stdout
    found = re.search(r"(\d+) kept, (\d+) broken", said)
    return f"{found[1]} ({found[2]} broken)" if found else "not run"


def first_alert_seconds() -> float:
    """Return the wall time from the start of the demo to its first alert."""
    began = time.monotonic()
    command = [sys.executable, "-P", "-c", ENTRY, "demo", "--until-alert", "--seconds", "120"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as demo:
        assert demo.stdout is not None
        took = next((time.monotonic() - began for line in demo.stdout if "预警" in line), float("nan"))
        for _ in demo.stdout:
            pass
    return took


def installed() -> None:
    """Print the size of what `requirements/run.txt` and onnxruntime install, whole and the largest package."""
    with tempfile.TemporaryDirectory() as name:
        install(Path(name), ["-r", str(ROOT / "requirements" / "run.txt")])
        install(Path(name), ["--no-deps", "onnxruntime"])
        sizes = {path.name: size_of(path) for path in Path(name).iterdir()}
    largest = max(sizes, key=lambda package: sizes[package])
    say("installed, with numpy and onnxruntime", f"{sum(sizes.values()) / 1e6:.0f} MB", "(whole)")
    say(f"largest package ({largest})", f"{sizes[largest] / 1e6:.0f} MB", "<= 300 MB")


def install(target: Path, what: Iterable[str]) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--target", str(target), *what], check=True, cwd=ROOT)


def size_of(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


if __name__ == "__main__":
    raise SystemExit(main())
