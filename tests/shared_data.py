"""What the shared data sets hold, as text: read where they lie beside this checkout, never kept and never committed."""

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

DATA = Path(os.environ.get("HUIYIN_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
ROWS = ("*.tsv", "*.tsv.gz", "*.csv", "*.csv.gz", "*.jsonl.gz", "*.txt.gz")
PAGES = ("*.html", "*.json", "*.xml", "*.out")

needs_shared_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data folder is not beside this checkout")


def files(*patterns: str) -> list[Path]:
    """Return the shared files of these patterns, in order."""
    return sorted({path for pattern in patterns for path in DATA.rglob(pattern) if path.is_file()})


def text_of(path: Path) -> str:
    """Return a file as text: UTF-8, else GB18030; JSON with its escapes read."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")
    if ".json" in path.suffixes or ".jsonl" in path.suffixes:
        return "\n".join(filter(None, map(_unescaped, text.splitlines() if ".jsonl" in path.suffixes else [text])))
    return text


def _unescaped(text: str) -> str:
    try:
        return text if "\\u" not in text else json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text


def texts() -> Iterator[str]:
    """Yield every row file and page of the shared data, whole."""
    for path in files(*ROWS, *PAGES):
        yield text_of(path)
