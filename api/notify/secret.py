"""Secrets of channels: from the environment, or from a file that only the account of Huiyin reads."""

import os
from pathlib import Path

from pipeline.domain.errors import BadInput


def secret_of(variable: str, file: str) -> str:
    """Return the secret, "" where neither names one. Raises BadInput (CFG-143) where its file cannot be read."""
    given = os.environ.get(variable, "")
    if given or not file:
        return given
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as cause:
        reason = getattr(cause, "strerror", None) or "it is no text"
        sentence = f"{file}: the secret in it cannot be read ({reason}); mend its path and rights, or set {variable}"
        raise BadInput(sentence, code="CFG-143") from cause
