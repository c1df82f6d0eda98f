"""
Servers that nobody uses any more are stopped, also where their users were killed: a process looks after them.

Who uses a folder's servers leaves its process number in `users/`. One watcher per folder; it ends itself when it has
stopped the servers. It works under the folder's lock, so who comes at that moment starts them anew, with a new watcher.
"""

import os
import shutil
import sys
import time
from pathlib import Path

from deploy.servers.cluster import Servers
from deploy.servers.plan import Wish
from deploy.servers.process import birth, spawn

COMMAND = Path(__file__).parent / "servers.py"
EVERY_SECONDS = 1.0
KEPT = ("lock", "watch.lock")


def use(servers: Servers, wish: Wish, *, linger: float) -> None:
    """
    The servers run until this process has ended, and `linger` seconds longer; then their data are removed.

    Raises:
        Unable: they do not come up.
    """
    with servers.alone():
        users = servers.folder / "users"
        users.mkdir(exist_ok=True)
        (users / str(os.getpid())).write_text(birth(os.getpid()), encoding="utf-8")
        command = [sys.executable, str(COMMAND), "watch", "--data", str(servers.folder), "--linger", str(linger)]
        spawn(command, servers.folder / "watch.log")
        servers.up_already_alone(wish)


def watch(servers: Servers, linger: float) -> None:
    """No server of the folder runs, and its data are gone; at once where another watcher has it."""
    import fcntl  # there is none on Windows, where the servers are not started

    with (servers.folder / "watch.lock").open("a", encoding="utf-8") as mine:
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        alone_since = time.monotonic()
        while True:
            if is_used(servers.folder):
                alone_since = time.monotonic()
            elif time.monotonic() - alone_since > linger:
                with servers.alone():
                    if not is_used(servers.folder):
                        servers.stop_all_already_alone()
                        discard(servers.folder)
                        fcntl.flock(mine, fcntl.LOCK_UN)
                        return
            time.sleep(EVERY_SECONDS)


def is_used(folder: Path) -> bool:
    """One of the processes that use the servers is still there."""
    for file in (folder / "users").glob("*"):
        if birth(int(file.name)) == file.read_text(encoding="utf-8") != "":
            return True
        file.unlink(missing_ok=True)
    return False


def discard(folder: Path) -> None:
    """What the servers kept is gone; the locks stay, since others may wait at them."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in KEPT:
            path.unlink(missing_ok=True)
