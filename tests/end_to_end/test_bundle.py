"""The folder that is copied to a computer without internet: what is in it, and that it installs from itself alone."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pip
import pytest

ROOT = Path(__file__).parents[2]
BUNDLE = ROOT / "deploy" / "bundle"
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
SAYS = "import sys\ndef main():\n    print('回音', *sys.argv[1:])\n    return 0\n"


def module(name: str) -> ModuleType:
    """Return a script of the bundle, as Python loads it."""
    spec = importlib.util.spec_from_file_location(name, BUNDLE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


targets, build, start = module("targets"), module("build"), module("start")


def a_wheel(path: Path, name: str, files: dict[str, str]) -> Path:
    """A small wheel lies there; returns it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    info = f"{name}-1.dist-info"
    said = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{inside},,\n" for inside in said) + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(path, "w") as packed:
        for inside, text in {**said, f"{info}/RECORD": record}.items():
            packed.writestr(inside, text)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle as it is laid out for this computer, with a small program in the place of ours."""
    folder = tmp_path_factory.mktemp("某某的 U盘") / "huiyin"
    a_wheel(folder / "wheels" / "huiyin-1-py3-none-any.whl", "huiyin", {"api/__init__.py": "", "api/cli.py": SAYS})
    with zipfile.ZipFile(folder / "wheels" / "pip-0-py3-none-any.whl", "w") as packed:
        inner = Path(pip.__file__).parent
        for path in inner.rglob("*.py*"):
            if path.suffix != ".pyc":
                packed.write(path, Path("pip") / path.relative_to(inner))
        for path in (*inner.rglob("*.pem"), *inner.rglob("*.txt")):
            packed.write(path, Path("pip") / path.relative_to(inner))
    (folder / "requirements.txt").write_text(build.requirements_of(folder / "wheels"), encoding="utf-8")
    build.lay_out(folder, targets.TARGETS["linux-x86_64"], "2026.11.0", has_python=False)
    says = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    (folder / "bundle.json").write_text(json.dumps({**says, "python": VERSION}), encoding="utf-8")
    return folder


def started(folder: Path, *verb: str) -> subprocess.CompletedProcess[str]:
    """The start script ran where nothing else is, without a network where this system can take it away."""
    command = [*build._without_network(), sys.executable, "-I", str(folder / "start.py"), *verb]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder.parent), "PIP_INDEX_URL": "http://127.0.0.1:9/"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the bundle of the test is for Linux")
def test_it_installs_from_itself_alone_and_keeps_its_data_beside_it(made: Path) -> None:
    """Once; the program's own Python runs it, in the folder of the data, and every verb goes through."""
    first, second = started(made), started(made, "doctor", "--json")

    assert (first.returncode, second.returncode) == (0, 0), first.stdout + first.stderr
    assert "正在安装" in first.stdout
    assert first.stdout.strip().endswith("回音 run")
    assert second.stdout.strip() == "回音 doctor --json"
    assert (made.parent / "回音数据").is_dir()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the bundle of the test is for Linux")
def test_a_folder_whose_files_were_changed_is_not_installed(made: Path, tmp_path: Path) -> None:
    """By the hash of the wheel; the sentence says what may have happened and what to do."""
    folder = Path(shutil.copytree(made, tmp_path / "huiyin", ignore=shutil.ignore_patterns("program")))
    wheel = folder / "wheels" / "huiyin-1-py3-none-any.whl"
    a_wheel(wheel, "huiyin", {"api/__init__.py": "", "api/cli.py": SAYS + "# 别的内容\n"})
    found = started(folder)

    assert found.returncode == 2
    assert "没拷全，或被杀毒软件删了文件" in found.stdout
    assert not (folder / "program" / ".installed").exists()


def test_a_python_of_another_version_is_refused_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Its wheels would not fit; so is a folder that was made for another kind of computer."""
    says = {"python": "3.11", "target": "windows-x86_64" if os.name != "nt" else "linux-x86_64"}
    for version in ((3, 12), (3, 11)):
        with pytest.raises(start.CannotStartError) as refused:
            start.refuse_unfit(says, version)
        assert ("要用 Python 3.11，现在的是 3.12" if version[1] == 12 else "是给") in str(refused.value)


@pytest.mark.parametrize("target", sorted(targets.TARGETS))
def test_each_target_gets_every_package_once_by_hash(target: str) -> None:
    """Of what is locked for several Pythons and systems, the one that fits; nothing without a hash."""
    lock = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    lines = targets.needed(lock, targets.TARGETS[target])
    names = [line.split("==")[0] for line in lines]

    assert len(names) == len(set(names)) > 50
    assert {"scrapy", "numpy", "daachorse"} <= set(names)
    assert "brotlicffi" not in names
    assert all("--hash=sha256:" in line and ";" not in line for line in lines)


def test_a_computer_that_cannot_be_served_is_refused_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    """No folder is made."""
    assert build.main(["--target", "linux-aarch64"]) == 2
    assert "daachorse ships no wheel for aarch64" in capsys.readouterr().err


@pytest.mark.parametrize("target", sorted(targets.TARGETS))
@pytest.mark.parametrize("has_python", [True, False])
def test_the_page_says_what_counts_for_this_computer(target: str, tmp_path: Path, *, has_python: bool) -> None:
    """Never on a computer with secrets; how to stop, update and back up; which installer, only where one is needed."""
    build.lay_out(tmp_path, targets.TARGETS[target], "2026.11.0", has_python=has_python)
    page = (tmp_path / "使用说明.html").read_text(encoding="utf-8")

    assert "绝对不要装在涉密计算机上，也不要接入政务内网" in page
    assert all(word in page for word in ("杀毒软件", "停下", "换新版本", "备份", "2026.11.0"))
    assert ("没有带它" in page) is not has_python
    assert ("python-3.11.9-amd64.exe" in page) is (not has_python and target.startswith("windows"))
    assert ("启动回音.cmd" in page) is target.startswith("windows")
    assert "<!-- if" not in page
    assert "<script" not in page


def test_the_windows_scripts_are_as_windows_reads_them(tmp_path: Path) -> None:
    """UTF-8 without a mark, CR LF, the code page set first, paths with blanks quoted. They cannot be run here."""
    build.lay_out(tmp_path, targets.TARGETS["windows-x86_64"], "1", has_python=False)
    for name in build.SCRIPTS["windows-x86_64"]:
        data = (tmp_path / name).read_bytes()
        assert data.startswith(b"@echo off\r\nchcp 65001 >nul\r\n")
        assert data.count(b"\n") == data.count(b"\r\n")
        assert b'cd /d "%~dp0"' in data
        assert b'"%PY%" -I start.py ' in data


def test_a_python_for_the_other_computer_is_laid_into_the_folder(tmp_path: Path) -> None:
    """Of a NuGet package its tools; an archive without any Python is refused."""
    for name, inside in (("good", "tools/python.exe"), ("bad", "readme.txt")):
        with zipfile.ZipFile(tmp_path / name, "w") as packed:
            packed.writestr(inside, "x")
    build.unpack_python(tmp_path / "good", tmp_path / "python")

    assert (tmp_path / "python" / "python.exe").is_file()
    with pytest.raises(ValueError, match=r"no python\.exe"):
        build.unpack_python(tmp_path / "bad", tmp_path / "other")
