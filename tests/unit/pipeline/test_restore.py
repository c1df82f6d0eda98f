"""The way back from a backup: nothing half restored, nothing sent twice, nothing erased returns."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pipeline.adapters.blobs import FileBlobs
from pipeline.adapters.sqlite.backup import back_up
from pipeline.adapters.sqlite.erasure_list import Erasure, append_erasures
from pipeline.adapters.sqlite.manifest import Manifest, verify_backup
from pipeline.adapters.sqlite.migrations import migrate, open_huiyin, steps_of
from pipeline.adapters.sqlite.outbox import SqliteOutbox
from pipeline.adapters.sqlite.records import SqliteRecords
from pipeline.adapters.sqlite.restore import HELD_BECAUSE, Restored, restore
from pipeline.adapters.sqlite.writer import Reader, Writer
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


def keys_in(folder: Path) -> list[str]:
    """The keys of the settings in a folder."""
    with opened(folder) as (records, _, _):
        return [record.key for record in records.list("setting")]


def erase_nothing(_: Path, erasures: Sequence[Erasure]) -> None:
    """For restores whose erasure list is empty."""
    assert not erasures


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


def test_a_restored_folder_is_what_it_was(made: Path, tmp_path: Path) -> None:
    """Settings with history, sends, attachments: all there, with no trace of the way."""
    restored = restore(made, tmp_path / "new", erase=erase_nothing)
    assert restored == Restored(verify_backup(made), 1, 0)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["blobs", "huiyin.db"]
    with opened(tmp_path / "new") as (records, outbox, blobs):
        assert [record.key for record in records.history("setting", "yunxi-mz", "first")] == ["first"]
        assert outbox.dispatched("yunxi-mz") == 1
        assert blobs.get(blobs.put(b"first")) == b"first"


def test_a_restore_holds_every_unsent_send(made: Path, tmp_path: Path) -> None:
    """Whether a waiting send went out after the backup nobody knows, so a person releases it."""
    restore(made, tmp_path / "new", erase=erase_nothing)
    with opened(tmp_path / "new") as (_, outbox, _):
        assert outbox.due(AT * 2, 10) == []
        assert [(send.state, send.reason) for send in outbox.sends("yunxi-mz")] == [("held", HELD_BECAUSE)]


Spoil = Callable[[Path], object]


def spoil_manifest(backup: Path, **said: object) -> None:
    """The manifest says something else."""
    path = backup / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | said), encoding="utf-8")


def flip_a_byte(backup: Path) -> None:
    """One byte in the middle of the database is another."""
    data = bytearray((backup / "huiyin.db").read_bytes())
    data[len(data) // 2] ^= 1
    (backup / "huiyin.db").write_bytes(data)


STRAY = {"path": "../../keys.json", "size": 1, "sha256": "0" * 64}


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (flip_a_byte, "STO-111"),
        (lambda backup: shutil.rmtree(backup / "blobs"), "STO-111"),
        (lambda backup: (backup / "manifest.json").write_text("{", encoding="utf-8"), "STO-111"),
        (lambda backup: (backup / "manifest.json").unlink(), "STO-102"),
        (lambda backup: spoil_manifest(backup, format=2), "STO-111"),
        (lambda backup: spoil_manifest(backup, entries=[]), "STO-111"),
        (lambda backup: spoil_manifest(backup, entries=[STRAY]), "STO-111"),
    ],
)
def test_a_backup_that_changed_is_refused(made: Path, tmp_path: Path, spoil: Spoil, code: str) -> None:
    """A byte, a file, a manifest: whatever is not as it was made is named, and the target stays untouched."""
    spoil(made)
    with pytest.raises(StoreUnavailable) as caught:
        restore(made, tmp_path / "new", erase=erase_nothing)
    assert caught.value.code == code
    assert not (tmp_path / "new").exists()


def test_a_backup_of_a_newer_huiyin_is_refused(made: Path, tmp_path: Path) -> None:
    """An older Huiyin does not open what a newer one wrote, and leaves nothing behind."""
    with closing(Writer(made / "huiyin.db")) as writer, writer.transaction() as connection:
        connection.execute("PRAGMA user_version = 9999")
    renew_hash(made)
    with pytest.raises(StoreUnavailable, match="STO-107"):
        restore(made, tmp_path / "new", erase=erase_nothing)
    assert list((tmp_path / "new").iterdir()) == []


def renew_hash(backup: Path) -> Manifest:
    """The manifest is that of the database as it is now."""
    source = backup.with_name("source")
    backup.rename(source)
    shutil.rmtree(backup, ignore_errors=True)
    manifest = back_up(source / "huiyin.db", source / "blobs", backup, at=AT)
    shutil.rmtree(source)
    return manifest


def test_a_backup_of_an_older_huiyin_is_brought_to_the_newest_schema(tmp_path: Path) -> None:
    """What was backed up by an earlier release is restored by a later one."""
    (tmp_path / "old").mkdir()
    with closing(Writer(tmp_path / "old" / "huiyin.db")) as writer:
        migrate(writer, steps_of("huiyin")[:3])
    back_up(tmp_path / "old" / "huiyin.db", tmp_path / "old" / "blobs", tmp_path / "backups" / "old", at=AT)
    restored = restore(tmp_path / "backups" / "old", tmp_path / "new", erase=erase_nothing)
    assert (restored.manifest.schema, restored.held) == (3, 0)
    write(tmp_path / "new", "second")
    assert keys_in(tmp_path / "new") == ["second"]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["blobs", "huiyin.db"]


def test_a_folder_with_a_database_is_not_replaced_unasked(data: Path, made: Path) -> None:
    """Only a person who says so loses what is there."""
    write(data, "second")
    with pytest.raises(BadInput, match="INP-114"):
        restore(made, data, erase=erase_nothing)
    assert keys_in(data) == ["first", "second"]


def test_a_replaced_folder_holds_the_backup_only(data: Path, made: Path) -> None:
    """Of the old database, its log and its attachments nothing remains; bus, tokens and keys stay."""
    attachment = write(data, "second")
    restore(made, data, erase=erase_nothing, replace=True)
    assert keys_in(data) == ["first"]
    assert FileBlobs(data / "blobs").get(attachment) is None
    assert sorted(path.name for path in data.iterdir()) == [
        *("blobs", "bus.db", "frontier.db", "huiyin.db", "keys.json", "state.db")
    ]


def test_a_damaged_database_is_replaced(data: Path, made: Path) -> None:
    """Damage is why one restores; the damaged file's log does not meet the new file."""
    (data / "huiyin.db").write_bytes(b"\xff" * 8192)
    (data / "huiyin.db-wal").write_bytes(b"\xff" * 8192)
    restore(made, data, erase=erase_nothing, replace=True)
    assert keys_in(data) == ["first"]


