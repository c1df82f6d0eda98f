"""JSON Lines: bad lines are told and counted, and nothing after them is lost."""

import io
from pathlib import Path

import pytest

from api.cli.lines import LONGEST, Lines
from pipeline.domain.errors import BadInput


def read(path: Path) -> tuple[list[object], Lines, str]:
    complaints = io.StringIO()
    lines = Lines(str(path), complaints)
    return [row for _, row in lines.rows()], lines, complaints.getvalue()


def test_a_bad_line_is_told_with_its_number(tmp_path: Path) -> None:
    """The good lines around it are read, and the exit code is 1."""
    (tmp_path / "a.jsonl").write_text('{"n":1}\nnot json\n[1]\n\n{"n":2}\n')
    rows, lines, said = read(tmp_path / "a.jsonl")

    assert rows == [{"n": 1}, {"n": 2}]
    assert "a.jsonl:2: no JSON object" in said
    assert "a.jsonl:3: expected an object" in said
    assert lines.exit_code == 1


def test_a_line_of_ten_megabytes_is_skipped_and_the_next_is_read(tmp_path: Path) -> None:
    """It is never held as a whole, and it is counted."""
    with (tmp_path / "a.jsonl").open("w") as file:
        file.write('{"n":1}\n{"text":"' + "长" * (LONGEST // 2) + '"}\n{"n":2}\n')
    rows, lines, said = read(tmp_path / "a.jsonl")

    assert rows == [{"n": 1}, {"n": 2}]
    assert lines.bad == 1
    assert "a.jsonl:2: longer than" in said
    assert "[INP-104]" in said


def test_the_longest_line_that_is_allowed_is_read(tmp_path: Path) -> None:
    """The bound is exact: a line of so many bytes without its end is good."""
    body = b'{"text":"' + b"x" * (LONGEST - 11) + b'"}'
    (tmp_path / "a.jsonl").write_bytes(body + b"\n")
    rows, lines, _ = read(tmp_path / "a.jsonl")

    assert len(body) == LONGEST
    assert len(rows) == 1
    assert lines.exit_code == 0


def test_nothing_good_is_exit_code_two(tmp_path: Path) -> None:
    """Nothing was done."""
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe\n")
    _, lines, _ = read(tmp_path / "a.jsonl")

    assert lines.exit_code == 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The sentence says what to do."""
    with pytest.raises(BadInput, match="cannot be read"):
        read(tmp_path / "nowhere.jsonl")
