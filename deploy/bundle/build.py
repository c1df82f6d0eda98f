"""
Makes the folder that is copied to a computer without internet: wheels by hash, start scripts, a page of instructions.

    python deploy/bundle/build.py --target windows-x86_64 [--out dist] [--python ARCHIVE] [--wheel FILE]

The wheels come from the registry that pip is set to, by the hashes of `requirements/run.txt`. A Python for the other
computer is unpacked into the folder where an archive of one is named; else the page says which installer to bring.
A bundle for this kind of computer is tried at the end: installed without any network, in an empty environment.
"""

import argparse
import hashlib
import json
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from targets import PYTHON, TARGETS, Target, needed, target_named

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SECONDS = 900
SCRIPTS = {
    "windows-x86_64": ("启动回音.cmd", "检查.cmd", "立即备份.cmd", "收采集文件.cmd", "huiyin.cmd"),
    "linux-x86_64": ("start.sh", "check.sh", "backup.sh", "huiyin.sh"),
}
PAGE = "使用说明.html"


def main(arguments: Sequence[str] | None = None) -> int:
    """A folder lies below `--out`; its path is printed. 2 where there can be none."""
    asked = _parser().parse_args(arguments)
    try:
        target = target_named(asked.target)
        folder = build(target, Path(asked.out), wheel=asked.wheel, python=asked.python)
    except (ValueError, OSError, subprocess.SubprocessError) as cause:
        print(f"bundle: {cause}", file=sys.stderr)
        return 2
    print(folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files) / 2**20:.0f} MB")
    if target.name == here():
        began = time.monotonic()
        prove(folder)
        print(f"proved: installed without a network, in an empty environment, in {time.monotonic() - began:.0f} s")
    else:
        print(f"not proved: this is {here()}; try it on a computer of its kind before it is handed out")
    return 0


def build(target: Target, out: Path, *, wheel: str = "", python: str = "") -> Path:
    """Return the folder of a target, made anew."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    folder = out / f"huiyin-{version}-{target.name}"
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    _own_wheel(wheels, wheel)
    lock = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    lines = needed(lock, target)
    installer = needed((ROOT / "requirements" / "bundle.txt").read_text(encoding="utf-8"), target)
    _download([*lines, *installer], target, wheels)
    (folder / "requirements.txt").write_text(requirements_of(wheels), encoding="utf-8", newline="\n")
    lay_out(folder, target, version, has_python=bool(python))
    if python:
        unpack_python(Path(python), folder / "python")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    sums = [f"{_sha256(path)}  {path.relative_to(folder).as_posix()}" for path in files]
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8", newline="\n")
    return folder


def requirements_of(wheels: Path) -> str:
    """Return each wheel of a folder by its path and its hash, the installer's own left out."""
    files = [path for path in sorted(wheels.glob("*.whl")) if not path.name.startswith("pip-")]
    return "".join(f"./wheels/{path.name} --hash=sha256:{_sha256(path)}\n" for path in files)


def unpack_python(archive: Path, folder: Path) -> None:
    """
    A Python lies in the folder: of a NuGet package (its `tools`), a python-build-standalone archive (its `python`), or
    any archive with one top folder. Raises ValueError where it holds none.
    """
    with tempfile.TemporaryDirectory() as aside:
        place = Path(aside)
        kind = "zip" if zipfile.is_zipfile(archive) else "gztar"
        shutil.unpack_archive(archive, place, kind)
        for found in ("tools", "python", "."):
            inner = place / found
            if (inner / "python.exe").is_file() or (inner / "bin" / "python3").exists():
                shutil.copytree(inner, folder, symlinks=True)
                return
    raise ValueError(f"{archive}: no python.exe and no bin/python3 in it; see “The PC” in deploy/runbook.md")


def prove(folder: Path) -> None:
    """The bundle was installed where nothing else is, with no network, and its program answers."""
    with tempfile.TemporaryDirectory() as aside:
        place = Path(aside) / "某 某 的电脑" / folder.name
        shutil.copytree(folder, place, symlinks=True)
        command = [*_without_network(), sys.executable, "-I", str(place / "start.py"), "--help"]
        environment = {"PATH": "/usr/bin:/bin", "HOME": aside, "LANG": "C.UTF-8"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode or "回音" not in done.stdout:
        raise ValueError(f"the bundle does not install:\n{done.stdout}{done.stderr}")


def here() -> str:
    """Return what this computer is called among the targets."""
    machine = {"AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    return f"{platform.system().lower()}-{machine}"


def _without_network() -> list[str]:
    """Return a prefix that takes the network away, where this system has one for everybody."""
    prefix = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") and subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
        return prefix
    return []


def _own_wheel(wheels: Path, given: str) -> None:
    if given:
        shutil.copy(given, wheels)
        return
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    _run([*command, "-w", str(wheels), str(ROOT)])


def _download(lines: Sequence[str], target: Target, wheels: Path) -> None:
    with tempfile.TemporaryDirectory() as aside:
        asked = Path(aside) / "asked.txt"
        asked.write_text("\n".join(lines) + "\n", encoding="utf-8")
        platforms = [word for name in target.platforms for word in ("--platform", name)]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--require-hashes", "--only-binary=:all:", "--implementation", "cp", "--python-version", PYTHON]
        _run([*command, *platforms, "-r", str(asked), "-d", str(wheels)])


def lay_out(folder: Path, target: Target, version: str, *, has_python: bool) -> None:
    """Beside the wheels lie start scripts, instructions, the manual, the example of an operator's file."""
    shutil.copy(HERE / "start.py", folder)
    shutil.copy(ROOT / "LICENSE", folder)
    shutil.copy(ROOT / "deploy" / "config.example.toml", folder)
    shutil.copy(ROOT / "docs" / "manual.zh-CN.md", folder)
    said = {"version": version, "target": target.name, "python": PYTHON, "has_python": has_python}
    (folder / "bundle.json").write_text(json.dumps(said) + "\n", encoding="utf-8")
    for name in SCRIPTS[target.name]:
        text = (HERE / "scripts" / name).read_text(encoding="utf-8")
        end = "\r\n" if name.endswith(".cmd") else "\n"
        (folder / name).write_text(text, encoding="utf-8", newline=end)
        (folder / name).chmod(0o755)
    page = (HERE / PAGE).read_text(encoding="utf-8").replace("{{version}}", version)
    (folder / PAGE).write_text(_for_target(page, target.name, has_python=has_python), encoding="utf-8", newline="\n")


def _for_target(page: str, target: str, *, has_python: bool) -> str:
    """Return the page with the parts of this target alone: those between `<!-- if NAME -->` and `<!-- end -->`."""
    system = target.split("-", maxsplit=1)[0]
    holds = {system, "python" if has_python else f"{system}-no-python"}
    kept, is_shown = list[str](), True
    for line in page.splitlines():
        if line.strip().startswith("<!-- if "):
            is_shown = line.strip().split()[2] in holds
        elif line.strip() == "<!-- end -->":
            is_shown = True
        elif is_shown:
            kept.append(line)
    return "\n".join(kept) + "\n"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode:
        raise ValueError(f"{' '.join(command[:5])} … failed:\n{(done.stdout + done.stderr)[-2000:]}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="make a folder that installs Huiyin without internet")
    parser.add_argument("--target", default=here(), help=f"one of {', '.join(TARGETS)} (default: this computer's)")
    parser.add_argument("--out", default=str(ROOT / "dist"), metavar="DIR")
    parser.add_argument("--wheel", default="", metavar="FILE", help="our own wheel, built before")
    parser.add_argument("--python", default="", metavar="ARCHIVE", help="a Python for the other computer")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
