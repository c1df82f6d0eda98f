"""Apache Kafka in KRaft mode: one broker, or three that replicate; its settings, its start, and when it is ready."""

import subprocess
from pathlib import Path

from deploy.servers.jars import prepared
from deploy.servers.java import java_for
from deploy.servers.plan import Plan, Ports, broker_name
from deploy.servers.ports import answers
from deploy.servers.process import Process
from deploy.servers.unable import Unable

JAVA = 17
CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg"
"""The cluster's id, the same on all brokers of a folder: 16 bytes in base64."""
READY_SECONDS = 120.0
FORMAT_SECONDS = 60
STARTED = "Kafka Server started"
"""What a broker logs once the controller lets it serve: after its registration, not when its port opens."""
FLAGS = ("-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
FIGURES = ("-Xms1g", "-Xmx1g")


def start(plan: Plan, node: int, process: Process) -> None:
    """The broker of this number was started; it may not be ready yet."""
    java = java_for(JAVA)
    program = prepared("kafka", java)
    settings, logging = process.folder / "server.properties", process.folder / "log4j2.properties"
    process.folder.mkdir(parents=True, exist_ok=True)
    settings.write_text(_settings(plan, node, process.folder), encoding="utf-8")
    logging.write_text(LOGGING, encoding="utf-8")
    command = [str(java.command), *(FIGURES if plan.for_figures else FLAGS)]
    command += [f"-Dlog4j2.configurationFile={logging}", f"-XX:ErrorFile={process.folder}/crash.log"]
    command += ["-cp", f"{program}/lib/*"]
    if not (process.folder / "data" / "meta.properties").exists():
        _format(command, settings)
    process.start([*command, "kafka.Kafka", str(settings)])


def wait_until_ready(plan: Plan, node: int, process: Process) -> None:
    """The broker serves clients."""
    port = plan.kafka[node - 1].clients
    process.wait_until_ready(
        lambda: STARTED in process.log.read_text(errors="replace") and answers(port), READY_SECONDS
    )


def _format(command: list[str], settings: Path) -> None:
    asked = [*command, "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(settings), "--ignore-formatted"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=FORMAT_SECONDS, check=False)
    if done.returncode:
        raise Unable("SRV-107", f"{broker_name(1)} could not lay out its folder: {(done.stdout + done.stderr)[-1000:]}")


def _settings(plan: Plan, node: int, folder: Path) -> str:
    own: Ports = plan.kafka[node - 1]
    voters = ",".join(f"{number}@127.0.0.1:{one.inner}" for number, one in enumerate(plan.kafka, start=1))
    copies = len(plan.kafka)
    lines = {
        "process.roles": "broker,controller",
        "node.id": node,
        "controller.quorum.voters": voters,
        "listeners": f"PLAINTEXT://127.0.0.1:{own.clients},CONTROLLER://127.0.0.1:{own.inner}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{own.clients}",
        "inter.broker.listener.name": "PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": folder / "data",
        "num.partitions": 6,
        "default.replication.factor": copies,
        "min.insync.replicas": min(2, copies),
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": copies,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": min(2, copies),
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": min(2, copies),
        "share.coordinator.state.topic.num.partitions": 1,
        "group.initial.rebalance.delay.ms": 0,
        "log.cleaner.dedupe.buffer.size": 16_777_216,
        "num.network.threads": 2,
        "num.io.threads": 4,
        # A broker that was killed comes back only when its registration has ended: 2 s instead of 9 s.
        "broker.session.timeout.ms": 2_000,
        "broker.heartbeat.interval.ms": 500,
    }
    return "".join(f"{key}={value}\n" for key, value in lines.items())


LOGGING = """\
status=warn
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{ISO8601} %-5p %c{1} %m%n
rootLogger.level=info
rootLogger.appenderRef.console.ref=console
logger.config.name=org.apache.kafka.common.config.AbstractConfig
logger.config.level=warn
logger.server.name=kafka.server.KafkaConfig
logger.server.level=warn
"""
"""The broker's log goes to its standard output; the two classes that print every setting at each start are quiet."""
