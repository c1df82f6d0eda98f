"""The servers of one data folder, from Python: started, killed, started again, stopped."""

import signal
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from deploy.servers import broker, node, plan
from deploy.servers.jars import held
from deploy.servers.plan import Plan, Wish
from deploy.servers.ports import is_free
from deploy.servers.process import STOP_SECONDS, Process
from deploy.servers.unable import Unable


class Servers:
    """
    What lies in a folder, and runs or not; the same folder comes back with its data, on its ports.

    Several processes may hold one folder: each change is made by one at a time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    @property
    def kafka_addresses(self) -> str:
        """The brokers, as a client is given them: host:port,host:port. Empty: the folder holds none."""
        return plan.addresses(self._plan()).get("kafka", "")

    @property
    def elastic_url(self) -> str:
        """The address of Elasticsearch. Empty: the folder holds none."""
        return plan.addresses(self._plan()).get("elastic", "")

    def up(self, wish: Wish) -> None:
        """
        What the folder held and what is asked beside it runs and answers.

        Raises:
            Unable: no Java, no Maven, a port that is taken, a server that does not come up; the others run on.
        """
        with self.alone():
            self.up_already_alone(wish)

    def up_already_alone(self, wish: Wish) -> None:
        """`up`, by one who is inside `alone` already."""
        wanted = plan.widened(self._plan(), wish)
        plan.save(self.folder, wanted)
        names = list(wanted.names())
        self._start([name for name in names if self.process(name).pid is None], wanted)
        self._wait_until_ready(names, wanted)

    def start(self, name: str) -> None:
        """The server of this name runs and answers; one that runs already is left alone."""
        with self.alone():
            if self.process(name).pid is None:
                self._start([name], self._plan())
            self._wait_until_ready([name], self._plan())

    def kill(self, name: str) -> None:
        """The server of this name is gone, as after a power cut."""
        self.process(name).kill()

    def stop(self, name: str) -> None:
        """The server of this name has ended in good order, or was killed when it took too long."""
        self._stop([name])

    def stop_all(self) -> None:
        """None of the folder's servers runs."""
        with self.alone():
            self.stop_all_already_alone()

    def stop_all_already_alone(self) -> None:
        """`stop_all`, by one who is inside `alone` already."""
        self._stop(list(self._plan().names()))

    def process(self, name: str) -> Process:
        """
        Return the process of a server: its number, its log.

        Raises:
            Unable: the folder has no server of this name.
        """
        names = list(self._plan().names())
        if name not in names:
            there = ", ".join(names) or "none yet; begin with: up"
            raise Unable("SRV-111", f"{self.folder} has no server called {name}; it has: {there}")
        return Process(name, self.folder / name)

    def status(self) -> Mapping[str, object]:
        """Return the addresses, and of each server whether it runs, as which process, and where its log is."""
        now = self._plan()
        servers = {}
        for name in now.names():
            process = self.process(name)
            pid = process.pid
            servers[name] = {"running": pid is not None, "pid": pid, "log": str(process.log)}
        return {**plan.addresses(now), "servers": servers}

    def alone(self) -> AbstractContextManager[None]:
        """While the block runs no other process changes this folder's servers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return held(self.folder / "lock")

    def _plan(self) -> Plan:
        return plan.load(self.folder)

    def _start(self, names: list[str], now: Plan) -> None:
        for name in names:
            self._refuse_taken_ports(name, now)
        for name in names:
            if name == "elastic" and now.elastic is not None:
                node.start(now, now.elastic, self.process(name))
            else:
                broker.start(now, _number(name), self.process(name))

    def _wait_until_ready(self, names: list[str], now: Plan) -> None:
        for name in names:
            if name == "elastic" and now.elastic is not None:
                node.wait_until_ready(now.elastic, self.process(name))
            else:
                broker.wait_until_ready(now, _number(name), self.process(name))

    def _refuse_taken_ports(self, name: str, now: Plan) -> None:
        ports = now.elastic if name == "elastic" else now.kafka[_number(name) - 1]
        for port in (ports.clients, ports.inner) if ports else ():
            if not is_free(port):
                raise Unable("SRV-108", f"port {port} on loopback, which {name} needs, is taken by another program")

    def _stop(self, names: list[str]) -> None:
        running = [process for process in map(self.process, names) if process.pid is not None]
        for process in running:
            process.send(signal.SIGTERM)
        for process in running:
            if not process.wait_until_gone(STOP_SECONDS):
                process.kill()


def _number(name: str) -> int:
    return int(name.partition("-")[2] or 1)