def test_nothing_is_replaced_under_a_running_huiyin(data: Path, made: Path) -> None:
    """A process that has the database open would write into a file that is no more; it is found before any work."""
    append_erasures(made.parent / "erasure-list.jsonl", [Erasure("post", "p1", AT)])
    with opened(data), pytest.raises(StoreUnavailable, match="stop Huiyin") as caught:
        restore(made, data, erase=erase_nothing, replace=True)
    assert caught.value.code == "STO-103"
    write(data, "second")
    assert keys_in(data) == ["first", "second"]


def test_an_erasure_that_leaves_the_database_open_restores_nothing(made: Path, tmp_path: Path) -> None:
    """What would still lie in the write-ahead log must not be left behind when the file takes its place."""
    append_erasures(made.parent / "erasure-list.jsonl", [Erasure("post", "p1", AT)])
    left_open = list[Writer]()
    with pytest.raises(StoreUnavailable, match="STO-103"):
        restore(made, tmp_path / "new", erase=lambda folder, _: left_open.append(Writer(folder / "huiyin.db")))
    left_open[0].close()
    assert list((tmp_path / "new").iterdir()) == []


def test_what_was_erased_since_is_erased_again(data: Path, made: Path, tmp_path: Path) -> None:
    """The erasure runs on the prepared folder, before anyone can read it."""
    attachment = FileBlobs(data / "blobs").put(b"first")
    erasures = [Erasure("blob", attachment, AT), Erasure("memo", "m1", AT + 1, "yunxi-mz")]
    append_erasures(made.parent / "erasure-list.jsonl", erasures)
    seen = list[Erasure]()

    def erase(folder: Path, wanted: Sequence[Erasure]) -> None:
        assert not (tmp_path / "new" / "huiyin.db").exists()
        seen.extend(wanted)
        with opened(folder) as (records, _, blobs):
            assert blobs.remove(attachment)
            records.remove("setting", "yunxi-mz", "first")

    assert restore(made, tmp_path / "new", erase=erase).erased == 2
    assert seen == erasures
    assert FileBlobs(tmp_path / "new" / "blobs").get(attachment) is None
    assert keys_in(tmp_path / "new") == []


def test_an_erasure_that_fails_restores_nothing(data: Path, made: Path) -> None:
    """Rather no restore than one that brings an erased text back."""
    write(data, "second")
    append_erasures(made.parent / "erasure-list.jsonl", [Erasure("post", "p1", AT)])

    def erase(_: Path, __: Sequence[Erasure]) -> None:
        raise StoreUnavailable("no")

    with pytest.raises(StoreUnavailable, match="no"):
        restore(made, data, erase=erase, replace=True)
    assert keys_in(data) == ["first", "second"]
    assert not (data / "restore.unfinished").exists()


def test_a_backup_without_its_erasure_list_is_not_restored(made: Path, tmp_path: Path) -> None:
    """A backup that was carried elsewhere alone could bring erased texts back."""
    (made.parent / "erasure-list.jsonl").unlink()
    with pytest.raises(BadInput, match="INP-112"):
        restore(made, tmp_path / "new", erase=erase_nothing)
    append_erasures(made.parent / "erasure-list.jsonl", [])
    assert restore(made, tmp_path / "new", erase=erase_nothing).erased == 0


def test_a_backup_that_is_not_there_is_said_to_be_none(tmp_path: Path) -> None:
    """And nothing is asked of an erasure list beside it."""
    with pytest.raises(BadInput, match=r"no such backup.*INP-115"):
        restore(tmp_path / "nowhere", tmp_path / "new", erase=erase_nothing)
    assert not (tmp_path / "new").exists()


def test_an_interrupted_restore_is_done_again(data: Path, made: Path) -> None:
    """Killed between the attachments and the database, a second restore ends the work."""
    (data / "blobs").rename(data / "blobs.replaced")
    (data / "restore.unfinished").mkdir()
    (data / "restore.unfinished" / "huiyin.db").write_bytes(b"half")
    restore(made, data, erase=erase_nothing, replace=True)
    assert keys_in(data) == ["first"]
    assert {path.name for path in data.iterdir()} & {"restore.unfinished", "blobs.replaced"} == set()
    with opened(data) as (_, _, blobs):
        assert blobs.get(blobs.put(b"first")) == b"first"
