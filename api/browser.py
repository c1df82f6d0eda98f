"""Opens the console for whoever sits at this machine: in a terminal with a screen beside it, never for programs."""

import contextlib
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

LOOKED_EVERY_SECONDS = 0.3
LOOKED_FOR_SECONDS = 90.0


def has_screen(environ: Mapping[str, str], *, is_terminal: bool, platform: str = sys.platform) -> bool:
    """Whether a person sits here who sees a window that opens: no CI, no pipe, no remote shell, and a display."""
    if not is_terminal or environ.get("CI") or environ.get("SSH_CONNECTION"):
        return False
    return platform in ("darwin", "win32") or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def open_when_it_answers(
    url: str, stop: threading.Event, show: Callable[[str], object] = webbrowser.open
) -> threading.Thread:
    """Return a thread that shows the address as soon as somebody listens there; it gives up with `stop`, or in time."""
    thread = threading.Thread(target=_open, args=(url, stop, show), name="browser", daemon=True)
    thread.start()
    return thread


def _open(url: str, stop: threading.Event, show: Callable[[str], object]) -> None:
    place = urlsplit(url)
    for _ in range(round(LOOKED_FOR_SECONDS / LOOKED_EVERY_SECONDS)):
        if stop.is_set():
            return
        with contextlib.suppress(OSError), socket.create_connection((place.hostname or "", place.port or 80), 1.0):
            show(url)
            return
        stop.wait(LOOKED_EVERY_SECONDS)
