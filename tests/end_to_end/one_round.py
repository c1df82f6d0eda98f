"""
Runs one crawl round in this process, as the tests' child: the job is JSON on stdin, the answer JSON on stdout.

What the door was given is appended to a file and synced before the call returns, so that it survives a kill.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from crawlers.crawl import CrawlDeps, run_round
from crawlers.network import NetworkSettings
from crawlers.read_manifest import manifest_from_dict
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.errors import HuiyinError, StoreUnavailable
from pipeline.domain.post import Millis, RawPost
from pipeline.ports import Admitted, Record


class FileDoor:
    """A door that writes each raw post as a line."""

    def __init__(self, path: Path, refuse_after: int | None) -> None:
        self._path = path
        self._refuse_after = refuse_after

    def admit(self, raws: Sequence[RawPost]) -> Admitted:
        if self._refuse_after is not None:
            self._refuse_after -= len(raws)
            if self._refuse_after < 0:
                raise StoreUnavailable("the disk is full; free some space")
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(raw), ensure_ascii=False) + "\n" for raw in raws)
            file.flush()
            os.fsync(file.fileno())
        return Admitted(published=len(raws))


class FileRecords(MemoryRecords):
    """Records in memory, and in one JSON file that is replaced at each change, so that a kill leaves it whole."""

    KINDS = ("absence", "fetch", "robots", "source_issue", "source_state", "validator")

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        if path.exists():
            super().put_many([Record(**row) for row in json.loads(path.read_text(encoding="utf-8"))])

    def put_many(self, records: Sequence[Record]) -> None:
        super().put_many(records)
        rows = [asdict(record) for kind in self.KINDS for record in self.list(kind)]
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(rows), encoding="utf-8")
        beside.replace(self._path)


class ShiftedClock:
    """The machine's clock, moved."""

    def __init__(self, shift: Millis) -> None:
        self._shift = shift

    def now(self) -> Millis:
        return time.time_ns() // 1_000_000 + self._shift


class OpenSeal:
    """A seal that can be told apart from an open address, for tests only."""

    def close(self, address: str) -> str:
        return "sealed:" + address.encode().hex()

    def reveal(self, sealed: str) -> str:
        return bytes.fromhex(sealed.removeprefix("sealed:")).decode()

    def mark(self, address: str) -> str:
        return "mark:" + address.encode().hex()[::-1]


def main() -> None:
    """Run the job and print what happened."""
    job = json.load(sys.stdin)
    folder = Path(job["folder"])
    network = job.get("network", {})
    deps = CrawlDeps(
        door=FileDoor(folder / "door.jsonl", job.get("refuse_after")),
        records=FileRecords(folder / "records.json"),
        clock=ShiftedClock(job.get("shift", 0)),
        frontier=folder / "frontier.db",
        agent=job.get("agent", "Huiyin/2026.11 (+https://yunxi.example/about)"),
        network=NetworkSettings(
            network.get("proxy", ""),
            tuple(network.get("no_proxy", ())),
            network.get("ca_file", ""),
            tuple(network.get("local_hosts", ("127.0.0.1", "localhost"))),
        ),
        seal=OpenSeal() if job.get("seal") else None,
        epoch=job.get("epoch", "stream-1"),
        max_seconds=job.get("max_seconds", 30),
        log_level=job.get("log_level", "WARNING"),
        overrides=job.get("overrides", {}),
    )
    try:
        report = run_round([manifest_from_dict(table) for table in job["manifests"]], deps)
    except HuiyinError as error:
        sys.stdout.write(json.dumps({"error": str(error), "kind": type(error).__name__}) + "\n")
        raise SystemExit(1) from error
    sys.stdout.write(report.to_json() + "\n")


if __name__ == "__main__":
    main()
