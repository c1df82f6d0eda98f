"""How an Elasticsearch stands: version, health, templates and indices, disks, clocks, the repository of snapshots."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pipeline.domain.errors import HuiyinError
from pipeline.domain.post import Millis
from pipeline.ports.server import ServerFinding

from .client import Elastic
from .families import FAMILIES
from .layout import foreign_indices, missing_indices

OLDEST, NEWEST = (8, 7), (9, 99)
"""Versions of the server that the suite runs on, and what lies between."""
SKEW: Millis = 1_000
"""Leases last six seconds and are renewed each second; a clock that is further off makes two holders possible."""
GIB = 1 << 30
_NONE = frozenset({404})
_MARKS: Sequence[tuple[str, float, float]] = (("flood_stage", 95.0, 100.0), ("high", 90.0, 150.0), ("low", 85.0, 200.0))
"""(name, shipped percentage, shipped headroom in GB): whichever leaves less free counts."""
_MEANS = {
    "flood_stage": "is over its flood stage: indices on it take no writes until space is free",
    "high": "is over its high watermark: its shards move away, and soon it takes no writes",
    "low": "is over its low watermark: no new shards come to it",
}
_SIZE = re.compile(r"([0-9.]+)(b|kb|mb|gb|tb)")
_UNITS = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": GIB, "tb": 1 << 40}
Json: TypeAlias = Mapping[str, Any]


def examine(elastic: Elastic, now: Callable[[], Millis], *, is_thorough: bool = True) -> Sequence[ServerFinding]:
    """
    Return what there is to say; a server that does not answer, or refuses us, is the only thing said.

    Where it `is_thorough` every node is asked to write a file into the repository of snapshots.
    """
    try:
        version = str(elastic.wire.ask("GET", []).body["version"]["number"])
    except HuiyinError as refusal:
        return [ServerFinding("elasticsearch", "problem", str(refusal))]
    except KeyError:
        says = "what answers at [elasticsearch] urls is no Elasticsearch; correct the address [STO-306]"
        return [ServerFinding("elasticsearch", "problem", says)]
    looks: Sequence[Callable[[], Iterator[ServerFinding]]] = (
        lambda: _health(elastic),
        lambda: _indices(elastic),
        lambda: _disks(elastic),
        lambda: _clocks(elastic, now),
        lambda: _repository(elastic, is_thorough=is_thorough),
    )
    return [_version(version), *(found for look in looks for found in _looked(look))]


def _looked(look: Callable[[], Iterator[ServerFinding]]) -> list[ServerFinding]:
    """A question that is refused is a finding, and the others are asked all the same."""
    try:
        return list(look())
    except HuiyinError as refusal:
        return [ServerFinding("elasticsearch", "problem", str(refusal))]


def _version(version: str) -> ServerFinding:
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if OLDEST <= numbers <= NEWEST:
        return ServerFinding("elasticsearch", "well", f"version {version} answers")
    says = f"version {version} is not one that Huiyin was tried on; take 8.7 to 9.x [STO-314]"
    return ServerFinding("elasticsearch", "degraded", says)


def _health(elastic: Elastic) -> Iterator[ServerFinding]:
    params = {"level": "indices", "allow_no_indices": "true", "ignore_unavailable": "true"}
    said = elastic.wire.ask("GET", ["_cluster", "health", elastic.name("*")], params=params).body
    unwell = {name: index["status"] for name, index in said["indices"].items() if index["status"] != "green"}
    red = sorted(name for name, state in unwell.items() if state == "red")
    if red:
        says = f"indices without any living copy: {', '.join(red)}; bring their nodes back, or restore [STO-311]"
        yield ServerFinding("elasticsearch health", "problem", says)
    elif unwell:
        says = f"{len(unwell)} of {len(said['indices'])} indices lack a copy ({', '.join(sorted(unwell)[:3])}…)"
        step = "add a node, or write replicas = 0 where there is one and the loss of its disk is borne"
        yield ServerFinding("elasticsearch health", "degraded", f"{says}; {step} [STO-312]")
    else:
        nodes = said["number_of_data_nodes"]
        yield ServerFinding("elasticsearch health", "well", f"{len(said['indices'])} indices green on {nodes} nodes")


def _indices(elastic: Elastic) -> Iterator[ServerFinding]:
    """Templates and indices are ours and all there; a foreign one stops Huiyin, a missing one is made at the start."""
    foreign = foreign_indices(elastic)
    for problem in foreign:
        yield ServerFinding("elasticsearch indices", "problem", f"{problem} [STO-310]")
    missing = [*missing_indices(elastic), *_missing_templates(elastic)]
    if missing:
        says = f"missing: {', '.join(missing)}; the next start of any process makes them [STO-315]"
        yield ServerFinding("elasticsearch indices", "degraded", says)
    if not (foreign or missing):
        yield ServerFinding(
            "elasticsearch indices", "well", f"every index of {elastic.prefix}- is ours, none is missing"
        )


def _missing_templates(elastic: Elastic) -> list[str]:
    answer = elastic.wire.ask("GET", ["_index_template", elastic.name("*")], allow=_NONE)
    there = {str(each["name"]) for each in answer.body.get("index_templates", ())}
    return [f"template {elastic.name(each.name)}" for each in FAMILIES if elastic.name(each.name) not in there]


def _disks(elastic: Elastic) -> Iterator[ServerFinding]:
    params = {"include_defaults": "true", "flat_settings": "true"}
    said = elastic.wire.ask("GET", ["_cluster", "settings"], params=params).body
    marks = {**said.get("defaults", {}), **said.get("persistent", {}), **said.get("transient", {})}
    nodes = elastic.wire.ask("GET", ["_nodes", "stats", "fs"]).body["nodes"].values()
    is_watched = str(marks.get("cluster.routing.allocation.disk.threshold_enabled", "true")) == "true"
    found = [problem for node in nodes for problem in _disk(node, marks)] if is_watched else []
    yield from found
    if not found:
        free = min((node["fs"]["total"]["available_in_bytes"] for node in nodes), default=0)
        yield ServerFinding("elasticsearch disks", "well", f"{free / GIB:.1f} GB free on the fullest node")


def _disk(node: Json, marks: Json) -> Iterator[ServerFinding]:
    total, free = (node["fs"]["total"][key] for key in ("total_in_bytes", "available_in_bytes"))
    for name, percent, headroom in _MARKS:
        least = _least_free(
            str(marks.get(f"cluster.routing.allocation.disk.watermark.{name}", "")), percent, headroom, total
        )
        if free < least:
            says = f"node {node['name']} {_MEANS[name]}: {free / GIB:.1f} GB free, {least / GIB:.1f} GB are needed"
            is_shut = name == "flood_stage"
            says = f"{says}; free space or add a node [STO-313]"
            yield ServerFinding("elasticsearch disks", "problem" if is_shut else "degraded", says)
            return


def _least_free(mark: str, percent: float, headroom: float, total: int) -> float:
    """Return how many bytes must be free: by a size, a percentage or ratio that is used, or as shipped."""
    size = _SIZE.fullmatch(mark)
    if size:
        return float(size[1]) * _UNITS[size[2]]
    used = percent
    if mark:
        used = float(mark[:-1]) if mark.endswith("%") else float(mark) * 100
    shipped = used == percent
    return min(total * (100 - used) / 100, headroom * GIB if shipped else total)


def _clocks(elastic: Elastic, now: Callable[[], Millis]) -> Iterator[ServerFinding]:
    """A node's own time, against the middle of the time that asking it took."""
    before = now()
    nodes = elastic.wire.ask("GET", ["_nodes", "stats", "jvm"]).body["nodes"].values()
    after = now()
    middle, within = (before + after) // 2, SKEW + (after - before)
    off = {str(node["name"]): int(node["jvm"]["timestamp"]) - middle for node in nodes}
    far = {name: by for name, by in off.items() if abs(by) > within}
    for name, by in far.items():
        says = f"the clock of node {name} is {abs(by) / 1000:.1f} s {'ahead of' if by > 0 else 'behind'} this machine's"
        yield ServerFinding("elasticsearch clocks", "degraded", f"{says}; set both by chrony or ntpd [CLK-101]")
    if not far:
        yield ServerFinding("elasticsearch clocks", "well", f"the clocks of {len(off)} nodes agree with this machine's")


def _repository(elastic: Elastic, *, is_thorough: bool) -> Iterator[ServerFinding]:
    name = elastic.wire.settings.snapshots
    if not name:
        says = (
            "no snapshot repository is named, so there is no backup; register one and write [elasticsearch] snapshots"
        )
        yield ServerFinding("elasticsearch snapshots", "degraded", f"{says} [BAK-201]")
        return
    answer = elastic.wire.ask("GET", ["_snapshot", name], allow=_NONE)
    if answer.status in _NONE:
        says = f"there is no snapshot repository {name}; register it as deploy/runbook.md says"
        yield ServerFinding("elasticsearch snapshots", "degraded", f"{says} [BAK-202]")
        return
    if is_thorough:
        elastic.wire.ask("POST", ["_snapshot", name, "_verify"])
    says = f"every node can write to repository {name}" if is_thorough else f"repository {name} is registered"
    yield ServerFinding("elasticsearch snapshots", "well", says)
