"""CI runs what the README says; lock files are whole and name no host; nothing in the tree names a machine."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = [ROOT / "requirements" / "run.txt", ROOT / "requirements" / "dev.txt"]
OWN = Path(__file__).relative_to(ROOT).as_posix()
MACHINE = re.compile(r"(?<![\w.<{~-])/(?:work|root|tmp|home/\w+|Users/\w+)/[\w.]")
REGISTRY = re.compile(r"pypi\.|pythonhosted|index-url|find-links|npmjs|//mirrors?\.|artifactory|crates\.io")


def tracked() -> list[tuple[str, str]]:
    """Return (path, text) of every text file that git knows."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    texts = []
    for name in listed.decode().split("\0"):
        path = ROOT / name
        if name and name != OWN and path.is_file() and b"\0" not in (data := path.read_bytes()):
            texts.append((name, data.decode("utf-8")))
    return texts


def packages(lock: Path) -> dict[str, str]:
    """Return what follows each `name==version` of a lock file, up to the next one."""
    text = lock.read_text(encoding="utf-8")
    parts = re.split(r"^([A-Za-z0-9._-]+(?:\[[^]]*\])?==[^ \\;\n]+)", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode for what may be run")
def test_ci_may_be_run() -> None:
    """CI starts it directly."""
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_ci_passes_the_readmes_test_command() -> None:
    """`make test`, with the interpreter that it found."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert re.search(r"^make\b.* test$", script, re.MULTILINE)
    assert "set -euo pipefail" in script


def test_ci_brings_what_the_real_servers_need() -> None:
    """Maven and a Java before the tests, which fail there without them; and CI is set, so that they do."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    order = [script.index(said) for said in ("missing+=(maven)", "servers.py setup", "servers.py down", '" test\n')]

    assert order == sorted(order)
    assert 'CI="${CI:-true}"' in script


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_of_a_lock_file_has_hashes(lock: Path) -> None:
    """What is installed is what was locked, wherever it comes from."""
    locked = packages(lock)

    assert len(locked) > 30
    assert [name for name, rest in locked.items() if "--hash=sha256:" not in rest] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_names_no_address(lock: Path) -> None:
    """An office installs from a mirror of its own."""
    text = lock.read_text(encoding="utf-8")

    assert "://" not in text
    assert not REGISTRY.search(text)


def test_every_dependency_is_locked() -> None:
    """The lock file for running holds each dependency of the project."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[\[<>=~! ]", one)[0].lower() for one in project["dependencies"]}
    locked = {name.partition("==")[0].partition("[")[0].lower() for name in packages(LOCKS[0])}

    assert wanted - locked == set()


def test_no_tracked_file_names_a_place_of_one_machine() -> None:
    """A path that exists on one machine only misleads on every other."""
    found = [(name, line) for name, text in tracked() for line in text.splitlines() if MACHINE.search(line)]

    assert found == []


def test_no_tracked_file_names_a_package_registry() -> None:
    """Where packages come from is the installer's own business."""
    found = [(name, line) for name, text in tracked() for line in text.splitlines() if REGISTRY.search(line)]

    assert found == []
