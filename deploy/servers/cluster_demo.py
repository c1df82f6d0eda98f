"""
The county of `huiyin demo` on a real Kafka and a real Elasticsearch: they are started for it, and end with it.

    python deploy/servers/cluster_demo.py [what `huiyin demo` takes]

Ctrl+C ends everything; the servers' data go with it.
"""

import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from deploy.servers.cluster import Servers
from deploy.servers.node import JAVA
from deploy.servers.plan import ELASTIC_VERSIONS, Wish
from deploy.servers.servers import with_java
from deploy.servers.unable import Unable

ENTRY = "from api.cli import main; raise SystemExit(main())"


def main(arguments: Sequence[str]) -> int:
    """The county has lived and ended; returns how it ended, 2 where the servers could not be started."""
    with tempfile.TemporaryDirectory(prefix="huiyin-servers-") as folder:
        servers = Servers(Path(folder))
        try:
            print("正在启动真实的 Kafka 和 Elasticsearch（第一次要下载约 100 MB）……", flush=True)
            with_java(JAVA[ELASTIC_VERSIONS[0]])
            servers.up(Wish(kafka=1, elastic=ELASTIC_VERSIONS[0]))
            return _live(servers, arguments)
        except Unable as cause:
            print(f"cluster-demo: {cause}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            return 130
        finally:
            servers.stop_all()


def _live(servers: Servers, arguments: Sequence[str]) -> int:
    where = ("--kafka", servers.kafka_addresses, "--elasticsearch", servers.elastic_url)
    county = subprocess.Popen([sys.executable, "-P", "-c", ENTRY, "demo", *where, *arguments])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _frame: _pass_on(county, got))
    return county.wait()


def _pass_on(county: "subprocess.Popen[bytes]", number: int) -> None:
    """Ctrl+C reaches the county by itself; whoever ends this process alone ends the county, too."""
    if number == signal.SIGTERM:
        county.terminate()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
