"""The operator's file that `huiyin run` writes where there is none, so that nobody needs one to begin."""

import socket
from pathlib import Path

from api.config import Web
from pipeline.domain.errors import BadInput

NAME = "huiyin.toml"
PORTS_TRIED = 20
_TEXT = """\
# 回音的运行配置，首次启动时自动写下。平时不用改：单位、辖区、监测用词、信源、通知都在网页的“开始设置”和“设置”里填。
# 要让同事从别的电脑打开、要用代理、要自己放证书，见 deploy/config.example.toml，那里列出了全部可写的项。

[data]
folder = "data"          # 全部数据都在这个文件夹里
backups = "backups"      # 备份写到这里

[web]
host = "127.0.0.1"       # 只有这台电脑能打开
port = {port}

[log]
level = "warning"
"""


def first_file(folder: Path) -> tuple[Path, bool]:
    """
    Return the operator's file of a folder, and whether it was written just now because there was none.

    Raises BadInput (CFG-003) where nothing can be written there.
    """
    path = folder / NAME
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_TEXT.format(port=_free_port(Web().port)))
    except FileExistsError:
        return path, False
    except OSError as cause:
        sentence = f"{path}: cannot be written ({cause.strerror}), so there is no place for the data"
        raise BadInput(f"{sentence}; start Huiyin in a folder of your own", code="CFG-003") from cause
    return path, True


def _free_port(first: int) -> int:
    """Return the usual port, or the next one that no other program of this machine holds."""
    for port in range(first, first + PORTS_TRIED):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    return first
