"""The erasure list beside the backups: in order, safe from a crash, never passed over."""

from pathlib import Path

import pytest

from pipeline.adapters.sqlite.erasure_list import Erasure, append_erasures, read_erasures
from pipeline.domain.errors import BadInput

AT = 1_795_000_000_000


def test_the_erasure_list_is_kept_in_order(tmp_path: Path) -> None:
    """What was appended is read, in order, from ids and times alone."""
    path = tmp_path / "backups" / "erasure-list.jsonl"
    first, second = Erasure("post", "p1", AT), Erasure("memo", "m1", AT + 1, "yunxi-mz")
    append_erasures(path, [first])
    append_erasures(path, [second, first])
    append_erasures(path, [])
    assert read_erasures(path) == [first, second, first]


def test_a_line_cut_by_a_crash_is_left_out_and_spoils_no_other(tmp_path: Path) -> None:
    """Its erasure was never reported as done; the next one is written behind the last whole line."""
    path = tmp_path / "erasure-list.jsonl"
    append_erasures(path, [Erasure("post", "p1", AT)])
    with path.open("ab") as file:
        file.write(b'{"kind": "post", "id": "p2')
    assert read_erasures(path) == [Erasure("post", "p1", AT)]
    append_erasures(path, [Erasure("post", "p3", AT)])
    assert read_erasures(path) == [Erasure("post", "p1", AT), Erasure("post", "p3", AT)]


@pytest.mark.parametrize("line", ["{", "[]", '{"kind": "post"}', '{"kind": "post", "id": "p", "at": "soon"}'])
def test_a_line_that_names_no_erasure_is_named_with_its_number(tmp_path: Path, line: str) -> None:
    """Passing over it could bring an erased text back, so nothing is restored until a person has mended it."""
    path = tmp_path / "erasure-list.jsonl"
    path.write_text(f'{{"kind": "post", "id": "p1", "at": 1}}\n{line}\n', encoding="utf-8")
    with pytest.raises(BadInput, match=r"erasure-list\.jsonl:2: .*INP-112"):
        read_erasures(path)


def test_a_list_that_is_not_there_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    """A backup that was carried elsewhere alone could bring erased texts back."""
    path = tmp_path / "erasure-list.jsonl"
    with pytest.raises(BadInput, match="INP-112"):
        read_erasures(path)
    append_erasures(path, [])
    assert read_erasures(path) == []
