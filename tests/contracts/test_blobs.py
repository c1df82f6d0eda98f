"""What every Blobs does, in every store: content under its hash, at most 10 MB, whole or not at all."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.adapters.blobs import LARGEST, FileBlobs
from pipeline.adapters.elastic.blobs import PIECE, ElasticBlobs
from pipeline.adapters.memory.blobs import MemoryBlobs
from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.ports import Blobs
from tests.elastic_house import ElasticHouse, leave_bytes

OpenBlobs = Callable[[], Blobs]


@pytest.fixture(params=["memory", "files", "elastic"])
def open_the_blobs(request: pytest.FixtureRequest, tmp_path: Path) -> OpenBlobs:
    """A function that opens the same attachments again and again, each time as another process would."""
    if request.param == "elastic":
        house: ElasticHouse = request.getfixturevalue("elastic_house")
        return lambda: ElasticBlobs(house.open(), expunging=leave_bytes)
    memory = MemoryBlobs()
    return (lambda: FileBlobs(tmp_path / "blobs")) if request.param == "files" else lambda: memory


@pytest.fixture
def blobs(open_the_blobs: OpenBlobs) -> Blobs:
    """One opened store of attachments."""
    return open_the_blobs()


@pytest.mark.parametrize("data", [b"", b"\x00\xff", "现场照片".encode() * 1000, bytes(range(256)) * (PIECE // 100)])
def test_an_attachment_comes_back_to_the_byte(open_the_blobs: OpenBlobs, data: bytes) -> None:
    """Its name is the hash of its content, in every process."""
    blob_id = open_the_blobs().put(data)
    assert blob_id == hashlib.sha256(data).hexdigest()
    assert open_the_blobs().get(blob_id) == data


def test_the_same_content_is_one_attachment(blobs: Blobs) -> None:
    """Putting again changes nothing, and one removal removes it."""
    assert blobs.put(b"a") == blobs.put(b"a")
    assert blobs.remove(blobs.put(b"a"))
    assert blobs.get(blobs.put(b"b")) == b"b"
    assert blobs.get(hashlib.sha256(b"a").hexdigest()) is None


def test_a_removed_attachment_is_gone(blobs: Blobs) -> None:
    """Removing what is not there says so and is no error."""
    blob_id = blobs.put(b"a")
    assert blobs.remove(blob_id)
    assert blobs.get(blob_id) is None
    assert not blobs.remove(blob_id)


@pytest.mark.parametrize("name", ["", "0" * 64, "../../huiyin.db", "A" * 64, "ab"])
def test_a_name_that_was_never_given_finds_nothing(blobs: Blobs, name: str) -> None:
    """A name is a hash and never a path."""
    assert blobs.get(name) is None
    assert not blobs.remove(name)


def test_an_attachment_has_at_most_ten_megabytes(blobs: Blobs) -> None:
    """The largest is kept, one byte more is refused before anything is written."""
    largest = bytes(LARGEST)
    blob_id = blobs.put(largest)
    assert blobs.get(blob_id) == largest
    with pytest.raises(BadInput, match="too large"):
        blobs.put(largest + b"!")


def test_damage_is_said_and_a_new_put_mends_it(tmp_path: Path) -> None:
    """Bytes that are not those that were stored are never shown as evidence."""
    blobs = FileBlobs(tmp_path)
    blob_id = blobs.put(b"evidence")
    (tmp_path / blob_id[:2] / blob_id).write_bytes(b"evidencE")
    with pytest.raises(StoreUnavailable, match="STO-104"):
        blobs.get(blob_id)
    blobs.put(b"evidence")
    assert blobs.get(blob_id) == b"evidence"


def test_an_attachment_is_one_file_and_nothing_beside_it(tmp_path: Path) -> None:
    """The other name under which it was written is gone."""
    blob_id = FileBlobs(tmp_path).put(b"evidence")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / blob_id[:2] / blob_id]


def test_what_an_interrupted_write_left_is_never_read_and_goes_with_the_attachment(tmp_path: Path) -> None:
    """A half-written file has another name; erasing the attachment erases it too."""
    blob_id = hashlib.sha256(b"evidence").hexdigest()
    folder = tmp_path / blob_id[:2]
    folder.mkdir()
    (folder / f"{blob_id}.1-1.unfinished").write_bytes(b"evid")
    blobs = FileBlobs(tmp_path)
    assert blobs.get(blob_id) is None
    blobs.put(b"evidence")
    assert blobs.remove(blob_id)
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Where the folder is a file, nothing is stored and the error says what to look at."""
    (tmp_path / "blobs").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="STO-102"):
        FileBlobs(tmp_path / "blobs").put(b"a")


def test_a_write_that_fails_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    """Where the system takes no more bytes, no name and no half file stays behind."""
    pytest.importorskip("resource", reason="limits of a process are a matter of POSIX systems")
    program = f"""
import pathlib, resource
from pipeline.adapters.blobs import FileBlobs
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
FileBlobs(pathlib.Path({str(tmp_path)!r})).put(bytes(200_000))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert "StoreUnavailable" in done.stderr
    assert "STO-102" in done.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_was_stored_before_a_time_is_listed(open_the_blobs: OpenBlobs) -> None:
    """For whoever sweeps what nobody names; what was removed is not listed."""
    blobs, future = open_the_blobs(), 1 << 60
    kept, gone = blobs.put(b"kept"), blobs.put(b"gone")
    blobs.remove(gone)
    assert list(open_the_blobs().stored_before(future)) == [kept]
    assert list(blobs.stored_before(1)) == []


def test_what_is_stored_again_counts_as_stored_then(tmp_path: Path) -> None:
    """A file that a crash left unnamed and that somebody attaches now must not be swept before its batch."""
    blobs = FileBlobs(tmp_path)
    blob_id = blobs.put(b"again")
    os.utime(tmp_path / blob_id[:2] / blob_id, (1, 1))
    assert list(blobs.stored_before(2_000)) == [blob_id]
    blobs.put(b"again")
    assert list(blobs.stored_before(2_000)) == []
