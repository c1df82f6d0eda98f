"""
The line between the supervisor and its children, and the one module that knows signals.

A child holds the read end of a pipe as its standard input. When the parent ends, however it ends, the pipe closes and
the child stops: in order within a grace period, at once after it. This works alike on Linux and Windows.
"""

import os
import signal
import sys
import threading

GRACE_SECONDS = 10.0
"""How long a child may take to finish its step after the parent has gone."""


def stop_of(*, follows: bool) -> threading.Event:
    """Return the event that ends this process: its parent's end for a child, a signal for one that stands alone."""
    return follow_parent() if follows else stop_on_signal()


def follow_parent() -> threading.Event:
    """Return an event that is set when the parent has ended; the process ends by itself after the grace period."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; only the parent answers it
    ended = threading.Event()
    threading.Thread(target=_wait_for_end, args=(ended,), name="lifeline", daemon=True).start()
    return ended


def _wait_for_end(ended: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):  # not through the buffer: its lock would break the interpreter's end
        continue
    ended.set()
    timer = threading.Timer(GRACE_SECONDS, os._exit, args=(0,))
    timer.daemon = True
    timer.start()


def stop_on_signal() -> threading.Event:
    """Return an event that is set by Ctrl+C or a request to terminate: for the process at the top."""
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: asked.set())
    return asked
