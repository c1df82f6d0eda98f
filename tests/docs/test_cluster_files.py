"""What deploy/cluster starts is what there is: verbs, keys of the file, hardened units."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.cli.verbs import VERBS
from api.config import read_config

ROOT = Path(__file__).parents[2]
CLUSTER = ROOT / "deploy" / "cluster"
UNITS = sorted((CLUSTER / "systemd").glob("*.service"))
HARDENED = (
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "CapabilityBoundingSet=\n",
    "SystemCallFilter=@system-service",
    "UMask=0077",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
)


def services() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((CLUSTER / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return found


def test_compose_starts_every_process_of_the_cluster_beside_official_images() -> None:
    """serve twice, crawl, work twice, schedule; Kafka and Elasticsearch in the versions that the tests run on."""
    commands = {name: service["command"][0] for name, service in services().items() if "command" in service}

    assert sorted(commands.values()) == ["crawl", "schedule", "serve", "serve", "work"]
    assert services()["work"]["deploy"]["replicas"] == 2
    assert set(commands.values()) <= VERBS.keys()
    assert services()["kafka"]["image"] == "apache/kafka:4.1.1"
    assert services()["elasticsearch"]["image"] == "elasticsearch:9.5.3"


def test_compose_publishes_the_web_service_on_this_machine_alone() -> None:
    """Brokers and indices have no port outside; every container of ours is without rights and read-only."""
    ports = [port for service in services().values() for port in service.get("ports", ())]
    own = [service for service in services().values() if service["image"] == "huiyin"]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in own)


def test_the_file_for_compose_is_one_that_huiyin_takes() -> None:
    """Its keys are known, its profile is the cluster, and it names the servers of compose.yaml."""
    config = read_config(CLUSTER / "huiyin.toml")

    assert config.profile == "cluster"
    assert [server.partition(":")[0] for server in config.kafka.servers] == ["kafka"]


@pytest.mark.parametrize("unit", UNITS, ids=[unit.name for unit in UNITS])
def test_a_unit_starts_a_verb_and_is_hardened(unit: Path) -> None:
    """What it may not do is written down; a stop that calls a person is not undone by a restart."""
    text = unit.read_text(encoding="utf-8")
    started = re.search(r"^ExecStart=\S+/huiyin (\w+) --config \S+$", text, re.MULTILINE)

    assert started
    assert started[1] in VERBS
    assert [line for line in HARDENED if line not in text] == []
    assert "RestartPreventExitStatus=3" in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
@pytest.mark.parametrize("unit", UNITS, ids=[unit.name for unit in UNITS])
def test_systemd_itself_calls_the_unit_well_protected(unit: Path) -> None:
    """`systemd-analyze security` rates exposure from 0 to 10; below 2 is what it calls OK at its best."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    rated = re.search(r"exposure level for \S+: (\d+\.\d)", done.stdout)

    assert rated, done.stderr
    assert float(rated[1]) < 2.0
