"""The demo opens a browser for people only: who has no screen, or is a program, gets the address and nothing else."""

import socket
import threading

import pytest

from api.browser import has_screen, open_when_it_answers


@pytest.mark.parametrize(
    ("environ", "is_terminal", "platform", "expected"),
    [
        ({"DISPLAY": ":0"}, True, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True, "linux", True),
        ({}, True, "linux", False),
        ({}, True, "win32", True),
        ({"DISPLAY": ":0"}, False, "linux", False),
        ({"DISPLAY": ":0", "CI": "true"}, True, "linux", False),
        ({"DISPLAY": ":10", "SSH_CONNECTION": "1 2 3 4"}, True, "linux", False),
    ],
)
def test_a_window_opens_only_where_somebody_sees_it(
    environ: dict[str, str], is_terminal: bool, platform: str, expected: bool
) -> None:
    """A terminal with a display, and neither CI nor a remote shell."""
    assert has_screen(environ, is_terminal=is_terminal, platform=platform) is expected


def test_the_page_is_shown_once_it_answers() -> None:
    """Not before somebody listens there, and once."""
    shown: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        open_when_it_answers(url, threading.Event(), shown.append).join(5)

    assert shown == [url]


def test_nothing_is_shown_where_nobody_answers_before_the_end() -> None:
    """The demo ended first."""
    shown: list[str] = []
    stop = threading.Event()
    stop.set()
    open_when_it_answers("http://127.0.0.1:9", stop, shown.append).join(5)

    assert shown == []
