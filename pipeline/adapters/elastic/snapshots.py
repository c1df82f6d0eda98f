"""
Snapshots of an installation's indices in a repository of Elasticsearch, and how they are brought back.

A snapshot takes each shard at a moment of its own, so what several indices say together may differ by what was written
meanwhile. Whatever could be ahead of what it answers for is therefore not believed after a restore: positions are not
brought back (the bus is read again from its beginning), change numbers jump, marks of what was dispatched go.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.domain.post import Millis

from .client import Change, Elastic
from .erasure import ERASURES
from .families import FAMILIES
from .layout import install, make
from .wire import Json, Wire

RESTORING = "restoring"
"""An index that is there while a restore is under way: nothing starts beside a half of it."""
LONGEST_SECONDS = 3_000.0
"""A backup is cut off after an hour (api/nightly.py); a restore may be asked for again."""
JUMP = 1_000_000
"""Change numbers given since the snapshot are fewer; no cursor of before meets one of them again."""
_NAME = re.compile(r"(.+)-(\d{8}t\d{6}z)")
_NONE = frozenset({404})
_POLL_SECONDS = 0.25
_NOT_BROUGHT_BACK = frozenset({"positions"})


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The snapshots of one installation, in the repository that its settings name."""

    elastic: Elastic
    sleep: Callable[[float], None] = time.sleep

    @property
    def repository(self) -> str:
        """The repository's name. Raises BadInput (BAK-201) where none is named."""
        name = self.elastic.wire.settings.snapshots
        if not name:
            sentence = "[elasticsearch] snapshots names no repository, so there is no backup; register one and name it"
            raise BadInput(sentence, code="BAK-201")
        return name

    def take(self, at: Millis) -> str:
        """
        Every index of the installation but those of poster tokens is in a new snapshot, whole; returns its name.

        Raises StoreUnavailable: BAK-202 no such repository, BAK-203 it could not be made whole.
        """
        name = f"{self.elastic.prefix}-{datetime.fromtimestamp(at / 1_000, UTC):%Y%m%dt%H%M%Sz}"
        wanted = {"indices": ",".join(self._ours()), "include_global_state": False}
        path = ["_snapshot", self.repository, name]
        if self.elastic.wire.ask("PUT", path, wanted, allow=_NONE).status in _NONE:
            raise self._no_repository()
        state = self._ended(name)
        if state != "SUCCESS":
            self.remove(name)
            sentence = f"snapshot {name} in {self.repository} ended as {state}; look at the nodes' logs and disks"
            raise StoreUnavailable(f"{sentence}, then run `huiyin backup`; older backups stay", code="BAK-203")
        return name

    def all(self) -> Mapping[str, Millis]:
        """Return name → moment of the whole snapshots of this installation, oldest first."""
        path = ["_snapshot", self.repository, f"{self.elastic.prefix}-*"]
        answer = self.elastic.wire.ask("GET", path, params={"ignore_unavailable": "true"}, allow=_NONE)
        if answer.status in _NONE:
            raise self._no_repository()
        whole = [each["snapshot"] for each in answer.body["snapshots"] if each["state"] == "SUCCESS"]
        moments = {name: found for name in whole if (found := _moment_of(name, self.elastic.prefix)) is not None}
        return dict(sorted(moments.items(), key=lambda item: item[1]))

    def size(self, name: str) -> int:
        """Return how many bytes the files of a snapshot are."""
        said = self.elastic.wire.ask("GET", ["_snapshot", self.repository, name, "_status"]).body
        return int(said["snapshots"][0]["stats"]["total"]["size_in_bytes"])

    def remove(self, name: str) -> None:
        """The snapshot is gone; no error where it never was."""
        self.elastic.wire.ask("DELETE", ["_snapshot", self.repository, name], allow=_NONE)

    def rehearse(self, name: str, *, with_large: bool) -> Elastic:
        """
        Return an installation aside that holds what the snapshot does; `forget_rehearsal` ends it.

        Without the large families (posts, mentions, opinions) only what people decided is there.
        """
        self.forget_rehearsal()
        left = {family.name for family in FAMILIES if (family.in_parts or family.is_large) and not with_large}
        side = self._aside()
        self._bring_back(name, left | _NOT_BROUGHT_BACK, side.prefix)
        for family in FAMILIES:
            if not family.in_parts and (family.name in left or family.name in _NOT_BROUGHT_BACK):
                make(side, family.name)
        return side

    def forget_rehearsal(self) -> None:
        """Nothing of an installation aside is left."""
        side = self._aside()
        for index in _indices(side):
            side.drop(index)
        side.close()

    def begin_restore(self, name: str) -> None:
        """
        From now on nothing starts, what was there is gone, and the snapshot's indices are in its place.

        Poster tokens stay. Raises BadInput (INP-115) where there is no such snapshot: then nothing was changed.
        """
        if name not in self.all():
            raise BadInput(
                f"{name}: there is no such backup; `huiyin restore` without a name lists them", code="INP-115"
            )
        make(self.elastic, RESTORING)
        tokens = {family.name for family in FAMILIES if not family.in_snapshots}
        for index in _indices(self.elastic):
            if index != RESTORING and index.partition("-")[0] not in tokens:
                self.elastic.drop(index)
        self._bring_back(name, _NOT_BROUGHT_BACK, self.elastic.prefix)
        install(self.elastic)
        self._disbelieve()

    def end_restore(self) -> None:
        """What was brought back is prepared: Huiyin may start."""
        self.elastic.drop(RESTORING)

    def is_restoring(self) -> bool:
        """Whether a restore is under way, or was cut off."""
        path = [self.elastic.name(RESTORING), "_settings"]
        return self.elastic.wire.ask("GET", path, allow=_NONE).status not in _NONE

    def erased_posts(self) -> Mapping[str, Millis]:
        """Return post → when it was erased, as far as the store that stands now knows."""
        self.elastic.refresh(ERASURES)
        found = self.elastic.scan(ERASURES, {"match_all": {}}, [{"_shard_doc": "asc"}])
        return {doc.id: int(doc.source["at"]) for doc in found}

    def _ours(self) -> Sequence[str]:
        """Return patterns and names of the indices that a snapshot holds."""
        families = [family for family in FAMILIES if family.in_snapshots]
        return [self.elastic.name(f"{one.name}-*" if one.in_parts else one.name) for one in families]

    def _aside(self) -> Elastic:
        settings = self.elastic.wire.settings
        return Elastic(Wire(replace(settings, prefix=f"rehearsal-of-{settings.prefix}", replicas=0)))

    def _bring_back(self, name: str, without: frozenset[str] | set[str], prefix: str) -> None:
        """The snapshot's indices are there under the prefix, and every shard of them can be read."""
        held = self._held(name)
        wanted = [index for index in held if self._family_of(index) not in without]
        body = {
            "indices": ",".join(wanted),
            "include_global_state": False,
            "include_aliases": False,
            "rename_pattern": f"^{re.escape(self.elastic.prefix)}-(.+)$",
            "rename_replacement": f"{prefix}-$1",
            "index_settings": {"index.number_of_replicas": self.elastic.wire.settings.replicas},
        }
        self.elastic.wire.ask("POST", ["_snapshot", self.repository, name, "_restore"], body)
        there = [f"{prefix}-{index.removeprefix(f'{self.elastic.prefix}-')}" for index in wanted]
        deadline = time.monotonic() + LONGEST_SECONDS
        while not self._can_be_read(there):
            if time.monotonic() > deadline:
                sentence = f"snapshot {name} was not brought back in time; look at the nodes' logs, then ask again"
                raise StoreUnavailable(sentence, code="BAK-203")
            self.sleep(_POLL_SECONDS)

    def _held(self, name: str) -> Sequence[str]:
        said = self.elastic.wire.ask("GET", ["_snapshot", self.repository, name]).body
        return [str(index) for index in said["snapshots"][0]["indices"]]

    def _family_of(self, index: str) -> str:
        own = index.removeprefix(f"{self.elastic.prefix}-")
        return next((one.name for one in FAMILIES if own == one.name or own.startswith(f"{one.name}-")), own)

    def _can_be_read(self, names: Sequence[str]) -> bool:
        params = {"level": "indices", "expand_wildcards": "all"}
        health = self.elastic.wire.ask("GET", ["_cluster", "health"], params=params).body["indices"]
        return all(name in health and health[name]["status"] != "red" for name in names)

    def _ended(self, name: str) -> str:
        deadline = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < deadline:
            said = self.elastic.wire.ask("GET", ["_snapshot", self.repository, name]).body
            state = str(said["snapshots"][0]["state"])
            if state != "IN_PROGRESS":
                return state
            self.sleep(_POLL_SECONDS)
        return "too slow"

    def _disbelieve(self) -> None:
        """Nothing that was brought back is ahead of what it answers for."""
        self.elastic.refresh("sequences", "units")
        numbers = self.elastic.scan("sequences", {"match_all": {}}, [{"name": "asc"}])
        jumped = [Change("index", "sequences", doc.id, _jumped(doc.source)) for doc in numbers]
        dispatched = self.elastic.scan("units", {"term": {"kind": "dispatched"}}, [{"unit": "asc"}])
        self.elastic.bulk([*jumped, *(Change("delete", "units", doc.id) for doc in dispatched)])
        self.elastic.refresh("sequences", "units")

    def _no_repository(self) -> StoreUnavailable:
        sentence = f"there is no snapshot repository {self.repository}; register it as deploy/cluster/runbook.md says"
        return StoreUnavailable(sentence, code="BAK-202")


def _jumped(source: Json) -> Json:
    return {**source, "next": int(source["next"]) + JUMP, "pending": "{}"}


def _indices(elastic: Elastic) -> Sequence[str]:
    params = {"allow_no_indices": "true", "expand_wildcards": "all"}
    answer = elastic.wire.ask("GET", [elastic.name("*"), "_settings"], params=params, allow=_NONE)
    return [] if answer.status in _NONE else [name.removeprefix(f"{elastic.prefix}-") for name in answer.body]


def _moment_of(name: str, prefix: str) -> Millis | None:
    found = _NAME.fullmatch(name)
    if found is None or found[1] != prefix:
        return None
    return round(datetime.strptime(found[2], "%Y%m%dt%H%M%Sz").replace(tzinfo=UTC).timestamp() * 1_000)
