"""Elasticsearch, one node embedded in a process of its own: its settings, its start, and when it is ready."""

import http.client
import json
from pathlib import Path

from deploy.servers.jars import prepared
from deploy.servers.java import java_for
from deploy.servers.plan import Plan, Ports
from deploy.servers.process import Process

JAVA = {"9.5.3": 21, "8.7.1": 17}
NATIVE = {"9.5.3": ("--enable-native-access=ALL-UNNAMED",), "8.7.1": ()}
READY_SECONDS = 120.0
ASKED_SECONDS = 5
FLAGS = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
FIGURES = ("-Xms1g", "-Xmx1g")


def start(plan: Plan, ports: Ports, process: Process) -> None:
    """The node was started; it may not be ready yet."""
    version = plan.elastic_version
    java = java_for(JAVA[version])
    program = prepared(f"elastic-{version}", java)
    config = process.folder / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "elasticsearch.yml").write_text(_settings(ports, process.folder), encoding="utf-8")
    (config / "log4j2.properties").write_text(LOGGING, encoding="utf-8")
    command = [str(java.command), *(FIGURES if plan.for_figures else FLAGS), *NATIVE[version]]
    command += [f"-XX:ErrorFile={process.folder}/crash.log", "-cp", f"{program}/classes:{program}/lib/*", "Launcher"]
    process.start([*command, str(program), str(config)])


def wait_until_ready(ports: Ports, process: Process) -> None:
    """The node serves clients, and every index that it holds can be searched."""
    process.wait_until_ready(lambda: _is_healthy(ports.clients), READY_SECONDS)


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ASKED_SECONDS)
    try:
        connection.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s")
        answer = connection.getresponse()
        said = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return answer.status == 200 and said.get("status") in ("yellow", "green")


def _settings(ports: Ports, folder: Path) -> str:
    lines = {
        "node.name": "elastic",
        "cluster.name": "huiyin",
        "network.host": "127.0.0.1",
        "http.port": ports.clients,
        "transport.port": ports.inner,
        "discovery.type": "single-node",
        "cluster.routing.allocation.disk.threshold_enabled": False,
        "action.auto_create_index": False,
        "path.data": str(folder / "data"),
        "path.logs": str(folder / "logs"),
        "path.repo": [str(folder / "snapshots")],
    }
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in lines.items())


LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %c{1} %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""
"""The node's log goes to its standard output."""
