"""Backups: one moment of a running Huiyin, checked to the byte, whole or not at all."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pipeline.adapters.blobs import FileBlobs
from pipeline.adapters.sqlite.backup import back_up
from pipeline.adapters.sqlite.manifest import verify_backup
from pipeline.adapters.sqlite.migrations import open_huiyin, steps_of
from pipeline.adapters.sqlite.outbox import SqliteOutbox
from pipeline.adapters.sqlite.records import SqliteRecords
from pipeline.adapters.sqlite.writer import Reader
from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.domain.event import Notice
from pipeline.ports import Record, Send

AT = 1_795_000_000_000


@contextmanager
def opened(folder: Path) -> Iterator[tuple[SqliteRecords, SqliteOutbox, FileBlobs]]:
    """Records, sends and attachments of a folder."""
    folder.mkdir(exist_ok=True)
    path = folder / "huiyin.db"
    with closing(open_huiyin(path)) as writer, closing(Reader(path)) as reader:
        yield SqliteRecords(writer, reader), SqliteOutbox(writer, reader), FileBlobs(folder / "blobs")


def write(folder: Path, key: str) -> str:
    """A setting, a waiting send and an attachment of this name are in the folder; returns the attachment's id."""
    with opened(folder) as (records, outbox, blobs):
        records.put(Record("setting", "yunxi-mz", key, 0, '"一"', AT, "周审核", "试一试"), expect=0)
        notice = Notice("opened", "new_matter", "duty", key, 2, AT)
        outbox.create([Send(key, "yunxi-mz", 1, 0, notice, "值班", "terminal", "waiting", "", 0)], {"yunxi-mz": 1})
        return blobs.put(key.encode())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one of everything, bus, tokens and keys beside it."""
    folder = tmp_path / "data"
    write(folder, "first")
    for name in ("bus.db", "state.db", "keys.json", "frontier.db"):
        (folder / name).write_bytes(b"never backed up")
    return folder


@pytest.fixture
def made(data: Path, tmp_path: Path) -> Path:
    """A backup of the data folder."""
    backup = tmp_path / "backups" / "monday"
    back_up(data / "huiyin.db", data / "blobs", backup, at=AT)
    return backup


def files_in(folder: Path) -> set[str]:
    """The names of all files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_backup_holds_database_and_attachments_and_nothing_else(data: Path, made: Path) -> None:
    """Bus, tokens, keys and the crawler's memory are never in a backup."""
    blob_id = FileBlobs(data / "blobs").put(b"first")
    assert files_in(made) == {"manifest.json", "huiyin.db", f"blobs/{blob_id[:2]}/{blob_id}"}
    assert files_in(made.parent) - {f"monday/{name}" for name in files_in(made)} == {"erasure-list.jsonl"}
    assert not any(b"never backed up" in path.read_bytes() for path in made.rglob("*") if path.is_file())
    manifest = verify_backup(made)
    assert (manifest.made_at, manifest.schema, manifest.damaged) == (AT, len(steps_of("huiyin")), ())


def test_a_damaged_attachment_is_named_and_left_out(data: Path, tmp_path: Path) -> None:
    """One rotten file does not cost the backup, and is never backed up as if it were whole."""
    with opened(data) as (_, _, blobs):
        rotten = blobs.put(b"rotten")
    (data / "blobs" / rotten[:2] / rotten).write_bytes(b"ROTTEN")
    (data / "blobs" / rotten[:2] / f"{rotten}.1-1.unfinished").write_bytes(b"rot")
    manifest = back_up(data / "huiyin.db", data / "blobs", tmp_path / "backups" / "monday", at=AT)
    assert manifest.damaged == (rotten,)
    assert len(manifest.entries) == 2
    assert verify_backup(tmp_path / "backups" / "monday") == manifest


def test_a_damaged_database_is_not_backed_up(data: Path, tmp_path: Path) -> None:
    """A backup that could not be restored is none, and leaves no folder behind."""
    with closing(open_huiyin(data / "huiyin.db")) as writer:
        writer.checkpoint()
    with (data / "huiyin.db").open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 4)
    with pytest.raises(StoreUnavailable, match="STO-104"):
        back_up(data / "huiyin.db", data / "blobs", tmp_path / "backups" / "monday", at=AT)
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["erasure-list.jsonl"]


def test_a_backup_never_overwrites_another(data: Path, made: Path) -> None:
    """Each backup has a folder of its own."""
    before = {name: (made / name).read_bytes() for name in files_in(made)}
    with pytest.raises(BadInput, match="INP-113"):
        back_up(data / "huiyin.db", data / "blobs", made, at=AT + 1)
    assert {name: (made / name).read_bytes() for name in files_in(made)} == before


def test_what_an_interrupted_backup_left_is_thrown_away(data: Path, tmp_path: Path) -> None:
    """A half backup has another name and is never taken for a whole one."""
    leftover = tmp_path / "backups" / "monday.unfinished"
    leftover.mkdir(parents=True)
    (leftover / "huiyin.db").write_bytes(b"half")
    back_up(data / "huiyin.db", data / "blobs", tmp_path / "backups" / "monday", at=AT)
    assert not leftover.exists()
    verify_backup(tmp_path / "backups" / "monday")


def test_a_disk_that_fills_up_leaves_no_half_backup(data: Path, tmp_path: Path) -> None:
    """Where the system takes no more bytes, the error says so and the folder is as before."""
    pytest.importorskip("resource", reason="limits of a process are a matter of POSIX systems")
    program = f"""
import pathlib, resource
from pipeline.adapters.sqlite.backup import back_up
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
data, target = pathlib.Path({str(data)!r}), pathlib.Path({str(tmp_path)!r}) / "backups" / "monday"
back_up(data / "huiyin.db", data / "blobs", target, at=1)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert "StoreUnavailable" in done.stderr
    assert files_in(tmp_path / "backups") == {"erasure-list.jsonl"}


def test_a_backup_is_one_moment_of_a_store_that_is_written(data: Path, tmp_path: Path) -> None:
    """Two records that are always written together are both in the backup or both not."""
    stop, begun = threading.Event(), threading.Event()

    def write_pairs() -> None:
        with opened(data) as (records, _, _):
            number = 0
            while not stop.is_set():
                number += 1
                pair = [Record("state", "yunxi-mz", key, 0, str(number), AT, "", "") for key in ("a", "b")]
                records.put_many([*pair, Record("state", "yunxi-mz", f"x{number}", 0, "x" * 2_000, AT, "", "")])
                begun.set()

    thread = threading.Thread(target=write_pairs)
    thread.start()
    begun.wait()
    for number in range(3):
        back_up(data / "huiyin.db", data / "blobs", tmp_path / "backups" / str(number), at=AT)
    stop.set()
    thread.join()
    for number in range(3):
        with opened(tmp_path / "backups" / str(number)) as (records, _, _):
            one, other = records.get("state", "yunxi-mz", "a"), records.get("state", "yunxi-mz", "b")
            assert one is not None
            assert other is not None
            assert one.value == other.value
