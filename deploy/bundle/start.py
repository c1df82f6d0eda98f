"""
Starts Huiyin from the folder in which this file lies; at the first start it installs it there, from that folder alone.

No network, no administrator rights, nothing outside this folder and 回音数据 beside it. Only the standard library: it
runs before anything is installed. `start.py` alone runs the service, `start.py VERB …` any verb of `huiyin`.
"""

import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / "program"
MARK = PROGRAM / ".installed"
DATA = HERE.parent / "回音数据"
ENTRY = "from api.cli import main; raise SystemExit(main())"
ON_WINDOWS = os.name == "nt"


class CannotStartError(Exception):
    """What keeps it from starting, as a sentence for the person at the computer."""


def main(arguments: "list[str]") -> int:
    """Install where that was not done, then run the verb; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # a stream of a console
    try:
        refuse_unfit(json.loads((HERE / "bundle.json").read_text(encoding="utf-8")))
        install()
        DATA.mkdir(exist_ok=True)
    except CannotStartError as refusal:
        print(f"回音没有启动：{refusal}")
        return 2
    except OSError as cause:
        print(f"回音没有启动：{cause.filename or HERE} 写不了（{cause.strerror}）")
        print("请把整个文件夹拷到自己能写的地方，例如桌面")
        return 2
    command = [str(python()), "-P", "-c", ENTRY, *(arguments or ["run"])]
    with subprocess.Popen(command, cwd=DATA, env=environment()) as running:
        while True:
            try:
                return running.wait()
            except KeyboardInterrupt:
                continue  # Ctrl+C reached it too; it ends in order


def refuse_unfit(says: "dict[str, str]", version: "tuple[int, ...]" = tuple(sys.version_info[:2])) -> None:
    """Raise CannotStartError where this Python is not the one for which the folder was made."""
    wanted = tuple(int(part) for part in says["python"].split("."))
    if version != wanted:
        found = ".".join(map(str, version))
        raise CannotStartError(f"这个文件夹要用 Python {says['python']}，现在的是 {found}。安装办法见 使用说明.html")
    if struct.calcsize("P") != 8:
        raise CannotStartError(f"要用 64 位的 Python {says['python']}，现在的是 32 位。安装办法见 使用说明.html")
    system = "windows" if ON_WINDOWS else sys.platform
    if not says["target"].startswith(system):
        raise CannotStartError(f"这个文件夹是给 {says['target']} 做的，不能在这台电脑上用")


def install() -> None:
    """The program is installed as `requirements.txt` says; done once, and again where the folder was renewed."""
    wanted = hashlib.sha256((HERE / "requirements.txt").read_bytes()).hexdigest()
    if MARK.is_file() and MARK.read_text(encoding="utf-8") == f"{wanted} {HERE}":
        return
    print("第一次启动，正在安装，大约一分钟，请不要关闭窗口……", flush=True)
    shutil.rmtree(PROGRAM, ignore_errors=True)
    venv.EnvBuilder(with_pip=False, symlinks=not ON_WINDOWS).create(PROGRAM)
    pip = next((HERE / "wheels").glob("pip-*.whl"), None)
    if pip is None:
        raise CannotStartError("文件夹不完整：缺 wheels 里的 pip。请从头再拷一次整个文件夹")
    command = [str(python()), "-I", str(pip / "pip"), "install", "--no-index", "--require-hashes", "--no-deps"]
    command += ["--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-warn-script-location"]
    command += ["-r", "requirements.txt"]
    done = subprocess.run(
        command, cwd=HERE, capture_output=True, text=True, errors="replace", env=environment(), check=False
    )
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise CannotStartError("安装没有成功，文件夹可能没拷全，或被杀毒软件删了文件：\n" + "\n".join(last))
    MARK.write_text(f"{wanted} {HERE}", encoding="utf-8")


def python() -> Path:
    """Return the program's own Python."""
    return PROGRAM / ("Scripts/python.exe" if ON_WINDOWS else "bin/python")


def environment() -> "dict[str, str]":
    """Return the environment without what would lead another Python or pip astray."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(("PYTHON", "PIP_"))}
    return {**kept, "PIP_CONFIG_FILE": os.devnull, "PYTHONUTF8": "1"}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
