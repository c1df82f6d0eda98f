"""The demo needs nothing outside of this machine: it alerts where there is no network at all."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ALONE = ["unshare", "--user", "--map-root-user", "--net"]
"""A network of one's own that holds nothing, not even loopback until it is set up."""
UP = "import fcntl, socket, struct; s = socket.socket(); fcntl.ioctl(s, 0x8914, struct.pack('16sh', b'lo', 0x49)); "
"""Bring loopback up (SIOCSIFFLAGS), without a tool that may not be installed."""
NOWHERE = "import socket; s = socket.socket(); s.settimeout(2); s.connect(('192.0.2.1', 80))"
DEMO = "from api.cli import main; raise SystemExit(main(['demo', '--until-alert', '--seconds', '90']))"


def alone(program: str, seconds: float) -> subprocess.CompletedProcess[str]:
    command = [*ALONE, sys.executable, "-P", "-c", UP + program]
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=seconds, check=False
    )


@pytest.fixture(autouse=True)
def a_network_of_its_own() -> None:
    """Skip where the machine gives none to an ordinary account."""
    if shutil.which("unshare") is None or alone("", 20).returncode:
        pytest.skip("no network namespace can be made here")


def test_the_namespace_leads_nowhere() -> None:
    """Else the next test would prove nothing."""
    assert "unreachable" in alone(NOWHERE, 20).stderr


def test_the_demo_alerts_without_any_network(tmp_path: Path) -> None:
    """No account, key, broker, index or container either: the environment is empty but for PATH and HOME."""
    done = alone(f"import os; os.chdir({str(tmp_path)!r}); " + DEMO, 110)

    assert done.returncode == 0
    assert "预警" in done.stdout
