"""Files of secrets: those that the operator's file names, and those that we write. Only their owner may read them."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from .config import Config

OTHERS = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH


def warnings_of_secrets(config: Config, system: str = os.name) -> Sequence[str]:
    """
    Return a warning for each secret's file that others than its owner may read or write (CFG-144).

    Only POSIX says so in mode bits; elsewhere nothing is claimed. A file that is missing is told by its own code.
    """
    if system != "posix":
        return ()
    named = {
        "[mail] password_file": config.mail.password_file,
        "[webhook] secret_file": config.webhook.secret_file,
        "[wecom] key_file": config.wecom.key_file,
        "[web] certificate_key": config.web.certificate_key,
        "[kafka] password_file": config.kafka.password_file,
        "[elasticsearch] password_file": config.elasticsearch.password_file,
        "[elasticsearch] api_key_file": config.elasticsearch.api_key_file,
    }
    return [
        f"warning: {key} {path}: others on this machine may read or write it; `chmod 600` on it [CFG-144]"
        for key, path in named.items()
        if path and _is_open(Path(path))
    ]


def write_secret(path: Path, text: str) -> None:
    """The file holds the text, readable by its owner alone from its first byte on; an older one is replaced whole."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & OTHERS)
    except OSError:
        return False
