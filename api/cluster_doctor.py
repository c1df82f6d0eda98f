"""What the doctor says of a cluster's servers, and of the keys that its machines share."""

from collections.abc import Iterator, Sequence

from pipeline.domain.errors import HuiyinError
from pipeline.ports.server import ServerFinding

from . import bootstrap
from .finding import Finding
from .stores import Stores

NOT_MADE = "[STO-315]"
"""In a finding: indices are missing, which opening the stores would make; a doctor changes nothing."""


def unready(folder: bootstrap.Folder) -> Sequence[Finding]:
    """Return what the servers tell where the stores cannot be opened, or would be made; nothing where they can be."""
    if folder.cluster is None:
        return []
    try:
        found = bootstrap.look_at_servers(folder.cluster, bootstrap.system_clock(), None, is_thorough=True)()
    except HuiyinError as refusal:
        return [Finding("cluster", False, str(refusal))]
    if any(one.state == "problem" and one.what.startswith("elastic") for one in found):
        return [*map(_finding, found), Finding("stores", False, "not looked at, because of the lines above")]
    if any(NOT_MADE in one.says for one in found):
        return [
            *map(_finding, found),
            Finding("stores", True, "no data yet; the first start of any process makes them"),
        ]
    return []


def servers_and_keys(folder: bootstrap.Folder, stores: Stores) -> Iterator[Finding]:
    """Yield how the servers stand and what waits, and whether this machine has the installation's keys."""
    if folder.cluster is None:
        return
    yield from map(
        _finding, bootstrap.look_at_servers(folder.cluster, stores.machine_clock, stores.posts, is_thorough=True)()
    )
    yield _keys(folder, stores)


def _finding(found: ServerFinding) -> Finding:
    return Finding(found.what, found.state == "well", found.says)


def _keys(folder: bootstrap.Folder, stores: Stores) -> Finding:
    if not folder.keys.exists():
        return Finding("keys", False, f"there is no {folder.keys}; the first start makes it, or another machine has it")
    try:
        bootstrap.prove_keys(folder, stores)
    except HuiyinError as refusal:
        return Finding("keys", False, str(refusal))
    return Finding("keys", True, f"{folder.keys} is the installation's")
