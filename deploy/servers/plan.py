"""What a data folder holds: which servers, which version, on which ports; written once, so that it comes back."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from deploy.servers.ports import free_port
from deploy.servers.unable import Unable

ELASTIC_VERSIONS = ("9.5.3", "8.7.1")
BROKERS = (0, 1, 3)


@dataclass(frozen=True, slots=True)
class Ports:
    """Of one server: where clients come, and where servers speak to one another."""

    clients: int
    inner: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The servers of one folder; `for_figures`: with the memory and the compiler that a measurement needs."""

    kafka: tuple[Ports, ...] = ()
    elastic: Ports | None = None
    elastic_version: str = ""
    for_figures: bool = False

    def names(self) -> Iterator[str]:
        """Yield what the servers are called: kafka, kafka-2, kafka-3, elastic."""
        yield from (broker_name(node) for node in range(1, len(self.kafka) + 1))
        if self.elastic is not None:
            yield "elastic"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks of a folder; None: what it holds."""

    kafka: int | None = None
    elastic: str | None = None
    kafka_port: int | None = None
    elastic_port: int | None = None
    for_figures: bool = False


def broker_name(node: int) -> str:
    """Return what the broker of this number is called."""
    return "kafka" if node == 1 else f"kafka-{node}"


def load(folder: Path) -> Plan:
    """Return what the folder holds; nothing, where it is new."""
    path = folder / "servers.json"
    if not path.exists():
        return Plan()
    said = json.loads(path.read_text(encoding="utf-8"))
    elastic = Ports(**said["elastic"]) if said["elastic"] else None
    kafka = tuple(Ports(**one) for one in said["kafka"])
    return Plan(kafka, elastic, said["elastic_version"], said["for_figures"])


def save(folder: Path, plan: Plan) -> None:
    """The folder holds this plan."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "servers.json.new"
    made.write_text(json.dumps(asdict(plan), indent=1) + "\n", encoding="utf-8")
    made.replace(folder / "servers.json")


def widened(plan: Plan, wish: Wish) -> Plan:
    """
    Return the plan with what is asked beside what it held.

    Raises:
        Unable: the folder holds another number of brokers, or another Elasticsearch; data of one are not the other's.
    """
    taken = {port for one in (*plan.kafka, *filter(None, (plan.elastic,))) for port in (one.clients, one.inner)}
    if wish.kafka and plan.kafka and wish.kafka != len(plan.kafka):
        raise Unable("SRV-110", f"this folder holds {len(plan.kafka)} brokers, not {wish.kafka}; take another folder")
    if wish.elastic and plan.elastic and wish.elastic != plan.elastic_version:
        raise Unable("SRV-110", f"this folder holds Elasticsearch {plan.elastic_version}; take another folder")
    if wish.kafka and not plan.kafka:
        plan = replace(plan, kafka=tuple(_ports(taken) for _ in range(wish.kafka)))
    if wish.elastic and plan.elastic is None:
        plan = replace(plan, elastic=_ports(taken), elastic_version=wish.elastic)
    if wish.kafka_port is not None:
        moved = (replace(one, clients=wish.kafka_port + index) for index, one in enumerate(plan.kafka))
        plan = replace(plan, kafka=tuple(moved))
    if wish.elastic_port is not None and plan.elastic is not None:
        plan = replace(plan, elastic=replace(plan.elastic, clients=wish.elastic_port))
    return replace(plan, for_figures=plan.for_figures or wish.for_figures)


def addresses(plan: Plan) -> Mapping[str, str]:
    """Return what clients need: `kafka` as host:port,host:port and `elastic` as a URL."""
    said = {}
    if plan.kafka:
        said["kafka"] = ",".join(f"127.0.0.1:{one.clients}" for one in plan.kafka)
    if plan.elastic is not None:
        said["elastic"] = f"http://127.0.0.1:{plan.elastic.clients}"
    return said


def _ports(taken: set[int]) -> Ports:
    clients = free_port(taken)
    taken.add(clients)
    inner = free_port(taken)
    taken.add(inner)
    return Ports(clients, inner)
