"""`make cluster-demo` as a stranger runs it: real servers are started, the same story comes true, nothing is left."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.servers import refuse

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "deploy/servers/cluster_demo.py", "--no-browser", "--speed", "120", "--seconds", "240"]
CANTEEN = "旧码头社区长者食堂停餐十二天"


@pytest.fixture(scope="module")
def told() -> Sequence[str]:
    """What the command printed until the visitor's turn, and until it had ended after Ctrl+C."""
    if sys.platform == "win32":
        refuse("the servers are started on Linux and macOS only")
    lines: list[str] = []
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True, cwd=ROOT) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            lines.append(line.rstrip())
            if "▶ 轮到您" in line:
                demo.terminate()
        lines.append(f"ended with {demo.wait(timeout=60)}")
    if lines[-1] == "ended with 2":
        refuse("\n".join(lines))
    return lines


@pytest.mark.slow
def test_every_scene_of_the_story_comes_true_on_kafka_and_elasticsearch(told: Sequence[str]) -> None:
    """The same captions as in `huiyin demo`: a to-do, one incident of six posts with one message, a plea, a digest."""
    said = [line.removeprefix("▶ ") for line in told if line.startswith("▶ ")]

    assert not [line for line in said if "故事接着讲" in line], said
    assert any("成了一条待办。命中的词：民政局、长者食堂" in line for line in said)
    assert any("6 条帖子（含 3 条转发、1 条不实说法）并成同一件事；值班只收到 1 条通知" in line for line in said)
    assert any("求助不混在舆情里" in line for line in said)
    assert any("领导手机上就是这样" in line for line in said)


@pytest.mark.slow
def test_to_dos_and_alerts_are_those_of_the_embedded_demo(told: Sequence[str]) -> None:
    """The canteen is a to-do, then an alert of level Ⅲ over three sources; a letter opens by itself."""
    assert any("待办" in line and CANTEEN in line for line in told)
    assert any("预警 Ⅲ级" in line and CANTEEN in line for line in told)
    assert any("预警 Ⅳ级" in line and "网民向本单位留言" in line for line in told)


@pytest.mark.slow
def test_the_servers_end_with_the_county(told: Sequence[str]) -> None:
    """No process of them runs, and their ports are free."""
    ports = re.findall(r"127\.0\.0\.1:(\d+)", next(line for line in told if "Kafka" in line and "网站" in line))
    listening = Path("/proc/net/tcp").read_text(encoding="ascii") if Path("/proc/net/tcp").exists() else ""

    assert told[-1] == "ended with 0"
    assert [port for port in ports if f":{int(port):04X} 00000000:0000 0A" in listening] == []
