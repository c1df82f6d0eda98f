"""
Do the stores on Elasticsearch behave the same with both major clients and on both servers?

    python deploy/servers/client_majors.py [--pair 8:8.7.1 --pair 8:9.5.3 --pair 9:9.5.3] [--quick]

A client of the 8 major lies in an environment of its own (`servers/client-8`, from requirements/elastic-8.txt, by
hash), which takes everything else from this one. For each pair a real server is started in a folder of its own, and
every contract suite, the byte scan and the equality of hits run against it. Exit 0: all pairs passed.
"""

import argparse
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from deploy.servers.cluster import Servers
from deploy.servers.plan import Wish
from deploy.servers.unable import Unable

ENVIRONMENT = ROOT / "servers" / "client-8"
LOCK = ROOT / "requirements" / "elastic-8.txt"
PAIRS = ("8:8.7.1", "8:9.5.3", "9:9.5.3")
SUITES = (
    "tests/contracts",
    "tests/properties/test_same_hits_on_both_stores.py",
    "tests/unit/pipeline/test_elastic_leaves_no_byte.py",
)
INSTALL_SECONDS, SUITES_SECONDS = 600, 3_600


def main(arguments: Sequence[str] | None = None) -> int:
    """Every pair was tried, and its result printed; 0: all passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pair", action="append", metavar="CLIENT:SERVER", choices=PAIRS)
    parser.add_argument("--quick", action="store_true", help="search, erasure and the layout alone")
    options = parser.parse_args(arguments)
    results = []
    for pair in options.pair or PAIRS:
        client, _, server = pair.partition(":")
        python = python_with_8() if client == "8" else Path(sys.executable)
        began = time.monotonic()
        passed, said = tried(
            python, server, ["-k", "elastic and (search or erasure or layout)"] if options.quick else []
        )
        results.append(passed)
        print(
            f"client {version_of(python)}, server {server}: {'passed' if passed else 'FAILED'}, {said}, "
            f"{time.monotonic() - began:.0f} s",
            flush=True,
        )
    return 0 if all(results) else 1


def python_with_8() -> Path:
    """Return the Python of an environment whose client is of the 8 major; made where it is missing."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists() or not version_of(python).startswith("8."):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True, timeout=INSTALL_SECONDS)
        install = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", str(LOCK)]
        subprocess.run(install, check=True, timeout=INSTALL_SECONDS)
        packages = next((ENVIRONMENT / "lib").glob("python*")) / "site-packages"
        (packages / "everything_else.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def version_of(python: Path) -> str:
    """Return the version of the client that a Python imports; "" where it has none."""
    ask = [str(python), "-c", "import elasticsearch; print(elasticsearch.__versionstr__)"]
    return subprocess.run(ask, check=False, capture_output=True, text=True, timeout=60).stdout.strip()


def tried(python: Path, server: str, chosen: Sequence[str]) -> tuple[bool, str]:
    """Return whether the suites passed with this client on this server, and pytest's last line."""
    with tempfile.TemporaryDirectory(prefix="huiyin-majors-") as folder:
        servers = Servers(Path(folder))
        servers.up(Wish(elastic=server))
        try:
            asked = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow"]
            asked += chosen or ["-k", "elastic or same_hits"]
            environment = {**os.environ, "HUIYIN_TEST_ELASTIC": servers.elastic_url}
            ran = subprocess.run(
                [*asked, *SUITES],
                check=False,
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                timeout=SUITES_SECONDS,
            )
        finally:
            servers.stop_all()
    lines = ran.stdout.strip().splitlines() or ["nothing was said"]
    if ran.returncode:
        print("\n".join(line for line in lines if line.startswith(("FAILED", "ERROR", "E  "))), file=sys.stderr)
    return ran.returncode == 0, lines[-1].strip("= ")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unable as cause:
        print(cause, file=sys.stderr)
        sys.exit(2)
