"""
No tracked file holds a row of the shared data sets: their licences let us measure with them and pass nothing on.

Three comparisons: runs of 20 Hanzi (whatever stands between them) with every row and page, whole lines with every row,
whole files with every file and every member of an archive. All positions on both sides; nothing is sampled.
"""

import hashlib
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.shared_data import DATA, PAGES, ROWS, files, needs_shared_data, text_of

ROOT = Path(__file__).parents[2]
RUN = 20
"""Hanzi in a row that two people do not write by chance."""

LINE = 20
"""Characters of a line that are a row and no mere value."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_BITS = 26

Hashes = npt.NDArray[np.uint64]

pytestmark = [needs_shared_data, pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")]


@cache
def tracked() -> dict[str, bytes]:
    """Return every file that git knows, by its name."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return {name: (ROOT / name).read_bytes() for name in listed.split("\0") if (ROOT / name).is_file()}


def hanzi(text: str) -> npt.NDArray[np.uint32]:
    """Return the Hanzi of a text, all else left out."""
    codes: npt.NDArray[np.uint32] = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    return codes[(codes >= 0x4E00) & (codes <= 0x9FFF)]


def runs(text: str) -> Hashes:
    """Return a hash for each run of RUN Hanzi: those of 2, 4, 8 and 16 are joined from halves, 20 from 16 and 4."""
    one = hanzi(text).astype(np.uint64) * _FACTOR
    power, parts = int(_FACTOR), {}
    for length in (1, 2, 4, 8):
        if len(one) <= length:
            return np.empty(0, np.uint64)
        one = one[:-length] * np.uint64(power) + one[length:]
        power = power * power % 2**64
        parts[2 * length] = one
    long, short = parts[16], parts[4]
    whole: Hashes = long[: max(0, len(short) - 16)] * _FACTOR + short[16:]
    return whole ^ (whole >> np.uint64(32))


class Known:
    """Hashes that are looked for: a table of bits first, because nearly all that is asked is not among them."""

    def __init__(self, hashes: Hashes) -> None:
        self._sorted = np.unique(hashes)
        self._bits = np.zeros(1 << _BITS, np.bool_)
        self._bits[self._slots(self._sorted)] = True

    def among(self, asked: Hashes) -> Hashes:
        """Return those of the asked that are known."""
        likely: Hashes = asked[self._bits[self._slots(asked)]]
        return likely[np.isin(likely, self._sorted)]

    @staticmethod
    def _slots(hashes: Hashes) -> npt.NDArray[np.int64]:
        return (hashes & np.uint64((1 << _BITS) - 1)).astype(np.int64)


def shared_files(names: Iterable[str], foreign: Iterable[str]) -> dict[str, list[str]]:
    """Return name → what its runs of Hanzi share with the foreign texts."""
    ours = {name: text for name in names if (text := decoded(tracked()[name]))}
    hashed = {name: runs(text) for name, text in ours.items()}
    known = Known(np.concatenate(list(hashed.values())))
    met = np.unique(np.concatenate([known.among(runs(text)) for text in foreign]))
    found = {name: np.flatnonzero(np.isin(hashes, met)) for name, hashes in hashed.items()}
    return {name: _words(ours[name], where) for name, where in found.items() if len(where)}


def _words(text: str, where: npt.NDArray[np.int64]) -> list[str]:
    plain = hanzi(text).tobytes().decode("utf-32-le")
    return [plain[at : at + RUN] for at in where[:5]]


def decoded(data: bytes) -> str:
    return "" if b"\0" in data else data.decode("utf-8", "replace")


def archived() -> Iterator[bytes]:
    """Yield every shared file and every member of an archive."""
    for path in files("*"):
        yield path.read_bytes()
        if path.name.endswith(".tar.gz"):
            with tarfile.open(path) as archive:
                for member in archive:
                    file = archive.extractfile(member) if member.isfile() else None
                    if file is not None:
                        yield file.read()


def test_the_comparison_finds_what_was_copied() -> None:
    """A row of each set, with other marks between its words, is found; words of our own are not."""
    some = [text_of(path)[:100_000] for path in files("*.tsv.gz", "*.jsonl.gz", "dev_*.csv")]
    copied = [hanzi(text)[1_000 : 1_000 + RUN].tobytes().decode("utf-32-le") for text in some]
    known = Known(np.concatenate([runs("，".join(words)) for words in copied]))

    assert len(some) > 10
    assert [words for words, text in zip(copied, some, strict=True) if not len(known.among(runs(text)))] == []
    assert not len(known.among(runs("云汐县的石哨村有七盏灯，纸伞坳村的人每天晚上都去看一回，看完才回家睡觉。")))


def test_no_tracked_file_shares_a_run_of_words_with_a_row() -> None:
    """Twenty Hanzi in a row are a copied sentence."""
    foreign = (text_of(path) for path in files(*ROWS, *PAGES))

    assert shared_files(tracked(), foreign) == {}


def test_no_tracked_line_is_a_row() -> None:
    """Numbers, times and words of other languages too."""
    lines = {line.strip() for data in tracked().values() for line in decoded(data).splitlines()}
    ours = {line for line in lines if len(line) >= LINE}
    rows = (line.strip() for path in files(*ROWS) for line in text_of(path).splitlines())

    assert len(ours) > 1_000
    assert [row for row in rows if row in ours] == []


def test_no_tracked_file_is_a_file_of_the_data() -> None:
    """Neither as it lies there nor as it lies in an archive."""
    ours = {hashlib.sha256(data).digest(): name for name, data in tracked().items() if len(data) >= LINE}
    found = [name for data in archived() if (name := ours.get(hashlib.sha256(data).digest()))]

    assert DATA.is_dir()
    assert found == []
